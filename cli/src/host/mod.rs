//! The host of components: compiles them, and gives each call of one an instance of its own with nothing but what an operator
//! granted.

mod address;
mod body;
mod call;
mod compile;
mod composed;
mod connect;
mod egress;
mod engine;
mod exports;
mod failure;
mod grant;
mod limits;
mod load;
mod log;
mod manners;
mod outgoing;
mod output;
mod pool;
mod sandbox;
mod services;
mod slots;

pub(crate) use composed::{Composed, Work};
pub(crate) use egress::{Egress, Rule};
pub(crate) use engine::open_cache;
pub(crate) use grant::Grant;
pub(crate) use load::{Compiled, Loader};
pub(crate) use log::printable;
pub(crate) use sandbox::Sandbox;
