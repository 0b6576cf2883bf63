//! The table. A new setting is a row here, and the code that uses its field; `docs/settings.md` repeats the row.

use crate::host::AllowedHost;
use crate::kind::ProviderLink;
use crate::origin::AllowedOrigin;
use crate::section::{Setting, section};

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
        "how many attempts a call has that may run more than once";
    "result-limit" result_limit: usize, BYTES = 8388608 =>
        "the largest result of a provider, in bytes; the response limit of each provider lets no more than 8 MiB pass";
}

/// Every row of the table, in its order.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    Transport::ROWS.iter().chain(Router::ROWS)
}

/// The names of the settings of a section, as in `body-limit` for `transport`.
pub fn names(section: &str) -> Vec<&'static str> {
    all().filter(|setting| setting.section == section).map(|setting| setting.name).collect()
}
