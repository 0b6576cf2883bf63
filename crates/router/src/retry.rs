//! Attempts of one call, one after the other and beside each other, until one has a result.

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use crate::deadline::within;
use crate::failure::Failure;
use crate::parameters::{Parameters, Purpose};
use crate::remote_call::{Accepted, RemoteCall};
use crate::repeat_check::{Checked, RepeatCheck};
use crate::rpc::{Rpc, RpcError};

/// After which pauses, in milliseconds, a call is sent again for which no instance is running. This is so for a moment while a component
/// moves from one host to another. The function has not run then.
pub(crate) const NO_INSTANCE_PAUSES_MS: [u32; 2] = [50, 250];
/// How often a call is sent at most. NATS draws a host each time, and may draw one that is silent. Of two hosts with a silent one it has
/// then drawn the other, but for one call in 4096. It is no more, since hosts that are only busy accept each copy in the end and run it.
const MAX_SENDS: u32 = 12;
/// How often a call is sent at most whose parameters have more than [`LARGE_BYTES`].
const MAX_LARGE_SENDS: u32 = 3;
/// Larger parameters cost the lattice more than the call is worth, if they are sent [`MAX_SENDS`] times.
const LARGE_BYTES: usize = 64 << 10;
/// The longest wait for a host to accept a call before it is sent again, in milliseconds, unless the first wait is longer. All sendings
/// are made within 4.25 seconds, and a list has five.
const MAX_ACCEPT_WAIT_MS: u32 = 500;

/// How the first attempt is made. Every later attempt is one-shot, since it is made only of a function that may run more than once. It is
/// not two-phase: a host that was silent for a while would wait for the parameters of each, which the caller no longer sends, and that
/// takes the place of a call until its time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallMode {
    /// The parameters go along with the request.
    OneShot,
    /// The parameters are sent after a host has accepted the call.
    TwoPhase,
}

/// The result of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Completed {
    /// The encoded result.
    pub(crate) result: Vec<u8>,
    /// How many milliseconds a host took to accept the attempt that was accepted last, of those that were sent with their parameters.
    pub(crate) accept_ms: u32,
}

/// What an attempt reports.
enum AttemptEvent<C> {
    /// A host has accepted a call that was sent with its parameters, after this number of milliseconds.
    Accepted(C, u32),
    /// The attempt has ended before a host accepted it.
    NotAccepted(Failure),
    /// The attempt has ended after a host accepted it, or after the time in which one could.
    Ended(Result<Vec<u8>, Failure>),
    /// It is known whether the function may run more than once.
    Checked(Checked),
}

/// Whether another attempt may be made of a function that may have run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repetition {
    Unchecked,
    Checking,
    Allowed,
    Forbidden,
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
    sent: u32,
    /// How many of them a host has accepted that have not ended. An attempt in the mode two-phase counts from its start.
    accepted: u32,
    max_sends: u32,
    /// How long the first wait for a host to accept a call takes, in milliseconds.
    first_wait_ms: u32,
    /// [`Completed::accept_ms`]
    accept_ms: u32,
    /// How many attempts were accepted and have no result, at least not in time.
    lost: u32,
    repetition: Repetition,
    waiting_for: WaitState,
    /// Whether a result was waited for in vain. This is a reason for one attempt only, since the function may just be slow.
    is_slow: bool,
    /// After which pauses the call is sent again while no instance is running.
    pauses: std::slice::Iter<'static, u32>,
    /// The error if no further attempt succeeds: that of the attempt that ended last.
    failure: Option<Failure>,
}

impl<'a, R: Rpc, P: Parameters, C: RepeatCheck> RetryLoop<'a, R, P, C> {
    /// Starts the first attempt.
    pub(crate) fn new(call: &'a RemoteCall<'a, R, P>, mode: CallMode, check: &'a C) -> Self {
        // A list is complete enough without a provider of which no instance is running, so only calls of clients wait for one.
        let pauses = match call.params.purpose() {
            Purpose::List => &[],
            Purpose::Read | Purpose::Tool(_) => NO_INSTANCE_PAUSES_MS.as_slice(),
        };
        let (first, accepted, waiting_for): (BoxFuture<'a, _>, _, _) = match mode {
            CallMode::OneShot => {
                let timeout_ms = call.policy.accept_timeout_ms;
                (Box::pin(one_shot(call, call.first_attempt())), 0, WaitState::Acceptance { timeout_ms })
            }
            CallMode::TwoPhase => {
                (Box::pin(async { AttemptEvent::Ended(call.two_phase().await) }), 1, WaitState::Result)
            }
        };
        Self {
            call,
            mode,
            check,
            running: FuturesUnordered::from_iter([first]),
            sent: 1,
            accepted,
            max_sends: MAX_SENDS,
            first_wait_ms: call.policy.accept_timeout_ms,
            accept_ms: 0,
            lost: 0,
            repetition: Repetition::Unchecked,
            waiting_for,
            is_slow: false,
            pauses: pauses.iter(),
            failure: None,
        }
    }

