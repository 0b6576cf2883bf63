//! The buckets of components: one stream of JetStream each, with room of its own. NATS enforces the room and lets entries expire.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_SEQUENCE};
use async_nats::{Client, HeaderMap, Message, Request, RequestErrorKind, StatusCode};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use state::{Entry, Room, StoreError, check_key, check_ttl, check_value};

use crate::names::{stream, subject, subjects};

/// How long JetStream may take for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

// Errors of JetStream, from `server/errors.json` of nats-server 2.11.
/// A stream with this name has another configuration.
const NAME_IN_USE: u64 = 10_058;
/// The entry has another revision than the one that was expected; the second one since 2.11.
const OTHER_REVISION: [u64; 2] = [10_071, 10_164];
/// The message was not stored, for a reason in words: here that the stream is full.
const NOT_STORED: u64 = 10_077;

/// All buckets.
pub(crate) struct Buckets {
    nats: Client,
    /// The components whose buckets are there.
    made: Mutex<BTreeSet<String>>,
}

/// Why JetStream did not do what it was asked to.
enum Failure {
    /// No stream listens to the subject, so nothing was done.
    NoStream,
    /// JetStream refuses, for this reason.
    Refused(Refusal),
    Store(StoreError),
}

/// The error in an answer of JetStream.
#[derive(Deserialize)]
struct Refusal {
    err_code: u64,
    description: String,
}

#[derive(Deserialize)]
struct Answer {
    error: Option<Refusal>,
    /// Of a stream that was made or changed.
    config: Option<Config>,
}

/// What a server of an earlier version does not know, and leaves out of its answer.
#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    allow_msg_ttl: bool,
}

impl Buckets {
    pub(crate) fn new(nats: Client) -> Self {
        Self { nats, made: Mutex::default() }
    }

