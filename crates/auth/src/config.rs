//! The configuration of authorization: the values of the section `auth` of the settings table, checked and ready for use.

use std::cell::Cell;

use bytes::Bytes;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use server::{ProtectedResource, is_scope_token};
use settings::{Auth, SettingError};
use url::{Host, Url};

use crate::algorithm;
use crate::claims::ClaimRules;
use crate::fetch_document::{check_url, redacted_text};
use crate::introspection::IntrospectionConfig;
use crate::issuer_keys::{KeySource, KeysConfig};
use crate::key_set::KeySet;
use crate::scopes::{Scopes, ScopesError};

/// How callers are verified.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// The issuers that are trusted, each with its keys or its introspection endpoint.
    pub(crate) issuers: Vec<IssuerConfig>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) scopes: Scopes,
    pub(crate) resource: ProtectedResource,
    pub(crate) cached_tokens: usize,
    loopback_http: bool,
}

/// An issuer that is trusted.
#[derive(Clone, Debug)]
pub(crate) struct IssuerConfig {
    pub(crate) rules: ClaimRules,
    /// Where its keys come from. An issuer without keys is asked about each token.
    pub(crate) keys: Option<KeysConfig>,
    pub(crate) introspection: Option<IntrospectionConfig>,
}

/// What a host can do for the keys of issuers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStorage {
    /// Memory lasts from one request to the next.
    Memory,
    /// An instance lives for one request, and the store of the host is shared by all.
    Store,
    /// An instance lives for one request, and there is no store: keys have to be pinned.
    None,
}

/// An entry of `auth.issuers` that is written as JSON. The names of members are those of RFC 8414 §2 where it has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerEntry {
    issuer: String,
    jwks_uri: Option<String>,
    jwks: Option<Box<RawValue>>,
    audiences: Option<Vec<String>>,
    introspection_endpoint: Option<String>,
    introspection_client_id: Option<String>,
    introspection_client_secret: Option<String>,
}

const ISSUERS: &str = "auth.issuers";
const RESOURCE: &str = "auth.resource";

impl AuthConfig {
    /// Reads every setting of the section `auth`. `get` is asked for names without the section, as in `issuers`; `storage` only where keys
    /// are fetched. None where no issuer is set, so that the server asks for no authorization.
    ///
    /// # Errors
    /// A setting cannot be used, one that is required with another is missing, or the host cannot keep keys as the settings want it to.
    pub fn read<E>(
        get: impl Fn(&str) -> Result<Option<String>, E>,
        storage: impl Fn() -> KeyStorage,
    ) -> Result<Option<Self>, SettingError> {
        let is_any_set = Cell::new(false);
        let auth = Auth::read(|name| {
            let value = get(name)?;
            is_any_set.set(is_any_set.get() || value.is_some());
            Ok::<_, E>(value)
        })?;
        let Some(issuers) = &auth.issuers else {
            return match is_any_set.get() {
                false => Ok(None),
                // A server that was meant to ask for tokens must not be open for lack of one key.
                true => Err(SettingError::Missing { key: ISSUERS, expected: "the URL of an authorization server" }),
            };
        };
        let resource = resource(&auth)?;
        let entries = entries(issuers.reveal(), &auth)?;
        let issuers: Vec<_> =
            entries.into_iter().map(|entry| issuer(entry, &auth, &storage)).collect::<Result<_, _>>()?;
        check_issuers(&issuers)?;
        let (rules, hierarchy) = (auth.scope_rules.as_deref(), auth.scope_hierarchy.as_deref());
        let scopes = Scopes::parse(auth.required_scopes.clone(), rules, hierarchy).map_err(|error| match error {
            ScopesError::Rules => SettingError::Invalid {
                key: "auth.scope-rules",
                expected: "a list by semicolon of at most 256 rules such as `tool:delete_*=files:write`, each for a `tool`, a `resource` or a `prompt`",
            },
            ScopesError::Hierarchy => SettingError::Invalid {
                key: "auth.scope-hierarchy",
                expected: "a list by semicolon such as `files:admin=files:write files:read`",
            },
        })?;
        let algorithms = auth.algorithms.iter().filter_map(|name| algorithm::from_name(name)).collect();
        let cached_tokens = auth.cached_tokens as usize;
        let resource = protected_resource(&resource, &issuers, &auth)?;
        let loopback_http = auth.loopback_http;
        Ok(Some(Self { issuers, algorithms, scopes, resource, cached_tokens, loopback_http }))
    }

