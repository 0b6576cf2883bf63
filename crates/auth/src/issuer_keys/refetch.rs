//! When the keys of an issuer are fetched, and when again: the keys that are held, the fetch that is under way, and what a caller does meanwhile.

use std::sync::{Arc, Weak};

use futures_util::future::Shared;
use server::BoxFuture;

use super::error::KeysErrorCause;
use super::{Keys, Times};
use crate::key_set::KeySet;

/// What a caller needs the keys for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Want<'a> {
    /// To try a token with this `kid`, or without one.
    Key(Option<&'a str>),
    /// To try a token again that no key of this set has verified.
    OtherThan(&'a Arc<KeySet>),
}

/// The same, for a fetch that outlives its first caller.
#[derive(Clone, Debug)]
pub(super) enum OwnedWant {
    Key(Option<String>),
    OtherThan(Arc<KeySet>),
}

impl Want<'_> {
    /// Whether this set is of any use for it.
    pub(super) fn is_met_by(&self, set: &Arc<KeySet>) -> bool {
        match self {
            Self::Key(key_id) => key_id.is_none() || set.has(*key_id),
            Self::OtherThan(other) => !Arc::ptr_eq(set, other) && set != *other,
        }
    }

    pub(super) fn owned(self) -> OwnedWant {
        match self {
            Self::Key(key_id) => OwnedWant::Key(key_id.map(str::to_owned)),
            Self::OtherThan(other) => OwnedWant::OtherThan(Arc::clone(other)),
        }
    }
}

impl OwnedWant {
    pub(super) fn as_want(&self) -> Want<'_> {
        match self {
            Self::Key(key_id) => Want::Key(key_id.as_deref()),
            Self::OtherThan(other) => Want::OtherThan(other),
        }
    }
}

/// The keys that a fetch has given.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) set: Arc<KeySet>,
    /// How long before the start of this fetch they were fetched, in milliseconds: by another instance, where it is not 0.
    pub(super) age_ms: u64,
}

pub(super) type Outcome = Result<Answer, KeysErrorCause>;

/// A fetch that is under way. Each caller that waits for it polls it, so that it goes on when the first caller is dropped.
#[derive(Clone)]
pub(super) struct Flight {
    pub(super) fetch: Shared<BoxFuture<'static, Outcome>>,
    started_ms: u64,
    /// Is alive while a caller waits.
    waiter: Weak<()>,
}

/// What a caller does.
pub(super) enum Step {
    /// It takes these keys.
    Take(Keys),
    /// It waits for a fetch.
    Wait(Flight, Arc<()>),
    /// It fails, as the last fetch did.
    Fail(KeysErrorCause),
}

/// The keys that are held, and the last fetches. All times are of the monotonic clock.
#[derive(Default)]
pub(super) struct Held {
    good: Option<Good>,
    generation: u64,
    /// Why the last fetch failed.
    failure: Option<KeysErrorCause>,
    /// When the last fetch started.
    tried_ms: Option<u64>,
    /// When the last fetch started that was made because the keys met no want, or that did not meet it.
    unmet_ms: Option<u64>,
    flight: Option<Flight>,
}

struct Good {
    set: Arc<KeySet>,
    fetched_ms: u64,
}

impl Held {
    /// The keys that may be used now, where there are some.
    pub(super) fn keys(&mut self, now_ms: u64, times: &Times) -> Option<Keys> {
        self.forget_expired(now_ms, times);
        self.good.as_ref().map(|good| Keys { set: Arc::clone(&good.set), generation: self.generation })
    }

    /// The generation of the keys that may be used now.
    pub(super) fn generation(&mut self, now_ms: u64, times: &Times) -> u64 {
        self.forget_expired(now_ms, times);
        self.generation
    }

    fn forget_expired(&mut self, now_ms: u64, times: &Times) {
        if self.good.as_ref().is_some_and(|good| now_ms.saturating_sub(good.fetched_ms) >= times.keep_ms) {
            self.good = None;
            self.generation += 1;
        }
    }

    /// What a caller with this want does now. `fetch` makes a fetch, which starts when it is first polled.
    pub(super) fn step(
        &mut self,
        want: &Want<'_>,
        now_ms: u64,
        times: &Times,
        fetch: impl FnOnce() -> Shared<BoxFuture<'static, Outcome>>,
    ) -> Step {
        let within = |moment: Option<u64>| moment.is_some_and(|at| now_ms.saturating_sub(at) < times.interval_ms);
        // A fetch that no caller waits for stands still. One that should have ended long ago is not waited for again.
        let is_over = |flight: &Flight| {
            flight.waiter.strong_count() == 0 && now_ms.saturating_sub(flight.started_ms) >= times.timeout_ms
        };
        if self.flight.as_ref().is_some_and(is_over) {
            self.flight = None;
        }
        let Some(keys) = self.keys(now_ms, times) else {
            return match (&mut self.flight, &self.failure) {
                (Some(flight), _) => flight.wait(),
                (None, Some(failure)) if within(self.tried_ms) => Step::Fail(failure.clone()),
                (None, _) => self.start(fetch(), now_ms),
            };
        };
        let met = want.is_met_by(&keys.set);
        if met && self.good.as_ref().is_some_and(|good| now_ms.saturating_sub(good.fetched_ms) < times.refresh_ms) {
            return Step::Take(keys);
        }
        if let Some(flight) = &mut self.flight {
            // Keys that are due are waited for by one caller, and serve the others meanwhile.
            let others_wait = flight.waiter.strong_count() > 0;
            return if met && others_wait { Step::Take(keys) } else { flight.wait() };
        }
        let failed = self.failure.is_some() && within(self.tried_ms);
        if failed || within(if met { self.tried_ms } else { self.unmet_ms }) {
            return Step::Take(keys);
        }
        if !met {
            self.unmet_ms = Some(now_ms);
        }
        self.start(fetch(), now_ms)
    }

    fn start(&mut self, fetch: Shared<BoxFuture<'static, Outcome>>, now_ms: u64) -> Step {
        let waiter = Arc::new(());
        let flight = Flight { fetch, started_ms: now_ms, waiter: Arc::downgrade(&waiter) };
        self.tried_ms = Some(now_ms);
        self.flight = Some(flight.clone());
        Step::Wait(flight, waiter)
    }

    /// Takes over what a fetch has given, once.
    pub(super) fn settle(&mut self, flight: &Flight, outcome: &Outcome) {
        if !self.flight.as_ref().is_some_and(|current| current.fetch.ptr_eq(&flight.fetch)) {
            return;
        }
        self.flight = None;
        match outcome {
            Ok(answer) => {
                self.failure = None;
                let fetched_ms = flight.started_ms.saturating_sub(answer.age_ms);
                match &mut self.good {
                    Some(good) if good.set == answer.set => good.fetched_ms = good.fetched_ms.max(fetched_ms),
                    good => {
                        *good = Some(Good { set: Arc::clone(&answer.set), fetched_ms });
                        self.generation += 1;
                    }
                }
            }
            Err(cause) => self.failure = Some(cause.clone()),
        }
    }

    /// Notes that the keys that this fetch has given met no want, so that the next one does not fetch again at once.
    pub(super) fn note_unmet(&mut self, flight: &Flight) {
        self.unmet_ms = self.unmet_ms.max(Some(flight.started_ms));
    }
}

impl Flight {
    fn wait(&mut self) -> Step {
        let waiter = self.waiter.upgrade().unwrap_or_default();
        self.waiter = Arc::downgrade(&waiter);
        Step::Wait(self.clone(), waiter)
    }
}
