//! One module for each subcommand.

mod announce;
pub(crate) mod compose;
pub(crate) mod serve;
