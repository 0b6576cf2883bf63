//! The catalogue over scripted providers.
#![cfg(test)]

mod absence;
mod build;
mod calls;
mod changes;
mod cost;
mod describe;
mod lists;
mod lookup_context;
mod nested;
mod pass_through;
mod records;
mod resolve;
mod resources;
mod scripted;
mod search_owners;
mod single_flight;
mod snapshot;
