//! Attempts at one call, one after the other and beside each other, until one answers.

use std::future::Future;
use std::pin::Pin;

use contract::model::{Context, McpError};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use wire::Function;

use crate::attempt::{Deadline, Failure, PAUSES_MS, Target, answer, careful, take, within};
use crate::config::Patience;
use crate::lattice::{Fault, Lattice, Offer};

/// Whether the function may run a second time. Asked only when that is about to happen.
pub(crate) type Repeatable<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// How the first attempt is made. Later ones are made only of what may run twice, and go out whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The parameters go along with the request.
    Whole,
    /// The parameters go out once the other side has taken the call.
    Careful,
}

/// Where a function is called, and as what.
pub(crate) struct Asked<'a, L> {
    pub(crate) lattice: &'a L,
    pub(crate) patience: &'a Patience,
    pub(crate) target: Target<'a>,
    pub(crate) first: Way,
    /// When all of it is to be done.
    pub(crate) deadline: Deadline,
}

/// What one of the futures below has to say.
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

/// Calls until there is an answer. `params` writes the parameters for a context.
pub(crate) async fn ask<'a, L: Lattice>(
    asked: Asked<'_, L>,
    ctx: &Context,
    params: &(dyn Fn(&Context) -> Vec<u8> + Sync),
    repeatable: &(dyn Fn() -> Repeatable<'a> + Sync),
) -> Result<Vec<u8>, Failure> {
    type Under<'a, C> = Pin<Box<dyn Future<Output = News<C>> + Send + 'a>>;
    type CallOf<L> = <<L as Lattice>::Offer as Offer>::Call;

    let Asked { lattice, patience, target, first, deadline } = asked;
    // A retry has the same id and the next number (`context` in `wit/model.wit`).
    let numbered =
        |number: u32| move |remaining_ms: u32| params(&Context { attempt: number, remaining_ms, ..ctx.clone() });
    let whole = |number: u32| async move {
        // Of a call that went out whole nobody knows whether it ran, unless it is certain that nobody was there.
        match take(lattice, target, numbered(number)(deadline.left(lattice))).await {
            Ok(call) => News::Taken(call),
            Err(fault) => {
                let may_have_run = !matches!(fault, Fault::Absent | Fault::NoLink);
                News::Answered(Err(Failure { fault, may_have_run }))
            }
        }
    };
    let again = |number: u32, needs_leave: bool, pause_ms: u32| async move {
        if pause_ms > 0 {
            lattice.sleep_ms(pause_ms).await;
        }
        match !needs_leave || repeatable().await {
            true => whole(number).await,
            false => News::Once,
        }
    };

    let mut under_way: FuturesUnordered<Under<'_, CallOf<L>>> = FuturesUnordered::new();
    let mut silence = match first {
        Way::Whole => {
            under_way.push(Box::pin(whole(ctx.attempt)));
            Silence::Offered(patience.take_ms)
        }
        Way::Careful => {
            let params = numbered(ctx.attempt);
            under_way.push(Box::pin(async move {
                News::Answered(careful(lattice, patience, target, deadline, params).await)
            }));
            Silence::Taken
        }
    };
    let mut pauses = if is_call(target.function) { PAUSES_MS.as_slice() } else { &[] }.iter();
    let (mut attempts, mut once) = (1, false);
    let mut failed = Failure { fault: Fault::Late, may_have_run: false };
    loop {
        let may_start = !once && attempts < patience.attempts;
        let left = deadline.left(lattice);
        let wait = match silence {
            Silence::Offered(ms) if may_start => ms.min(left),
            Silence::Taken if may_start => patience.retry_ms.min(left),
            _ => left,
        };
        // The pause after which another attempt is to begin, and whether it needs leave.
        let mut start = None;
        match within(lattice, wait, under_way.next()).await {
            Some(Some(News::Answered(Ok(answer)))) => return Ok(answer),
            Some(Some(News::Answered(Err(failure)))) => {
                failed = Failure { may_have_run: failed.may_have_run || failure.may_have_run, ..failure };
                if failure.fault == Fault::Absent && first == Way::Whole {
                    // It may be there again in a moment, which is no silence.
                    start = pauses.next().map(|pause| (*pause, failed.may_have_run));
                    silence = Silence::Long;
                } else if failure.may_have_run {
                    start = Some((0, true));
                }
            }
            Some(Some(News::Taken(call))) => {
                under_way.push(Box::pin(async { News::Answered(answer(call, patience.answer_bytes).await) }));
                if matches!(silence, Silence::Offered(_)) {
                    silence = Silence::Taken;
                }
            }
            Some(Some(News::Once)) => once = true,
            Some(None) => return Err(failed),
            None if wait == left => return Err(Failure { fault: Fault::Late, may_have_run: true }),
            None => {
                start = Some((0, true));
                silence = match silence {
                    Silence::Offered(ms) => Silence::Offered(ms.saturating_mul(4)),
                    _ => Silence::Long,
                };
            }
        }
        if let Some((pause_ms, needs_leave)) = start.filter(|_| may_start) {
            let number = ctx.attempt.saturating_add(attempts);
            attempts += 1;
            under_way.push(Box::pin(again(number, needs_leave, pause_ms)));
        }
    }
}

/// What a client waits for, and not one of many whom a list is asked of: that is served without it.
fn is_call(function: Function) -> bool {
    matches!(function, Function::CallTool | Function::ReadResource | Function::GetPrompt | Function::Complete)
}

impl Failure {
    /// The error of a call that may run again: whether it has run does not matter.
    pub(crate) fn of_repeatable(self, provider: &str) -> McpError {
        match self.fault {
            Fault::Absent | Fault::NotTaken => McpError::Unavailable(Some(1000)),
            Fault::Late => McpError::DeadlineExceeded,
            fault => McpError::Internal(format!("provider `{provider}`: {fault}")),
        }
    }

    /// The error of a tool that may run once.
    pub(crate) fn of_tool(self, provider: &str, tool: &str) -> McpError {
        match self.may_have_run {
            false => self.of_repeatable(provider),
            true => McpError::Internal(format!(
                "provider `{provider}`: {}. The tool `{tool}` may have run: find out before you call it again",
                self.fault
            )),
        }
    }
}
