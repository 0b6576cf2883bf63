use std::sync::Mutex;

use contract::model::Context;

use crate::attempt::Deadline;
use crate::lattice::Lattice;

/// The request that an instance serves. Before a call comes what it takes to find its owner, and each of that is told anew how much
/// time remains: together they may take no longer than the first of them was told.
#[derive(Debug, Default)]
pub(crate) struct Request(Mutex<Option<Deadline>>);

impl Request {
    /// When something is to be done that may take so long by itself.
    pub(crate) fn deadline(&self, lattice: &impl Lattice, ctx: &Context, total_ms: u32) -> Deadline {
        let mut until = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let whole = *until.get_or_insert_with(|| Deadline::after(lattice, ctx.remaining_ms));
        Deadline::after(lattice, total_ms.min(whole.left(lattice)))
    }

    /// The next leg of a call has its own time.
    pub(crate) fn leg_is_over(&self) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }
}
