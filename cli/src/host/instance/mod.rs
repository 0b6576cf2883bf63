//! One instance of a component, which lives for one call: its store, its limits, its share of the pool and of the cores, and what
//! is reported when it fails.

mod compute_time;
mod concurrency;
mod failure;
mod fairness;
mod limits;
mod memory_budget;
mod memory_limit;
mod store;
mod time_limit;

pub(crate) use compute_time::ComputeTime;
pub(crate) use concurrency::{Slot, Slots};
pub(crate) use failure::{Failure, classify};
pub(crate) use fairness::{ComputeHistory, count_tick, run_cooperatively};
pub(crate) use limits::{Limits, Size};
pub(crate) use memory_budget::{MemoryBudget, MemoryShare};
#[cfg(test)]
pub(crate) use memory_limit::Shortage;
pub(crate) use memory_limit::{Memory, TABLE_ELEMENTS};
pub(crate) use store::{StoreData, begin_call, new_store};
pub(crate) use time_limit::TimeLimit;
