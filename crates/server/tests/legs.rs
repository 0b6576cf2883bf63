//! Tests of calls with several legs: the order of messages, and the limits that stop a call that does not end.

mod scripted;

use std::sync::{Arc, Mutex};

use contract::model::*;
use scripted::{Scripted, Server, complete, leg, progress};
use serde_json::json;

const TOKEN: &str = r#","progressToken":"p1""#;

/// Two legs that ask for another one and one that completes, each with a progress event.
fn three_legs() -> Scripted {
    Scripted::new(|_, call| {
        let saved = call.resumed.as_ref().and_then(|resumed| resumed.saved.clone());
        let done = saved.and_then(|saved| saved.first().copied()).unwrap_or(0);
        let outcome = match done {
            0 | 1 => ToolOutcome::More(More { saved: vec![done + 1], after_ms: 10 }),
            _ => complete("done"),
        };
        Ok(ToolLeg { events: vec![progress(f64::from(done))], outcome })
    })
}

#[test]
fn progress_of_each_leg_is_sent_before_the_next_leg_runs() {
    let reply = Server::of(three_legs()).call("say", "{}", TOKEN);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.chunks.len(), 3, "one chunk a leg: {:?}", reply.chunks);
    let events = reply.events();
    assert_eq!(events.len(), 4);
    for (sent, progress) in events[..3].iter().zip([0, 1, 2]) {
        assert_eq!(sent["method"], "notifications/progress");
        assert_eq!(sent["params"], json!({"progressToken": "p1", "progress": progress, "total": 2}));
    }
    assert_eq!(events[3]["result"]["content"][0]["text"], "done");
    assert_eq!(events[3]["result"]["resultType"], "complete");
}

#[test]
fn a_call_that_wants_no_progress_gets_plain_json_after_all_its_legs() {
    let reply = Server::of(three_legs()).call("say", "{}", "");
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(reply.json()["result"]["content"][0]["text"], "done");
}

#[test]
fn a_client_that_takes_no_events_gets_plain_json() {
    let server = Server::of(three_legs());
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say","_meta":{"progressToken":1}}}"#;
    let reply = server.send(scripted::post(&[("accept", "application/json")], body));
    assert_eq!(reply.json()["result"]["content"][0]["text"], "done");
}

#[test]
fn every_leg_has_the_same_call_id_and_less_time() {
    let seen: Arc<Mutex<Vec<(String, u32, u32)>>> = Arc::default();
    let seen_by_provider = Arc::clone(&seen);
    let provider = Scripted::new(move |ctx, _| {
        let mut seen = seen_by_provider.lock().expect("lock");
        seen.push((ctx.call_id.clone(), ctx.attempt, ctx.remaining_ms));
        match seen.len() {
            3 => leg(complete("done")),
            _ => leg(ToolOutcome::More(More { saved: vec![], after_ms: 400 })),
        }
    });
    Server::configured(provider, &[("total-timeout-ms", "1000"), ("call-timeout-ms", "700")]).call("say", "{}", "");
    let id = "0000000000000007".to_owned();
    assert_eq!(*seen.lock().expect("lock"), [(id.clone(), 1, 700), (id.clone(), 1, 600), (id, 1, 200)]);
}

#[test]
fn the_first_leg_has_no_more_time_than_all_legs_together() {
    let provider = Scripted::new(|ctx, _| leg(complete(&ctx.remaining_ms.to_string())));
    let reply = Server::configured(provider, &[("total-timeout-ms", "300")]).call("say", "{}", "");
    assert_eq!(reply.json()["result"]["content"][0]["text"], "300");
}

#[test]
fn a_call_that_does_not_end_is_stopped_with_an_error_that_names_the_setting() {
    let endless = |after_ms| Scripted::new(move |_, _| leg(ToolOutcome::More(More { saved: vec![], after_ms })));
    let cases = [("max-legs", "5", 0), ("total-timeout-ms", "1000", 300)];
    for (setting, value, after_ms) in cases {
        let reply = Server::configured(endless(after_ms), &[(setting, value)]).call("say", "{}", "");
        let error = &reply.json()["error"];
        assert_eq!(error["code"], -32603, "{setting}");
        assert!(error["message"].as_str().expect("message").contains(setting), "{error}");
    }
}

#[test]
fn a_result_or_a_leg_that_is_too_large_as_json_is_an_error_that_names_the_setting() {
    // A control character has six bytes in JSON.
    for (text, events, fits) in [("x".repeat(300), 0, true), ("\u{1}".repeat(300), 0, false), ("x".into(), 50, false)] {
        let said = text.clone();
        let provider = Scripted::new(move |_, _| {
            let events = (0..events).map(|at| progress(f64::from(at))).collect();
            Ok(ToolLeg { events, outcome: complete(&said) })
        });
        let reply = Server::configured(provider, &[("result-limit", "1000")]).call("say", "{}", TOKEN);
        // The error comes after the events that had room.
        let last = if events == 0 { reply.json() } else { reply.events().pop().expect("an event") };
        let error = &last["error"];
        assert_eq!(error.is_null(), fits, "{text} {events}: {error}");
        if !fits {
            assert_eq!(error["code"], -32603);
            assert!(error["message"].as_str().expect("message").contains("transport.result-limit"), "{error}");
        }
    }
}

#[test]
fn an_error_after_the_first_event_is_the_last_event() {
    let provider = Scripted::new(|_, call| match call.resumed {
        None => {
            Ok(ToolLeg { events: vec![progress(1.0)], outcome: ToolOutcome::More(More { saved: vec![], after_ms: 0 }) })
        }
        Some(_) => Err(McpError::DeadlineExceeded),
    });
    let events = Server::of(provider).call("say", "{}", TOKEN).events();
    assert_eq!(events.len(), 2);
    assert_eq!((&events[1]["id"], &events[1]["error"]["code"]), (&json!(1), &json!(-32603)));
}

#[test]
fn log_events_go_only_to_a_client_that_asked_for_that_level() {
    let provider = || {
        Scripted::new(|_, _| {
            let log = |level| Event::Log(LogMessage { level, logger: None, data: "\"hi\"".into(), extra: None });
            Ok(ToolLeg { events: vec![log(LogLevel::Debug), log(LogLevel::Warning)], outcome: complete("done") })
        })
    };
    let wanted = r#","io.modelcontextprotocol/logLevel":"info""#;
    let events = Server::of(provider()).call("say", "{}", wanted).events();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["params"], json!({"level": "warning", "data": "hi"}));
    let silent = Server::of(provider()).call("say", "{}", "");
    assert_eq!(silent.headers["content-type"], "application/json");
}

#[test]
fn a_question_to_the_client_is_an_error_that_names_the_missing_feature_of_the_server() {
    let provider = Scripted::new(|_, _| {
        leg(ToolOutcome::InputRequired(InputRequired {
            questions: vec![],
            saved: Some(b"secret".to_vec()),
            extra: None,
        }))
    });
    let error = &Server::of(provider).call("say", "{}", "").json()["error"];
    assert_eq!(error["code"], -32603);
    assert!(error["message"].as_str().expect("message").contains("cannot ask clients questions yet"), "{error}");
    assert!(!error.to_string().contains("secret"));
}
