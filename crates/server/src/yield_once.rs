//! Lets other tasks run between the parts of a long piece of work.

use std::future::poll_fn;
use std::task::Poll;

/// Lets other tasks run, whatever runs them.
pub async fn yield_once() {
    let mut has_yielded = false;
    poll_fn(|task| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn it_is_pending_once() {
        let mut turn = Box::pin(yield_once());
        let mut task = Context::from_waker(Waker::noop());
        assert!(turn.as_mut().poll(&mut task).is_pending());
        assert!(turn.as_mut().poll(&mut task).is_ready());
    }
}
