//! How much memory the calls of all components use together. The limits of single calls allow their number times as much, which no
//! machine has.
//!
//! Half of the budget belongs to the components in equal parts, so that none can take all of a neighbour's; the other half is for
//! those that need more. What counts is the memory that calls have at the moment, not what they might use.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

/// The budget of all components.
pub(crate) struct MemoryBudget {
    limit: usize,
    /// How much each component may use of its own part.
    own: usize,
    /// How much all may use together beyond their own parts.
    common: usize,
    state: Mutex<State>,
    /// Notified when memory is given back while a call waits for some.
    freed: Notify,
}

#[derive(Default)]
struct State {
    /// How much of the common part is used.
    common: usize,
    waiting: usize,
}

/// What one component may use of the budget.
pub(crate) struct MemoryShare {
    budget: Arc<MemoryBudget>,
    /// How much the component uses. It changes only under the lock of the budget.
    used: Mutex<usize>,
}

/// Memory that a call may use. It is given back when this is dropped.
pub(crate) struct MemoryReservation {
    share: Arc<MemoryShare>,
    bytes: usize,
}

impl MemoryBudget {
    /// A budget of so many bytes for this number of components.
    pub(crate) fn new(limit: usize, components: usize) -> Arc<Self> {
        let own = limit / 2 / components.max(1);
        let common = limit - own * components.max(1);
        Arc::new(Self { limit, own, common, state: Mutex::default(), freed: Notify::new() })
    }

    /// The share of one component.
    pub(crate) fn share(self: &Arc<Self>) -> Arc<MemoryShare> {
        Arc::new(MemoryShare { budget: Arc::clone(self), used: Mutex::default() })
    }
}

impl MemoryShare {
    /// How many bytes all components may use together.
    pub(crate) fn limit(&self) -> usize {
        self.budget.limit
    }

    /// Whether the component uses no more than its own part, and no call waits for memory: what it keeps is no other's then.
    pub(crate) fn is_spare(&self) -> bool {
        let state = lock(&self.budget.state);
        state.waiting == 0 && *lock(&self.used) <= self.budget.own
    }

    /// Memory that a call has not used yet: none.
    pub(crate) fn nothing(self: &Arc<Self>) -> MemoryReservation {
        MemoryReservation { share: Arc::clone(self), bytes: 0 }
    }

    /// Reserves memory, and waits for it if there is none, but for no longer than this.
    pub(crate) async fn reserve(self: &Arc<Self>, bytes: usize, time: Duration) -> Option<MemoryReservation> {
        if let Some(reserved) = self.try_reserve(bytes) {
            return Some(reserved);
        }
        let _waiting = Waiting::new(&self.budget);
        let wait = async {
            loop {
                let mut freed = pin!(self.budget.freed.notified());
                // Memory that is given back from here on is noticed.
                freed.as_mut().enable();
                if let Some(reserved) = self.try_reserve(bytes) {
                    return reserved;
                }
                freed.await;
            }
        };
        timeout(time, wait).await.ok()
    }

    fn try_reserve(self: &Arc<Self>, bytes: usize) -> Option<MemoryReservation> {
        self.take(bytes).then(|| MemoryReservation { share: Arc::clone(self), bytes })
    }

    /// Counts more memory, or refuses.
    fn take(&self, bytes: usize) -> bool {
        let mut state = lock(&self.budget.state);
        let mut used = lock(&self.used);
        let after = used.saturating_add(bytes);
        let common = state.common - used.saturating_sub(self.budget.own);
        let common = common.saturating_add(after.saturating_sub(self.budget.own));
        if common > self.budget.common {
            return false;
        }
        (state.common, *used) = (common, after);
        true
    }

    fn give_back(&self, bytes: usize) {
        let mut state = lock(&self.budget.state);
        let mut used = lock(&self.used);
        let after = used.saturating_sub(bytes);
        state.common -= used.saturating_sub(self.budget.own) - after.saturating_sub(self.budget.own);
        *used = after;
        if state.waiting > 0 {
            self.budget.freed.notify_waiters();
        }
    }
}

impl MemoryReservation {
    /// Makes the memory at least as large as this. `false` if all components use too much already.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        let grown = more == 0 || self.share.take(more);
        if grown {
            self.bytes += more;
        }
        grown
    }
}

impl Drop for MemoryReservation {
    fn drop(&mut self) {
        self.share.give_back(self.bytes);
    }
}

/// Counts a call that waits while it lives.
struct Waiting<'a>(&'a MemoryBudget);

impl<'a> Waiting<'a> {
    fn new(budget: &'a MemoryBudget) -> Self {
        lock(&budget.state).waiting += 1;
        Self(budget)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).waiting -= 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_component_uses_its_own_part_and_the_common_one_but_not_that_of_another() {
        let budget = MemoryBudget::new(400, 2);
        let (greedy, modest) = (budget.share(), budget.share());
        let most = greedy.try_reserve(300).expect("its own 100, and the common 200");
        assert!(greedy.try_reserve(1).is_none());
        let own = modest.try_reserve(100).expect("its own part");
        assert!(modest.try_reserve(1).is_none());
        drop(own);
        drop(most);
        assert!(modest.try_reserve(300).is_some());
        assert!(modest.try_reserve(301).is_none());
        assert_eq!(lock(&budget.state).common, 0);
    }

    #[test]
    fn what_a_call_has_grows_until_the_budget_is_used_up_and_is_given_back_whole() {
        let budget = MemoryBudget::new(100, 1);
        let share = budget.share();
        let (mut one, mut other) = (share.nothing(), share.nothing());
        for (is_one, bytes, expected) in
            [(true, 60, true), (false, 41, false), (false, 40, true), (true, 61, false), (true, 5, true)]
        {
            let grows = if is_one { &mut one } else { &mut other };
            assert_eq!(grows.grow_to(bytes), expected, "{is_one} {bytes}");
        }
        drop(one);
        assert!(other.grow_to(100));
        drop(other);
        assert_eq!((*lock(&share.used), lock(&budget.state).common), (0, 0));
    }

    #[tokio::test]
    async fn a_call_waits_for_memory_but_not_for_ever() {
        let share = MemoryBudget::new(100, 1).share();
        let all = share.try_reserve(100);
        assert!(share.reserve(1, Duration::from_millis(1)).await.is_none());
        let (waited, ()) = tokio::join!(share.reserve(100, LONG), async { drop(all) });
        assert!(waited.is_some());
        assert_eq!(lock(&share.budget.state).waiting, 0);
    }
}
