//! Tests of `transport.total-timeout-ms`: it bounds everything that a request waits for, and providers are told what is left of it.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use std::sync::Arc;

use bytes::Bytes;
use catalog::{Catalog, NamedProvider};
use contract::model::{Context, More, Offers, ToolLeg, ToolOutcome};
use futures_util::{FutureExt, StreamExt};
use scripted::{Scripted, Server, complete, config, leg, modern, ports_with, progress};
use server::{Body, Engine, Response};

const SETTINGS: &[(&str, &str)] = &[("total-timeout-ms", "1000"), ("call-timeout-ms", "900")];
const COMPLETE: &str = r#""ref":{"type":"ref/prompt","name":"shown"},"argument":{"name":"a","value":""}"#;

/// A server of this catalogue, whose clock is that of the provider.
fn server(clock: &scripted::StoppedClock, catalog: Catalog<Scripted>) -> Server {
    Server(Arc::new(Engine::new(catalog, config(SETTINGS), ports_with(clock))))
}

/// A provider of everything whose catalogue changes, so that it is asked for each request.
fn changing() -> Scripted {
    let mut provider = Scripted::everything();
    provider.info.catalogue_static = false;
    provider
}

/// The catalogue of a provider, alone or with another one: then the owner of a name has to be looked for.
fn catalog(provider: Scripted, of_two: bool) -> Catalog<Scripted> {
    if !of_two {
        return Catalog::pass_through(provider, None);
    }
    let mut other = changing();
    other.info.offers = Offers::empty();
    let named = |name: &str, provider| NamedProvider { name: name.into(), prefix: None, provider };
    let context = Context::internal("start".into(), 1000);
    let built = Catalog::build(vec![named("one", provider), named("two", other)], &context);
    futures_executor::block_on(built).expect("catalogue")
}

/// The response to a request that does not wait for anything that never comes.
fn respond(server: &Server, request: http::Request<Bytes>) -> Option<Response> {
    server.response(request).now_or_never()
}

