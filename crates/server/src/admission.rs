//! What the head of a request decides: where it goes, whether it may, and how large its body may be.

use contract::model::Principal;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method};

use crate::problem::Problem;
use crate::response::{Response, text};

/// Where the messages go.
const ENDPOINT: &str = "/mcp";

/// The headers of MCP 2026-07-28, transports, "request headers". That of the version is older.
pub(crate) const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(crate) const MCP_METHOD: HeaderName = HeaderName::from_static("mcp-method");
pub(crate) const MCP_NAME: HeaderName = HeaderName::from_static("mcp-name");

/// What is to be done with a request whose head has been read.
pub enum Admission {
    /// Nothing more: this is the answer, whatever the body is.
    Answered(Response),
    /// Read the body, then [`crate::Engine::answer`].
    Body(Admitted),
}

/// A request that may be read.
pub struct Admitted {
    pub(crate) principal: Option<Principal>,
    pub(crate) events_accepted: bool,
    body_limit: usize,
}

impl Admitted {
    /// How many bytes the body may have. A shell stops reading there.
    pub fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// The answer to a body that could not be read.
    pub fn refuse(self, error: BodyError) -> Response {
        Problem::Body(error, self.body_limit).respond()
    }
}

/// Why a shell could not read a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It has more bytes than [`Admitted::body_limit`].
    TooLarge,
    /// It ended before it was whole.
    CutShort,
    /// The client took longer to send it than the shell waits.
    TooSlow,
}

/// A route of the server.
pub(crate) enum Route {
    Health,
    Readiness,
    Messages,
}

impl Route {
    pub(crate) fn of(head: &Parts) -> Result<Self, Problem> {
        match head.uri.path() {
            ENDPOINT => Ok(Self::Messages),
            "/healthz" => Ok(Self::Health),
            "/readyz" => Ok(Self::Readiness),
            _ => Err(Problem::UnknownPath),
        }
    }

    pub(crate) fn check_method(&self, head: &Parts) -> Result<(), Problem> {
        let (allowed, named): (&[Method], _) = match self {
            Self::Messages => (&[Method::POST], "POST"),
            Self::Health | Self::Readiness => (&[Method::GET, Method::HEAD], "GET, HEAD"),
        };
        if allowed.contains(&head.method) { Ok(()) } else { Err(Problem::MethodNotAllowed(named)) }
    }
}

/// The body is JSON as it is, the answer may be too, and it is not larger than allowed (as far as its head says).
pub(crate) fn admit(head: &Parts, body_limit: usize, principal: Option<Principal>) -> Result<Admitted, Problem> {
    let headers = &head.headers;
    let json = only(headers, &CONTENT_TYPE).is_some_and(|value| {
        value.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
    });
    if !json {
        return Err(Problem::ContentType);
    }
    let plain = |encoding: &str| encoding.eq_ignore_ascii_case("identity");
    if headers.contains_key(CONTENT_ENCODING) && !only(headers, &CONTENT_ENCODING).is_some_and(plain) {
        return Err(Problem::ContentEncoding);
    }
    let accepted = Accepted::of(headers);
    if !accepted.json {
        return Err(Problem::NotAcceptable);
    }
    let announced = only(headers, &CONTENT_LENGTH).and_then(|length| length.trim().parse::<u64>().ok());
    if announced.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > body_limit)) {
        return Err(Problem::Body(BodyError::TooLarge, body_limit));
    }
    Ok(Admitted { principal, events_accepted: accepted.events, body_limit })
}

/// The value of a header that is there once. One that is there twice counts as one that says nothing.
pub(crate) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok().map(str::trim),
        _ => None,
    }
}

/// What the client says it can read. The specification asks for both types; a client that says nothing, or anything, is not
/// turned away.
struct Accepted {
    json: bool,
    events: bool,
}

impl Accepted {
    fn of(headers: &HeaderMap) -> Self {
        let mut accepted = Self { json: false, events: false };
        let mut silent = true;
        for range in
            headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','))
        {
            silent = false;
            match range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
                "*/*" => return Self { json: true, events: true },
                "application/json" | "application/*" => accepted.json = true,
                "text/event-stream" | "text/*" => accepted.events = true,
                _ => {}
            }
        }
        if silent { Self { json: true, events: true } } else { accepted }
    }
}

/// The process is alive.
pub(crate) fn healthy() -> Response {
    text(http::StatusCode::OK, "ok\n")
}
