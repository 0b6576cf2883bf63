//! Attempts at one call, one after the other and beside each other, until one answers.

use std::future::Future;
use std::pin::Pin;

use contract::model::{Context, McpError};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::attempt::{Deadline, Failure, Target, Way, attempt, within};
use crate::config::Patience;
use crate::lattice::{Fault, Lattice};

/// Whether the function may run a second time. Asked only when that is about to happen.
pub(crate) type Repeatable<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// Where it is called, and as what.
pub(crate) struct Asked<'a, L> {
    pub(crate) lattice: &'a L,
    pub(crate) patience: &'a Patience,
    pub(crate) target: Target<'a>,
    /// How the first attempt is made. Later ones are made only of what may run twice.
    pub(crate) first: Way,
    /// How long all of it may take.
    pub(crate) total_ms: u32,
}

/// The function that has no answer, and whether it may have run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) fault: Fault,
    pub(crate) may_have_run: bool,
}

/// What one of the futures below has to say.
enum News {
    Answered(Result<Vec<u8>, Failure>),
    /// It may not be called again.
    Once,
}

/// Calls until there is an answer. `params` writes the parameters for a context.
pub(crate) async fn ask<'a, L: Lattice>(
    asked: Asked<'_, L>,
    ctx: &Context,
    params: &(dyn Fn(&Context) -> Vec<u8> + Sync),
    repeatable: &(dyn Fn() -> Repeatable<'a> + Sync),
) -> Result<Vec<u8>, Lost> {
    let Asked { lattice, patience, target, first, total_ms } = asked;
    let deadline = Deadline::after(lattice, total_ms);
    // A retry has the same id and the next number (`context` in `wit/model.wit`).
    let run = |number: u32, way: Way| async move {
        let params = |remaining_ms: u32| params(&Context { attempt: number, remaining_ms, ..ctx.clone() });
        attempt(lattice, patience, target, way, deadline, params).await
    };
    let again = |number: u32| async move {
        match repeatable().await {
            true => News::Answered(run(number, Way::Whole).await),
            false => News::Once,
        }
    };

    let (mut attempts, mut waited_long, mut once) = (1, false, false);
    let mut may_have_run = false;
    let mut fault = Fault::Late;
    let mut under_way: FuturesUnordered<Pin<Box<dyn Future<Output = News> + Send + '_>>> = FuturesUnordered::new();
    under_way.push(Box::pin(async move { News::Answered(run(ctx.attempt, first).await) }));
    loop {
        let may_start = !once && attempts < patience.attempts;
        let left = deadline.left(lattice);
        let wait = if may_start && !waited_long { patience.retry_ms.min(left) } else { left };
        let mut start = false;
        match within(lattice, wait, under_way.next()).await {
            Some(Some(News::Answered(Ok(answer)))) => return Ok(answer),
            Some(Some(News::Answered(Err(failure)))) => {
                may_have_run |= failure.may_have_run;
                // Only what may have run needs leave to run again, but what nobody took was offered often enough.
                start = may_start && failure.may_have_run;
                fault = failure.fault;
            }
            Some(Some(News::Once)) => once = true,
            Some(None) => return Err(Lost { fault, may_have_run }),
            None if left <= wait => return Err(Lost { fault: Fault::Late, may_have_run: true }),
            None => {
                waited_long = true;
                start = may_start;
            }
        }
        if start {
            let number = ctx.attempt.saturating_add(attempts);
            attempts += 1;
            under_way.push(Box::pin(again(number)));
        }
    }
}

impl Lost {
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