    /// Makes attempts until one has a result, none can have one, or the deadline passes.
    pub(crate) async fn run(mut self) -> Result<Completed, Failure> {
        loop {
            let left_ms = self.call.remaining_ms();
            let wait_ms = self.wait_ms().min(left_ms);
            match within(self.call.rpc, wait_ms, self.running.next()).await {
                Some(Some(AttemptEvent::Ended(Ok(result)))) => {
                    return Ok(Completed { result, accept_ms: self.accept_ms });
                }
                Some(Some(AttemptEvent::Ended(Err(failure)))) => {
                    self.accepted = self.accepted.saturating_sub(1);
                    self.on_failure(failure);
                }
                Some(Some(AttemptEvent::NotAccepted(failure))) => self.on_failure(failure),
                Some(Some(AttemptEvent::Accepted(call, after_ms))) => self.on_accepted(call, after_ms),
                Some(Some(AttemptEvent::Checked(checked))) => self.on_checked(checked),
                Some(None) => return Err(self.failure.unwrap_or(Failure::unknown_outcome(RpcError::TimedOut))),
                None if wait_ms == left_ms => return Err(Failure::unknown_outcome(RpcError::TimedOut)),
                None => self.on_timeout(),
            }
            if let Some(failure) = self.final_failure() {
                return Err(failure);
            }
        }
    }

    /// The failure of the whole call, if no attempt is worth waiting for any more. Those that no host has accepted are not: a host that
    /// is silent never ends them.
    fn final_failure(&self) -> Option<Failure> {
        let failure = self.failure?;
        let is_over = match self.waiting_for {
            // Every other attempt would end so.
            _ if matches!(failure.error, RpcError::TooLarge(_)) => true,
            WaitState::UntilDeadline => self.accepted == 0,
            WaitState::Acceptance { .. } | WaitState::Result => false,
        };
        let may_have_run = failure.may_have_run || !self.running.is_empty();
        is_over.then_some(Failure { may_have_run, ..failure })
    }

    fn may_send_again(&self) -> bool {
        let attempts = self.call.policy.max_attempts;
        self.repetition != Repetition::Forbidden && self.sent < self.max_sends && self.lost < attempts && attempts > 1
    }

    /// After how many milliseconds without an event another attempt begins.
    fn wait_ms(&self) -> u32 {
        match self.waiting_for {
            // The check says whether another attempt may begin, and how long to wait for its acceptance.
            WaitState::Acceptance { .. } if self.repetition == Repetition::Checking => u32::MAX,
            WaitState::Acceptance { timeout_ms } if self.may_send_again() => timeout_ms,
            WaitState::Acceptance { timeout_ms } if self.failure.is_some() && self.accepted == 0 => timeout_ms,
            WaitState::Result if self.may_send_again() => self.call.policy.retry_after_ms,
            _ => u32::MAX,
        }
    }

    /// Starts another attempt beside those that run, unless their number is used up.
    fn send_again(&mut self, pause_ms: u32) {
        if self.may_send_again() {
            let (call, number) = (self.call, self.call.first_attempt().saturating_add(self.sent));
            self.sent += 1;
            self.running.push(Box::pin(one_shot_after(call, number, pause_ms)));
        }
    }

    /// Starts another attempt of a function that may have run, if it may run again.
    fn repeat(&mut self, pause_ms: u32) {
        match self.repetition {
            Repetition::Unchecked if self.may_send_again() => {
                self.repetition = Repetition::Checking;
                self.running.push(Box::pin(checked_after(self.call.rpc, self.check, pause_ms)));
            }
            Repetition::Allowed => self.send_again(pause_ms),
            Repetition::Unchecked | Repetition::Checking | Repetition::Forbidden => {}
        }
    }