    /// Whether an issuer on this machine may be asked, without TLS.
    pub fn allows_loopback(&self) -> bool {
        self.loopback_http
    }

    /// The issuers whose tokens are accepted, for people: without what may be secret.
    pub fn issuers(&self) -> impl Iterator<Item = String> {
        self.issuers.iter().map(|issuer| redacted_text(&issuer.rules.issuer))
    }

    /// Whether requests are sent to an issuer: for its keys, or about its tokens.
    pub fn asks_issuers(&self) -> bool {
        let is_asked = |issuer: &IssuerConfig| {
            let fetches = issuer.keys.as_ref().is_some_and(|keys| !matches!(keys.source, KeySource::Pinned(_)));
            fetches || issuer.introspection.is_some()
        };
        self.issuers.iter().any(is_asked)
    }

    /// The rules about scopes, which decide about each request of a verified caller.
    pub fn scopes(&self) -> Scopes {
        self.scopes.clone()
    }
}

/// The URL of the server (MCP authorization, canonical server URI).
fn resource(auth: &Auth) -> Result<Url, SettingError> {
    let expected = "the URL of this server as its clients use it, such as `https://mcp.example.com/mcp`";
    let text = auth.resource.as_deref().ok_or(SettingError::Missing { key: RESOURCE, expected })?;
    let unusable = |reason: &str| SettingError::Unusable { key: RESOURCE, reason: reason.to_owned() };
    let url = Url::parse(text).map_err(|_| SettingError::Invalid { key: RESOURCE, expected })?;
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => {}
        "http" if is_local => {}
        "http" => return Err(unusable("it must be an `https:` URL unless it is one of this machine")),
        _ => return Err(SettingError::Invalid { key: RESOURCE, expected }),
    }
    if url.fragment().is_some() || url.query().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(unusable("it must have no query, no fragment and no user"));
    }
    Ok(url)
}

/// The issuers as they are written, with the settings that are for a single one.
fn entries(text: &str, auth: &Auth) -> Result<Vec<IssuerEntry>, SettingError> {
    let mut entries: Vec<IssuerEntry> = match text.trim_start().starts_with(['[', '{']) {
        true => {
            protocol::check_json(text).map_err(|_| not_issuers())?;
            // The message of the parser may have a part of the value.
            serde_json::from_str(text).map_err(|_| not_issuers())?
        }
        false => text.split(',').map(|issuer| IssuerEntry::of(issuer.trim())).collect(),
    };
    let (count, single) = (entries.len(), entries.first_mut());
    let settings = [
        ("auth.jwks-uri", auth.jwks_uri.is_some()),
        ("auth.jwks", auth.jwks.is_some()),
        ("auth.introspection-endpoint", auth.introspection_endpoint.is_some()),
        ("auth.introspection-client-id", auth.introspection_client_id.is_some()),
        ("auth.introspection-client-secret", auth.introspection_client_secret.is_some()),
    ];
    if let (2.., Some((key, _))) = (count, settings.iter().find(|(_, is_set)| *is_set)) {
        let reason = "it is for a single issuer: with several, write `auth.issuers` as a JSON array of objects";
        return Err(SettingError::Unusable { key, reason: reason.to_owned() });
    }
    let Some(entry) = single else { return Err(not_issuers()) };
    entry.jwks_uri = entry.jwks_uri.take().or_else(|| auth.jwks_uri.clone());
    if let (None, Some(jwks)) = (&entry.jwks, &auth.jwks) {
        let not_json = |_| SettingError::Invalid { key: "auth.jwks", expected: "a JSON Web Key Set (RFC 7517)" };
        entry.jwks = Some(RawValue::from_string(jwks.clone()).map_err(not_json)?);
    }
    let secret = auth.introspection_client_secret.as_ref().map(|secret| secret.reveal().to_owned());
    let introspection = [
        (&mut entry.introspection_endpoint, auth.introspection_endpoint.clone()),
        (&mut entry.introspection_client_id, auth.introspection_client_id.clone()),
        (&mut entry.introspection_client_secret, secret),
    ];
    for (of_entry, of_settings) in introspection {
        *of_entry = of_entry.take().or(of_settings);
    }
    Ok(entries)
}

