//! An [`Rpc`] that follows a script, on a clock that jumps to the next moment that a future waits for.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Poll, Wake, Waker};

use contract::FunctionName;
use contract::model::Context;
use router::{AcceptedCall, PendingCall, Rpc, RpcError};
use wire::{Decode, Input};

/// The outcome of one call.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// There is no link.
    Unlinked,
    /// No instance is running.
    NoInstance,
    /// No host accepts it, or the confirmation is lost.
    Ignored,
    /// Accepted after this number of milliseconds, and without a result. `ScriptedRpc` records a call that is dropped without its parameters.
    AcceptedLate(u32),
    /// Accepted after this number of milliseconds, and with this result at once.
    AnsweredLate(u32, Vec<u8>),
    /// Accepted, and with this result after this number of milliseconds.
    Answered(u32, Vec<u8>),
    /// Accepted, and closed after this number of milliseconds.
    Closed(u32),
    /// Accepted, and without a result.
    Hangs,
}

/// A call as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SentCall {
    pub(crate) at_ms: u64,
    pub(crate) link: String,
    pub(crate) function: FunctionName,
    /// The number of the attempt, from its context. None if its parameters were never sent, as in the two fields below.
    pub(crate) attempt: Option<u32>,
    pub(crate) call_id: Option<String>,
    pub(crate) remaining_ms: Option<u32>,
    /// Whether the call was sent with its parameters.
    pub(crate) one_shot: bool,
}

#[derive(Default)]
struct State {
    now_ms: u64,
    /// The moments that futures wait for, also those of futures that were dropped.
    timers: Vec<(u64, Waker)>,
    sent: Vec<SentCall>,
    /// The indexes of those that were dropped without a result.
    dropped: Vec<usize>,
}

/// The fate of every call, by its link, its function and the number of earlier calls of both.
type Script = dyn Fn(&str, FunctionName, usize) -> Fate + Send + Sync;

#[derive(Clone)]
pub(crate) struct ScriptedRpc {
    state: Arc<Mutex<State>>,
    script: Arc<Script>,
}

impl ScriptedRpc {
    pub(crate) fn new(script: impl Fn(&str, FunctionName, usize) -> Fate + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { state: Arc::default(), script: Arc::new(script) })
    }

    pub(crate) fn sent(&self, function: FunctionName) -> Vec<SentCall> {
        self.state.lock().unwrap().sent.iter().filter(|call| call.function == function).cloned().collect()
    }

    pub(crate) fn dropped(&self) -> Vec<usize> {
        self.state.lock().unwrap().dropped.clone()
    }

    pub(crate) fn now(&self) -> u64 {
        self.state.lock().unwrap().now_ms
    }

    /// Runs a future to its end. The clock goes on when the future waits.
    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        loop {
            if let Poll::Ready(done) = future.as_mut().poll(&mut Task::from_waker(&waker)) {
                return done;
            }
            if woken.0.swap(false, Ordering::Relaxed) {
                // It has more to do at this moment.
                continue;
            }
            let mut state = self.state.lock().unwrap();
            let next = state.timers.iter().map(|(moment, _)| *moment).min();
            state.now_ms = next.expect("the future waits for a moment").max(state.now_ms);
            let now_ms = state.now_ms;
            let due: Vec<_> = state.timers.extract_if(.., |(moment, _)| *moment <= now_ms).collect();
            drop(state);
            due.into_iter().for_each(|(_, waker)| waker.wake());
        }
    }

    async fn until(&self, moment: u64) {
        poll_fn(|task| {
            let mut state = self.state.lock().unwrap();
            if state.now_ms >= moment {
                return Poll::Ready(());
            }
            state.timers.push((moment, task.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

/// Whether the future that is run was woken.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Rpc for ScriptedRpc {
    type Pending = Pending;

    async fn send(&self, link: &str, function: FunctionName, params: Vec<u8>) -> Result<Pending, RpcError> {
        let mut state = self.state.lock().unwrap();
        let earlier = state.sent.iter().filter(|call| call.function == function && call.link == link).count();
        let mut call = SentCall {
            at_ms: state.now_ms,
            link: link.into(),
            function,
            attempt: None,
            call_id: None,
            remaining_ms: None,
            one_shot: !params.is_empty(),
        };
        if call.one_shot {
            call.read_context(&params);
        }
        state.sent.push(call);
        match (self.script)(link, function, earlier) {
            Fate::Unlinked => Err(RpcError::NoLink),
            fate => Ok(Pending(Accepted { rpc: self.clone(), fate, index: state.sent.len() - 1 })),
        }
    }

    fn now_ms(&self) -> u64 {
        self.now()
    }

    async fn sleep_ms(&self, ms: u32) {
        self.until(self.now() + u64::from(ms)).await;
    }
}

pub(crate) struct Pending(Accepted);

impl PendingCall for Pending {
    type Accepted = Accepted;

    async fn accepted(self) -> Result<Accepted, RpcError> {
        match self.0.fate {
            Fate::NoInstance => Err(RpcError::NoInstance),
            Fate::Ignored => std::future::pending().await,
            Fate::AcceptedLate(ms) | Fate::AnsweredLate(ms, _) => {
                self.0.rpc.sleep_ms(ms).await;
                Ok(self.0)
            }
            _ => Ok(self.0),
        }
    }
}

pub(crate) struct Accepted {
    rpc: ScriptedRpc,
    fate: Fate,
    index: usize,
}

impl AcceptedCall for Accepted {
    async fn send_params(&mut self, params: Vec<u8>) -> Result<(), RpcError> {
        self.rpc.state.lock().unwrap().sent[self.index].read_context(&params);
        Ok(())
    }

    async fn result(self, limit: usize) -> Result<Vec<u8>, RpcError> {
        match self.fate.clone() {
            Fate::Answered(after, bytes) => {
                self.rpc.sleep_ms(after).await;
                if bytes.len() > limit { Err(RpcError::TooLarge(limit)) } else { Ok(bytes) }
            }
            Fate::AnsweredLate(_, bytes) => Ok(bytes),
            Fate::Closed(after) => {
                self.rpc.sleep_ms(after).await;
                Ok(Vec::new())
            }
            _ => std::future::pending().await,
        }
    }
}

impl Drop for Accepted {
    fn drop(&mut self) {
        if matches!(self.fate, Fate::AcceptedLate(_)) {
            self.rpc.state.lock().unwrap().dropped.push(self.index);
        }
    }
}

impl SentCall {
    fn read_context(&mut self, params: &[u8]) {
        // The functions of a service have no context.
        if self.function.interface.starts_with("wasmcp:mcp/state@") {
            return;
        }
        let context = Context::decode(&mut Input::new(params)).expect("the first parameter is a context");
        self.attempt = Some(context.attempt);
        self.remaining_ms = Some(context.remaining_ms);
        self.call_id = Some(context.call_id);
    }
}
