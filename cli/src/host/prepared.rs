//! Instances that are made before a call needs them, while a core is free. Each still serves one call. What an instance does when it starts,
//! such as reading a clock, it has done when it was made.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::yield_now;
use tokio::time::{Instant, timeout_at};
use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

use super::engine::Ticker;
use super::grant::Grant;
use super::instance::{StoreData, TimeLimit, new_store, run_cooperatively};

/// How many quotas of the pool there are for each instance that the host prepares of a component: one that needs more has fewer prepared
/// instances, or none.
pub(crate) const MAX_QUOTA_UNITS: u32 = 4;

/// An instance that has started, and has served no call.
pub(crate) struct PreparedInstance {
    pub(crate) store: Store<StoreData>,
    pub(crate) instance: Instance,
}

/// The prepared instances of one component.
pub(crate) struct PreparedInstances {
    grant: Arc<Grant>,
    component: InstancePre<StoreData>,
    is_composed: bool,
    ticker: Arc<Ticker>,
    most: usize,
    instances: Mutex<Instances>,
}

#[derive(Default)]
struct Instances {
    ready: Vec<PreparedInstance>,
    /// The places of instances that are being made.
    places: usize,
}

/// The place of an instance that is to be made.
struct Place(Arc<PreparedInstances>);

impl PreparedInstances {
    /// At most so many instances of a component, none of them made yet.
    pub(crate) fn new(
        most: u32,
        grant: Arc<Grant>,
        component: InstancePre<StoreData>,
        is_composed: bool,
        ticker: Arc<Ticker>,
    ) -> Arc<Self> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Arc::new(Self { grant, component, is_composed, ticker, most, instances: Mutex::default() })
    }

    /// An instance, if one is ready, for a call that has a slot.
    pub(crate) fn take(&self) -> Option<PreparedInstance> {
        if self.most == 0 { None } else { self.instances().ready.pop() }
    }

    /// Makes another instance in the background, for the next call, when one has ended well and has given back what it used. None is made
    /// if there are enough, if other calls need the cores, or if its memory would not be the component's own.
    pub(crate) fn prepare_another(self: &Arc<Self>) {
        if let Some(place) = self.place() {
            tokio::spawn(place.fill());
        }
    }

    fn place(self: &Arc<Self>) -> Option<Place> {
        if self.most == 0 || !self.ticker.leaves_a_core() || !self.grant.memory.is_spare() {
            return None;
        }
        let mut instances = self.instances();
        if instances.ready.len() + instances.places >= self.most {
            return None;
        }
        instances.places += 1;
        Some(Place(Arc::clone(self)))
    }

    /// Makes an instance, within the limits of a call. A component that cannot start now can tell the next call why.
    async fn make(&self) -> Option<PreparedInstance> {
        let _running = self.ticker.running();
        let deadline = Instant::now() + self.grant.limits.time;
        let time = TimeLimit::Until(deadline.into());
        let mut store = new_store(self.component.engine(), &self.grant, time, self.grant.memory.nothing());
        if self.is_composed {
            self.grant.limits.set_transfer_limit(&mut store);
        }
        let started =
            timeout_at(deadline, run_cooperatively(self.component.instantiate_async(&mut store), &self.grant.history))
                .await;
        let instance = match started {
            Ok(Ok(instance)) => instance,
            Ok(Err(error)) => {
                tracing::debug!(provider = self.grant.name, "no instance could be prepared: {error:#}");
                return None;
            }
            Err(_) => return None,
        };
        // What other calls need is not kept for a call that may come, and a call is told of its own shortage alone.
        let is_kept = store.data().memory.shortage.is_none() && self.grant.memory.is_spare();
        is_kept.then_some(PreparedInstance { store, instance })
    }

    fn instances(&self) -> MutexGuard<'_, Instances> {
        self.instances.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    async fn fill(self) {
        // The answer of the call that has ended is written first, as a rule: a connection that writes answers in bursts lets other tasks run
        // once before it writes.
        yield_now().await;
        yield_now().await;
        if let Some(made) = self.0.make().await {
            self.0.instances().ready.push(made);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.instances().places -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;
    use wasmtime::component::{Component, Linker};

    use super::super::engine::{PROVIDER, engine};
    use super::super::instance::MemoryBudget;
    use super::*;

    /// Prepared instances of a component that does nothing when it starts, or traps.
    fn prepared(most: u32, core: &str) -> Arc<PreparedInstances> {
        prepared_within(most, core, usize::MAX)
    }

    /// The same, where all components may use so much memory.
    fn prepared_within(most: u32, core: &str, memory: usize) -> Arc<PreparedInstances> {
        let grant = Grant { memory: MemoryBudget::new(memory, 1).share(), ..Grant::nothing("test") };
        let engine = engine(&PROVIDER, 8, 64 << 20, None).expect("an engine");
        let text = format!("(component (core module $m {core}) (core instance (instantiate $m)))");
        let component = Component::new(&engine, wat::parse_str(text).expect("a component")).expect("it compiles");
        let component = Linker::new(&engine).instantiate_pre(&component).expect("it links");
        let ticker = Arc::new(Ticker::start(&engine));
        PreparedInstances::new(most, Arc::new(grant), component, false, ticker)
    }

    /// Fills a place, and waits until its instance is made, or could not be.
    async fn fill(prepared: &Arc<PreparedInstances>, place: Place) {
        let places = prepared.instances().places;
        tokio::spawn(place.fill());
        let made = async {
            while prepared.instances().places == places {
                yield_now().await;
            }
        };
        timeout(Duration::from_secs(60), made).await.expect("it is made");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_component_has_as_many_prepared_instances_as_it_may_have() {
        let none = prepared(0, "");
        assert!(none.place().is_none() && none.take().is_none());

        let two = prepared(2, "");
        assert!(two.take().is_none(), "none is made before a call");
        for _ in 0..2 {
            let (first, second) = (two.place().expect("a place"), two.place().expect("a place"));
            assert!(two.place().is_none(), "two are being made");
            fill(&two, first).await;
            fill(&two, second).await;
            assert!(two.place().is_none(), "two are ready");
            assert!(two.take().is_some() && two.take().is_some() && two.take().is_none());
        }
        drop(two.place().expect("a place"));
        assert_eq!(two.instances().places, 0, "a place that is not used is free again");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn none_is_made_while_calls_need_the_cores_or_of_a_component_that_cannot_start() {
        let one = prepared(1, "");
        let cores = std::thread::available_parallelism().expect("cores").get();
        let running: Vec<_> = (0..=cores).map(|_| one.ticker.running()).collect();
        assert!(one.place().is_none());
        drop(running);
        assert!(one.place().is_some());

        let traps = prepared(1, "(func $f unreachable) (start $f)");
        fill(&traps, traps.place().expect("a place")).await;
        assert!(traps.take().is_none());
        assert!(traps.place().is_some(), "it is tried again after the next call");
    }

    /// Half of the budget is the one component's own.
    #[tokio::test(flavor = "multi_thread")]
    async fn none_is_kept_whose_memory_other_calls_may_need() {
        let page = 65_536;
        for (budget, is_kept) in [(2 * page, true), (2 * page - 2, false)] {
            let one = prepared_within(1, "(memory 1)", budget);
            fill(&one, one.place().expect("a place")).await;
            assert_eq!(one.take().is_some(), is_kept, "{budget}");
        }
        let busy = prepared_within(1, "(memory 1)", 4 * page);
        let mut call = busy.grant.memory.nothing();
        assert!(call.grow_to(3 * page));
        assert!(busy.place().is_none(), "calls use more than the component's own part");
        drop(call);
        assert!(busy.place().is_some());
    }
}
