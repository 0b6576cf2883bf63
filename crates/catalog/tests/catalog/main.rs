//! The catalogue over providers that do as they are told.
#![cfg(test)]

mod calls;
mod chain;
mod changes;
mod cost;
mod describe;
mod gather;
mod lists;
mod records;
mod resources;
mod routes;
mod scripted;
