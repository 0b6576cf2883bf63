//! One attempt to call a function: offered, taken, answered.

use std::future::Future;
use std::pin::pin;

use contract::FunctionName;
use contract::model::McpError;
use futures_util::StreamExt;
use futures_util::future::{Either, pending, select};
use futures_util::stream::FuturesUnordered;

use crate::config::Patience;
use crate::lattice::{Call, Fault, Lattice, Offer};

/// How often a call without its parameters is offered, and again after each pause. After that somebody will take one of them, or nobody.
const OFFERS: u32 = 3;

/// After which pauses a call is offered again that nobody serves: while a component moves from one host to another it is so for a
/// moment. Nothing has run then.
pub(crate) const PAUSES_MS: [u32; 2] = [50, 250];

/// What is to be called, where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) link: &'a str,
    pub(crate) function: FunctionName,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) fault: Fault,
    /// Whether the function may have run, for all that is known here.
    pub(crate) may_have_run: bool,
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

/// A moment after which nobody waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(u64);

impl Deadline {
    pub(crate) fn after(lattice: &impl Lattice, ms: u32) -> Self {
        Self(lattice.now_ms().saturating_add(u64::from(ms)))
    }

    /// Milliseconds until then.
    pub(crate) fn left(self, lattice: &impl Lattice) -> u32 {
        u32::try_from(self.0.saturating_sub(lattice.now_ms())).unwrap_or(u32::MAX)
    }
}

/// What a future answers, or nothing if it takes longer.
pub(crate) async fn within<L: Lattice, T>(lattice: &L, ms: u32, future: impl Future<Output = T>) -> Option<T> {
    match select(pin!(future), pin!(lattice.sleep_ms(ms))).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// Offers the call. Done when a host has taken it.
pub(crate) async fn take<L: Lattice>(
    lattice: &L,
    target: Target<'_>,
    params: Vec<u8>,
) -> Result<<L::Offer as Offer>::Call, Fault> {
    lattice.offer(target.link, target.function, params).await?.taken().await
}

/// The answer to a call that has its parameters.
pub(crate) async fn answer(call: impl Call, limit: usize) -> Result<Vec<u8>, Failure> {
    let answer = match call.answer(limit).await {
        Ok(bytes) if bytes.is_empty() => Err(Fault::Cut),
        answer => answer,
    };
    answer.map_err(|fault| Failure { fault, may_have_run: true })
}

/// Calls a function that must not run twice: it is offered without its parameters, if need be more than once, and the first who takes
/// it gets them. Until then it cannot have run. The parameters are written when it is known how much time is left.
pub(crate) async fn careful<L: Lattice>(
    lattice: &L,
    patience: &Patience,
    target: Target<'_>,
    deadline: Deadline,
    params: impl Fn(u32) -> Vec<u8>,
) -> Result<Vec<u8>, Failure> {
    let not_run = |fault| Failure { fault, may_have_run: false };
    let offer = async |pause_ms: u32| {
        if pause_ms > 0 {
            lattice.sleep_ms(pause_ms).await;
        }
        take(lattice, target, Vec::new()).await
    };
    let mut offers = FuturesUnordered::from_iter([offer(0)]);
    let mut pauses = PAUSES_MS.into_iter();
    let (mut made, mut wait_ms) = (1, patience.take_ms);
    let mut call = loop {
        // One less than whoever waits for all of this has, and would have to say that it may have run.
        let left = deadline.left(lattice).saturating_sub(1);
        let wait = if made < OFFERS { wait_ms.min(left) } else { left };
        match within(lattice, wait, offers.next()).await {
            Some(Some(Ok(call))) => break call,
            Some(Some(Err(Fault::Absent))) if let Some(pause_ms) = pauses.next() => {
                offers.push(offer(pause_ms));
                (made, wait_ms) = (1, pause_ms.saturating_add(patience.take_ms));
            }
            Some(Some(Err(fault))) => return Err(not_run(fault)),
            None if wait < left => {
                offers.push(offer(0));
                (made, wait_ms) = (made + 1, wait_ms.saturating_mul(4));
            }
            Some(None) | None => return Err(not_run(Fault::NotTaken)),
        }
    };
    let answered = async {
        call.send(params(deadline.left(lattice))).await.map_err(|fault| Failure { fault, may_have_run: true })?;
        answer(call, patience.answer_bytes).await
    };
    // The other offers are closed as they are taken: a host would wait for their parameters.
    let closing = async {
        while offers.next().await.is_some() {}
        pending::<()>().await;
    };
    match select(pin!(answered), pin!(closing)).await {
        Either::Left((answered, _)) => answered,
        Either::Right(((), _)) => Err(Failure { fault: Fault::Broken, may_have_run: true }),
    }
}
