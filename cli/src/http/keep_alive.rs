//! Closes a connection that is idle, or whose next request takes to begin, for too long.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep};

use super::timeouts::Timeouts;
use super::waiting_connections::Activity;

/// The time of a connection while no request runs on it.
pub(super) struct KeepAlive {
    /// How many requests came before the one that the connection waits for. None until it has waited for one.
    requests: Option<u64>,
    /// Whether a part of its head is there.
    began: bool,
    /// Whether the timer runs for what is waited for now: a head that comes whole, as most do, sets none.
    timed: bool,
    /// One timer for all requests of the connection, which costs less than one for each.
    timer: Option<Pin<Box<Sleep>>>,
    timeouts: Timeouts,
}

impl KeepAlive {
    pub(super) fn new(timeouts: Timeouts) -> Self {
        Self { requests: None, began: false, timed: false, timer: None, timeouts }
    }

    /// The client has read something: the connection is idle from now on, unless a head has begun.
    pub(super) fn restart(&mut self) {
        self.timed &= self.began;
    }

    /// Passes on what has been read while no request ran, or fails if the connection has been idle, or the head of a request has been on
    /// its way, for too long.
    pub(super) fn limit(
        &mut self,
        read: Poll<io::Result<()>>,
        activity: &Activity,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let requests = Some(activity.requests());
        if self.requests != requests {
            (self.requests, self.began, self.timed) = (requests, false, false);
        }
        if read.is_ready() {
            // The time of a head begins with the first read that finds no more of it: a head that comes whole needs no timer.
            self.timed &= self.began;
            self.began = true;
            return read;
        }
        activity.nothing_came();
        // hyper would wait for the rest of a head.
        if activity.is_closing() {
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        }
        ready!(self.timer().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }

    /// The timer, which runs from now on unless it does already.
    fn timer(&mut self) -> Pin<&mut Sleep> {
        let Timeouts { head, keep_alive, .. } = self.timeouts;
        let time = if self.began { head } else { keep_alive };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(time)));
        if !self.timed {
            timer.as_mut().reset(Instant::now() + time);
            self.timed = true;
        }
        timer.as_mut()
    }
}
