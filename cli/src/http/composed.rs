//! Serves a composed file over HTTP.

use std::sync::Arc;

use http::header::HOST;
use http::{Request, Response};
use server::GatewayError;

use super::client_body::ClientBody;
use super::composed_answer::bounded;
use super::listen::Service;
use super::read_ahead::{ReadError, read_ahead};
use super::response_body::ResponseBody;
use super::timeouts::Timeouts;
use crate::host::Composed;

impl Service for Arc<Composed> {
    async fn answer(&self, request: Request<ClientBody>, timeouts: Timeouts) -> Response<ResponseBody> {
        let response = pass(self, request, timeouts).await;
        response.unwrap_or_else(|error| error.respond().map(ResponseBody::from))
    }
}

async fn pass(
    composed: &Arc<Composed>,
    request: Request<ClientBody>,
    timeouts: Timeouts,
) -> Result<Response<ResponseBody>, GatewayError> {
    if !has_one_host(&request) {
        return Err(GatewayError::TwoHosts);
    }
    GatewayError::check(request.headers())?;
    let (head, body) = request.into_parts();
    let budgets = body.budgets();
    let body = read_ahead(body, timeouts).await.map_err(|error| match error {
        ReadError::TooSlow => GatewayError::TooSlow,
        ReadError::NoRoom => GatewayError::BodiesFull,
    })?;
    let (response, work) = Composed::answer(composed, Request::from_parts(head, body)).await?;
    bounded(composed, response, work, budgets).await
}

/// Whether everything in the request that names its host agrees. The component gets only one of these, and could check only that.
fn has_one_host<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let first = hosts.next();
    let unlike = first
        .zip(request.uri().authority())
        .is_some_and(|(host, authority)| !host.as_bytes().eq_ignore_ascii_case(authority.as_str().as_bytes()));
    hosts.next().is_none() && !unlike
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_one_host_or_is_refused() {
        for (target, hosts, one) in [
            ("/mcp", &["localhost"][..], true),
            ("/mcp", &[], true), // the server refuses a request without a host
            ("/mcp", &["localhost", "evil.com"], false),
            ("/mcp", &["localhost", "localhost"], false),
            ("http://localhost/mcp", &["LOCALHOST"], true),
            ("http://localhost/mcp", &["evil.com"], false),
            ("http://localhost:80/mcp", &["localhost"], false),
        ] {
            let request = hosts.iter().fold(Request::post(target), |request, host| request.header(HOST, *host));
            assert_eq!(has_one_host(&request.body(()).expect("request")), one, "{target} {hosts:?}");
        }
    }
}
