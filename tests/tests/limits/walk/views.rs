//! Views. A server that is refused at the start has no neighbour.

use wasmcp_tests::Setup;

use super::{PROVIDERS, Walk, check_sum, refused, start, sum};

/// Checks that a server has these views and no more.
fn at_most(most: &str, more: &str) {
    let setup = |views: &str| Setup::of(&PROVIDERS).set("transport", "views", views);
    check_sum(&start(&setup(most)), &sum(), "the most of views");
    refused(&setup(more), "setting `transport.views` is not views by semicolon");
}

pub(crate) fn count(_: &Walk) {
    let views = |count: usize| (0..count).map(|number| format!("v{number}=tool:a;")).collect::<String>();
    at_most(&views(64), &views(65));
}

pub(crate) fn selectors(_: &Walk) {
    let view = |selectors: usize| format!("a={}", "tool:b ".repeat(selectors));
    at_most(&view(64), &view(65));
}

pub(crate) fn name(_: &Walk) {
    let view = |bytes: usize| format!("{}=tool:b", "a".repeat(bytes));
    at_most(&view(64), &view(65));
}