    fn on_checked(&mut self, checked: Checked) {
        self.repetition = if checked.may_repeat { Repetition::Allowed } else { Repetition::Forbidden };
        if wire::measure(&self.call.params).total > LARGE_BYTES {
            self.max_sends = MAX_LARGE_SENDS;
        }
        self.first_wait_ms = self.first_wait_ms.max(checked.accept_ms.saturating_mul(2));
        // Otherwise a host has accepted the call meanwhile.
        if let WaitState::Acceptance { timeout_ms } = self.waiting_for {
            self.waiting_for = WaitState::Acceptance { timeout_ms: timeout_ms.max(self.first_wait_ms) };
            self.send_again(0);
        }
    }

    fn on_failure(&mut self, failure: Failure) {
        let may_have_run = failure.may_have_run || self.failure.is_some_and(|earlier| earlier.may_have_run);
        self.failure = Some(Failure { may_have_run, ..failure });
        match failure.error {
            // An instance may be running in a moment.
            RpcError::NoInstance if self.mode == CallMode::OneShot => {
                self.waiting_for = match self.pauses.next() {
                    Some(&pause_ms) => {
                        match may_have_run {
                            true => self.repeat(pause_ms),
                            false => self.send_again(pause_ms),
                        }
                        WaitState::Acceptance { timeout_ms: pause_ms.saturating_add(self.first_wait_ms) }
                    }
                    None => WaitState::UntilDeadline,
                };
            }
            RpcError::NoLink => self.waiting_for = WaitState::UntilDeadline,
            _ if failure.may_have_run => {
                self.lost += 1;
                self.waiting_for = match self.waiting_for {
                    // The attempt that was sent last is waited for once more if no other may follow.
                    WaitState::Result | WaitState::UntilDeadline if !self.may_send_again() => WaitState::UntilDeadline,
                    _ => WaitState::Acceptance { timeout_ms: self.first_wait_ms },
                };
                self.repeat(0);
            }
            _ => {}
        }
    }

    fn on_accepted(&mut self, accepted: Accepted<R>, after_ms: u32) {
        self.accept_ms = after_ms;
        self.accepted += 1;
        let call = self.call;
        self.running.push(Box::pin(async move { AttemptEvent::Ended(call.result(accepted).await) }));
        if matches!(self.waiting_for, WaitState::Acceptance { .. }) {
            self.waiting_for = if self.is_slow { WaitState::UntilDeadline } else { WaitState::Result };
        }
    }

    fn on_timeout(&mut self) {
        self.waiting_for = match self.waiting_for {
            WaitState::Acceptance { .. } if !self.may_send_again() => WaitState::UntilDeadline,
            WaitState::Acceptance { timeout_ms } => {
                let longest_ms = self.first_wait_ms.max(MAX_ACCEPT_WAIT_MS);
                WaitState::Acceptance { timeout_ms: timeout_ms.saturating_mul(2).min(longest_ms) }
            }
            WaitState::Result => {
                self.lost += 1;
                self.is_slow = true;
                WaitState::Acceptance { timeout_ms: self.first_wait_ms }
            }
            WaitState::UntilDeadline => WaitState::UntilDeadline,
        };
        self.repeat(0);
    }
}

async fn one_shot<R: Rpc, P: Parameters>(call: &RemoteCall<'_, R, P>, number: u32) -> AttemptEvent<Accepted<R>> {
    let sent_at_ms = call.rpc.now_ms();
    match call.one_shot(number).await {
        Ok(accepted) => {
            let after_ms = call.rpc.now_ms().saturating_sub(sent_at_ms);
            AttemptEvent::Accepted(accepted, u32::try_from(after_ms).unwrap_or(u32::MAX))
        }
        Err(failure) => AttemptEvent::NotAccepted(failure),
    }
}

async fn one_shot_after<R: Rpc, P: Parameters>(
    call: &RemoteCall<'_, R, P>,
    number: u32,
    pause_ms: u32,
) -> AttemptEvent<Accepted<R>> {
    pause(call.rpc, pause_ms).await;
    one_shot(call, number).await
}

async fn checked_after<R: Rpc, C: RepeatCheck>(rpc: &R, check: &C, pause_ms: u32) -> AttemptEvent<Accepted<R>> {
    pause(rpc, pause_ms).await;
    AttemptEvent::Checked(check.may_repeat().await)
}

async fn pause(rpc: &impl Rpc, ms: u32) {
    if ms > 0 {
        rpc.sleep_ms(ms).await;
    }
}
