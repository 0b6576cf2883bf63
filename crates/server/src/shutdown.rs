//! The end of the time that a server which stops gives its calls: each call that still runs then is answered with an error.

use std::fmt;
use std::pin::Pin;
use std::task::{Context as Task, Poll};

use futures_util::FutureExt;
use futures_util::future::{Shared, poll_fn};

use crate::ports::BoxFuture;

/// The moment at which calls end. Without one they end by themselves.
#[derive(Clone, Default)]
pub(crate) struct Shutdown(Option<Shared<BoxFuture<'static, ()>>>);

impl Shutdown {
    pub(crate) fn at(end: impl Future<Output = ()> + Send + 'static) -> Self {
        let end: BoxFuture<'static, ()> = Box::pin(end);
        Self(Some(end.shared()))
    }

    pub(crate) fn poll(&mut self, task: &mut Task<'_>) -> Poll<()> {
        self.0.as_mut().map_or(Poll::Pending, |end| end.poll_unpin(task))
    }

    /// Runs a future until calls end.
    pub(crate) async fn limit<T>(&self, mut future: Pin<&mut (impl Future<Output = T> + Send)>) -> Option<T> {
        let mut end = self.clone();
        poll_fn(|task| match future.as_mut().poll(task) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => end.poll(task).map(|()| None),
        })
        .await
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Shutdown").field(&self.0.is_some()).finish()
    }
}
