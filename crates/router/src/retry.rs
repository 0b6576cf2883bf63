//! Attempts of one call, one after the other and beside each other, until one has a result.

use std::future::Future;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use crate::deadline::within;
use crate::failure::Failure;
use crate::parameters::{Parameters, Purpose};
use crate::remote_call::{Accepted, NO_INSTANCE_PAUSES_MS, RemoteCall};
use crate::rpc::{Rpc, RpcError};

/// How the first attempt is made. Every later attempt is one-shot, since it is made only of a function that may run more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallMode {
    /// The parameters go along with the request.
    OneShot,
    /// The parameters are sent after a host has accepted the call.
    TwoPhase,
}

/// Finds out whether a function may run more than once.
pub(crate) trait RepeatCheck: Sync {
    /// Whether the function may run more than once. It is asked only when another attempt is about to be made.
    fn may_repeat(&self) -> impl Future<Output = bool> + Send;
}

/// For functions without an effect.
pub(crate) struct AlwaysRepeatable;

impl RepeatCheck for AlwaysRepeatable {
    async fn may_repeat(&self) -> bool {
        true
    }
}

/// For functions whose second run would have another answer.
pub(crate) struct NeverRepeatable;

impl RepeatCheck for NeverRepeatable {
    async fn may_repeat(&self) -> bool {
        false
    }
}

/// What an attempt reports.
enum AttemptEvent<C> {
    /// A host has accepted a call that was sent with its parameters.
    Accepted(C),
    /// The attempt has ended.
    Ended(Result<Vec<u8>, Failure>),
    /// The attempt was not made, because the function may not run more than once.
    RepeatForbidden,
}

/// What the last attempt is waited for, and when the next one begins.
enum WaitState {
    /// A host has to accept the call within this number of milliseconds.
    Acceptance { timeout_ms: u32 },
    /// The result has to come within the time of the policy.
    Result,
    /// No further attempt begins because of a timeout.
    UntilDeadline,
}

/// The attempts of one call.
pub(crate) struct RetryLoop<'a, R: Rpc, P, C> {
    call: &'a RemoteCall<'a, R, P>,
    mode: CallMode,
    check: &'a C,
    /// The attempts that have not ended.
    running: FuturesUnordered<BoxFuture<'a, AttemptEvent<Accepted<R>>>>,
    started: u32,
    repeat_forbidden: bool,
    waiting_for: WaitState,
    /// After which pauses the call is sent again while no instance is running.
    pauses: std::slice::Iter<'static, u32>,
    /// The error if no further attempt succeeds.
    failure: Failure,
}

impl<'a, R: Rpc, P: Parameters, C: RepeatCheck> RetryLoop<'a, R, P, C> {
    /// Starts the first attempt.
    pub(crate) fn new(call: &'a RemoteCall<'a, R, P>, mode: CallMode, check: &'a C) -> Self {
        // A list is complete enough without a provider of which no instance is running, so only calls of clients wait for one.
        let pauses = match call.params.purpose() {
            Purpose::List => &[],
            Purpose::Read | Purpose::Tool(_) => NO_INSTANCE_PAUSES_MS.as_slice(),
        };
        let (first, waiting_for): (BoxFuture<'a, _>, _) = match mode {
            CallMode::OneShot => {
                let timeout_ms = call.policy.accept_timeout_ms;
                (Box::pin(one_shot(call, call.first_attempt())), WaitState::Acceptance { timeout_ms })
            }
            CallMode::TwoPhase => (Box::pin(async { AttemptEvent::Ended(call.two_phase().await) }), WaitState::Result),
        };
        Self {
            call,
            mode,
            check,
            running: FuturesUnordered::from_iter([first]),
            started: 1,
            repeat_forbidden: false,
            waiting_for,
            pauses: pauses.iter(),
            failure: Failure::before_run(RpcError::TimedOut),
        }
    }

