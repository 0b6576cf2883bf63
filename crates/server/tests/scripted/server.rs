//! A server that needs no socket, its clock, and the requests that tests send to it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use ::server::{Admission, Body, BoxFuture, Clock, Config, Engine, Ports, Random, Response};
use bytes::Bytes;
use catalog::{Catalog, NamedProvider};
use contract::Provider;
use contract::model::Context;
use futures_util::StreamExt;
use futures_util::future::poll_fn;
use serde_json::Value;

use super::Scripted;

/// A clock that nothing moves but sleeping, a test, and a provider that takes its time. Sleeping does not move one that is held.
#[derive(Clone, Default)]
pub(crate) struct StoppedClock {
    now_ms: Arc<AtomicU64>,
    sleeps: Arc<AtomicU64>,
    held: bool,
    /// After how many readings it moves by so many milliseconds.
    jump: Arc<Mutex<Option<(u32, u64)>>>,
}

impl StoppedClock {
    pub(crate) fn held() -> Self {
        Self { held: true, ..Self::default() }
    }
    pub(crate) fn advance(&self, ms: u64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }
    /// Moves when it has been read so many times from now on, as if something took this long then.
    pub(crate) fn advance_after(&self, readings: u32, ms: u64) {
        *self.jump.lock().expect("lock") = Some((readings, ms));
    }
    /// How many timers were set.
    pub(crate) fn sleeps(&self) -> u64 {
        self.sleeps.load(Ordering::Relaxed)
    }
}

impl Clock for StoppedClock {
    fn monotonic_ms(&self) -> u64 {
        let mut jump = self.jump.lock().expect("lock");
        *jump = match *jump {
            Some((0, ms)) => {
                self.advance(ms);
                None
            }
            later => later.map(|(readings, ms)| (readings - 1, ms)),
        };
        self.now_ms.load(Ordering::Relaxed)
    }
    fn unix_ms(&self) -> u64 {
        self.monotonic_ms()
    }
    fn sleep_ms(&self, ms: u32) -> BoxFuture<'_, ()> {
        self.sleeps.fetch_add(1, Ordering::Relaxed);
        if !self.held {
            self.advance(u64::from(ms));
        }
        let (clock, until) = (self.clone(), self.monotonic_ms() + u64::from(if self.held { ms } else { 0 }));
        Box::pin(poll_fn(move |_| if clock.monotonic_ms() >= until { Poll::Ready(()) } else { Poll::Pending }))
    }
}

/// A source of bytes that are 0 but for the last, which is 7.
pub(crate) struct Seven;

impl Random for Seven {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
        if let Some(last) = bytes.last_mut() {
            *last = 7;
        }
    }
}

pub(crate) fn ports() -> Ports {
    ports_with(&StoppedClock::default())
}

pub(crate) fn ports_with(clock: &StoppedClock) -> Ports {
    Ports::new(clock.clone(), Seven)
}

/// A catalogue that has asked its only provider what it has.
pub(crate) fn built(provider: Scripted) -> Catalog<Scripted> {
    let named = NamedProvider { name: "one".into(), prefix: None, provider };
    let context = Context::internal("start".into(), 1000);
    futures_executor::block_on(Catalog::build(vec![named], &context)).expect("catalogue")
}

/// A response that was read to its end.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    /// The chunks as they were sent.
    pub(crate) chunks: Vec<String>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.chunks.concat()).unwrap_or_else(|error| panic!("{error}: {:?}", self.chunks))
    }
    /// The messages of an event stream.
    pub(crate) fn events(&self) -> Vec<Value> {
        assert_eq!(self.headers["content-type"], "text/event-stream");
        let text = self.chunks.concat();
        text.lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .map(|data| serde_json::from_str(data).expect(data))
            .collect()
    }
    pub(crate) fn code(&self) -> Option<i64> {
        self.json()["error"]["code"].as_i64()
    }
}

/// A server over one provider.
pub(crate) struct Server<P = Scripted>(pub(crate) Arc<Engine<P>>);

impl<P: Provider> Server<P> {
    pub(crate) fn of(provider: P) -> Self {
        Self::configured(provider, &[])
    }
    pub(crate) fn configured(provider: P, settings: &[(&str, &str)]) -> Self {
        let catalog = Catalog::pass_through(provider, None);
        Self(Arc::new(Engine::new(catalog, config(settings), ports())))
    }
    /// A server whose engine a test changes before it serves.
    pub(crate) fn with(provider: P, change: impl FnOnce(Engine<P>) -> Engine<P>) -> Self {
        let catalog = Catalog::pass_through(provider, None);
        Self(Arc::new(change(Engine::new(catalog, Config::default(), ports()))))
    }
    pub(crate) async fn response(&self, request: http::Request<Bytes>) -> Response {
        let (head, body) = request.into_parts();
        match self.0.admit(&head).await {
            Admission::Answered(response) => response,
            Admission::Body(admitted) => self.0.answer(admitted, &head.headers, body).await,
        }
    }
    pub(crate) fn send(&self, request: http::Request<Bytes>) -> Reply {
        futures_executor::block_on(async {
            let (head, body) = self.response(request).await.into_parts();
            let chunks = match body {
                Body::Full(bytes) => vec![bytes],
                Body::Events(events) => events.collect().await,
            };
            let chunks = chunks.iter().map(|chunk| String::from_utf8(chunk.to_vec()).expect("text")).collect();
            Reply { status: head.status.as_u16(), headers: head.headers, chunks }
        })
    }
    /// A request of the legacy era.
    pub(crate) fn legacy(&self, body: &str) -> Reply {
        self.send(post(&[("mcp-protocol-version", "2025-11-25")], body))
    }
    /// A call of a tool in the modern era, with these members in `params._meta` besides.
    pub(crate) fn call(&self, name: &str, arguments: &str, meta: &str) -> Reply {
        self.send(modern("tools/call", &format!(r#""name":"{name}","arguments":{arguments}"#), meta))
    }
    /// A request of this version, with these members in `params`.
    pub(crate) fn request(&self, version: &str, method: &str, params: &str) -> Reply {
        match version {
            "2026-07-28" => self.send(modern(method, params, "")),
            _ => {
                let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}}}}}"#);
                self.send(post(&[("mcp-protocol-version", version)], &body))
            }
        }
    }
}

pub(crate) fn config(settings: &[(&str, &str)]) -> Config {
    let value = |key: &str| settings.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned());
    Config::from_settings(value).expect("settings")
}

/// A request of the modern era, with all the headers that it must have.
pub(crate) fn modern(method: &str, params: &str, meta: &str) -> http::Request<Bytes> {
    let separator = if params.is_empty() { "" } else { "," };
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}{separator}"_meta":{{
        "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}{meta}}}}}}}"#
    );
    let value: Value = serde_json::from_str(&body).expect(&body);
    let named = match method {
        "tools/call" | "prompts/get" => value["params"]["name"].as_str(),
        "resources/read" => value["params"]["uri"].as_str(),
        _ => None,
    };
    let mut headers = vec![("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)];
    headers.extend(named.map(|name| ("mcp-name", name)));
    post(&headers, &body)
}

pub(crate) fn post(headers: &[(&str, &str)], body: &str) -> http::Request<Bytes> {
    let mut request = http::Request::post("/mcp").header("host", "localhost");
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::copy_from_slice(body.as_bytes())).expect("request")
}
