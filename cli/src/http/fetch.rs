//! The port [`Fetch`]: HTTP requests of the server's own, under the same rules of egress as those of a provider.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_service::Budget;
use server::{BoxFuture, Fetch, FetchError, FetchLimits};
use tokio::time::timeout;
use wasmtime_wasi_http::Error;

use crate::host::{Caller, Egress, ExchangeError, Grant, connection_failure, exchange, is_timeout};

/// Sends requests to the places that the rules name, and to no other.
pub(crate) struct HttpFetch {
    grant: Arc<Grant>,
}

impl HttpFetch {
    pub(crate) fn new(egress: Egress) -> Self {
        Self { grant: Arc::new(Grant { egress, ..Grant::nothing("transport") }) }
    }
}

impl Fetch for HttpFetch {
    fn fetch(
        &self,
        request: http::Request<Bytes>,
        limits: FetchLimits,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, FetchError>> {
        Box::pin(async move {
            let host = request.uri().host().ok_or(FetchError::Invalid("URI"))?.to_owned();
            let budget = Budget::new(limits.body_limit);
            // These requests are the server's own, and no call's.
            let response = exchange(Caller { grant: &self.grant, request: None }, request, &budget, |_| true);
            let response = timeout(Duration::from_millis(limits.timeout_ms.into()), response).await;
            let response = response.map_err(|_| FetchError::TimedOut)?;
            Ok(response.map_err(|error| fetch_error(error, host))?.map(Bytes::from))
        })
    }
}

fn fetch_error(error: ExchangeError, host: String) -> FetchError {
    match error {
        ExchangeError::TooLarge | ExchangeError::NoMemory => FetchError::TooLarge,
        ExchangeError::Http(Error::HttpRequestDenied | Error::DestinationIpProhibited) => FetchError::Denied(host),
        ExchangeError::Http(Error::HttpRequestUriInvalid) => FetchError::Invalid("URI"),
        ExchangeError::Http(error) if is_timeout(&error) => FetchError::TimedOut,
        ExchangeError::Http(error) => {
            FetchError::Unreachable(connection_failure(error).unwrap_or_else(|other| other.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that reads the head of one request, and answers with these bytes if there are any.
    async fn server(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        tokio::spawn(async move {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.expect("a request"));
            }
            let _ = stream.write_all(answer.as_bytes()).await;
            // The connection stays open until the client closes it.
            let _ = stream.read_u8().await;
        });
        address
    }

    async fn fetch(rules: &str, url: &str, limits: FetchLimits) -> Result<http::Response<Bytes>, FetchError> {
        let egress = Egress::new(rules.split_whitespace().map(|rule| rule.parse().expect(rule)).collect());
        let request = http::Request::get(url).body(Bytes::new()).expect(url);
        HttpFetch::new(egress).fetch(request, limits).await
    }

    #[tokio::test]
    async fn the_whole_response_comes_within_the_limits_and_the_rules() {
        const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nkeys";
        const MINUTE: FetchLimits = FetchLimits { timeout_ms: 60_000, body_limit: 1000 };
        for (rules, answer, limits, expected) in [
            ("127.0.0.1:*", OK, MINUTE, Ok("keys")),
            ("", OK, MINUTE, Err(FetchError::Denied("127.0.0.1".to_owned()))),
            ("*:*", OK, MINUTE, Err(FetchError::Denied("127.0.0.1".to_owned()))),
            ("127.0.0.1:*", OK, FetchLimits { body_limit: 3, ..MINUTE }, Err(FetchError::TooLarge)),
            ("127.0.0.1:*", "", FetchLimits { timeout_ms: 20, ..MINUTE }, Err(FetchError::TimedOut)),
        ] {
            let url = format!("http://{}/keys", server(answer).await);
            let result = fetch(rules, &url, limits).await;
            let body = result.map(|response| String::from_utf8_lossy(response.body()).into_owned());
            assert_eq!(body, expected.map(str::to_owned), "{rules} {limits:?}");
        }
        let relative = fetch("*", "/keys", MINUTE).await;
        assert_eq!(relative.map(|_| ()), Err(FetchError::Invalid("URI")));
        let lost = fetch("127.0.0.1:*", &format!("http://{}/", server("no HTTP\r\n\r\n").await), MINUTE).await;
        assert!(matches!(lost, Err(FetchError::Unreachable(_))), "{lost:?}");
    }
}
