//! Serves a composed file over HTTP.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use http::header::HOST;
use http::{Request, Response};
use server::{Config, GatewayError, PageAccess};

use super::client_body::ClientBody;
use super::composed_answer::{PendingRequest, bounded_response};
use super::listen::Service;
use super::read_ahead::{ReadAhead, ReadError, read_ahead};
use super::response_body::ResponseBody;
use super::run_to_end::ALONE_TIMEOUT;
use super::timeouts::Timeouts;
use crate::host::Composed;

/// A composed file as a service.
pub(crate) struct ComposedService {
    composed: Arc<Composed>,
    /// The configuration that the file has as well.
    config: Config,
    /// Completes when the listener does not wait for calls any longer.
    end_of_calls: Shared<BoxFuture<'static, ()>>,
}

impl ComposedService {
    pub(crate) fn new(
        composed: Composed,
        config: Config,
        end_of_calls: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self { composed: Arc::new(composed), config, end_of_calls: end_of_calls.boxed().shared() }
    }

    /// Passes a request to the file. An error is that of a request that the file did not get.
    async fn pass(
        &self,
        request: Request<ClientBody>,
        page: &PageAccess,
        timeouts: Timeouts,
        given_up: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Response<ResponseBody>, GatewayError> {
        if !has_one_host(&request) {
            return Err(GatewayError::TwoHosts);
        }
        GatewayError::check(request.headers())?;
        let (head, body) = request.into_parts();
        let budgets = body.budgets();
        let ReadAhead { body, kept } = read_ahead(body, timeouts).await.map_err(|error| match error {
            ReadError::TooSlow => GatewayError::TooSlow,
            ReadError::NoRoom => GatewayError::BodiesFull,
        })?;
        let mut ended = self.ended(given_up);
        let answered = tokio::select! {
            biased;
            answered = Composed::answer(&self.composed, Request::from_parts(head, body)) => answered,
            error = &mut ended => Err(error),
        };
        let response = match answered {
            Ok((response, work)) => {
                let pending = PendingRequest { body: kept.clone(), ended };
                bounded_response(&self.composed, response, work, pending, budgets).await
            }
            Err(error) => Err(error),
        };
        // The file itself has said nothing, so that the id is read here.
        Ok(response.unwrap_or_else(|error| page.apply(error.respond_to(&kept)).map(ResponseBody::from)))
    }

    /// Completes when a request is not waited for any longer, with what its client is told.
    fn ended(&self, given_up: impl Future<Output = ()> + Send + 'static) -> BoxFuture<'static, GatewayError> {
        let end_of_calls = self.end_of_calls.clone();
        let ended = async move {
            tokio::select! {
                biased;
                () = end_of_calls => GatewayError::Stopped,
                () = given_up => GatewayError::GivenUp,
            }
        };
        ended.boxed()
    }
}

impl Service for ComposedService {
    fn time_alone(&self) -> Option<Duration> {
        Some(ALONE_TIMEOUT)
    }

    async fn answer(
        &self,
        request: Request<ClientBody>,
        timeouts: Timeouts,
        given_up: impl Future<Output = ()> + Send + 'static,
    ) -> Response<ResponseBody> {
        let (head, body) = request.into_parts();
        let page = PageAccess::of(&self.config, &head);
        let response = self.pass(Request::from_parts(head, body), &page, timeouts, given_up).await;
        response.unwrap_or_else(|error| page.apply(error.respond()).map(ResponseBody::from))
    }
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
