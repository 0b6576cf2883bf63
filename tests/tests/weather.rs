//! The example that sends requests, against an upstream on this machine that misbehaves in many ways.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use std::time::Duration;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Request, Server, Setup, Shell};

const SHELLS: [Shell; 2] = [Shell::Native, Shell::Composed];

fn started(options: Options) -> (Runtime, Upstream) {
    let runtime = Runtime::new().unwrap();
    let upstream = runtime.block_on(Upstream::start(options)).unwrap();
    (runtime, upstream)
}

fn patient() -> Options {
    Options { hold_until: 0, delay: Duration::ZERO }
}

/// The result of a call: the text that the model reads, and whether it is an error.
fn call(server: &Server, tool: &str, arguments: &Value) -> (String, bool) {
    let answer = server.send(&Request::call(tool, &arguments.to_string())).unwrap().json().unwrap();
    let text = answer
        .pointer("/result/content/0/text")
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no text: {answer}"))
        .to_owned();
    (text, answer.pointer("/result/isError") == Some(&json!(true)))
}

#[test]
fn what_goes_wrong_upstream_is_a_tool_error_that_says_what() {
    let (_runtime, upstream) = started(patient());
    let host = upstream.authority();
    let at = format!("the weather service at `{host}` ");
    let cases = [
        ("Atlantis", "there is no place called `Atlantis`".to_owned()),
        ("Slowville", format!("{at}did not answer in time (700 ms)")),
        ("Broken", format!("{at}failed: it answered with HTTP status 500")),
        ("Halfway", format!("{at}failed: it answered with HTTP status 503")),
        ("Garbage", format!("{at}gave an answer that cannot be read")),
        ("Hugeville", format!("{at}answered with more than 1 MiB")),
        ("Cutoff", at.clone()),
        ("", "`location` must have 1 to 100 characters, not 0".to_owned()),
    ];
    for shell in SHELLS {
        let setup = Setup::of(&["calculator", "weather"]).weather_of(&upstream).set("weather", "timeout-ms", "700");
        let server = Server::start(shell, &setup).unwrap();
        for (city, said) in &cases {
            let (text, is_error) = call(&server, "get_weather", &json!({ "location": city }));
            assert!(is_error && text.starts_with(said), "{shell}, {city}: {text}");
        }
        let (text, is_error) = call(&server, "get_weather", &json!({ "location": "São Paulo" }));
        assert!(!is_error && text.contains("São Paulo"), "{shell}: {text}");
    }
}

#[test]
fn an_upstream_that_is_down_or_not_allowed_is_named() {
    let (runtime, upstream) = started(patient());
    let host = upstream.authority().to_owned();
    let setup = Setup::of(&["calculator", "weather"]).weather_of(&upstream);
    let closed = Setup::of(&["weather"]).set("weather", "geocoding-url", upstream.url()).set(
        "weather",
        "forecast-url",
        upstream.url(),
    );
    let servers = SHELLS.map(|shell| (shell, Server::start(shell, &setup).unwrap()));
    let walled = Server::start(Shell::Native, &closed).unwrap();
    drop((upstream, runtime));
    for (shell, server) in &servers {
        let (text, is_error) = call(server, "get_weather", &json!({ "location": "Oslo" }));
        assert!(is_error && text.starts_with(&format!("the weather service at `{host}` ")), "{shell}: {text}");
    }
    let (text, is_error) = call(&walled, "get_weather", &json!({ "location": "Oslo" }));
    assert!(is_error && text.contains(&format!("`--egress {host}`")), "{text}");
}

#[test]
fn several_cities_are_asked_for_at_once_and_one_that_fails_costs_no_other() {
    // No answer comes before five requests are open, so that asking one after the other would never get any.
    let (_runtime, upstream) = started(Options { hold_until: 5, delay: Duration::ZERO });
    for shell in SHELLS {
        let setup = Setup::of(&["calculator", "weather"]).weather_of(&upstream);
        let server = Server::start(shell, &setup).unwrap();
        let cities = ["Berlin", "Atlantis", "Oslo", "Tokyo", "Lisbon"];
        let (text, is_error) = call(&server, "multi_weather", &json!({ "cities": cities }));
        let found: Value = serde_json::from_str(&text).expect(&text);
        let found = found.get("cities").and_then(Value::as_array).expect(&text);
        for (city, found) in cities.iter().zip(found) {
            let wanted = if *city == "Atlantis" { "error" } else { "weather" };
            assert!(found.get("location") == Some(&json!(city)) && found.get(wanted).is_some(), "{shell}: {found}");
        }
        assert!(!is_error && found.len() == cities.len(), "{shell}: {text}");
        assert!(upstream.most_at_once() >= 5, "{shell}");
        let (text, is_error) = call(&server, "multi_weather", &json!({ "cities": ["a", "b", "c", "d", "e", "f"] }));
        assert!(is_error && text.starts_with("`cities` must have 1 to 5 items, not 6"), "{shell}: {text}");
    }
}
