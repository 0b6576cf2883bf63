//! Events that a provider emits while its call runs are on the client's stream before the call ends.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Poll, Waker};

use catalog::Catalog;
use contract::model::*;
use contract::{Events, Provider};
use futures_util::StreamExt;
use futures_util::future::poll_fn;
use scripted::{Answer, Server, complete, contents, message, modern, post, progress};
use serde_json::json;
use server::{Body, Config, Engine, GatewayError};

/// Emits an event, waits for the test, emits another event, and has a third one on the answer of its leg.
#[derive(Default)]
struct Live {
    gate: Arc<Mutex<bool>>,
    emitted: Arc<Mutex<Vec<Result<(), McpError>>>>,
}

impl Live {
    async fn run(&self, events: &Events) -> Vec<Event> {
        self.emitted.lock().expect("lock").push(events.emit(progress(1.0)));
        poll_fn(|_| if *self.gate.lock().expect("lock") { Poll::Ready(()) } else { Poll::Pending }).await;
        self.emitted.lock().expect("lock").push(events.emit(progress(2.0)));
        vec![progress(3.0)]
    }
}

impl Provider for Live {
    async fn describe(&self, _ctx: &Context) -> Answer<ProviderInfo> {
        Ok(scripted::Scripted::everything().info)
    }
    async fn list_tools(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<ToolPage> {
        Ok(ToolPage { tools: vec![], next_cursor: None, cache: None, extra: None })
    }
    async fn call_tool(&self, _ctx: &Context, _call: &ToolCall, events: &Events) -> Answer<ToolLeg> {
        Ok(ToolLeg { events: self.run(events).await, outcome: complete("done") })
    }
    async fn read_resource(&self, _ctx: &Context, read: &ResourceRead, events: &Events) -> Answer<ResourceLeg> {
        let outcome = contents(&read.uri, ResourceBody::Text("done".into()));
        Ok(ResourceLeg { events: self.run(events).await, outcome })
    }
    async fn get_prompt(&self, _ctx: &Context, _get: &PromptGet, events: &Events) -> Answer<PromptLeg> {
        Ok(PromptLeg { events: self.run(events).await, outcome: message("done") })
    }
}

/// Emits an event, then fails.
struct Failing(McpError);

impl Provider for Failing {
    async fn describe(&self, _ctx: &Context) -> Answer<ProviderInfo> {
        Ok(scripted::Scripted::everything().info)
    }
    async fn list_tools(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<ToolPage> {
        Ok(ToolPage { tools: vec![], next_cursor: None, cache: None, extra: None })
    }
    async fn call_tool(&self, _ctx: &Context, _call: &ToolCall, events: &Events) -> Answer<ToolLeg> {
        events.emit(progress(1.0))?;
        Err(self.0.clone())
    }
}

/// Polls once.
fn poll<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Poll<T> {
    pin!(future).poll(&mut Task::from_waker(Waker::noop()))
}

#[test]
fn an_event_is_on_the_stream_before_the_call_ends_and_those_of_its_answer_come_after() {
    for (method, params) in [
        ("tools/call", r#""name":"slow""#),
        ("resources/read", r#""uri":"test:/slow""#),
        ("prompts/get", r#""name":"slow""#),
    ] {
        let provider = Live::default();
        let gate = Arc::clone(&provider.gate);
        let catalog = Catalog::pass_through(provider, None);
        let clock = scripted::StoppedClock::held();
        let server = Server(Arc::new(Engine::new(catalog, Config::default(), scripted::ports_with(&clock))));
        let mut response = Box::pin(server.response(modern(method, params, r#","progressToken":7"#)));
        let Poll::Ready(response) = poll(&mut response) else { panic!("{method}: the stream waits for the call") };
        let Body::Events(mut stream) = response.into_body() else { panic!("{method}: no stream") };
        let Poll::Ready(Some(first)) = poll(&mut stream.next()) else { panic!("{method}: no event") };
        assert!(String::from_utf8_lossy(&first).contains(r#""progress":1"#), "{method}: {first:?}");
        assert_eq!(poll(&mut stream.next()), Poll::Pending, "{method}: the call still runs");

        *gate.lock().expect("lock") = true;
        let rest: Vec<_> = futures_executor::block_on(stream.collect());
        let text = String::from_utf8(rest.concat()).expect("text");
        let messages: Vec<serde_json::Value> = text
            .lines()
            .filter_map(|line| Some(serde_json::from_str(line.strip_prefix("data: ")?).expect("JSON")))
            .collect();
        assert_eq!(messages.len(), 3, "{method}: {text}");
        assert_eq!(messages[0]["params"], json!({"progressToken": 7, "progress": 2, "total": 2}), "{method}");
        assert_eq!(messages[1]["params"]["progress"], 3, "{method}");
        assert!(messages[2]["result"].to_string().contains("done"), "{method}");
    }
}

/// Lets a call go on whose client does not read: whether it can go no further.
fn goes_no_further(stream: &mut server::CallStream) -> bool {
    stream.poll_call(&mut Task::from_waker(Waker::noop())).is_ready()
}

#[test]
fn a_call_goes_on_to_its_end_though_its_client_does_not_read() {
    let provider = Live::default();
    let (gate, emitted) = (Arc::clone(&provider.gate), Arc::clone(&provider.emitted));
    let server = Server::of(provider);
    let mut response = Box::pin(server.response(modern("tools/call", r#""name":"slow""#, r#","progressToken":7"#)));
    let Poll::Ready(response) = poll(&mut response) else { panic!("the stream waits for the call") };
    let Body::Events(mut stream) = response.into_body() else { panic!("no stream") };
    assert!(!goes_no_further(&mut stream), "it waits for the test");
    *gate.lock().expect("lock") = true;
    assert!(goes_no_further(&mut stream));
    assert_eq!(*emitted.lock().expect("lock"), [Ok(()), Ok(())]);
    let rest: Vec<_> = futures_executor::block_on(stream.collect());
    let text = String::from_utf8(rest.concat()).expect("text");
    assert_eq!(text.matches("notifications/progress").count(), 3, "{text}");
    assert!(text.contains("done"), "{text}");
}

#[test]
fn a_shell_ends_a_call_with_an_error_in_the_place_of_what_was_not_sent() {
    for (why, said) in [(GatewayError::EventsFull, "do not read"), (GatewayError::GivenUp, "closed its side")] {
        for ends in [false, true] {
            let provider = Live::default();
            let gate = Arc::clone(&provider.gate);
            let server = Server::of(provider);
            let request = modern("tools/call", r#""name":"slow""#, r#","progressToken":7"#);
            let mut response = Box::pin(server.response(request));
            let Poll::Ready(response) = poll(&mut response) else { panic!("the stream waits for the call") };
            let Body::Events(mut stream) = response.into_body() else { panic!("no stream") };
            *gate.lock().expect("lock") = ends;
            assert_eq!(goes_no_further(&mut stream), ends);
            let last = String::from_utf8(stream.end_with(why).into()).expect("text");
            let is_error = last.starts_with("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":");
            assert!(is_error && last.contains(said) && last.contains("it may have run"), "{last}");
            assert_eq!(futures_executor::block_on(stream.next()), None);
        }
    }
}

#[test]
fn no_leg_begins_before_the_client_has_the_events_of_the_last_one() {
    let legs = Arc::new(Mutex::new(0));
    let begun = Arc::clone(&legs);
    let provider = scripted::Scripted::new(move |_, _| {
        let mut begun = begun.lock().expect("lock");
        *begun += 1;
        match *begun {
            3 => scripted::leg(complete("done")),
            leg => Ok(ToolLeg {
                events: vec![progress(f64::from(leg))],
                outcome: ToolOutcome::More(More { saved: vec![], after_ms: 0 }),
            }),
        }
    });
    let server = Server::of(provider);
    let request = modern("tools/call", r#""name":"say""#, r#","progressToken":7"#);
    let Body::Events(mut stream) = futures_executor::block_on(server.response(request)).into_body() else {
        panic!("no stream")
    };
    for (leg, said) in [(1, r#""progress":1"#), (2, r#""progress":2"#), (3, "done")] {
        if leg > 1 {
            assert!(goes_no_further(&mut stream) && goes_no_further(&mut stream), "{leg}");
        }
        assert_eq!(*legs.lock().expect("lock"), leg);
        let Poll::Ready(Some(events)) = poll(&mut stream.next()) else { panic!("{leg}: no event") };
        assert!(String::from_utf8_lossy(&events).contains(said), "{leg}: {events:?}");
    }
    assert_eq!(poll(&mut stream.next()), Poll::Ready(None));
}

#[test]
fn a_client_that_wants_or_reads_no_events_gets_plain_json_and_the_provider_no_error() {
    let token =
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow","_meta":{"progressToken":1}}}"#;
    for request in [modern("tools/call", r#""name":"slow""#, ""), post(&[("accept", "application/json")], token)] {
        let provider = Live { gate: Arc::new(Mutex::new(true)), ..Live::default() };
        let emitted = Arc::clone(&provider.emitted);
        let reply = Server::of(provider).send(request);
        assert_eq!(reply.json()["result"]["content"][0]["text"], "done");
        assert_eq!(*emitted.lock().expect("lock"), [Ok(()), Ok(())]);
    }
}

#[test]
fn an_error_with_a_status_of_its_own_has_it_unless_an_event_has_been_sent() {
    let capabilities = ClientCapabilities {
        features: ClientFeatures::SAMPLING,
        extensions: vec![],
        experimental: vec![],
        extra: None,
    };
    for (error, status, code) in [
        (McpError::MissingCapabilities(capabilities), 400, -32021),
        (McpError::InsufficientScope(vec!["read".into()]), 403, -32600),
        (McpError::NotOffered, 404, -32601),
        (McpError::DeadlineExceeded, 200, -32603),
    ] {
        let reply =
            Server::of(Failing(error.clone())).send(modern("tools/call", r#""name":"x""#, r#","progressToken":7"#));
        assert_eq!(reply.status, status, "{error:?}");
        assert_eq!(reply.headers.contains_key("www-authenticate"), status == 403, "{error:?}");
        let last = match status {
            200 => reply.events().pop().expect("an event"),
            _ => reply.json(),
        };
        assert_eq!(last["error"]["code"], code, "{error:?}");
        assert_eq!(reply.chunks.concat().contains("notifications/progress"), status == 200, "{error:?}");
    }
}
