//! One attempt to call a function: opened, given its parameters, answered.

use std::future::Future;
use std::pin::pin;

use futures_util::future::{Either, select};
use wire::Function;

use crate::config::Patience;
use crate::lattice::{Call, Fault, Lattice};

/// How often a call is offered before nobody is thought to be there.
const OFFERS: u32 = 4;

/// How often a call is offered to nobody, and after which pauses: while a component moves from one host to another nobody serves
/// it for a moment. Nothing has run then.
const PAUSES_MS: [u32; 2] = [50, 250];

/// When the parameters go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Along with the request.
    Whole,
    /// Once the other side has taken the call.
    Careful,
}

/// What is to be called, where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) link: &'a str,
    pub(crate) function: Function,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) fault: Fault,
    /// Whether the function may have run, for all that is known here.
    pub(crate) may_have_run: bool,
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

/// Calls a function and waits for its answer, until the deadline. The parameters are written when it is known how much time is
/// left.
pub(crate) async fn attempt<L: Lattice>(
    lattice: &L,
    patience: &Patience,
    target: Target<'_>,
    way: Way,
    deadline: Deadline,
    params: impl Fn(u32) -> Vec<u8>,
) -> Result<Vec<u8>, Failure> {
    // Of a call that went out whole nobody knows whether it ran, unless it is certain that nobody was there.
    let opened = open(lattice, patience, target, way, deadline, &params).await;
    let mut call = opened.map_err(|fault| Failure {
        may_have_run: way == Way::Whole && !matches!(fault, Fault::Absent | Fault::NoLink),
        fault,
    })?;
    let answered = async {
        if way == Way::Careful {
            call.send(params(deadline.left(lattice))).await?;
        }
        call.answer(patience.answer_bytes).await
    };
    let answer = match within(lattice, deadline.left(lattice), answered).await {
        Some(Ok(bytes)) if bytes.is_empty() => Err(Fault::Cut),
        Some(answer) => answer,
        None => Err(Fault::Late),
    };
    answer.map_err(|fault| Failure { fault, may_have_run: true })
}

/// Offers the call, with more patience each time: hosts lose a confirmation now and then, and some are only slow.
async fn open<L: Lattice>(
    lattice: &L,
    patience: &Patience,
    target: Target<'_>,
    way: Way,
    deadline: Deadline,
    params: &impl Fn(u32) -> Vec<u8>,
) -> Result<L::Call, Fault> {
    let mut pauses = PAUSES_MS.into_iter();
    let (mut offers, mut wait_ms) = (0, patience.take_ms);
    loop {
        let left = deadline.left(lattice);
        if left == 0 {
            return Err(if offers == 0 { Fault::Late } else { Fault::NotTaken });
        }
        let params = if way == Way::Whole { params(left) } else { Vec::new() };
        match within(lattice, wait_ms.min(left), lattice.open(target.link, target.function, params)).await {
            Some(Err(Fault::Absent)) if offers == 0 && is_call(target.function) => match pauses.next() {
                Some(pause) => lattice.sleep_ms(pause.min(left)).await,
                None => return Err(Fault::Absent),
            },
            // What was offered before may have been taken after all.
            Some(Err(Fault::Absent)) if offers > 0 => return Err(Fault::NotTaken),
            Some(opened) => return opened,
            None => {
                offers += 1;
                if offers == OFFERS {
                    return Err(Fault::NotTaken);
                }
                wait_ms = wait_ms.saturating_mul(4);
            }
        }
    }
}

/// What a client waits for, and not one of many whom a list is asked of.
fn is_call(function: Function) -> bool {
    matches!(function, Function::CallTool | Function::ReadResource | Function::GetPrompt | Function::Complete)
}
