//! Ports that a test writes the script of: a clock that it moves, HTTP responses by URL that a gate can hold back, a store in memory.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use server::{
    BoxFuture, Clock, Entry, Fetch, FetchError, FetchLimits, Observer, Ports, Random, Store, StoreError, UnusableKeys,
};

/// The world of a test: all of it can be read and changed while futures are under way.
#[derive(Clone, Default)]
pub(crate) struct World(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    monotonic_ms: u64,
    unix_ms: u64,
    replies: HashMap<String, Reply>,
    closed: bool,
    requests: Vec<Sent>,
    entries: HashMap<String, (Entry, Option<u64>)>,
    writes: u64,
    store_down: bool,
    store_calls: usize,
    told: Vec<String>,
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
    pub(crate) limits: FetchLimits,
}

/// What a URL answers.
#[derive(Clone)]
pub(crate) struct Reply(Result<(u16, Headers, Bytes), FetchError>);

type Headers = Vec<(&'static str, String)>;

impl Reply {
    pub(crate) fn json(body: impl Into<String>) -> Self {
        Self::of(200, &[("content-type", "application/json")], body)
    }

    pub(crate) fn of(status: u16, headers: &[(&'static str, &str)], body: impl Into<String>) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self(Ok((status, headers, Bytes::from(body.into()))))
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::of(302, &[("location", to)], "")
    }

    pub(crate) fn error(error: FetchError) -> Self {
        Self(Err(error))
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self::default();
        world.lock().monotonic_ms = 1_000_000;
        world.lock().unix_ms = 1_800_000_000_000;
        world
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Ports without a store.
    pub(crate) fn ports(&self) -> Ports {
        let mut ports = Ports::new(self.clone(), self.clone());
        ports.fetch = Some(Arc::new(self.clone()));
        ports.observer = Arc::new(self.clone());
        ports
    }

    pub(crate) fn ports_with_store(&self) -> Ports {
        Ports { store: Some(Arc::new(self.clone())), ..self.ports() }
    }

    pub(crate) fn answers(&self, url: &str, reply: Reply) {
        self.lock().replies.insert(url.to_owned(), reply);
    }

    /// From now on no response comes until the gate opens.
    pub(crate) fn close_gate(&self) {
        self.lock().closed = true;
    }

    pub(crate) fn open_gate(&self) {
        self.lock().closed = false;
    }

    pub(crate) fn pass_s(&self, seconds: u64) {
        self.pass_ms(seconds * 1000);
    }

    pub(crate) fn pass_ms(&self, ms: u64) {
        self.lock().monotonic_ms += ms;
        self.lock().unix_ms += ms;
    }

    /// Sets the clock of the day back, and no other.
    pub(crate) fn set_back_s(&self, seconds: u64) {
        self.lock().unix_ms -= seconds * 1000;
    }

    pub(crate) fn set_store_down(&self, down: bool) {
        self.lock().store_down = down;
    }

    pub(crate) fn requests(&self) -> Vec<Sent> {
        self.lock().requests.clone()
    }

    /// How many requests were sent to this URL.
    pub(crate) fn count(&self, url: &str) -> usize {
        self.lock().requests.iter().filter(|sent| sent.url == url).count()
    }

    /// What the observer was told of keys that cannot be used.
    pub(crate) fn told(&self) -> Vec<String> {
        self.lock().told.clone()
    }

    pub(crate) fn urls(&self) -> Vec<String> {
        self.lock().requests.iter().map(|sent| sent.url.clone()).collect()
    }

    pub(crate) fn store_calls(&self) -> usize {
        self.lock().store_calls
    }

    /// Overwrites every entry of the store.
    pub(crate) fn spoil_store(&self, value: &'static [u8]) {
        for (entry, _) in self.lock().entries.values_mut() {
            entry.value = Bytes::from_static(value);
        }
    }

    /// All keys and values of the store.
    pub(crate) fn stored(&self) -> Vec<(String, Bytes)> {
        self.lock().entries.iter().map(|(key, (entry, _))| (key.clone(), entry.value.clone())).collect()
    }

    fn live(&self, key: &str) -> Result<Option<Entry>, StoreError> {
        let mut state = self.lock();
        state.store_calls += 1;
        if state.store_down {
            return Err(StoreError::Unreachable("no route".to_owned()));
        }
        let now_ms = state.monotonic_ms;
        Ok(state
            .entries
            .get(key)
            .filter(|(_, until)| until.is_none_or(|until| now_ms < until))
            .map(|(entry, _)| entry.clone()))
    }

    fn write(&self, key: &str, value: Bytes, ttl_s: Option<u32>) {
        assert_ne!(ttl_s, Some(0), "a store refuses a time to live of 0");
        assert!(value.len() <= 512 << 10 && key.len() <= 128, "a store has bounds");
        let mut state = self.lock();
        state.writes += 1;
        let revision = state.writes.to_string();
        let until = ttl_s.map(|ttl_s| state.monotonic_ms + u64::from(ttl_s) * 1000);
        state.entries.insert(key.to_owned(), (Entry { value, revision }, until));
    }
}

impl Clock for World {
    fn monotonic_ms(&self) -> u64 {
        self.lock().monotonic_ms
    }

    fn unix_ms(&self) -> u64 {
        self.lock().unix_ms
    }

    fn sleep_ms(&self, ms: u32) -> BoxFuture<'_, ()> {
        let until = self.monotonic_ms() + u64::from(ms);
        Box::pin(poll_fn(move |_| if self.monotonic_ms() >= until { Poll::Ready(()) } else { Poll::Pending }))
    }
}

impl Random for World {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

impl Fetch for World {
    fn fetch(
        &self,
        request: Request<Bytes>,
        limits: FetchLimits,
    ) -> BoxFuture<'_, Result<Response<Bytes>, FetchError>> {
        let (head, body) = request.into_parts();
        let url = head.uri.to_string();
        self.lock().requests.push(Sent {
            method: head.method.to_string(),
            url: url.clone(),
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
            limits,
        });
        Box::pin(poll_fn(move |_| {
            let state = self.lock();
            if state.closed {
                return Poll::Pending;
            }
            let reply = state.replies.get(&url).cloned();
            let reply = reply.unwrap_or_else(|| Reply::of(404, &[("content-type", "text/html")], "<p>not here"));
            Poll::Ready(reply.0.map(|(status, headers, body)| {
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                response.body(body).unwrap()
            }))
        }))
    }
}

impl Store for World {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>> {
        Box::pin(async move { self.live(key) })
    }

    fn set<'a>(&'a self, key: &'a str, value: Bytes, ttl_s: Option<u32>) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { self.live(key).map(|_| self.write(key, value, ttl_s)) })
    }

    fn compare_and_set<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        value: Bytes,
        ttl_s: Option<u32>,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let same = self.live(key)?.as_ref().map(|entry| entry.revision.as_str()) == expected;
            if same {
                self.write(key, value, ttl_s);
            }
            Ok(same)
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.live(key)?;
            self.lock().entries.remove(key);
            Ok(())
        })
    }
}

