//! A composed file behind HTTP.

use std::sync::Arc;

use bytes::Bytes;
use http::header::HOST;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;

use super::body::Outgoing;
use super::inbound::gather;
use super::listen::Service;
use crate::host::{Composed, NoAnswer};

impl Service for Arc<Composed> {
    async fn answer(&self, request: Request<Incoming>) -> Response<Outgoing> {
        if !has_one_host(&request) {
            return plain(StatusCode::FORBIDDEN, "forbidden host: the request names more than one\n");
        }
        let (head, body) = request.into_parts();
        let Ok(body) = gather(body).await else {
            return plain(StatusCode::REQUEST_TIMEOUT, "the body came too slowly\n");
        };
        match Composed::answer(self, Request::from_parts(head, body)).await {
            Ok((response, work)) => response.map(|body| Outgoing::Composed(body, Some(work))),
            Err(NoAnswer::Busy) => plain(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once\n"),
            Err(NoAnswer::NoHost) => plain(StatusCode::BAD_REQUEST, "the request has no host\n"),
            Err(NoAnswer::Failed) => plain(StatusCode::INTERNAL_SERVER_ERROR, "the server component failed\n"),
        }
    }
}

/// Whether all that the request says of its host is the same. The component is told one host, and would check only that.
fn has_one_host<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let first = hosts.next();
    let unlike = first
        .zip(request.uri().authority())
        .is_some_and(|(host, authority)| !host.as_bytes().eq_ignore_ascii_case(authority.as_str().as_bytes()));
    hosts.next().is_none() && !unlike
}

fn plain(status: StatusCode, text: &'static str) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::Full(Full::new(Bytes::from_static(text.as_bytes()))));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_one_host_or_is_refused() {
        for (target, hosts, one) in [
            ("/mcp", &["localhost"][..], true),
            ("/mcp", &[], true), // refused later, for having none
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
