//! Opaque tokens: the authorization server is asked what a token is (RFC 7662).

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::lock::Mutex;
use http::HeaderValue;
use serde_json::{Map, Value};
use server::Ports;
use url::{Url, form_urlencoded};

use crate::claims::{self, ClaimRules, VerifiedClaims};
use crate::error::TokenError;
use crate::fetch_document::{DocumentError, Documents, redacted, redacted_text};

/// How many tokens are asked about at once. Any text that a client sends is asked about, and the keys of other issuers use the same
/// connections.
const MAX_QUESTIONS: usize = 32;
/// The first and the longest pause of a question that waits until fewer are asked, in milliseconds.
const PAUSES_MS: (u32, u32) = (10, 100);
/// What the endpoint is asked about to see whether it answers: no token of any issuer.
const PROBE: &str = "wasmcp-readiness-probe";
/// How long it counts whether the endpoint answers, in milliseconds: clients without a token ask for it.
const READINESS_MS: u32 = 1000;

/// How an authorization server is asked about tokens.
#[derive(Clone)]
pub struct IntrospectionConfig {
    /// Its introspection endpoint (RFC 7662 §2).
    pub endpoint: String,
    /// The name of this server there.
    pub client_id: String,
    /// The secret of this server there.
    pub client_secret: String,
    /// How long an answer counts, in seconds. An answer with an earlier `exp` counts until that.
    pub cache_s: u32,
    /// How long the answer may take, in milliseconds.
    pub timeout_ms: u32,
    /// Whether an endpoint on this machine may be asked without TLS.
    pub loopback_http: bool,
}

impl fmt::Debug for IntrospectionConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IntrospectionConfig")
            .field("client_id", &self.client_id)
            .field("cache_s", &self.cache_s)
            .field("timeout_ms", &self.timeout_ms)
            .finish_non_exhaustive()
    }
}

/// Why a token is not known to be valid. No text has any part of the token or of the credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntrospectionError {
    /// The server says that the token is not active: it has expired, was revoked, or is not known to it.
    #[error("its issuer says that it is not active")]
    Inactive,
    /// The token is active and breaks a rule of this server.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The server gives no answer, so that nothing is known of the token.
    #[error("tokens cannot be introspected: {0}")]
    Unavailable(#[from] DocumentError),
    /// So many questions were under way for all the time of this one that it was not asked: clients without a token can make the server ask.
    #[error(
        "the introspection endpoint `{url}` is asked about {MAX_QUESTIONS} tokens, the most at once, and has answered too few of them in the time of this one"
    )]
    TooMany {
        /// The endpoint.
        url: String,
    },
    /// The server does not accept the credentials of this server (RFC 7662 §2.3).
    #[error(
        "the introspection endpoint `{url}` refuses this server: check `auth.introspection-client-id` and `auth.introspection-client-secret`"
    )]
    Credentials {
        /// The endpoint.
        url: String,
    },
    /// The answer is not a JSON object with `active`, or has a member twice.
    #[error("the introspection endpoint `{url}` does not answer with a JSON object that has `active` (RFC 7662 §2.2)")]
    NotAnswer {
        /// The endpoint.
        url: String,
    },
}

impl IntrospectionError {
    /// Whether the token is refused. Else nothing is known of it, and the request has to be tried again.
    pub fn refuses_token(&self) -> bool {
        matches!(self, Self::Inactive | Self::Token(_))
    }
}

/// An introspection endpoint.
pub struct Introspection {
    documents: Documents,
    endpoint: Url,
    authorization: HeaderValue,
    cache_s: u32,
    timeout_ms: u32,
    /// How many questions are asked at this moment.
    asked: AtomicUsize,
    /// Whether the endpoint answered the last probe, and until when that counts on the monotonic clock. It is held while the endpoint is
    /// asked, so that all who wait get one answer.
    readiness: Mutex<Option<(u64, Result<(), IntrospectionError>)>>,
}

/// One question, counted until it is dropped.
struct Question<'a>(&'a AtomicUsize);

impl<'a> Question<'a> {
    fn begin(asked: &'a AtomicUsize) -> Option<Self> {
        let question = Self(asked);
        (asked.fetch_add(1, Ordering::Relaxed) < MAX_QUESTIONS).then_some(question)
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Introspection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Introspection").field("endpoint", &redacted(&self.endpoint)).finish_non_exhaustive()
    }
}

impl Introspection {
    /// Prepares the requests. Nothing is sent.
    ///
    /// # Errors
    /// The endpoint is not a URL that may be asked.
    pub fn new(config: &IntrospectionConfig, ports: &Ports) -> Result<Self, DocumentError> {
        let documents = Documents::new(ports, config.loopback_http);
        let refused = |reason| DocumentError::Url { url: redacted_text(&config.endpoint), reason };
        let endpoint = documents.url(&config.endpoint).map_err(refused)?;
        let authorization = basic(&config.client_id, &config.client_secret)
            .ok_or_else(|| refused("cannot be sent these credentials"))?;
        let (cache_s, timeout_ms) = (config.cache_s, config.timeout_ms);
        Ok(Self {
            documents,
            endpoint,
            authorization,
            cache_s,
            timeout_ms,
            asked: AtomicUsize::new(0),
            readiness: Mutex::default(),
        })
    }