fn not_issuers() -> SettingError {
    SettingError::Invalid {
        key: ISSUERS,
        expected: "URLs by comma, or a JSON array of objects with `issuer` and, where needed, `jwks_uri`, `jwks`, `audiences`, `introspection_endpoint`, `introspection_client_id` and `introspection_client_secret`",
    }
}

impl IssuerEntry {
    fn of(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            jwks_uri: None,
            jwks: None,
            audiences: None,
            introspection_endpoint: None,
            introspection_client_id: None,
            introspection_client_secret: None,
        }
    }
}

fn issuer(entry: IssuerEntry, auth: &Auth, storage: &impl Fn() -> KeyStorage) -> Result<IssuerConfig, SettingError> {
    let unusable = |key, reason: String| SettingError::Unusable { key, reason };
    // No error has any part of the value, as what is not a URL may be a secret in the wrong place.
    let url = check_url(&entry.issuer, auth.loopback_http)
        .map_err(|reason| unusable(ISSUERS, format!("an issuer {reason}")))?;
    if url.query().is_some() || entry.issuer.contains('#') {
        return Err(unusable(ISSUERS, "an issuer must have no query and no fragment (RFC 8414 §2)".to_owned()));
    }
    if entry.audiences.iter().flatten().any(String::is_empty) {
        return Err(unusable(ISSUERS, "an audience is empty".to_owned()));
    }
    let audiences = match (entry.audiences, &auth.audiences, &auth.resource) {
        (Some(audiences), ..) if !audiences.is_empty() => audiences,
        (_, audiences, _) if !audiences.is_empty() => audiences.clone(),
        (.., resource) => resource.iter().cloned().collect(),
    };
    let rules = ClaimRules {
        issuer: entry.issuer.clone(),
        audiences,
        clock_skew_s: auth.clock_skew_s,
        roles_claims: auth.roles_claims.clone(),
        groups_claims: auth.groups_claims.clone(),
    };
    let introspection =
        match (entry.introspection_endpoint, entry.introspection_client_id, entry.introspection_client_secret) {
            (None, None, None) => None,
            (Some(endpoint), Some(client_id), Some(client_secret)) => {
                let key = "auth.introspection-endpoint";
                check_url(&endpoint, auth.loopback_http).map_err(|reason| unusable(key, format!("it {reason}")))?;
                Some(IntrospectionConfig {
                    endpoint,
                    client_id,
                    client_secret,
                    cache_s: auth.introspection_cache_s,
                    timeout_ms: auth.fetch_timeout_ms,
                    loopback_http: auth.loopback_http,
                })
            }
            (endpoint, client_id, _) => {
                let (key, expected) = match (endpoint, client_id) {
                    (None, _) => ("auth.introspection-endpoint", "the URL of the introspection endpoint"),
                    (_, None) => {
                        ("auth.introspection-client-id", "the name of this server at the introspection endpoint")
                    }
                    _ => {
                        ("auth.introspection-client-secret", "the secret of this server at the introspection endpoint")
                    }
                };
                return Err(SettingError::Missing { key, expected });
            }
        };
    let source = match (entry.jwks, entry.jwks_uri) {
        (Some(jwks), _) => Some(KeySource::Pinned(pinned(jwks.get())?)),
        (None, Some(url)) => Some(KeySource::JwksUri(url)),
        (None, None) if introspection.is_some() => None,
        (None, None) => Some(KeySource::Discovery),
    };
    // Whether there is a store is asked only where keys are fetched.
    let storage = match source {
        None | Some(KeySource::Pinned(_)) => KeyStorage::Memory,
        Some(_) => storage(),
    };
    let keys = source.map(|source| KeysConfig {
        issuer: entry.issuer,
        source,
        refresh_s: auth.keys_refresh_s,
        refetch_interval_s: auth.keys_refetch_interval_s,
        keep_s: auth.keys_keep_s,
        timeout_ms: auth.fetch_timeout_ms,
        loopback_http: auth.loopback_http,
        shared: storage == KeyStorage::Store,
    });
    if let Some(keys) = &keys {
        keys.check().map_err(|error| unusable("auth.jwks-uri", error.to_string()))?;
        if storage == KeyStorage::None {
            let reason = "it is not set, and an instance on this host lives for one request and has no store: each request would fetch the keys of the issuer. Pin them here";
            return Err(unusable("auth.jwks", reason.to_owned()));
        }
    }
    Ok(IssuerConfig { rules, keys, introspection })
}

