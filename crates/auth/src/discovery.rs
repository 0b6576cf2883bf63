//! Where the keys of an issuer are, by its metadata (RFC 8414; OpenID Connect Discovery 1.0; MCP authorization, server metadata
//! discovery).

use serde::Deserialize;
use url::Url;

use crate::fetch_document::{DocumentError, Documents, redacted, redacted_text};

/// Why the metadata of an issuer does not say where its keys are. URLs are without user, query and fragment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// The issuer cannot be the identifier of an authorization server (RFC 8414 §2).
    #[error("the issuer `{url}` {reason}")]
    Issuer {
        /// The issuer.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// There is no metadata at any of the places where it may be.
    #[error("there is no metadata: {error}; where the issuer has none, set `auth.jwks-uri`")]
    NoMetadata {
        /// What happened at the last of the places.
        error: DocumentError,
    },
    /// The document is not the JSON of metadata, or has a member twice.
    #[error("the metadata at `{url}` cannot be read: it must be a JSON object with the texts `issuer` and `jwks_uri`")]
    NotMetadata {
        /// The URL of the metadata.
        url: String,
    },
    /// The metadata is that of another issuer (RFC 8414 §3.3).
    #[error(
        "the metadata at `{url}` is not of this issuer: its `issuer` and the one of `auth.issuers` must be equal letter by letter"
    )]
    OtherIssuer {
        /// The URL of the metadata.
        url: String,
    },
    /// The metadata has no `jwks_uri`.
    #[error("the metadata at `{url}` has no `jwks_uri`: set `auth.jwks-uri` or pin the keys with `auth.jwks`")]
    NoJwksUri {
        /// The URL of the metadata.
        url: String,
    },
    /// The `jwks_uri` of the metadata may not be asked.
    #[error("the `jwks_uri` of the metadata at `{url}` {reason}")]
    JwksUri {
        /// The URL of the metadata.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// What is read of the metadata. A member that comes twice is an error.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: Option<String>,
}

/// The `jwks_uri` of an issuer, asked for until this moment of the monotonic clock. A place that has no metadata of this issuer is
/// passed over; a server that cannot be reached is not asked for another place.
pub(crate) async fn jwks_uri(documents: &Documents, issuer: &str, until_ms: u64) -> Result<Url, DiscoveryError> {
    let mut telling = None;
    for url in places(documents, issuer)? {
        let error = match documents.get(&url, until_ms).await {
            Ok(document) => match read(documents, &url, issuer, &document) {
                Ok(jwks_uri) => return Ok(jwks_uri),
                Err(error) => error,
            },
            Err(error @ (DocumentError::NoFetch | DocumentError::Fetch { .. } | DocumentError::Url { .. })) => {
                return Err(DiscoveryError::NoMetadata { error });
            }
            Err(error) => DiscoveryError::NoMetadata { error },
        };
        // Metadata that is wrong tells more than metadata that is not there.
        if matches!(telling, None | Some(DiscoveryError::NoMetadata { .. })) {
            telling = Some(error);
        }
    }
    Err(telling.unwrap_or(DiscoveryError::Issuer { url: redacted_text(issuer), reason: "has no place for metadata" }))
}

/// The places of the metadata, in the order of MCP authorization: OAuth with the path inserted, OpenID with the path inserted, OpenID
/// with the path before.
fn places(documents: &Documents, issuer: &str) -> Result<Vec<Url>, DiscoveryError> {
    let refused = |reason| DiscoveryError::Issuer { url: redacted_text(issuer), reason };
    let url = documents.url(issuer).map_err(refused)?;
    if issuer.contains(['?', '#']) {
        return Err(refused("must have no query and no fragment"));
    }
    let path = url.path().trim_end_matches('/');
    let at = |path: String| {
        let mut place = url.clone();
        place.set_path(&path);
        place
    };
    let mut places = vec![
        at(format!("/.well-known/oauth-authorization-server{path}")),
        at(format!("/.well-known/openid-configuration{path}")),
    ];
    if !path.is_empty() {
        places.push(at(format!("{path}/.well-known/openid-configuration")));
    }
    Ok(places)
}

fn read(documents: &Documents, url: &Url, issuer: &str, document: &[u8]) -> Result<Url, DiscoveryError> {
    let metadata: Metadata =
        serde_json::from_slice(document).map_err(|_| DiscoveryError::NotMetadata { url: redacted(url) })?;
    if metadata.issuer != issuer {
        return Err(DiscoveryError::OtherIssuer { url: redacted(url) });
    }
    let jwks_uri = metadata.jwks_uri.ok_or_else(|| DiscoveryError::NoJwksUri { url: redacted(url) })?;
    documents.url(&jwks_uri).map_err(|reason| DiscoveryError::JwksUri { url: redacted(url), reason })
}
