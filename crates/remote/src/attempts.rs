//! Attempts at one call, one after the other and beside each other, until one answers.

use std::future::Future;
use std::pin::Pin;

use contract::Function;
use contract::FunctionName;
use contract::functions::{CallTool, Complete, GetPrompt, ReadResource};
use contract::model::Context;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use wire::Encode;

use crate::attempt::{Deadline, Failure, PAUSES_MS, Target, answer, careful, take, within};
use crate::config::Patience;
use crate::lattice::{Fault, Lattice, Offer};

/// Whether the function may run a second time. Asked only when that is about to happen.
pub(crate) type Repeatable<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// Writes the arguments of a function after its context, one after the other.
pub(crate) type Arguments<'a> = &'a (dyn Fn(&mut Vec<u8>) + Sync);

/// How the first attempt is made. Later ones are made only of what may run twice, and go out whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The parameters go along with the request.
    Whole,
    /// The parameters go out once the other side has taken the call.
    Careful,
}

/// Where a function is called, as what and for whom.
pub(crate) struct Asked<'a, L> {
    pub(crate) lattice: &'a L,
    pub(crate) patience: &'a Patience,
    pub(crate) target: Target<'a>,
    pub(crate) first: Way,
    /// When all of it is to be done.
    pub(crate) deadline: Deadline,
    pub(crate) ctx: &'a Context,
    pub(crate) arguments: Arguments<'a>,
    pub(crate) repeatable: &'a (dyn Fn() -> Repeatable<'a> + Sync),
}

type CallOf<L> = <<L as Lattice>::Offer as Offer>::Call;
type Attempt<'s, L> = Pin<Box<dyn Future<Output = News<CallOf<L>>> + Send + 's>>;

/// What an attempt has to say.
enum News<C> {
    /// A host has taken a call that went out whole.
    Taken(C),
    Answered(Result<Vec<u8>, Failure>),
    /// It may not be called again.
    Once,
}

/// How long the last attempt has been silent, and what of.
enum Silence {
    /// It is waited for to be taken, so long.
    Offered(u32),
    /// It is waited for to be answered.
    Taken,
    /// Another attempt was begun because of that. There is no third for the same reason.
    Long,
}

/// What becomes of a call until it is answered.
struct Attempts<'s, 'a, L: Lattice> {
    asked: &'s Asked<'a, L>,
    under_way: FuturesUnordered<Attempt<'s, L>>,
    begun: u32,
    /// It was asked whether it may run twice, and it may not.
    once: bool,
    silence: Silence,
    /// After which pauses it is called again where nobody is there.
    pauses: std::slice::Iter<'static, u32>,
    /// Why there is no answer, if none comes.
    failed: Failure,
}

/// Calls until there is an answer.
pub(crate) async fn ask<L: Lattice>(asked: &Asked<'_, L>) -> Result<Vec<u8>, Failure> {
    let mut attempts = Attempts::begin(asked);
    loop {
        let left = asked.deadline.left(asked.lattice);
        let wait = attempts.wait_ms().min(left);
        match within(asked.lattice, wait, attempts.under_way.next()).await {
            Some(Some(News::Answered(Ok(answer)))) => return Ok(answer),
            Some(Some(News::Answered(Err(failure)))) => attempts.on_failure(failure),
            Some(Some(News::Taken(call))) => attempts.on_taken(call),
            Some(Some(News::Once)) => attempts.once = true,
            Some(None) => return Err(attempts.failed),
            None if wait == left => return Err(Failure { fault: Fault::Late, may_have_run: true }),
            None => attempts.on_silence(),
        }
    }
}

impl<'s, 'a, L: Lattice> Attempts<'s, 'a, L> {
    fn begin(asked: &'s Asked<'a, L>) -> Self {
        let (first, silence): (Attempt<'s, L>, _) = match asked.first {
            Way::Whole => (Box::pin(asked.whole(asked.ctx.attempt)), Silence::Offered(asked.patience.take_ms)),
            Way::Careful => (Box::pin(asked.careful()), Silence::Taken),
        };
        let pauses = if is_call(asked.target.function) { PAUSES_MS.as_slice() } else { &[] }.iter();
        let failed = Failure { fault: Fault::Late, may_have_run: false };
        Self { asked, under_way: FuturesUnordered::from_iter([first]), begun: 1, once: false, silence, pauses, failed }
    }

