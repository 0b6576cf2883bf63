//! The probes `/healthz` and `/readyz`, and the response of a server that cannot work.

use contract::Provider;
use http::StatusCode;
use http::request::Parts;

use super::origin::OriginPolicy;
use super::response::{Response, text};
use super::routes::{HEALTH, Route};
use crate::config::Config;
use crate::context;
use crate::engine::Engine;
use crate::error::RequestError;
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

/// The response of a shell to every request where its configuration cannot be used.
pub fn unready(head: &Parts, reason: &str) -> Response {
    // The names that the operator allows are part of the configuration that cannot be used. So it is not known whether another name than
    // that of the loopback interface is one of them, and only a request that is certain to be for this server is told the reason.
    let reason = match OriginPolicy::default().check(head) {
        Ok(()) if head.uri.path() == HEALTH => return healthy(),
        Ok(()) => reason,
        Err(_) => "a request with a loopback name in `Host` is told why",
    };
    RequestError::Unready(reason.to_owned()).respond(&Config::default())
}
