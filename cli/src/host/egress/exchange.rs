//! One whole exchange: a request whose body is there, and its response, read to the end.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body_util::BodyExt;
use http_service::Budget;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use super::Caller;
use super::hooks::send_holding;
use super::resend::body_of;

/// Why an exchange has no response.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    /// The response has more bytes than the budget.
    TooLarge,
    /// There is no memory for the response.
    NoMemory,
    /// The request was denied, or the exchange failed.
    Http(Error),
}

impl From<Error> for ExchangeError {
    fn from(error: Error) -> Self {
        Self::Http(error)
    }
}

/// Sends a request under the rules of its component, and reads its response. The URI of the request is absolute. The bytes of the headers,
/// and those of each piece of the body, are taken out of the budget before they are kept; the exchange ends if too few are left, or if there is
/// no memory for all that was taken.
pub(crate) async fn exchange(
    caller: Caller<'_>,
    request: Request<Bytes>,
    budget: &Budget,
    has_memory_for: impl Fn(usize) -> bool,
) -> Result<Response<Vec<u8>>, ExchangeError> {
    let mut reserved = budget.reserve();
    let mut take = |bytes| match reserved.take(bytes) {
        true if has_memory_for(budget.taken()) => Ok(()),
        true => Err(ExchangeError::NoMemory),
        false => Err(ExchangeError::TooLarge),
    };
    let body = request.body().clone();
    let response = send_holding(caller, outgoing(request)?, Some(body), RequestOptions::default()).await?;
    take(size(response.headers()))?;
    let (head, mut incoming) = response.into_parts();
    let mut body = Vec::new();
    while let Some(frame) = incoming.frame().await {
        // A frame that has no data has trailers, which no caller reads.
        if let Ok(data) = frame?.into_data() {
            take(data.len())?;
            body.extend_from_slice(&data);
        }
    }
    reserved.keep();
    Ok(Response::from_parts(head, body))
}

/// Gives a request the header `host` (RFC 9112 §3.2).
fn outgoing(request: Request<Bytes>) -> Result<Request<WasiBody>, Error> {
    let host = request.uri().authority().and_then(|authority| HeaderValue::try_from(authority.as_str()).ok());
    let host = host.ok_or(Error::HttpRequestUriInvalid)?;
    let mut request = request.map(body_of);
    request.headers_mut().insert(header::HOST, host);
    Ok(request)
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().fold(0, |size, (name, value)| size.saturating_add(name.as_str().len() + value.len()))
}

/// Whether an exchange failed because something took too long.
pub(crate) fn is_timeout(error: &Error) -> bool {
    matches!(
        error,
        Error::DnsTimeout
            | Error::ConnectionTimeout
            | Error::ConnectionReadTimeout
            | Error::ConnectionWriteTimeout
            | Error::HttpResponseTimeout
    )
}

/// Why there was no connection, or why it ended too early; the error itself where it is another one.
pub(crate) fn connection_failure(error: Error) -> Result<String, Error> {
    match error {
        Error::DnsError { .. } | Error::DestinationNotFound => Ok("its name is not known".to_owned()),
        Error::Connect(error) => Ok(error.to_string()),
        Error::Tls(error) => Ok(format!("TLS failed: {error}")),
        Error::Hyper(error) => Ok(with_causes(&error)),
        other => Err(other),
    }
}

/// An error and what caused it: those of hyper say what it was doing, and leave the reason to their causes.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::host::egress::Egress;
    use crate::host::egress::hooks::send;
    use crate::host::grant::Grant;

    /// A server that answers the first request on each connection with a body of two bytes.
    async fn server() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.expect("a request"));
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await.expect("a client");
                open.push(stream);
            }
        });
        address
    }

    #[tokio::test]
    async fn a_connection_is_active_until_the_body_of_its_response_ends_or_is_dropped() {
        for is_read in [true, false] {
            let address = server().await;
            let egress = Egress::new(vec![address.parse().expect("a rule")]);
            let grant = Grant { egress, ..Grant::nothing("test") };
            let free = grant.active_connections.available_permits();
            let request = Request::get(format!("http://{address}/")).body(Bytes::new()).expect("a request");
            let request = outgoing(request).expect("an authority");
            let caller = Caller { grant: &grant, request: None };
            let response = send(caller, request, RequestOptions::default()).await.expect("a response");
            assert_eq!(grant.active_connections.available_permits(), free - 1, "while the body is unread");
            let mut body = response.into_body();
            if is_read {
                while body.frame().await.is_some() {}
            } else {
                drop(body);
            }
            assert_eq!(grant.active_connections.available_permits(), free, "read: {is_read}");
        }
    }

    #[tokio::test]
    async fn a_connection_that_breaks_off_is_told_with_its_cause() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            // A server that closes a connection of which it has not read everything resets it.
            let _ = stream.read_u8().await;
        });
        let grant =
            Grant { egress: Egress::new(vec![address.to_string().parse().expect("a rule")]), ..Grant::nothing("test") };
        let request = Request::get(format!("http://{address}/")).body(Bytes::new()).expect("a request");
        let failed = exchange(Caller { grant: &grant, request: None }, request, &Budget::new(1000), |_| true).await;
        let Err(ExchangeError::Http(error)) = failed else { panic!("{failed:?}") };
        let said = connection_failure(error).expect("a connection failed");
        assert!(said.starts_with("connection error: ") && said.contains("reset"), "{said}");
    }
}
