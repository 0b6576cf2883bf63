//! The errors of a shell that passes requests on to a whole server.

use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;
use protocol::jsonrpc::{Id, Message, parse};
use protocol::sse;
use protocol::version::Version;

use super::cors::Cors;
use super::request_body::has_unknown_coding;
use super::response::Response;
use crate::config::Config;
use crate::error::{BodyError, HeadError, RequestError};

/// Why a shell that passes requests on to a whole server has no response of that server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayError {
    /// The request names more than one host, of which the server would see one.
    TwoHosts,
    /// The request names no host.
    NoHost,
    /// The body of the request has a transfer coding that no server here knows.
    TransferCoding,
    /// The body of the request did not come in time.
    TooSlow,
    /// The shell holds the bodies of too many other requests.
    BodiesFull,
    /// The shell holds too many answers that other clients do not read, so that it cannot hold this one.
    AnswersFull,
    /// For the same reason it cannot hold a part of a stream, whose call does not go on.
    EventsFull,
    /// The server answered with more bytes than this limit.
    AnswerTooLarge(usize),
    /// The shell stops, and the request was not done in the time that requests are given then.
    Stopped,
    /// The client has closed its side of the connection, and the shell does not wait for the request any longer.
    GivenUp,
    /// Too many requests run at once.
    Busy,
    /// The server failed. The shell has logged the reason.
    Failed,
}

impl GatewayError {
    /// Refuses a request whose body the server cannot be given as it was sent.
    pub fn check(headers: &HeaderMap) -> Result<(), Self> {
        if has_unknown_coding(headers) { Err(Self::TransferCoding) } else { Ok(()) }
    }

    /// The response for the client, in the form of the engine's own errors, where the message in the body is not known.
    pub fn respond(self) -> Response {
        self.error().respond(&Config::default())
    }

    /// The response to the request in this body. It has no id where the body has none that can be read.
    pub fn respond_to(self, body: &[u8]) -> Response {
        self.error().respond_to(id(body).as_ref(), Version::MODERN, &Config::default())
    }

    /// The event that ends a stream, in the place of the answer to the request in this body.
    pub fn last_event(self, body: &[u8]) -> Bytes {
        let (message, _) = self.error().message(id(body).as_ref(), Version::MODERN, &Config::default());
        sse::event(&message).into()
    }

    pub(crate) fn error(self) -> RequestError {
        match self {
            Self::TwoHosts => HeadError::ForeignHost("the request names more than one".to_owned()).into(),
            Self::NoHost => HeadError::ForeignHost("no `Host` header that can be read".to_owned()).into(),
            Self::TransferCoding => HeadError::TransferCoding.into(),
            Self::TooSlow => HeadError::Body(BodyError::TooSlow).into(),
            Self::BodiesFull => HeadError::Body(BodyError::NoRoom).into(),
            Self::AnswersFull => RequestError::AnswersFull,
            Self::EventsFull => RequestError::EventsFull,
            Self::AnswerTooLarge(limit) => RequestError::AnswerTooLarge(limit),
            Self::Stopped => RequestError::Stopped,
            Self::GivenUp => RequestError::GivenUp,
            Self::Busy => RequestError::Busy,
            Self::Failed => RequestError::Failed,
        }
    }
}

/// The id of the request in a body, if it has one that can be read.
fn id(body: &[u8]) -> Option<Id<'_>> {
    match parse(body) {
        Ok(Message::Request(request)) => Some(request.id),
        Ok(Message::Notification { .. } | Message::Response) => None,
        Err(malformed) => malformed.id,
    }
}

/// Whether the page that sent a request may read what the shell answers itself: where it may read the answers of the server, which has this
/// configuration.
#[derive(Clone, Debug)]
pub struct PageAccess(Cors);

impl PageAccess {
    /// For a request with this head.
    pub fn of(config: &Config, head: &Parts) -> Self {
        let policy = &config.origin_policy;
        // A request of no page costs no check of its host.
        let allowed = policy.check_origin(head).ok().flatten().filter(|_| policy.check_host(head).is_ok());
        Self(Cors::of(allowed))
    }

    /// Lets the page read a response.
    pub fn apply(&self, response: Response) -> Response {
        self.0.apply(response)
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::{GatewayError, PageAccess};
    use crate::config::Config;
    use crate::http::response::Body;

    #[test]
    fn what_a_shell_answers_is_an_error_of_the_protocol() {
        for (why, status, code) in [
            (GatewayError::TwoHosts, 403, -32600),
            (GatewayError::NoHost, 403, -32600),
            (GatewayError::TransferCoding, 501, -32600),
            (GatewayError::TooSlow, 408, -32600),
            (GatewayError::BodiesFull, 503, -32603),
            (GatewayError::AnswersFull, 503, -32603),
            (GatewayError::EventsFull, 503, -32603),
            (GatewayError::AnswerTooLarge(1024), 500, -32603),
            (GatewayError::Stopped, 503, -32603),
            (GatewayError::GivenUp, 503, -32603),
            (GatewayError::Busy, 503, -32603),
            (GatewayError::Failed, 500, -32603),
        ] {
            let response = why.respond();
            let Body::Full(body) = response.body() else { panic!("{why:?} has no body") };
            let body: serde_json::Value = serde_json::from_slice(body).expect("JSON");
            assert_eq!((response.status().as_u16(), &body["error"]["code"]), (status, &code.into()), "{why:?}");
        }
    }

    #[test]
    fn a_page_reads_the_answers_of_a_shell_where_it_reads_those_of_the_server() {
        let allowed = |key: &str| (key == "allowed-origins").then(|| "https://app.example.com".to_owned());
        let config = Config::from_settings(allowed).expect("settings");
        for (host, origin, may_read) in [
            ("localhost", "http://localhost:3000", true),
            ("localhost", "https://app.example.com", true),
            ("localhost", "https://evil.com", false),
            ("evil.com", "https://app.example.com", false),
        ] {
            let request =
                Request::post("/mcp").header("host", host).header("origin", origin).body(()).expect("request");
            let page = PageAccess::of(&config, &request.into_parts().0);
            let response = page.apply(GatewayError::TooSlow.respond());
            let named = response.headers().get("access-control-allow-origin").and_then(|value| value.to_str().ok());
            assert_eq!(named, may_read.then_some(origin), "{host} {origin}");
        }
    }

    #[test]
    fn an_answer_has_the_id_of_its_request() {
        for (request, id) in [
            (r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#, r#","id":"a""#),
            (r#"{"id":12345678901234567890,"nonsense":1}"#, r#","id":12345678901234567890"#),
            (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, ""),
            ("", ""),
        ] {
            let response = GatewayError::Failed.respond_to(request.as_bytes());
            let Body::Full(body) = response.body() else { panic!("no body") };
            let body = String::from_utf8_lossy(body);
            assert!(body.starts_with(&format!(r#"{{"jsonrpc":"2.0"{id},"error":"#)), "{body}");
            assert_eq!(response.status().as_u16(), 500);
            let event = GatewayError::Failed.last_event(request.as_bytes());
            assert_eq!(String::from_utf8_lossy(&event), format!("event: message\ndata: {body}\n\n"));
        }
    }
}
