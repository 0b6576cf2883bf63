//! The subcommands, and what they share: the cache, the egress of the server, written files and the start-up context.

mod banner;
pub(crate) mod build;
mod cache;
pub(crate) mod check;
pub(crate) mod compose;
pub(crate) mod dev;
mod egress;
pub(crate) mod filler;
pub(crate) mod new;
pub(crate) mod policy;
pub(crate) mod serve;
pub(crate) mod settings;
mod write_file;

use std::io::Read as _;
use std::time::Duration;

use catalog::Warning;
use contract::model::Context;
use futures_util::future::BoxFuture;

/// How long a call at start-up may take, in milliseconds.
const CALL_MS: u32 = 10_000;

/// How long a provider may take to list all that it has.
const LISTS: Duration = Duration::from_secs(30);

/// How many bytes of memory providers may use together while `compose` and `build` ask them what they have.
const MAX_MEMORY: usize = 4 << 30;

/// Reads a text until its end, or until this many bytes.
fn read_text(source: impl std::io::Read, max_bytes: u64) -> std::io::Result<String> {
    let mut text = String::new();
    source.take(max_bytes).read_to_string(&mut text)?;
    Ok(text)
}

/// The context of calls at start-up, which no client asked for.
fn startup_context() -> Context {
    Context::internal("start".to_owned(), CALL_MS)
}

/// Completes when a provider has listed for too long.
fn startup_timer() -> BoxFuture<'static, ()> {
    Box::pin(tokio::time::sleep(LISTS))
}

/// Tells an operator what is served all the same.
fn warn(warnings: &[Warning]) {
    for warning in warnings {
        tracing::warn!("{warning}");
    }
}
