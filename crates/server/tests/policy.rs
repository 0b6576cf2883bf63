//! A policy is asked with exactly what will run, and what it hides is not there.

#![allow(clippy::expect_used, reason = "tests fail loudly")]

mod scripted;

use std::sync::{Arc, Mutex};

use contract::model::{Principal, Tool};
use scripted::{Scripted, Spoken, Stopped, complete, leg, tool};
use server::{Call, Config, Engine, Policy};

/// Hides one tool, and remembers what it was asked.
struct Hides(&'static str, Arc<Mutex<Vec<String>>>);

impl Policy for Hides {
    fn allows_call(&self, call: &Call<'_>) -> bool {
        self.1.lock().expect("lock").push(format!("{} {} {}", call.method, call.name, call.arguments.unwrap_or("-")));
        call.name != self.0
    }
    fn shows_tool(&self, _principal: Option<&Principal>, tool: &Tool) -> bool {
        tool.name != self.0
    }
}

#[test]
fn a_hidden_tool_is_not_listed_and_answers_like_one_that_does_not_exist() {
    let ran: Arc<Mutex<Vec<String>>> = Arc::default();
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let ran_by_provider = Arc::clone(&ran);
    let mut provider = Scripted::new(move |_, call| {
        ran_by_provider.lock().expect("lock").push(call.name.clone());
        match &*call.name {
            "say" => leg(complete("done")),
            unknown => Err(contract::model::McpError::UnknownName(unknown.to_owned())),
        }
    });
    provider.tools.push(tool("secret", r#"{"type":"object"}"#));
    let engine =
        Engine::new(provider, Config::default(), Stopped::default()).with_policy(Hides("secret", Arc::clone(&asked)));
    let spoken = Spoken(Arc::new(engine));

    let listed = spoken.legacy(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).json();
    assert_eq!(listed["result"]["tools"].as_array().map(Vec::len), Some(1));
    let hidden = spoken.call("secret", r#"{"a":1}"#, "").json()["error"].to_string();
    let absent = spoken.call("absent", r#"{"a":1}"#, "").json()["error"].to_string();
    assert_eq!(hidden.replace("secret", "absent"), absent);
    spoken.call("say", r#"{ "b": [1, 2.50] }"#, "");
    assert_eq!(*ran.lock().expect("lock"), ["absent", "say"]);
    let expected =
        [r#"tools/call secret {"a":1}"#, r#"tools/call absent {"a":1}"#, r#"tools/call say { "b": [1, 2.50] }"#];
    assert_eq!(*asked.lock().expect("lock"), expected);
}
