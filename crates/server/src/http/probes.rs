//! The probes `/healthz` and `/readyz`, and the response of a server that cannot work. A probe is answered whatever its `Host` is, since
//! orchestrators name the address of a machine; a reason is only for requests that name this server.

use contract::Provider;
use http::StatusCode;
use http::request::Parts;

use super::cors::Cors;
use super::origin::OriginPolicy;
use super::response::{Response, text};
use super::routes::Route;
use crate::config::Config;
use crate::context;
use crate::engine::Engine;
use crate::error::{CallError, RequestError};
use crate::ports::new_call_id;

/// What a request is told instead of a reason.
const NO_REASON: &str = "a request with a loopback name in `Host` is told why";

/// How long the providers may take to describe themselves to a probe, where several are asked. Orchestrators wait for about as long.
const READINESS_MS: u32 = 1000;

/// The response of `/healthz`: the process is alive.
fn healthy() -> Response {
    text(StatusCode::OK, "ok\n")
}

impl<P: Provider> Engine<P> {
    /// The response to a probe, whose `Host` is a name of this server or not. The server is ready when callers can be
    /// verified, and a provider has described itself: one that others can do without is not waited for.
    pub(crate) async fn probe(&self, route: Route, head: &Parts, is_named: bool) -> Response {
        let answered = match route.check_method(head) {
            Err(error) => Err(error.into()),
            Ok(()) if route != Route::Readiness => Ok(healthy()),
            Ok(()) => {
                let context = context::internal(new_call_id(&*self.ports.random), &self.config);
                let unready = |error: RequestError| match is_named {
                    true => error.into_unready(),
                    false => RequestError::Unready(NO_REASON.to_owned()),
                };
                let ready = async {
                    // Why not is for the operator: issuers may be within a network that clients know nothing of.
                    let is_local = OriginPolicy::default().check_host(head).is_ok();
                    let told = |reason| RequestError::Unready(if is_local { reason } else { NO_REASON.to_owned() });
                    self.authenticator.ready().await.map_err(told)?;
                    self.authorizer.ready().map_err(told)?;
                    let described = self.catalog.readiness(&context, READINESS_MS).await;
                    described.map_err(|error| RequestError::from(CallError::Provider(error)))
                };
                ready.await.map(|()| text(StatusCode::OK, "ready\n")).map_err(unready)
            }
        };
        answered.unwrap_or_else(|error| error.respond(&self.config))
    }
}

/// The response of a shell to every request where its configuration cannot be used.
pub fn unready(head: &Parts, reason: &str) -> Response {
    let route = Route::of(head);
    if matches!(route, Ok(Route::Health)) {
        return healthy();
    }
    // The names that the operator allows are part of the configuration that cannot be used. So it is not known whether another name than
    // that of the loopback interface is one of them, and only a request that is certain to be for this server is told the reason.
    let policy = OriginPolicy::default();
    match policy.check_host(head).and_then(|()| policy.check_origin(head)) {
        Ok(origin) => {
            let cors = Cors::of(origin);
            let permission = route.ok().and_then(|route| cors.preflight(route, head));
            cors.apply(permission.unwrap_or_else(|| refusal(reason)))
        }
        Err(_) => refusal(NO_REASON),
    }
}

fn refusal(reason: &str) -> Response {
    RequestError::Unready(reason.to_owned()).respond(&Config::default())
}
