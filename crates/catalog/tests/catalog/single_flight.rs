//! Tests of first calls at the same moment.

use contract::model::McpError;
use futures_util::future::join_all;

use catalog::Catalog;

use crate::records::context;
use crate::scripted::{Scripted, now, taken};

fn provider() -> Scripted {
    Scripted::new("a").tools(&[&["draw"], &["roll"]])
}

#[test]
fn first_calls_at_the_same_moment_ask_a_static_provider_once() {
    let provider = provider();
    let log = provider.log.clone();
    let catalog = Catalog::pass_through(provider, None);
    let ctx = context();
    let all = now(join_all((0..3).map(|_| catalog.description(&ctx))));
    assert!(all.iter().all(|info| info == &all[0] && info.is_ok()));
    assert!(now(catalog.description(&ctx)).is_ok());
    assert_eq!(taken(&log), ["a describe"]);
    assert!(catalog.known_description().is_some());

    let facts = now(join_all(["draw", "roll", "none"].map(async |name| {
        let resolved = catalog.resolve(&ctx, catalog::ItemRef::Tool(name)).await.unwrap();
        catalog.tool_facts(&ctx, &resolved).await.unwrap().map(|facts| facts.tool.name.clone())
    })));
    assert_eq!(facts, [Some("draw".to_owned()), Some("roll".to_owned()), None]);
    assert_eq!(taken(&log), ["a list-tools", "a list-tools at ``"]);
}

#[test]
fn a_provider_that_changes_answers_every_caller_and_no_caller_waits_after_the_first_answer() {
    let provider = provider().dynamic();
    let log = provider.log.clone();
    let catalog = Catalog::pass_through(provider, None);
    let ctx = context();
    let all = now(join_all((0..3).map(|_| catalog.description(&ctx))));
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(taken(&log).len(), 3);

    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    let mut all = std::pin::pin!(join_all((0..2).map(|_| catalog.description(&ctx))));
    assert!(all.as_mut().poll(&mut task).is_pending());
    assert_eq!(taken(&log).len(), 2, "both ask at once");
}

#[test]
fn an_error_is_the_answer_of_one_caller_and_those_who_waited_then_ask_at_once() {
    let provider = provider().failing("describe", McpError::DeadlineExceeded);
    let log = provider.log.clone();
    let catalog = Catalog::pass_through(provider, None);
    let ctx = context();
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    let mut calls: Vec<_> = (0..3).map(|_| Box::pin(catalog.description(&ctx))).collect();
    let mut asked = || {
        calls.retain_mut(|call| call.as_mut().poll(&mut task).is_pending());
        taken(&log).len()
    };
    assert_eq!([asked(), asked(), asked()], [1, 2, 0]);
    assert!(calls.is_empty());
}

#[test]
fn a_first_caller_that_leaves_lets_the_next_one_ask() {
    let provider = provider();
    let log = provider.log.clone();
    let catalog = Catalog::pass_through(provider, None);
    let ctx = context();
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    let mut first = Box::pin(catalog.description(&ctx));
    let mut second = Box::pin(catalog.description(&ctx));
    assert!(first.as_mut().poll(&mut task).is_pending());
    assert!(second.as_mut().poll(&mut task).is_pending());
    assert_eq!(taken(&log).len(), 1);
    drop(first);
    assert!(now(second).is_ok());
    assert_eq!(taken(&log).len(), 1);
}