/// Callers at the same moment, polled one after the other.
pub(crate) struct Callers<'a, T>(Vec<Pin<Box<dyn Future<Output = T> + Send + 'a>>>);

impl<'a, T> Callers<'a, T> {
    pub(crate) fn new<F: Future<Output = T> + Send + 'a>(callers: impl IntoIterator<Item = F>) -> Self {
        Self(callers.into_iter().map(|caller| Box::pin(caller) as Pin<Box<_>>).collect())
    }

    /// Polls each once; gives back what those have that are done.
    pub(crate) fn poll(&mut self) -> Vec<T> {
        let mut context = Context::from_waker(Waker::noop());
        let mut done = Vec::new();
        self.0.retain_mut(|caller| match caller.as_mut().poll(&mut context) {
            Poll::Ready(output) => {
                done.push(output);
                false
            }
            Poll::Pending => true,
        });
        done
    }

    pub(crate) fn drop_first(&mut self) {
        drop(self.0.remove(0));
    }

    pub(crate) fn waiting(&self) -> usize {
        self.0.len()
    }
}

/// The output of a future that is ready at once.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

impl Observer for World {
    fn unusable_keys(&self, keys: &UnusableKeys<'_>) {
        self.lock().told.push(format!("{}, {} usable: {}", keys.issuer, keys.usable, keys.reasons));
    }
}
