//! A JSON document of an authorization server, over HTTPS: which URLs are asked, which redirects are followed, which responses count.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use server::{Clock, Fetch, FetchError, FetchLimits, Ports};
use url::{Host, Url};

/// How long a document may be, in bytes: with the time of its fetch it fits into a value of the service `state`.
pub const MAX_DOCUMENT: usize = 512 * 1024 - 64;
/// How many redirects are followed.
const MAX_REDIRECTS: usize = 3;

/// Why an authorization server has given no document. URLs are without user, query and fragment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The shell cannot send HTTP requests.
    #[error("this host sends no HTTP requests of the server's own: pin the keys with `auth.jwks`")]
    NoFetch,
    /// The URL is not one that may be asked.
    #[error("`{url}` {reason}")]
    Url {
        /// The URL.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// There is no response.
    #[error("`{url}`: {error}; check that this host may reach it and that it is up")]
    Fetch {
        /// The URL that was asked.
        url: String,
        /// Why there is none.
        error: FetchError,
    },
    /// The status is not 200.
    #[error("`{url}` answers {status}, not 200: check the URL in a browser")]
    Status {
        /// The URL that was asked.
        url: String,
        /// The status.
        status: u16,
    },
    /// The server redirects to where no redirect is followed.
    #[error("`{url}` redirects {reason}: configure the URL that it should redirect to")]
    Redirect {
        /// The URL that was asked.
        url: String,
        /// What is wrong with the redirect.
        reason: &'static str,
    },
    /// The response is not JSON by its `content-type`.
    #[error(
        "`{url}` does not answer with `content-type: application/json`: check that the URL is not one of a page for people"
    )]
    ContentType {
        /// The URL that was asked.
        url: String,
    },
}

/// How documents are asked for.
#[derive(Clone)]
pub(crate) struct Documents {
    fetch: Option<Arc<dyn Fetch>>,
    clock: Arc<dyn Clock>,
    loopback_http: bool,
}

impl Documents {
    /// With `loopback_http` an address of this machine may be asked without TLS.
    pub(crate) fn new(ports: &Ports, loopback_http: bool) -> Self {
        Self { fetch: ports.fetch.clone(), clock: Arc::clone(&ports.clock), loopback_http }
    }

    /// As [`check_url`].
    pub(crate) fn url(&self, text: &str) -> Result<Url, &'static str> {
        check_url(text, self.loopback_http)
    }

    /// Gets a document until this moment of the monotonic clock. Redirects within the same origin are followed. No credentials are sent.
    pub(crate) async fn get(&self, url: &Url, until_ms: u64) -> Result<Bytes, DocumentError> {
        let mut at = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let request = Request::get(at.as_str()).header(header::ACCEPT, "application/json").body(Bytes::new());
            let response = self.send(&at, request, until_ms).await?;
            if !response.status().is_redirection() {
                return body(&at, response);
            }
            at = redirect(&at, &response)?;
        }
        Err(DocumentError::Redirect { url: redacted(url), reason: "too often" })
    }

    /// Posts a form with the credentials of this server until this moment of the monotonic clock. No redirect is followed.
    pub(crate) async fn post(
        &self,
        url: &Url,
        authorization: http::HeaderValue,
        form: String,
        until_ms: u64,
    ) -> Result<Bytes, DocumentError> {
        let request = Request::post(url.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::AUTHORIZATION, authorization)
            .body(Bytes::from(form));
        body(url, self.send(url, request, until_ms).await?)
    }

    /// The moment of the monotonic clock after this many milliseconds.
    pub(crate) fn after_ms(&self, ms: u32) -> u64 {
        self.clock.monotonic_ms().saturating_add(u64::from(ms))
    }

    /// The monotonic clock, in milliseconds.
    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.monotonic_ms()
    }

    /// Completes after this many milliseconds.
    pub(crate) async fn sleep_ms(&self, ms: u32) {
        self.clock.sleep_ms(ms).await;
    }

    async fn send(
        &self,
        url: &Url,
        request: Result<Request<Bytes>, http::Error>,
        until_ms: u64,
    ) -> Result<Response<Bytes>, DocumentError> {
        let fetch = self.fetch.as_ref().ok_or(DocumentError::NoFetch)?;
        let request =
            request.map_err(|_| DocumentError::Url { url: redacted(url), reason: "cannot be sent in a request" })?;
        let failed = |error| DocumentError::Fetch { url: redacted(url), error };
        let left_ms = until_ms.saturating_sub(self.clock.monotonic_ms());
        if left_ms == 0 {
            return Err(failed(FetchError::TimedOut));
        }
        let timeout_ms = u32::try_from(left_ms).unwrap_or(u32::MAX);
        fetch.fetch(request, FetchLimits { timeout_ms, body_limit: MAX_DOCUMENT }).await.map_err(failed)
    }
}

/// Reads the URL of an authorization server. It must be `https:`, without user and password. The error continues its name.
pub(crate) fn check_url(text: &str, loopback_http: bool) -> Result<Url, &'static str> {
    let mut url = Url::parse(text).map_err(|_| "is not an absolute URL")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must have no user and no password");
    }
    url.set_fragment(None);
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback_http && is_loopback(&url) => Ok(url),
        "http" => Err(
            "must be an `https:` URL: only a server on this machine may be asked by `http:`, with `auth.loopback-http`",
        ),
        _ => Err("must be an `https:` URL"),
    }
}

fn body(url: &Url, response: Response<Bytes>) -> Result<Bytes, DocumentError> {
    if response.status() != StatusCode::OK {
        return Err(DocumentError::Status { url: redacted(url), status: response.status().as_u16() });
    }
    if !is_json(response.headers()) {
        return Err(DocumentError::ContentType { url: redacted(url) });
    }
    let body = response.into_body();
    if body.len() > MAX_DOCUMENT {
        return Err(DocumentError::Fetch { url: redacted(url), error: FetchError::TooLarge });
    }
    Ok(body)
}

/// Where a redirect leads. Another origin would be one that the operator has not named, such as an address within the network.
fn redirect(from: &Url, response: &Response<Bytes>) -> Result<Url, DocumentError> {
    let refused = |reason| DocumentError::Redirect { url: redacted(from), reason };
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let location = location.ok_or_else(|| refused("without a usable `location`"))?;
    let to = from.join(location).map_err(|_| refused("to what is not a URL"))?;
    if to.origin() != from.origin() {
        return Err(refused("to another server"));
    }
    if !to.username().is_empty() || to.password().is_some() {
        return Err(refused("to a URL with a user or a password"));
    }
    Ok(to)
}

/// Whether there is one `content-type`, `application/json` or a type with the suffix of JSON (RFC 6839 §3.1).
fn is_json(headers: &http::HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => Ipv4Addr::is_loopback(&address),
        Some(Host::Ipv6(address)) => Ipv6Addr::is_loopback(&address),
        None => false,
    }
}

/// The URL for people, without what may be secret.
pub(crate) fn redacted(url: &Url) -> String {
    let mut url = url.clone();
    // An error says that the URL can have no user, so that it has none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// The same of a text that may be no URL.
pub(crate) fn redacted_text(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) => redacted(&url),
        Err(_) => {
            let text = text.split(['?', '#']).next().unwrap_or_default();
            text.rsplit('@').next().unwrap_or_default().to_owned()
        }
    }
}
