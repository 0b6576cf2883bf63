//! Closes a connection that is idle, or whose next request takes to begin, for too long.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep};

use super::timeouts::Timeouts;
use super::waiting_connections::Activity;

/// The time of a connection while no request runs on it.
pub(super) struct KeepAlive {
    head: Option<Head>,
    timeouts: Timeouts,
}

/// The head of a request that the connection waits for.
struct Head {
    /// How many requests came before.
    requests: u64,
    /// Whether a part of it is there.
    began: bool,
    deadline: Pin<Box<Sleep>>,
}

impl KeepAlive {
    pub(super) fn new(timeouts: Timeouts) -> Self {
        Self { head: None, timeouts }
    }

    /// The client has read something: the connection is idle from now on, unless a head has begun.
    pub(super) fn restart(&mut self) {
        self.head = self.head.take().filter(|head| head.began);
    }

    /// Passes on what has been read while no request ran, or fails if the connection has been idle, or the head of a request has been on
    /// its way, for too long.
    pub(super) fn limit(
        &mut self,
        read: Poll<io::Result<()>>,
        activity: &Activity,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let (requests, timeouts) = (activity.requests(), self.timeouts);
        if self.head.as_ref().is_none_or(|head| head.requests != requests) {
            self.head = Some(Head { requests, began: false, deadline: Box::pin(sleep(timeouts.keep_alive)) });
        }
        let Some(head) = &mut self.head else { return read };
        if read.is_pending() {
            activity.nothing_came();
            // hyper would wait for the rest of a head.
            if activity.is_closing() {
                return Poll::Ready(Err(ErrorKind::TimedOut.into()));
            }
            ready!(head.deadline.as_mut().poll(context));
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        }
        if !head.began {
            head.began = true;
            head.deadline.as_mut().reset(Instant::now() + timeouts.head);
        }
        read
    }
}