    /// Whether JetStream answers.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        self.ask("$JS.API.INFO".to_owned(), HeaderMap::new(), Bytes::new()).await.map(|_| ()).map_err(Into::into)
    }

    /// The entry of a key, where there is one that has not expired.
    pub(crate) async fn get(&self, component: &str, key: &str) -> Result<Option<Entry>, StoreError> {
        check_key(key)?;
        let subject = format!("$JS.API.DIRECT.GET.{}.{}", stream(component), subject(component, key));
        let message = self.in_bucket(component, || self.send(&subject, HeaderMap::new(), Bytes::new())).await?;
        match message.status {
            Some(StatusCode::NOT_FOUND) => return Ok(None),
            Some(status) if status != StatusCode::OK => {
                return Err(StoreError::Unreachable(format!("JetStream answers {status}")));
            }
            _ => {}
        }
        let revision = message.headers.as_ref().and_then(|headers| headers.get(NATS_SEQUENCE));
        let Some(revision) = revision.map(ToString::to_string) else {
            return Err(StoreError::Unreachable("JetStream answers without a revision".to_owned()));
        };
        Ok(Some(Entry { value: message.payload, revision }))
    }

    /// Writes an entry, whether the key has one or not.
    pub(crate) async fn set(
        &self,
        component: &str,
        key: &str,
        value: Bytes,
        ttl_s: Option<u32>,
    ) -> Result<(), StoreError> {
        self.write(component, key, None, value, ttl_s).await.map(|_| ())
    }

    /// Writes an entry only where the key still has this revision, or, without one, where it has no entry. The answer is whether it
    /// wrote.
    pub(crate) async fn compare_and_set(
        &self,
        component: &str,
        key: &str,
        expected: Option<&str>,
        value: Bytes,
        ttl_s: Option<u32>,
    ) -> Result<bool, StoreError> {
        let expected = match expected.map(str::parse::<u64>) {
            None => 0,
            // No entry has another revision. 0 would be the same as none.
            Some(Err(_) | Ok(0)) => {
                check(key, &value, ttl_s)?;
                return Ok(false);
            }
            Some(Ok(revision)) => revision,
        };
        self.write(component, key, Some(expected), value, ttl_s).await
    }

    /// Removes the entry of a key.
    pub(crate) async fn delete(&self, component: &str, key: &str) -> Result<(), StoreError> {
        check_key(key)?;
        let api = format!("$JS.API.STREAM.PURGE.{}", stream(component));
        let filter = Bytes::from(json!({ "filter": subject(component, key) }).to_string());
        self.in_bucket(component, || self.ask(api.clone(), HeaderMap::new(), filter.clone())).await.map(|_| ())
    }

    async fn write(
        &self,
        component: &str,
        key: &str,
        expected: Option<u64>,
        value: Bytes,
        ttl_s: Option<u32>,
    ) -> Result<bool, StoreError> {
        check(key, &value, ttl_s)?;
        let mut headers = HeaderMap::new();
        if let Some(revision) = expected {
            headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, revision.to_string());
        }
        if let Some(seconds) = ttl_s {
            headers.insert("Nats-TTL", format!("{seconds}s"));
        }
        let subject = subject(component, key);
        let written = || {
            let asked = self.ask(subject.clone(), headers.clone(), value.clone());
            async move { asked.await.map(|_| true).or_else(not_written) }
        };
        self.in_bucket(component, written).await
    }

    /// Does something in the bucket of a component, which is made if it is not there. Its storage can be lost while this program runs:
    /// then it is made anew.
    async fn in_bucket<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        component: &str,
        run: impl Fn() -> F,
    ) -> Result<T, StoreError> {
        if self.lock().contains(component) {
            match run().await {
                Err(Failure::NoStream) => self.lock().remove(component),
                other => return other.map_err(Into::into),
            };
        }
        self.make(component).await?;
        self.lock().insert(component.to_owned());
        run().await.map_err(Into::into)
    }

    /// Makes the bucket, or changes it to what it has to be.
    async fn make(&self, component: &str) -> Result<(), StoreError> {
        let config = Bytes::from(config(component).to_string());
        let api = |verb: &str| format!("$JS.API.STREAM.{verb}.{}", stream(component));
        let made = match self.ask(api("CREATE"), HeaderMap::new(), config.clone()).await {
            Err(Failure::Refused(refusal)) if refusal.err_code == NAME_IN_USE => {
                self.ask(api("UPDATE"), HeaderMap::new(), config).await?
            }
            other => other?,
        };
        match made.config {
            Some(Config { allow_msg_ttl: true }) => Ok(()),
            _ => Err(StoreError::Unreachable(
                "this NATS server lets no message expire: it has to be 2.11 or later".to_owned(),
            )),
        }
    }

    /// Sends a request whose answer is JSON.
    async fn ask(&self, subject: String, headers: HeaderMap, payload: Bytes) -> Result<Answer, Failure> {
        let message = self.send(&subject, headers, payload).await?;
        let answer: Answer = serde_json::from_slice(&message.payload)
            .map_err(|error| unreachable(format!("the answer of JetStream is not one: {error}")))?;
        match answer.error {
            Some(refusal) => Err(Failure::Refused(refusal)),
            None => Ok(answer),
        }
    }

    async fn send(&self, subject: &str, headers: HeaderMap, payload: Bytes) -> Result<Message, Failure> {
        let mut request = Request::new().payload(payload).timeout(Some(ANSWER_TIMEOUT));
        if !headers.is_empty() {
            request = request.headers(headers);
        }
        match self.nats.send_request(subject.to_owned(), request).await {
            Ok(message) => Ok(message),
            Err(error) if error.kind() == RequestErrorKind::NoResponders => Err(Failure::NoStream),
            Err(error) if error.kind() == RequestErrorKind::TimedOut => Err(unreachable(format!(
                "JetStream has not answered within {ANSWER_TIMEOUT:?}; it may be down, or not allow this host its streams"
            ))),
            Err(error) => Err(unreachable(error.to_string())),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why an entry was not written: another one was there, which is no error, or the bucket is full, or something else.
fn not_written(failure: Failure) -> Result<bool, Failure> {
    match failure {
        Failure::Refused(refusal) if OTHER_REVISION.contains(&refusal.err_code) => Ok(false),
        Failure::Refused(refusal) if refusal.err_code == NOT_STORED && refusal.description.contains("maximum") => {
            Err(Failure::Store(StoreError::Full(Room::OF_PROVIDER)))
        }
        other => Err(other),
    }
}

fn unreachable(reason: String) -> Failure {
    Failure::Store(StoreError::Unreachable(reason))
}

fn check(key: &str, value: &[u8], ttl_s: Option<u32>) -> Result<(), StoreError> {
    check_key(key)?;
    check_value(value)?;
    check_ttl(ttl_s)
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NoStream => {
                Self::Unreachable("JetStream is off, or has lost the stream of the component".to_owned())
            }
            Failure::Refused(refusal) => {
                Self::Unreachable(format!("JetStream refuses: {} ({})", refusal.description, refusal.err_code))
            }
            Failure::Store(error) => error,
        }
    }
}

/// The configuration of a bucket. It is that of a key-value bucket, but that an entry that is deleted leaves nothing behind.
fn config(component: &str) -> Value {
    json!({
        "name": stream(component),
        "subjects": [subjects(component)],
        "description": "entries of the service wasmcp:mcp/state",
        "max_msgs_per_subject": 1,
        "max_msgs": Room::OF_PROVIDER.entries,
        "max_bytes": Room::OF_PROVIDER.bytes,
        // What is there stays there when something new does not fit.
        "discard": "new",
        "retention": "limits",
        "storage": "file",
        // One copy, so that a direct read is never older than a write before it.
        "num_replicas": 1,
        "allow_direct": true,
        "allow_msg_ttl": true,
        "deny_delete": true,
    })
}
