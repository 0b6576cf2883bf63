//! Responses that need no MCP message: the probes `/healthz` and `/readyz`, a server that cannot work, and the errors of a shell
//! that passes requests on to a whole server.

use contract::Provider;
use http::StatusCode;
use http::request::Parts;

use super::origin::OriginPolicy;
use super::response::{Response, text};
use super::routes::{HEALTH, Route};
use crate::config::Config;
use crate::context;
use crate::engine::Engine;
use crate::error::{BodyError, HeadError, RequestError};
use crate::ports::new_call_id;

/// The response of `/healthz`: the process is alive.
fn healthy() -> Response {
    text(StatusCode::OK, "ok\n")
}

impl<P: Provider> Engine<P> {
    /// The response to a probe. The server is ready when every provider has described itself.
    pub(crate) async fn probe(&self, route: Route, head: &Parts) -> Result<Response, RequestError> {
        route.check_method(head)?;
        if route == Route::Readiness {
            let context = context::internal(new_call_id(&*self.ports.random), &self.config);
            self.identity(&context).await.map_err(RequestError::into_unready)?;
            return Ok(text(StatusCode::OK, "ready\n"));
        }
        Ok(healthy())
    }
}

/// What a shell answers to every request where its configuration cannot be used.
pub fn unready(head: &Parts, reason: &str) -> Response {
    // The names that the operator allows are part of the configuration that cannot be used, so only loopback names count.
    let error = match OriginPolicy::default().check(head) {
        Err(error) => RequestError::Head(error),
        Ok(()) if head.uri.path() == HEALTH => return healthy(),
        Ok(()) => RequestError::Unready(reason.to_owned()),
    };
    error.respond(&Config::default())
}

/// Why a shell that passes requests on to a whole server has no response of that server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayError {
    /// The request names more than one host, of which the server would see one.
    TwoHosts,
    /// The request names no host.
    NoHost,
    /// The body of the request did not come in time.
    TooSlow,
    /// Too many requests run at once.
    Busy,
    /// The server failed. The shell has logged the reason.
    Failed,
}

impl GatewayError {
    /// The response for the client, in the form of the engine's own errors.
    pub fn respond(self) -> Response {
        let error = match self {
            Self::TwoHosts => HeadError::ForeignHost("the request names more than one".to_owned()).into(),
            Self::NoHost => HeadError::ForeignHost("no `Host` header that can be read".to_owned()).into(),
            Self::TooSlow => HeadError::Body(BodyError::TooSlow).into(),
            Self::Busy => RequestError::Busy,
            Self::Failed => RequestError::Failed,
        };
        error.respond(&Config::default())
    }
}

#[cfg(test)]
mod tests {
    use super::GatewayError;
    use crate::http::response::Body;

    #[test]
    fn what_a_shell_answers_is_an_error_of_the_protocol() {
        for (why, status, code) in [
            (GatewayError::TwoHosts, 403, -32600),
            (GatewayError::NoHost, 403, -32600),
            (GatewayError::TooSlow, 408, -32600),
            (GatewayError::Busy, 503, -32603),
            (GatewayError::Failed, 500, -32603),
        ] {
            let response = why.respond();
            let Body::Full(body) = response.body() else { panic!("{why:?} has no body") };
            let body: serde_json::Value = serde_json::from_slice(body).expect("JSON");
            assert_eq!((response.status().as_u16(), &body["error"]["code"]), (status, &code.into()), "{why:?}");
        }
    }
}
