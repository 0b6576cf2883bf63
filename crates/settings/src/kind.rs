//! The kinds of values that settings have: how a text becomes a typed value, and what an error says that it should be.

use std::collections::BTreeSet;

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

/// Any text.
pub(crate) const TEXT: Kind<Option<String>> = Kind { expected: "a text", parse: |text| Some(Some(text.to_owned())) };

/// Names that a `Host` header may have, in lower case.
pub(crate) const HOSTS: Kind<Vec<String>> = Kind {
    expected: "a list of host names with or without a port, or `*`",
    parse: |text| list(text, |host| !host.contains(['/', '@', ' '])),
};

/// Origins of web pages, in lower case.
pub(crate) const ORIGINS: Kind<Vec<String>> = Kind {
    expected: "a list of origins like `https://example.com`, or `*`",
    parse: |text| {
        let has_host = |(_, host): (&str, &str)| !host.is_empty() && !host.contains('/');
        list(text, |origin| origin == "*" || origin.split_once("://").is_some_and(has_host))
    },
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

fn list(text: &str, legal: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let entries: Vec<String> = text.split(',').map(|entry| entry.trim().to_ascii_lowercase()).collect();
    entries.iter().all(|entry| !entry.is_empty() && legal(entry)).then_some(entries)
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
