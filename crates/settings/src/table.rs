//! The table. A new setting is a row here, and the code that uses its field; `docs/settings.md` repeats the row.

use crate::allowed_host::AllowedHost;
use crate::allowed_origin::AllowedOrigin;
use crate::row::{Setting, section};
use crate::value_kinds::{Denials, ProviderLink, SIGNATURE_ALGORITHMS, Secret};
use crate::view::View;

section! {
    /// How a server behaves, whatever its providers are.
    Transport, "transport", Everywhere;

    "allowed-hosts" allowed_hosts: Vec<AllowedHost>, HOSTS = Vec::new(), "loopback names" =>
        "more names that a `Host` header may have, by comma: `example.com`, `*.example.com`, `example.com:8443`, `fd00::1`, `[fd00::1]:8080`, `*`; without a port, or with `:*`, at any port";
    "allowed-origins" allowed_origins: Vec<AllowedOrigin>, ORIGINS = Vec::new(), "loopback pages" =>
        "more web pages that may call, by comma: `https://app.example.com`, `https://*.example.com`, `http://10.0.0.1:*`, `*`; without a port, at that of the scheme";
    "body-limit" body_limit: usize, BYTES = 4194304 =>
        "the largest request body, in bytes";
    "result-limit" result_limit: usize, BYTES = 16777216 =>
        "the largest result as the client gets it, in bytes, and the most that all events of one leg may have; the limits of a provider count what it passes on, which is shorter than its JSON";
    "call-timeout-ms" call_timeout_ms: u32, NUMBER = 30000 =>
        "how long one leg of a call may take, in milliseconds; the provider learns the limit. A long tool has many legs, and reports its progress between them";
    "total-timeout-ms" total_timeout_ms: u32, NUMBER = 600000 =>
        "how long a request may take with all legs of its call, in milliseconds";
    "max-legs" max_legs: u32, NUMBER = 1000 =>
        "how many legs a call may have";
    "views" views: Vec<View>, VIEWS = Vec::new(), "none" =>
        "named parts of what the server has, each at `/mcp/NAME`, by semicolon: `reports=provider:sales tool:get_*; safe=annotation:readOnlyHint; all=search_tools provider:*`. With `search_tools` a view lists two tools, `search_tools` and `call_tool`, instead of its own";
    "name" name: Option<String>, TEXT = None, "the provider's" =>
        "the name by which the server introduces itself";
    "version" version: Option<String>, TEXT = None, "the provider's" =>
        "the version that the server says it has";
    "title" title: Option<String>, TEXT = None, "the provider's" =>
        "the title of the server, for people";
    "instructions" instructions: Option<String>, TEXT = None, "the providers'" =>
        "what the server tells a model about its use";
}

section! {
    /// Who may call: the server as an OAuth 2.1 resource server. Without `issuers` every caller may.
    Auth, "auth", Everywhere;

    "issuers" issuers: Option<Secret>, SECRET = None, "none, so that every client may call" =>
        "the authorization servers whose tokens are accepted: their URLs by comma, or a JSON array of objects with `issuer` and, where they differ from the settings below, `jwks_uri`, `jwks`, `audiences`, `introspection_endpoint`, `introspection_client_id` and `introspection_client_secret`";
    "resource" resource: Option<String>, TEXT = None, "required with `auth.issuers`" =>
        "the URL of this server as clients use it: `https://mcp.example.com/mcp`. Tokens must be made for it";
    "audiences" audiences: Vec<String>, LIST = Vec::new(), "`auth.resource`" =>
        "what the claim `aud` of a token may name instead, by comma, for an issuer that cannot name the resource";
    "algorithms" algorithms: Vec<&'static str>, ALGORITHMS = SIGNATURE_ALGORITHMS.to_vec(), "all of these" =>
        "the algorithms that tokens may be signed with, by comma: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA";
    "jwks-uri" jwks_uri: Option<String>, TEXT = None, "from the issuer's metadata" =>
        "where the keys of the only issuer are";
    "jwks" jwks: Option<String>, TEXT = None, "fetched" =>
        "the keys of the only issuer, as a JSON Web Key Set: no key is fetched then. Hosts without a store need it";
    "introspection-endpoint" introspection_endpoint: Option<String>, TEXT = None, "tokens are JWTs" =>
        "where the only issuer is asked about a token that is no JWT (RFC 7662). With neither `auth.jwks` nor `auth.jwks-uri` the server has no keys of that issuer, and asks it about its JWTs too, whatever `auth.algorithms` says";
    "introspection-client-id" introspection_client_id: Option<String>, TEXT = None, "required with the endpoint" =>
        "the name of this server at that endpoint";
    "introspection-client-secret" introspection_client_secret: Option<Secret>, SECRET = None, "required with the endpoint" =>
        "its secret there";
    "introspection-cache-s" introspection_cache_s: u32, NUMBER = 30 =>
        "how long its answer about a token counts, in seconds";
    "required-scopes" required_scopes: Vec<String>, WORDS = Vec::new(), "none" =>
        "the scopes that every request needs, by space";
    "scopes-supported" scopes_supported: Vec<String>, WORDS = Vec::new(), "`auth.required-scopes`" =>
        "the scopes that the metadata of this server names, by space: those for its basic use";
    "scope-rules" scope_rules: Option<String>, TEXT = None, "none" =>
        "the scopes that a tool, resource or prompt needs beside them, by semicolon: `tool:delete_*=files:write; resource:file:///*=files:read; prompt:*=prompts`. `*` is any text; all rules that match count";
    "scope-hierarchy" scope_hierarchy: Option<String>, TEXT = None, "none" =>
        "scopes that include others, by semicolon: `files:admin=files:write files:read`";
    "roles-claims" roles_claims: Vec<String>, LIST = vec!["roles".to_owned(), "realm_access.roles".to_owned()], "roles,realm_access.roles" =>
        "the claims that have the caller's roles, by comma, with a dot between the levels";
    "groups-claims" groups_claims: Vec<String>, LIST = vec!["groups".to_owned()], "groups" =>
        "the claims that have the caller's groups";
    "clock-skew-s" clock_skew_s: u32, CLOCK_SKEW = 60 =>
        "by how much the clock of an issuer may differ from that of this server, in seconds";
    "keys-refresh-s" keys_refresh_s: u32, NUMBER = 600 =>
        "after how long keys are fetched again, in seconds";
    "keys-refetch-interval-s" keys_refetch_interval_s: u32, NUMBER = 10 =>
        "how often an unknown key or a failure makes the server fetch them before that: once in this many seconds";
    "keys-keep-s" keys_keep_s: u32, NUMBER = 86400 =>
        "how long keys are used while no newer ones can be fetched, in seconds";
    "fetch-timeout-ms" fetch_timeout_ms: u32, NUMBER = 5000 =>
        "how long an issuer may take to answer, in milliseconds";
    "cached-tokens" cached_tokens: u32, NUMBER = 10000 =>
        "of how many verified tokens the server remembers a keyed hash, so as not to verify them again";
    "loopback-http" loopback_http: bool, TRUTH = false =>
        "whether an issuer on this machine may be reached without TLS: for tests";
}

