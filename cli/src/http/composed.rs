//! A composed file behind HTTP.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;

use super::body::Outgoing;
use super::listen::Service;
use crate::host::{Composed, NoAnswer};

impl Service for Arc<Composed> {
    async fn answer(&self, request: Request<Incoming>) -> Response<Outgoing> {
        match Composed::answer(self, request).await {
            Ok((response, work)) => response.map(|body| Outgoing::Composed(body, Some(work))),
            Err(NoAnswer::Busy) => plain(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once\n"),
            Err(NoAnswer::NoHost) => plain(StatusCode::BAD_REQUEST, "the request has no host\n"),
            Err(NoAnswer::Failed) => plain(StatusCode::INTERNAL_SERVER_ERROR, "the server component failed\n"),
        }
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::Full(Full::new(Bytes::from_static(text.as_bytes()))));
    *response.status_mut() = status;
    response
}
