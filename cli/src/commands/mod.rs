//! One module for each subcommand.

mod announce;
mod cache;
pub(crate) mod compose;
pub(crate) mod serve;
pub(crate) mod settings;