    fn may_begin(&self) -> bool {
        !self.once && self.begun < self.asked.patience.attempts
    }

    /// For how long silence means nothing.
    fn wait_ms(&self) -> u32 {
        match self.silence {
            Silence::Offered(ms) if self.may_begin() => ms,
            Silence::Taken if self.may_begin() => self.asked.patience.retry_ms,
            _ => u32::MAX,
        }
    }

    /// Begins another attempt beside the others, if there may be one.
    fn begin_another(&mut self, pause_ms: u32, needs_leave: bool) {
        if self.may_begin() {
            let number = self.asked.ctx.attempt.saturating_add(self.begun);
            self.begun += 1;
            self.under_way.push(Box::pin(self.asked.again(number, pause_ms, needs_leave)));
        }
    }

    fn on_failure(&mut self, failure: Failure) {
        self.failed = Failure { may_have_run: self.failed.may_have_run || failure.may_have_run, ..failure };
        if failure.fault == Fault::Absent && self.asked.first == Way::Whole {
            // It may be there again in a moment.
            self.silence = match self.pauses.next() {
                Some(&pause_ms) => {
                    self.begin_another(pause_ms, self.failed.may_have_run);
                    Silence::Offered(pause_ms.saturating_add(self.asked.patience.take_ms))
                }
                None => Silence::Long,
            };
        } else if failure.may_have_run && !matches!(failure.fault, Fault::TooLarge(_)) {
            self.begin_another(0, true);
        }
    }

    fn on_taken(&mut self, call: CallOf<L>) {
        let limit = self.asked.patience.answer_bytes;
        self.under_way.push(Box::pin(async move { News::Answered(answer(call, limit).await) }));
        if matches!(self.silence, Silence::Offered(_)) {
            self.silence = Silence::Taken;
        }
    }

    fn on_silence(&mut self) {
        self.silence = match self.silence {
            Silence::Offered(ms) => Silence::Offered(ms.saturating_mul(4)),
            _ => Silence::Long,
        };
        self.begin_another(0, true);
    }
}

impl<L: Lattice> Asked<'_, L> {
    /// A retry has the same id and the next number (`context` in `wit/model.wit`).
    fn params(&self, attempt: u32, remaining_ms: u32) -> Vec<u8> {
        let mut out = Vec::new();
        Context { attempt, remaining_ms, ..self.ctx.clone() }.encode(&mut out);
        (self.arguments)(&mut out);
        out
    }

    async fn careful(&self) -> News<CallOf<L>> {
        let params = |remaining_ms| self.params(self.ctx.attempt, remaining_ms);
        News::Answered(careful(self.lattice, self.patience, self.target, self.deadline, params).await)
    }

    async fn whole(&self, number: u32) -> News<CallOf<L>> {
        let params = self.params(number, self.deadline.left(self.lattice));
        match take(self.lattice, self.target, params).await {
            Ok(call) => News::Taken(call),
            Err(fault) => {
                // Of a call that went out whole nobody knows whether it ran, unless it is certain that nobody was there.
                let may_have_run = !matches!(fault, Fault::Absent | Fault::NoLink);
                News::Answered(Err(Failure { fault, may_have_run }))
            }
        }
    }

    async fn again(&self, number: u32, pause_ms: u32, needs_leave: bool) -> News<CallOf<L>> {
        if pause_ms > 0 {
            self.lattice.sleep_ms(pause_ms).await;
        }
        match !needs_leave || (self.repeatable)().await {
            true => self.whole(number).await,
            false => News::Once,
        }
    }
}

/// What a client waits for, and not one of many whom a list is asked of: that is served without it.
fn is_call(function: FunctionName) -> bool {
    [CallTool::NAME, ReadResource::NAME, GetPrompt::NAME, Complete::NAME].contains(&function)
}