#[test]
fn each_provider_is_told_what_is_left_of_the_time() {
    type Told = &'static [(&'static str, u32)];
    let cases: [(&str, &str, bool, Told); 7] = [
        ("server/discover", "", false, &[("describe", 900)]),
        ("tools/list", "", false, &[("describe", 900), ("list-tools", 700)]),
        ("tools/call", r#""name":"shown""#, false, &[("describe", 900), ("list-tools", 700), ("call-tool", 400)]),
        ("tools/call", r#""name":"shown""#, true, &[("list-tools", 900), ("call-tool", 700)]),
        ("resources/read", r#""uri":"test:/shown""#, false, &[("describe", 900), ("read-resource", 700)]),
        ("completion/complete", COMPLETE, false, &[("describe", 900), ("complete", 700)]),
        ("completion/complete", COMPLETE, true, &[("list-prompts", 900), ("complete", 600)]),
    ];
    for (method, params, of_two, expected) in cases {
        let mut provider = changing();
        provider.takes_ms = vec![("describe", 300), ("list-tools", 300), ("list-prompts", 400)];
        let (clock, contexts) = (provider.clock.clone(), Arc::clone(&provider.contexts));
        let server = server(&clock, catalog(provider, of_two));
        contexts.lock().expect("lock").clear();
        assert_eq!(server.request("2026-07-28", method, params).status, 200, "{method}");
        let contexts = contexts.lock().expect("lock");
        let told: Vec<_> = contexts.iter().map(|(function, context)| (*function, context.remaining_ms)).collect();
        assert_eq!(told, expected, "{method}, of two: {of_two}");
    }
}

#[test]
fn a_provider_that_never_answers_ends_in_the_total_timeout_or_in_the_time_that_one_of_several_has() {
    for (hangs, method, params, of_two) in [
        ("describe", "server/discover", "", false),
        ("describe", "tools/list", "", false),
        ("describe", "tools/call", r#""name":"shown""#, false),
        ("list-tools", "tools/list", "", false),
        ("list-tools", "tools/call", r#""name":"shown""#, false),
        ("list-tools", "tools/call", r#""name":"shown""#, true),
        ("list-resources", "resources/list", "", false),
        ("list-resources", "resources/read", r#""uri":"test:/shown""#, true),
        ("list-templates", "resources/templates/list", "", false),
        ("list-prompts", "prompts/list", "", false),
        ("list-prompts", "completion/complete", COMPLETE, true),
        ("complete", "completion/complete", COMPLETE, false),
    ] {
        let provider = changing();
        let (clock, hanging) = (provider.clock.clone(), Arc::clone(&provider.hangs));
        let server = server(&clock, catalog(provider, of_two));
        *hanging.lock().expect("lock") = Some(hangs);
        let what = format!("{method} while {hangs} hangs, of two: {of_two}");
        let response = respond(&server, modern(method, params, "")).unwrap_or_else(|| panic!("{what}: no response"));
        let Body::Full(body) = response.body() else { panic!("{what}: a stream") };
        let error: serde_json::Value = serde_json::from_slice(body).expect("JSON");
        assert_eq!(error["error"]["code"], -32603, "{what}: {error}");
        let message = if of_two { "the provider did not answer in time" } else { "total-timeout-ms" };
        assert!(error["error"]["message"].as_str().expect("text").contains(message), "{what}: {error}");
    }
}

#[test]
fn a_static_catalogue_needs_no_timer() {
    for (method, params) in [
        ("tools/list", ""),
        ("tools/call", r#""name":"shown""#),
        ("prompts/get", r#""name":"shown""#),
        ("resources/read", r#""uri":"test:/shown""#),
        ("completion/complete", COMPLETE),
    ] {
        let provider = Scripted::everything();
        let clock = provider.clock.clone();
        let server = server(&clock, scripted::built(provider));
        for version in ["2026-07-28", "2025-11-25"] {
            assert_eq!(server.request(version, method, params).status, 200, "{version} {method}");
            assert_eq!(clock.sleeps(), 0, "{version} {method}");
        }
    }
}

#[test]
fn a_leg_after_a_client_that_reads_slowly_is_told_what_is_left() {
    for (waits_ms, pause_ms, expected) in
        [(500, 0, Some(500)), (200, 300, Some(500)), (900, 300, None), (2000, 0, None)]
    {
        let provider = Scripted::new(move |ctx, call| match call.resumed {
            None => Ok(ToolLeg {
                events: vec![progress(1.0)],
                outcome: ToolOutcome::More(More { saved: vec![], after_ms: pause_ms }),
            }),
            Some(_) => leg(complete(&ctx.remaining_ms.to_string())),
        });
        let clock = provider.clock.clone();
        let server = server(&clock, scripted::built(provider));
        let request = modern("tools/call", r#""name":"say""#, r#","progressToken":1"#);
        let Body::Events(mut stream) = respond(&server, request).expect("response").into_body() else {
            panic!("no stream")
        };
        assert!(stream.next().now_or_never().flatten().is_some(), "the first event");
        clock.advance(waits_ms);
        let rest: Vec<_> = stream.collect().now_or_never().expect("the end");
        let last = String::from_utf8(rest.concat()).expect("text");
        match expected {
            Some(left) => assert!(last.contains(&format!(r#""text":"{left}""#)), "{waits_ms} {pause_ms}: {last}"),
            None => assert!(last.contains("total-timeout-ms"), "{waits_ms} {pause_ms}: {last}"),
        }
        assert_eq!(clock.sleeps(), u64::from(pause_ms > 0 && expected.is_some()), "{waits_ms} {pause_ms}");
    }
}

#[test]
fn a_result_that_is_not_written_in_the_time_of_its_call_is_an_error() {
    // The clock is read a few times after the provider has answered: once before the result is written, and once after it.
    for (takes_ms, said) in [(899, None), (950, Some("did not answer in time")), (1000, Some("total-timeout-ms"))] {
        let errors: Vec<_> = (0..5)
            .filter_map(|readings| {
                let clock = scripted::StoppedClock::default();
                let moved = clock.clone();
                let provider = Scripted::new(move |_, _| {
                    moved.advance_after(readings, takes_ms);
                    leg(complete("done"))
                });
                let server = server(&clock, scripted::built(provider));
                let response = respond(&server, modern("tools/call", r#""name":"say""#, "")).expect("a response");
                let Body::Full(body) = response.body() else { panic!("a stream") };
                let answer: serde_json::Value = serde_json::from_slice(body).expect("JSON");
                let error = answer["error"]["message"].as_str().map(str::to_owned);
                assert!(error.is_some() || answer["result"].is_object(), "{takes_ms} {readings}: {answer}");
                error
            })
            .collect();
        assert_eq!(errors.is_empty(), said.is_none(), "{takes_ms}: {errors:?}");
        assert!(said.is_none_or(|said| errors.iter().all(|error| error.contains(said))), "{takes_ms}: {errors:?}");
    }
}
