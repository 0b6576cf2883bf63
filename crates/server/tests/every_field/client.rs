//! A client that sends every request of a version and compares each answer with what the version's schema says.

use contract::Provider;
use contract::model::*;
use serde_json::{Map, Value, json};
use test_records::{Peers, expected, is_modern, requests};

use super::provider::{Call, End, Page, Sampled};
use super::scripted::{Reply, Server, modern, post};

const PROGRESS_TOKEN: &str = "token";

/// A client of one version.
pub(crate) struct Client<'a, P> {
    pub(crate) server: &'a Server<P>,
    /// What the client is to see.
    pub(crate) seen: &'a Sampled,
    pub(crate) version: &'static str,
    /// From which level on it wants log messages. A client before 2026-07-28 cannot say so.
    pub(crate) log_level: Option<LogLevel>,
    /// What a failure says besides.
    pub(crate) note: &'a str,
}

impl<P: Provider> Client<'_, P> {
    /// Sends every request.
    pub(crate) fn check(&self) {
        let Sampled { info, tools, resources, templates, prompts, calls, reads, gets, completions, is_known: _ } =
            self.seen;
        self.describes(info);
        self.lists("tools/list", tools, expected::tool_page);
        self.lists("resources/list", resources, expected::resource_page);
        self.lists("resources/templates/list", templates, expected::template_page);
        self.lists("prompts/list", prompts, expected::prompt_page);
        self.calls("tools/call", calls, requests::tool_call, expected::tool_output);
        self.calls("resources/read", reads, requests::resource_read, expected::resource_output);
        self.calls("prompts/get", gets, requests::prompt_get, expected::prompt_output);
        for (request, values) in completions {
            let reply = self.send("completion/complete", requests::completion_request(request), Map::new());
            self.compare(
                "completion/complete",
                &[reply.json()],
                &[self.result(&expected::completion_values(values, &self.peers()))],
            );
        }
    }

    fn peers(&self) -> Peers<'_> {
        Peers { version: self.version, server: &self.seen.info.implementation }
    }

    fn describes(&self, info: &ProviderInfo) {
        // What this server has methods for: a client is told of no more.
        let mut served = Offers::TOOLS | Offers::RESOURCES | Offers::PROMPTS | Offers::COMPLETION;
        let reply = if is_modern(self.version) {
            served |= Offers::LOGGING;
            self.send("server/discover", json!({}), Map::new())
        } else {
            let client = json!({"name": "client", "version": "1"});
            let params = json!({"protocolVersion": self.version, "capabilities": {}, "clientInfo": client});
            self.send("initialize", params, Map::new())
        };
        let info = ProviderInfo { offers: info.offers & served, ..info.clone() };
        self.compare(
            "the description",
            &[reply.json()],
            &[self.result(&expected::provider_info(&info, &self.peers()))],
        );
    }

    /// Reads a list page by page.
    fn lists<T: Page>(&self, method: &str, pages: &[T], expected: fn(&T, &Peers<'_>) -> Value) {
        let mut params = json!({});
        for page in pages {
            let reply = self.send(method, params, Map::new());
            self.compare(method, &[reply.json()], &[self.result(&expected(page, &self.peers()))]);
            params = json!({"cursor": page.clone().next_cursor()});
        }
    }

    fn calls<R, O>(
        &self,
        method: &str,
        calls: &[Call<R, O>],
        params: fn(&R) -> Value,
        expected: fn(&O, &Peers<'_>) -> Value,
    ) {
        let peers = self.peers();
        for call in calls {
            let mut meta = Map::from_iter([("progressToken".to_owned(), json!(PROGRESS_TOKEN))]);
            if let Some(level) = self.log_level {
                meta.insert("io.modelcontextprotocol/logLevel".to_owned(), json!(expected::log_level(level)));
            }
            let reply = self.send(method, params(&call.request), meta);
            let got =
                if reply.headers["content-type"] == "text/event-stream" { reply.events() } else { vec![reply.json()] };
            let mut wanted = self.told(call.legs.iter().flat_map(|leg| &leg.events));
            match &call.legs.last().expect("a leg").end {
                End::More(_) => panic!("the last leg is the end"),
                End::Complete(output) => wanted.push(self.result(&expected(output, &peers))),
                End::Unnamed(json) if is_modern(self.version) => {
                    wanted.push(self.result(&expected::unnamed_result(json, &peers)));
                }
                // An older client knows no such results.
                End::Unnamed(_) => {
                    let error = got.last().map(|last| &last["error"]["code"]);
                    assert_eq!(error, Some(&json!(-32603)), "{} {method} {}", self.note, self.version);
                    continue;
                }
            }
            self.compare(method, &got, &wanted);
        }
    }

    /// The notifications of these events, of which progress must increase.
    fn told<'e>(&self, events: impl Iterator<Item = &'e Event>) -> Vec<Value> {
        let (mut told, mut last) = (Vec::new(), None);
        for event in events {
            let is_wanted = match event {
                Event::Progress(of) => last.is_none_or(|last| of.progress > last),
                Event::Log(of) => self.log_level.is_some_and(|level| of.level as u8 >= level as u8),
                Event::ElicitationComplete(_) | Event::Changed(_) | Event::Unnamed(_) => true,
            };
            if is_wanted {
                told.extend(expected::event(event, self.version, PROGRESS_TOKEN));
                last = if let Event::Progress(of) = event { Some(of.progress) } else { last };
            }
        }
        told
    }

    fn result(&self, result: &Value) -> Value {
        json!({"jsonrpc": "2.0", "id": 1, "result": result})
    }

    fn compare(&self, method: &str, got: &[Value], wanted: &[Value]) {
        let found = difference(&got.into(), &wanted.into());
        assert_eq!(found, None, "{} {method} {}", self.note, self.version);
    }

    fn send(&self, method: &str, mut params: Value, meta: Map<String, Value>) -> Reply {
        let members = |object: &Value| {
            let text = object.to_string();
            text[1..text.len() - 1].to_owned()
        };
        if is_modern(self.version) {
            let meta = if meta.is_empty() { String::new() } else { format!(",{}", members(&meta.into())) };
            return self.server.send(modern(method, &members(&params), &meta));
        }
        if !meta.is_empty() {
            params["_meta"] = meta.into();
        }
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        self.server.send(post(&[("mcp-protocol-version", self.version)], &body.to_string()))
    }
}

/// The place of the first difference, and what is there.
fn difference(got: &Value, wanted: &Value) -> Option<String> {
    let within = |place: String, inner: Option<String>| inner.map(|inner| format!("{place} {inner}"));
    match (got, wanted) {
        _ if got == wanted => None,
        (Value::Object(got), Value::Object(wanted)) => {
            let mut names = got.keys().chain(wanted.keys());
            names.find_map(|name| match (got.get(name), wanted.get(name)) {
                (Some(got), Some(wanted)) => within(format!(".{name}"), difference(got, wanted)),
                (got, wanted) => Some(format!(".{name} is {got:?}, not {wanted:?}")),
            })
        }
        (Value::Array(all), Value::Array(others)) if all.len() == others.len() => {
            let mut pairs = all.iter().zip(others).enumerate();
            pairs.find_map(|(at, (got, wanted))| within(format!("[{at}]"), difference(got, wanted)))
        }
        _ => Some(format!("is {got}, not {wanted}")),
    }
}
