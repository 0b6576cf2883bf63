//! A lattice that does what a script says, on a clock that jumps to the next moment that somebody waits for.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Poll, Waker};

use contract::FunctionName;
use contract::model::Context;
use remote::{Call, Fault, Lattice, Offer};
use wire::{Decode, Input};

/// What becomes of one call.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// There is no link.
    Unlinked,
    /// Nobody is there.
    Absent,
    /// Nobody takes it, or nobody says so.
    Ignored,
    /// Taken after so many milliseconds, and never answered. It is noted when it is dropped without its parameters.
    TakenLate(u32),
    /// Taken, and answered after so many milliseconds.
    Answered(u32, Vec<u8>),
    /// Taken, and broken off after so many milliseconds.
    Cut(u32),
    /// Taken, and never answered.
    Hangs,
}

/// A call as it was made: when, of what, as which attempt of which call, and whether its parameters went along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) at_ms: u64,
    pub(crate) link: String,
    pub(crate) function: FunctionName,
    /// None where the parameters did not go along and never followed, and so below.
    pub(crate) attempt: Option<u32>,
    pub(crate) call_id: Option<String>,
    pub(crate) whole: bool,
}

#[derive(Default)]
struct State {
    now_ms: u64,
    /// Moments that somebody waits for.
    timers: Vec<u64>,
    made: Vec<Made>,
    /// Which of them were closed without an answer.
    closed: Vec<usize>,
}

/// The fate of every call, by what it is and how many of its function came before it.
type Script = dyn Fn(&str, FunctionName, usize) -> Fate + Send + Sync;

#[derive(Clone)]
pub(crate) struct Scripted {
    state: Arc<Mutex<State>>,
    script: Arc<Script>,
}

impl Scripted {
    pub(crate) fn new(script: impl Fn(&str, FunctionName, usize) -> Fate + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { state: Arc::default(), script: Arc::new(script) })
    }

    pub(crate) fn made(&self, function: FunctionName) -> Vec<Made> {
        self.state.lock().unwrap().made.iter().filter(|made| made.function == function).cloned().collect()
    }

    pub(crate) fn closed(&self) -> Vec<usize> {
        self.state.lock().unwrap().closed.clone()
    }

    pub(crate) fn now(&self) -> u64 {
        self.state.lock().unwrap().now_ms
    }

    /// Runs a future, and time with it.
    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        loop {
            // Everybody who waits for a time says so again.
            self.state.lock().unwrap().timers.clear();
            if let Poll::Ready(done) = future.as_mut().poll(&mut Task::from_waker(Waker::noop())) {
                return done;
            }
            let mut state = self.state.lock().unwrap();
            let next = state.timers.iter().min().copied();
            state.now_ms = next.expect("somebody waits for a time").max(state.now_ms);
        }
    }

    async fn until(&self, moment: u64) {
        poll_fn(|task| {
            let mut state = self.state.lock().unwrap();
            if state.now_ms >= moment {
                return Poll::Ready(());
            }
            state.timers.push(moment);
            // Whoever gathers futures polls only those that were woken.
            task.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

impl Lattice for Scripted {
    type Offer = Offered;

    async fn offer(&self, link: &str, function: FunctionName, params: Vec<u8>) -> Result<Offered, Fault> {
        let mut state = self.state.lock().unwrap();
        let earlier = state.made.iter().filter(|made| made.function == function && made.link == link).count();
        let whole = !params.is_empty();
        let mut made = Made { at_ms: state.now_ms, link: link.into(), function, attempt: None, call_id: None, whole };
        if whole {
            made.told(&params);
        }
        state.made.push(made);
        match (self.script)(link, function, earlier) {
            Fate::Unlinked => Err(Fault::NoLink),
            fate => Ok(Offered(Taken { lattice: self.clone(), fate, place: state.made.len() - 1 })),
        }
    }

    fn now_ms(&self) -> u64 {
        self.now()
    }

    async fn sleep_ms(&self, ms: u32) {
        self.until(self.now() + u64::from(ms)).await;
    }
}

pub(crate) struct Offered(Taken);

impl Offer for Offered {
    type Call = Taken;

    async fn taken(self) -> Result<Taken, Fault> {
        match self.0.fate {
            Fate::Absent => Err(Fault::Absent),
            Fate::Ignored => std::future::pending().await,
            Fate::TakenLate(ms) => {
                self.0.lattice.sleep_ms(ms).await;
                Ok(self.0)
            }
            _ => Ok(self.0),
        }
    }
}

pub(crate) struct Taken {
    lattice: Scripted,
    fate: Fate,
    place: usize,
}

impl Call for Taken {
    async fn send(&mut self, params: Vec<u8>) -> Result<(), Fault> {
        self.lattice.state.lock().unwrap().made[self.place].told(&params);
        Ok(())
    }

    async fn answer(self, limit: usize) -> Result<Vec<u8>, Fault> {
        match self.fate.clone() {
            Fate::Answered(after, bytes) => {
                self.lattice.sleep_ms(after).await;
                if bytes.len() > limit { Err(Fault::TooLarge(limit)) } else { Ok(bytes) }
            }
            Fate::Cut(after) => {
                self.lattice.sleep_ms(after).await;
                Ok(Vec::new())
            }
            _ => std::future::pending().await,
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if matches!(self.fate, Fate::TakenLate(_)) {
            self.lattice.state.lock().unwrap().closed.push(self.place);
        }
    }
}

impl Made {
    fn told(&mut self, params: &[u8]) {
        let context = Context::decode(&mut Input::new(params)).expect("a context comes first");
        (self.attempt, self.call_id) = (Some(context.attempt), Some(context.call_id));
    }
}