    /// Makes attempts until one has a result, none is left, or the deadline passes.
    pub(crate) async fn run(mut self) -> Result<Vec<u8>, Failure> {
        loop {
            let left_ms = self.call.remaining_ms();
            let wait_ms = self.wait_ms().min(left_ms);
            match within(self.call.rpc, wait_ms, self.running.next()).await {
                Some(Some(AttemptEvent::Ended(Ok(result)))) => return Ok(result),
                Some(Some(AttemptEvent::Ended(Err(failure)))) => self.on_failure(failure),
                Some(Some(AttemptEvent::Accepted(call))) => self.on_accepted(call),
                Some(Some(AttemptEvent::RepeatForbidden)) => self.repeat_forbidden = true,
                Some(None) => return Err(self.failure),
                None if wait_ms == left_ms => return Err(Failure::unknown_outcome(RpcError::TimedOut)),
                None => self.on_timeout(),
            }
        }
    }

    fn may_start_another(&self) -> bool {
        !self.repeat_forbidden && self.started < self.call.policy.max_attempts
    }

    /// After how many milliseconds without an event another attempt begins.
    fn wait_ms(&self) -> u32 {
        match self.waiting_for {
            WaitState::Acceptance { timeout_ms } if self.may_start_another() => timeout_ms,
            WaitState::Result if self.may_start_another() => self.call.policy.retry_after_ms,
            _ => u32::MAX,
        }
    }

    /// Starts another attempt beside those that run, unless their number is used up. The check is left out where the function has not
    /// run.
    fn start_another(&mut self, pause_ms: u32, needs_check: bool) {
        if self.may_start_another() {
            let number = self.call.first_attempt().saturating_add(self.started);
            self.started += 1;
            let check = needs_check.then_some(self.check);
            self.running.push(Box::pin(repeat(self.call, number, pause_ms, check)));
        }
    }

    fn on_failure(&mut self, failure: Failure) {
        self.failure = Failure { may_have_run: self.failure.may_have_run || failure.may_have_run, ..failure };
        if failure.error == RpcError::NoInstance && self.mode == CallMode::OneShot {
            // An instance may be running in a moment.
            self.waiting_for = match self.pauses.next() {
                Some(&pause_ms) => {
                    self.start_another(pause_ms, self.failure.may_have_run);
                    let timeout_ms = pause_ms.saturating_add(self.call.policy.accept_timeout_ms);
                    WaitState::Acceptance { timeout_ms }
                }
                None => WaitState::UntilDeadline,
            };
        } else if failure.may_have_run && !matches!(failure.error, RpcError::TooLarge(_)) {
            self.start_another(0, true);
        }
    }

    fn on_accepted(&mut self, accepted: Accepted<R>) {
        let call = self.call;
        self.running.push(Box::pin(async move { AttemptEvent::Ended(call.result(accepted).await) }));
        if matches!(self.waiting_for, WaitState::Acceptance { .. }) {
            self.waiting_for = WaitState::Result;
        }
    }

    fn on_timeout(&mut self) {
        self.waiting_for = match self.waiting_for {
            WaitState::Acceptance { timeout_ms } => WaitState::Acceptance { timeout_ms: timeout_ms.saturating_mul(4) },
            WaitState::Result | WaitState::UntilDeadline => WaitState::UntilDeadline,
        };
        self.start_another(0, true);
    }
}

async fn one_shot<R: Rpc, P: Parameters>(call: &RemoteCall<'_, R, P>, number: u32) -> AttemptEvent<Accepted<R>> {
    match call.one_shot(number).await {
        Ok(accepted) => AttemptEvent::Accepted(accepted),
        Err(failure) => AttemptEvent::Ended(Err(failure)),
    }
}

/// Another attempt after a pause, if the check allows it.
async fn repeat<R: Rpc, P: Parameters, C: RepeatCheck>(
    call: &RemoteCall<'_, R, P>,
    number: u32,
    pause_ms: u32,
    check: Option<&C>,
) -> AttemptEvent<Accepted<R>> {
    if pause_ms > 0 {
        call.rpc.sleep_ms(pause_ms).await;
    }
    match check {
        Some(check) if !check.may_repeat().await => AttemptEvent::RepeatForbidden,
        _ => one_shot(call, number).await,
    }
}
