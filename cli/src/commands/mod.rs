//! The subcommands, and what they share: the cache, written files and the start-up context.

mod banner;
mod cache;
pub(crate) mod compose;
pub(crate) mod filler;
pub(crate) mod serve;
pub(crate) mod settings;
mod write_file;

use contract::model::Context;

/// The context of calls at start-up, which no client asked for.
fn startup_context() -> Context {
    Context::internal("start".to_owned(), 10_000)
}
