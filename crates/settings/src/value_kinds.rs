//! The kinds of values that settings have: how a text becomes a typed value, and what an error says that it should be.

use std::collections::BTreeSet;
use std::fmt;

use crate::allowed_host::AllowedHost;
use crate::allowed_origin::AllowedOrigin;
use crate::view::{View, views};

/// A kind of values.
pub(crate) struct Kind<T> {
    /// What a value is, after "is not": `a whole number from 1 to 2147483647`.
    pub(crate) expected: &'static str,
    /// Reads a value. It is `None` where the text is not of this kind.
    pub(crate) parse: fn(&str) -> Option<T>,
}

/// A link to a provider, as an operator names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderLink {
    /// The name of the link.
    pub link: String,
    /// The prefix of the names that clients see.
    pub prefix: Option<String>,
}

const WHOLE_NUMBER: &str = "a whole number from 1 to 2147483647";

/// A number of things, or of milliseconds.
pub(crate) const NUMBER: Kind<u32> = Kind { expected: WHOLE_NUMBER, parse: number };

/// A number of bytes.
pub(crate) const BYTES: Kind<usize> =
    Kind { expected: WHOLE_NUMBER, parse: |text| number(text).and_then(|bytes| usize::try_from(bytes).ok()) };

/// A text that no log and no error shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

/// Any text, which may be a password.
pub(crate) const SECRET: Kind<Option<Secret>> =
    Kind { expected: "a text", parse: |text| Some(Some(Secret(text.to_owned()))) };

/// Any text.
pub(crate) const TEXT: Kind<Option<String>> = Kind { expected: "a text", parse: |text| Some(Some(text.to_owned())) };

/// Texts by comma.
pub(crate) const LIST: Kind<Vec<String>> =
    Kind { expected: "a list of texts by comma", parse: |text| list(text, non_empty) };

/// Words by space, such as scopes.
pub(crate) const WORDS: Kind<Vec<String>> =
    Kind { expected: "words by space", parse: |text| Some(text.split_ascii_whitespace().map(str::to_owned).collect()) };

/// Algorithms of signatures (RFC 7518 §3.1, RFC 8037 §3.1), none of which uses a shared secret.
pub(crate) const ALGORITHMS: Kind<Vec<&'static str>> = Kind {
    expected: "a list by comma of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA",
    parse: |text| list(text, |name| SIGNATURE_ALGORITHMS.iter().find(|known| **known == name).copied()),
};

/// Every algorithm that a token may be signed with.
pub const SIGNATURE_ALGORITHMS: &[&str] =
    &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

/// A truth value.
pub(crate) const TRUTH: Kind<bool> = Kind { expected: "`true` or `false`", parse: |text| text.trim().parse().ok() };

/// The difference of two clocks, in seconds.
pub(crate) const CLOCK_SKEW: Kind<u32> = Kind {
    expected: "a whole number from 0 to 300",
    parse: |text| text.trim().parse().ok().filter(|seconds| *seconds <= 300),
};

/// Names that a `Host` header may have.
pub(crate) const HOSTS: Kind<Vec<AllowedHost>> = Kind {
    expected: "a list of hosts by comma, such as `example.com`, `*.example.com`, `example.com:8443`, `[fd00::1]:*` or `*`",
    parse: |text| list(text, AllowedHost::parse),
};

/// Origins of web pages.
pub(crate) const ORIGINS: Kind<Vec<AllowedOrigin>> = Kind {
    expected: "a list of origins by comma, such as `https://example.com`, `https://*.example.com`, `http://10.0.0.1:*` or `*`",
    parse: |text| list(text, AllowedOrigin::parse),
};

/// What a client is told that may not do something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Denials {
    /// What it would be told if the item did not exist.
    #[default]
    Hidden,
    /// That it may not.
    Forbidden,
}

/// How a denial is told.
pub(crate) const DENIALS: Kind<Denials> = Kind {
    expected: "`hidden` or `forbidden`",
    parse: |text| match text.trim() {
        "hidden" => Some(Denials::Hidden),
        "forbidden" => Some(Denials::Forbidden),
        _ => None,
    },
};

/// Names of headers (RFC 9110 §5.1), in lower case. That of the token is none of them.
pub(crate) const HEADERS: Kind<Vec<String>> = Kind {
    expected: "a list of header names by comma, without `authorization` and `cookie`",
    parse: |text| list(text, header_name),
};

fn header_name(text: &str) -> Option<String> {
    let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let name = text.to_ascii_lowercase();
    let is_secret = ["authorization", "proxy-authorization", "cookie"].contains(&name.as_str());
    (!name.is_empty() && name.bytes().all(is_name_byte) && !is_secret).then_some(name)
}

/// Views.
pub(crate) const VIEWS: Kind<Vec<View>> = Kind {
    expected: "views by semicolon, each a name of letters, digits, `-` and `_`, an equals sign and selectors by space: `reports=provider:sales tool:get_*; safe=annotation:readOnlyHint; all=search_tools provider:*`",
    parse: views,
};

/// Links to providers, in the order in which their lists are joined.
pub(crate) const PROVIDER_LINKS: Kind<Vec<ProviderLink>> = Kind {
    expected: "a list of different link names, each with or without a prefix: `notes,search=s.`",
    parse: provider_links,
};

/// The contract carries milliseconds as numbers below 2^31, and no limit of the server is zero.
fn number(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|number| (1..1 << 31).contains(number))
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn list<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|entry| parse(entry.trim())).collect()
}

fn provider_links(text: &str) -> Option<Vec<ProviderLink>> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let mut seen = BTreeSet::new();
    let mut links = Vec::new();
    for entry in text.split(',').map(str::trim) {
        let (link, prefix) = match entry.split_once('=') {
            Some((_, "")) => return None,
            Some((link, prefix)) => (link, Some(prefix.to_owned())),
            None => (entry, None),
        };
        if link.is_empty() || !link.bytes().all(legal) || !seen.insert(link) {
            return None;
        }
        links.push(ProviderLink { link: link.to_owned(), prefix });
    }
    Some(links)
}