section! {
    /// What callers may do and see: a policy in Rego, and how it is used.
    Policy, "policy", Everywhere;

    "rego" rego: Option<String>, TEXT = None, "none" =>
        "the text of a policy, for a server that has none from a folder. A composed file obeys it where it was composed with `--auth`, and refuses to serve otherwise";
    "data" data: Option<String>, TEXT = None, "none" =>
        "the data of that policy, a JSON object: `data` in its rules";
    "headers" headers: Vec<String>, HEADERS = Vec::new(), "none" =>
        "the headers of a request that policies see as `input.request.headers`, by comma. They are what a client says, and prove nothing";
    "denials" denials: Denials, DENIALS = Denials::Hidden, "hidden" =>
        "what a client is told that may not do something: `hidden`, the same as if it did not exist, or `forbidden`, 403, by which audits can tell the two";
    "log-arguments" log_arguments: bool, TRUTH = false =>
        "whether the log of decisions has the arguments of calls, without those whose names say that they are secret and those that the policy redacts";
    "log-decisions" log_decisions: bool, TRUTH = false =>
        "whether a composed file or a lattice writes a line of JSON for each decision about a call to its standard error; `wasmcp serve` takes `--decision-log` for its providers";
}

section! {
    /// Which providers a router has, and its timeouts and limits.
    Router, "router", Lattice;

    "providers" providers: Vec<ProviderLink>, PROVIDER_LINKS = Vec::new(), required =>
        "the links to the providers, in order, by comma: `NAME`, or `NAME=PREFIX` for a prefix of its tools";
    "list-timeout-ms" list_timeout_ms: u32, NUMBER = 5000 =>
        "how long a provider may take to say what it has, in milliseconds";
    "accept-timeout-ms" accept_timeout_ms: u32, NUMBER = 50 =>
        "how long to wait at first for a host to accept a call, in milliseconds, before it is offered again";
    "retry-after-ms" retry_after_ms: u32, NUMBER = 2000 =>
        "after how long without an answer another attempt begins, in milliseconds, where a call may run more than once";
    "attempts" attempts: u32, NUMBER = 3 =>
        "how many attempts a call has that may run more than once; those that no host accepts do not count, and with 1 it is sent once";
    "result-limit" result_limit: usize, BYTES = 8388608 =>
        "the largest result of a provider, in bytes; the response limit of each provider lets no more than 8 MiB pass";
}

/// Every row of the table, in its order.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    Transport::ROWS.iter().chain(Auth::ROWS).chain(Policy::ROWS).chain(Router::ROWS)
}

/// The names of the settings of a section, as in `body-limit` for `transport`.
pub fn names(section: &str) -> Vec<&'static str> {
    all().filter(|setting| setting.section == section).map(|setting| setting.name).collect()
}