/// Pinned keys, of which one at least must be usable.
fn pinned(jwks: &str) -> Result<KeySet, SettingError> {
    let unusable = |reason: String| SettingError::Unusable { key: "auth.jwks", reason };
    let keys = KeySet::parse(jwks.as_bytes()).map_err(|error| unusable(error.to_string()))?;
    if keys.is_empty() {
        let reasons: Vec<String> = keys.skipped().iter().take(4).map(|key| key.reason.to_string()).collect();
        let reasons = if reasons.is_empty() { "there is none".to_owned() } else { reasons.join("; ") };
        return Err(unusable(format!("no key can be used: {reasons}")));
    }
    Ok(keys)
}

fn check_issuers(issuers: &[IssuerConfig]) -> Result<(), SettingError> {
    let unusable = |reason: &str| Err(SettingError::Unusable { key: ISSUERS, reason: reason.to_owned() });
    let mut names: Vec<_> = issuers.iter().map(|issuer| &issuer.rules.issuer).collect();
    names.sort_unstable();
    if names.array_windows().any(|[one, next]| one == next) {
        return unusable("an issuer is there twice");
    }
    // A token that does not say who made it would be told to every one of them.
    if issuers.iter().filter(|issuer| issuer.introspection.is_some()).count() > 1 {
        return unusable("only one issuer can have an introspection endpoint");
    }
    Ok(())
}

/// What clients learn of the server (RFC 9728 §2, §3.1).
fn protected_resource(
    resource: &Url,
    issuers: &[IssuerConfig],
    auth: &Auth,
) -> Result<ProtectedResource, SettingError> {
    for (key, scopes) in
        [("auth.required-scopes", &auth.required_scopes), ("auth.scopes-supported", &auth.scopes_supported)]
    {
        if !scopes.iter().all(|scope| is_scope_token(scope)) {
            return Err(SettingError::Invalid {
                key,
                expected: "scopes by space, of printable ASCII without quotes and backslashes",
            });
        }
    }
    let path = resource.path();
    let suffix = if path == "/" { "" } else { path };
    let metadata_url =
        format!("{}/.well-known/oauth-protected-resource{suffix}", resource.origin().ascii_serialization());
    let supported = if auth.scopes_supported.is_empty() { &auth.required_scopes } else { &auth.scopes_supported };
    let issuers: Vec<&str> = issuers.iter().map(|issuer| issuer.rules.issuer.as_str()).collect();
    // The text of the operator, since a client compares it with the URL that it uses.
    let mut metadata = json!({
        "resource": auth.resource,
        "authorization_servers": issuers,
        "bearer_methods_supported": ["header"],
    });
    if let (false, Some(members)) = (supported.is_empty(), metadata.as_object_mut()) {
        members.insert("scopes_supported".to_owned(), json!(supported));
    }
    let scopes = if auth.required_scopes.is_empty() { supported } else { &auth.required_scopes };
    Ok(ProtectedResource {
        metadata_url,
        path: path.to_owned(),
        metadata: Bytes::from(metadata.to_string()),
        scopes: scopes.clone(),
    })
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