    /// Whether the endpoint answers. It is asked once a second at most, beside the questions about tokens.
    ///
    /// # Errors
    /// The endpoint gives no answer.
    pub async fn ready(&self, rules: &ClaimRules, now_s: u64) -> Result<(), IntrospectionError> {
        let mut last = self.readiness.lock().await;
        if let Some((until_ms, outcome)) = &*last
            && self.documents.now_ms() < *until_ms
        {
            return outcome.clone();
        }
        let asked = self.ask(PROBE, rules, now_s, self.documents.after_ms(self.timeout_ms)).await;
        let outcome = match asked {
            Err(error) if !error.refuses_token() => Err(error),
            Ok(_) | Err(_) => Ok(()),
        };
        *last = Some((self.documents.after_ms(READINESS_MS), outcome.clone()));
        outcome
    }

    /// Asks what a token is, and checks the answer as the claims of a JWT. Without an `iss` the answer is one of the issuer that is
    /// asked. [`VerifiedClaims::expires_s`] is the end of the time for which the answer counts.
    ///
    /// # Errors
    /// The token is refused, or nothing is known of it: [`IntrospectionError::refuses_token`] says which.
    pub async fn introspect(
        &self,
        token: &str,
        rules: &ClaimRules,
        now_s: u64,
    ) -> Result<VerifiedClaims, IntrospectionError> {
        let until_ms = self.documents.after_ms(self.timeout_ms);
        let too_many = || IntrospectionError::TooMany { url: redacted(&self.endpoint) };
        let (_question, waited) = self.question(until_ms).await.ok_or_else(too_many)?;
        match self.ask(token, rules, now_s, until_ms).await {
            // The endpoint had less than its time.
            Err(IntrospectionError::Unavailable(_)) if waited && self.documents.now_ms() >= until_ms => Err(too_many()),
            answer => answer,
        }
    }

    /// Waits until so few questions are asked that another one may be, and tells whether it had to wait. None if there is no time left.
    async fn question(&self, until_ms: u64) -> Option<(Question<'_>, bool)> {
        let ((mut pause_ms, longest_ms), mut waited) = (PAUSES_MS, false);
        loop {
            if let Some(question) = Question::begin(&self.asked) {
                return Some((question, waited));
            }
            if self.documents.now_ms() >= until_ms {
                return None;
            }
            waited = true;
            self.documents.sleep_ms(pause_ms).await;
            pause_ms = pause_ms.saturating_mul(2).min(longest_ms);
        }
    }

    async fn ask(
        &self,
        token: &str,
        rules: &ClaimRules,
        now_s: u64,
        until_ms: u64,
    ) -> Result<VerifiedClaims, IntrospectionError> {
        let answer = self.documents.post(&self.endpoint, self.authorization.clone(), form(token), until_ms).await;
        let answer = answer.map_err(|error| match error {
            DocumentError::Status { url, status: 401 | 403 } => IntrospectionError::Credentials { url },
            error => IntrospectionError::Unavailable(error),
        })?;
        let not_answer = || IntrospectionError::NotAnswer { url: redacted(&self.endpoint) };
        let text = std::str::from_utf8(&answer).map_err(|_| not_answer())?;
        protocol::check_json(text).map_err(|_| not_answer())?;
        let members: Map<String, Value> = serde_json::from_str(text).map_err(|_| not_answer())?;
        match members.get("active") {
            Some(Value::Bool(true)) => self.check(token, members, rules, now_s),
            Some(Value::Bool(false)) => Err(IntrospectionError::Inactive),
            _ => Err(not_answer()),
        }
    }

    fn check(
        &self,
        token: &str,
        mut members: Map<String, Value>,
        rules: &ClaimRules,
        now_s: u64,
    ) -> Result<VerifiedClaims, IntrospectionError> {
        // Some servers repeat the token, which no provider may see.
        members.retain(|_, value| value.as_str() != Some(token));
        let said = Value::Object(members.clone()).to_string();
        let counts_until_s = now_s.saturating_add(u64::from(self.cache_s));
        let absent = |members: &Map<String, Value>, name| members.get(name).is_none_or(Value::is_null);
        if absent(&members, "iss") {
            members.insert("iss".to_owned(), Value::from(rules.issuer.as_str()));
        }
        if absent(&members, "exp") {
            members.insert("exp".to_owned(), Value::from(counts_until_s.saturating_add(1)));
        }
        let mut verified = claims::check(&Value::Object(members).to_string(), rules, now_s)?;
        verified.expires_s = verified.expires_s.min(counts_until_s);
        // Providers get what the issuer has said, and nothing that it has not.
        verified.caller.principal.claims = said;
        Ok(verified)
    }
}

/// The question about a token (RFC 7662 §2.1).
fn form(token: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token).append_pair("token_type_hint", "access_token");
    form.finish()
}

/// The credentials by the scheme `Basic` (RFC 6749 §2.3.1): each is encoded as in a form before they are joined.
fn basic(client_id: &str, client_secret: &str) -> Option<HeaderValue> {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let credentials = STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(client_secret)));
    let mut value = HeaderValue::try_from(format!("Basic {credentials}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}
