//! The time that a call has.

use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use contract::model::Context;
use futures_util::future::{Either, select};

use crate::rpc::Rpc;

/// The moment on the clock of an [`Rpc`] when a call has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline {
    at_ms: u64,
}

impl Deadline {
    /// The moment this number of milliseconds from now.
    pub(crate) fn after(rpc: &impl Rpc, ms: u32) -> Self {
        Self { at_ms: rpc.now_ms().saturating_add(u64::from(ms)) }
    }

    /// Milliseconds from now until the deadline, 0 if it has passed.
    pub(crate) fn remaining_ms(self, rpc: &impl Rpc) -> u32 {
        u32::try_from(self.at_ms.saturating_sub(rpc.now_ms())).unwrap_or(u32::MAX)
    }
}

/// The output of a future, or none if the future takes longer than this number of milliseconds.
pub(crate) async fn within<R: Rpc, T>(rpc: &R, ms: u32, future: impl Future<Output = T>) -> Option<T> {
    match select(pin!(future), pin!(rpc.sleep_ms(ms))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// The deadlines of all calls that a router serves at this moment.
///
/// The context of a call says how much time remains, not since when. The catalogue passes one context first to the lists by which it
/// finds the owner of a name, and then to the call itself, so each of them would have the whole time. The id of the call, which is in
/// its context, leads all of them to one deadline.
#[derive(Debug, Default)]
pub(crate) struct CallDeadlines(Mutex<Vec<Entry>>);

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    call_id: String,
    deadline: Deadline,
}

impl CallDeadlines {
    /// Starts the time of a call, which ends when the guard is dropped.
    pub(crate) fn start(&self, rpc: &impl Rpc, ctx: &Context) -> RunningCall<'_> {
        let deadline = Deadline::after(rpc, ctx.remaining_ms);
        self.entries().push(Entry { call_id: ctx.call_id.clone(), deadline });
        RunningCall { deadlines: self, entry: Entry { call_id: ctx.call_id.clone(), deadline } }
    }

    /// The deadline of the call that this context belongs to. Two calls at the same time with the same id cannot be told apart: both
    /// have the later of their deadlines, so that neither ends before its time.
    pub(crate) fn of(&self, rpc: &impl Rpc, ctx: &Context) -> Deadline {
        let entries = self.entries();
        let own = entries.iter().filter(|entry| entry.call_id == ctx.call_id);
        own.map(|entry| entry.deadline).max().unwrap_or_else(|| Deadline::after(rpc, ctx.remaining_ms))
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call whose deadline is registered while this value lives.
#[derive(Debug)]
pub(crate) struct RunningCall<'a> {
    deadlines: &'a CallDeadlines,
    entry: Entry,
}

impl Drop for RunningCall<'_> {
    fn drop(&mut self) {
        let mut entries = self.deadlines.entries();
        if let Some(index) = entries.iter().position(|entry| *entry == self.entry) {
            entries.swap_remove(index);
        }
    }
}
