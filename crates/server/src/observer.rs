//! The observer of requests, which gets the facts of each while the engine serves it: the hook for metrics, traces and decision logs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contract::model::{Context, McpError};

use crate::authentication::AuthError;
use crate::authorization::{AccessRequest, Decision};
use crate::http::response::Response;
use crate::ports::{Clock, Ports, new_call_id};

/// Observes every request but those of probes that are answered. The calls come in this order: [`started`](Self::started),
/// [`decided`](Self::decided), [`called`](Self::called) once for each leg, [`ended`](Self::ended). A request that fails on the way
/// skips those between, one whose owner only a list tells is decided twice, and one that is refused by its head, as a foreign host is,
/// only ends. Each method must return at once, since the request waits for it.
pub trait Observer: Send + Sync + 'static {
    /// The caller could not be verified, so that the request only ends after this.
    fn refused(&self, refusal: &Refusal<'_>) {
        let _ = refusal;
    }

    /// An issuer's key set has keys that cannot be used, other than those that are for another purpose. It comes again when they change, and
    /// belongs to no request.
    fn unusable_keys(&self, keys: &UnusableKeys<'_>) {
        let _ = keys;
    }

    /// An answer lacks a part of one provider, while others are served. It comes as often as that happens.
    fn incomplete(&self, incomplete: &Incomplete<'_>) {
        let _ = incomplete;
    }

    /// A message was read, and its method and version are known.
    fn started(&self, request: &Started<'_>) {
        let _ = request;
    }

    /// The authorizer has decided.
    fn decided(&self, request: &AccessRequest<'_>, decision: &Decision) {
        let _ = (request, decision);
    }

    /// A provider has answered a call, or one leg of it.
    fn called(&self, call: &Called<'_>) {
        let _ = call;
    }

    /// The response is complete, or the client has disconnected.
    fn ended(&self, request: &Ended<'_>) {
        let _ = request;
    }
}

/// See [`Observer::refused`].
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// The id of the request.
    pub call_id: &'a str,
    /// Why. No text of it has any part of a token.
    pub error: &'a AuthError,
}

/// See [`Observer::unusable_keys`].
#[derive(Clone, Copy, Debug)]
pub struct UnusableKeys<'a> {
    /// The issuer, without credentials.
    pub issuer: &'a str,
    /// How many keys it has that can be used.
    pub usable: usize,
    /// The others, each with the reason.
    pub reasons: &'a str,
}

/// See [`Observer::incomplete`].
#[derive(Clone, Copy, Debug)]
pub struct Incomplete<'a> {
    /// The id of the request.
    pub call_id: &'a str,
    /// The name of the provider.
    pub provider: &'a str,
    /// What is wrong: a sentence without its subject, which is the provider.
    pub reason: &'a str,
}

/// See [`Observer::started`].
#[derive(Clone, Copy, Debug)]
pub struct Started<'a> {
    /// The method of the protocol, for example `tools/call`.
    pub method: &'static str,
    /// The context as a provider would get it: id, version, client, principal and trace.
    pub context: &'a Context,
}

/// See [`Observer::called`].
#[derive(Clone, Copy, Debug)]
pub struct Called<'a> {
    /// The id of the request.
    pub call_id: &'a str,
    /// The method of the protocol.
    pub method: &'static str,
    /// The provider that owns what was called. None for lists, which come from all providers, and where several providers are behind
    /// one import and the snapshot does not have what was called.
    pub owner: Option<&'a str>,
    /// How long the call took, in milliseconds.
    pub duration_ms: u64,
    /// The error of the provider, if it did not answer with a result.
    pub error: Option<&'a McpError>,
}

/// See [`Observer::ended`].
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    /// The id of the request.
    pub call_id: &'a str,
    /// The HTTP status. None if the client disconnected first.
    pub status: Option<u16>,
    /// The JSON-RPC error code of the response, if it is an error.
    pub error_code: Option<i32>,
    /// How long the request took, in milliseconds.
    pub duration_ms: u64,
}

/// An observer that ignores everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl Observer for NoObserver {}

/// The JSON-RPC error code of a response, as an extension of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ErrorCode(pub(crate) i32);

/// One request under observation. Where it is dropped without an end, the client has disconnected.
pub(crate) struct Observation {
    observer: Arc<dyn Observer>,
    clock: Arc<dyn Clock>,
    call_id: String,
    began_ms: u64,
    ended: AtomicBool,
}

impl Observation {
    /// The caller could not be verified.
    pub(crate) fn refused(&self, error: &AuthError) {
        self.observer.refused(&Refusal { call_id: self.call_id(), error });
    }

    /// A request begins, and gets an id.
    pub(crate) fn new(ports: &Ports) -> Self {
        Self {
            observer: Arc::clone(&ports.observer),
            clock: Arc::clone(&ports.clock),
            call_id: new_call_id(&*ports.random),
            began_ms: ports.clock.monotonic_ms(),
            ended: AtomicBool::new(false),
        }
    }

    pub(crate) fn call_id(&self) -> &str {
        &self.call_id
    }

    pub(crate) fn started(&self, method: &'static str, context: &Context) {
        self.observer.started(&Started { method, context });
    }

    pub(crate) fn decided(&self, request: &AccessRequest<'_>, decision: &Decision) {
        self.observer.decided(request, decision);
    }

    /// Runs a call of a provider and tells how it went.
    pub(crate) async fn observe<T>(
        &self,
        method: &'static str,
        owner: Option<&str>,
        call: impl Future<Output = Result<T, McpError>>,
    ) -> Result<T, McpError> {
        let began_ms = self.clock.monotonic_ms();
        let result = call.await;
        let duration_ms = self.clock.monotonic_ms().saturating_sub(began_ms);
        let error = result.as_ref().err();
        self.observer.called(&Called { call_id: &self.call_id, method, owner, duration_ms, error });
        result
    }

    /// The request ends with this response, whose body is whole.
    pub(crate) fn end_with(&self, response: Response) -> Response {
        let error_code = response.extensions().get::<ErrorCode>().map(|code| code.0);
        self.end(Some(response.status().as_u16()), error_code);
        response
    }

    /// The request ends. Without a status the client has disconnected.
    pub(crate) fn end(&self, status: Option<u16>, error_code: Option<i32>) {
        if !self.ended.swap(true, Ordering::Relaxed) {
            let duration_ms = self.clock.monotonic_ms().saturating_sub(self.began_ms);
            self.observer.ended(&Ended { call_id: &self.call_id, status, error_code, duration_ms });
        }
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        self.end(None, None);
    }
}
