//! Several futures at once.

use std::future::poll_fn;
use std::task::Poll;

/// Runs the futures at once, and returns their outputs in the order of the futures. Each poll polls all that are not done,
/// which for the few requests of a call is less work than to know which of them was woken.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    poll_fn(|task| {
        for (future, output) in running.iter_mut().filter(|(_, output)| output.is_none()) {
            if let Poll::Ready(ready) = future.as_mut().poll(task) {
                *output = Some(ready);
            }
        }
        if running.iter().any(|(_, output)| output.is_none()) { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}
