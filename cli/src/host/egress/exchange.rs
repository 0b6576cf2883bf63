//! One whole exchange: a request whose body is there, and its response, read to the end.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use super::send;
use crate::host::grant::Grant;

/// Why an exchange has no response.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    /// The response has more bytes than the budget.
    TooLarge,
    /// The request was denied, or the exchange failed.
    Http(Error),
}

impl From<Error> for ExchangeError {
    fn from(error: Error) -> Self {
        Self::Http(error)
    }
}

/// Sends a request under the rules of the grant, and reads its response. The URI of the request is absolute. `take` is asked for the
/// bytes of the headers, and for those of each piece of the body, before they are kept; the exchange ends where it says false.
pub(crate) async fn exchange(
    grant: &Grant,
    request: Request<Bytes>,
    take: impl Fn(usize) -> bool,
) -> Result<Response<Vec<u8>>, ExchangeError> {
    let take = |bytes| if take(bytes) { Ok(()) } else { Err(ExchangeError::TooLarge) };
    let response = send(grant, outgoing(request)?, RequestOptions::default()).await?;
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
    Ok(Response::from_parts(head, body))
}

/// Gives a request the header `host` (RFC 9112 §3.2).
fn outgoing(request: Request<Bytes>) -> Result<Request<WasiBody>, Error> {
    let host = request.uri().authority().and_then(|authority| HeaderValue::try_from(authority.as_str()).ok());
    let host = host.ok_or(Error::HttpRequestUriInvalid)?;
    let mut request = request.map(|body| Full::new(body).map_err(Error::from).boxed_unsync());
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
        Error::Hyper(error) => Ok(error.to_string()),
        other => Err(other),
    }
}
