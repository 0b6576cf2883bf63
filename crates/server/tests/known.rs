//! What is known of a provider is not asked for, and a call is answered as if it had been.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod scripted;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use scripted::{Answered, Scripted, Spoken, Stopped, complete, leg, tool};
use server::{Config, Engine, Known};

fn provider() -> Scripted {
    let mut provider = Scripted::new(|_, _| leg(complete("done")));
    let region = r#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#;
    provider.tools = vec![tool("say", r#"{"type":"object"}"#), tool("route", region)];
    provider.info.implementation.title = Some("Scripted".into());
    provider.info.implementation.extra = Some("{\"of\":\r\n[\"a\\nb\"]}".into());
    provider
}

fn known(provider: &Scripted) -> Option<Known> {
    futures_executor::block_on(Known::ask(provider, &scripted::nobody()))
}

fn calls(spoken: &Spoken) -> Vec<(u16, serde_json::Value)> {
    let answers = [
        spoken.call("say", "{}", ""),
        spoken.call("route", r#"{"region":"eu"}"#, ""), // and no header
        spoken.legacy(r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say"}}"#),
    ];
    answers.iter().map(|answer: &Answered| (answer.status, answer.json())).collect()
}

#[test]
fn an_engine_that_knows_answers_calls_without_asking() {
    let settings: [&[(&str, &str)]; 2] = [&[], &[("name", "other"), ("title", "Other"), ("instructions", "ask")]];
    for settings in settings {
        let expected = calls(&Spoken::configured(provider(), settings));
        assert_eq!((expected[0].0, expected[1].0), (200, 400), "the header matters");

        let text = known(&provider()).and_then(|known| known.text()).expect("known");
        assert!(!text.contains(['\n', '\r']), "{text}");
        // Its description and its list would be other ones now.
        let mut forgetful = provider();
        forgetful.tools.clear();
        forgetful.info.implementation.name = "forgetful".into();
        let asked = forgetful.describes.clone();
        let config = Config::from_settings(|key| {
            settings.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned())
        });
        let engine = Engine::new(forgetful, config.expect("settings"), Stopped::default());
        let engine = engine.with_known(Known::read(&text).expect("text")).expect("known");
        assert_eq!(calls(&Spoken(Arc::new(engine))), expected);
        assert_eq!(asked.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn a_tool_that_was_not_known_is_asked_for() {
    let text = known(&Scripted::new(|_, _| leg(complete("done")))).and_then(|known| known.text()).expect("known");
    let engine = Engine::new(provider(), Config::default(), Stopped::default());
    let spoken = Spoken(Arc::new(engine.with_known(Known::read(&text).expect("text")).expect("known")));
    let statuses: Vec<_> = calls(&spoken).into_iter().map(|(status, _)| status).collect();
    assert_eq!(statuses, [200, 400, 200], "the header of a tool that came later matters too");
}

#[test]
fn nothing_is_known_of_a_provider_that_changes() {
    let mut changing = provider();
    changing.info.catalogue_static = false;
    assert!(known(&changing).is_none());
}

#[test]
fn what_is_not_what_was_written_is_not_known() {
    for text in ["", "{}", r#"{"server":1}"#, r#"{"server":{},"tools":true,"more":1}"#] {
        assert!(Known::read(text).is_err(), "{text}");
    }
}
