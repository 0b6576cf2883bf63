//! Names of hosts: as requests have them, and as operators allow them. An entry that no request can match is refused, so that an operator
//! learns of it at the start.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A host in the form in which two names of one host are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostName {
    /// A domain name or an IPv4 address, in lower case.
    Name(String),
    /// An IPv6 address, which has many forms as a text.
    Address(Ipv6Addr),
}

/// A host with or without a port, as the header `Host` and the origin of a page have it (RFC 3986 §3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The host.
    pub host: HostName,
    /// The port. Without one the port is the default of the scheme.
    pub port: Option<u16>,
}

/// Hosts that an operator allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    pub(crate) names: Names,
    pub(crate) port: Option<Port>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    Any,
    /// Every name that ends with this one, which begins with a dot.
    Below(String),
    One(HostName),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Any,
    Only(u16),
}

impl Authority {
    /// Reads an authority. There is none where the text has user information, a path or any other part.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = split(text)?;
        let port = match port {
            Some(digits) => Some(number(digits)?),
            None => None,
        };
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let host = match literal(host) {
            Some(literal) => HostName::Address(literal.parse().ok()?),
            None if !host.is_empty() && host.bytes().all(legal) => HostName::Name(host.to_ascii_lowercase()),
            None => return None,
        };
        Some(Self { host, port })
    }
}

impl AllowedHost {
    /// Reads an entry: `example.com`, `*.example.com`, `*`, an IP address; each with a port, with `:*` or without.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Some(Self { names: Names::One(HostName::Address(address)), port: None });
        }
        let (host, port) = split(text)?;
        let port = match port {
            None => None,
            Some("*") => Some(Port::Any),
            Some(digits) => Some(Port::Only(number(digits).filter(|port| *port > 0)?)),
        };
        let names = match (literal(host), host.strip_prefix("*.")) {
            (Some(literal), _) => Names::One(HostName::Address(literal.parse().ok()?)),
            (None, Some(parent)) if parent.parse::<Ipv4Addr>().is_err() => {
                Names::Below(format!(".{}", domain_name(parent)?))
            }
            (None, None) if host == "*" => Names::Any,
            (None, _) => Names::One(HostName::Name(domain_name(host)?)),
        };
        Some(Self { names, port })
    }

    /// Whether a request for this authority is allowed. A client leaves out the port of its scheme, which the server cannot know behind
    /// a proxy.
    pub fn allows(&self, named: &Authority) -> bool {
        let default = |port: u16| matches!(port, 80 | 443);
        self.names.have(&named.host)
            && match (self.port, named.port) {
                (None | Some(Port::Any), _) => true,
                (Some(Port::Only(allowed)), Some(port)) => allowed == port,
                (Some(Port::Only(allowed)), None) => default(allowed),
            }
    }
}

impl Names {
    pub(crate) fn have(&self, host: &HostName) -> bool {
        match (self, host) {
            (Self::Any, _) => true,
            (Self::Below(parent), HostName::Name(name)) => {
                name.strip_suffix(parent.as_str()).is_some_and(|label| !label.is_empty())
            }
            (Self::Below(_), HostName::Address(_)) => false,
            (Self::One(one), host) => one == host,
        }
    }
}

/// Splits an authority into its host, with brackets where it has them, and the text of its port.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    let host_end = match text.starts_with('[') {
        true => text.find(']')? + 1,
        false => text.find(':').unwrap_or(text.len()),
    };
    match text.split_at_checked(host_end)? {
        (host, "") => Some((host, None)),
        (host, rest) => Some((host, Some(rest.strip_prefix(':')?))),
    }
}

/// The address between brackets.
fn literal(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

fn number(digits: &str) -> Option<u16> {
    digits.parse().ok().filter(|_| digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The name as clients send it: in lower case, and an internationalized one in its ASCII form (RFC 5891 §4).
fn domain_name(text: &str) -> Option<String> {
    let name = match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => idna::domain_to_ascii(text).ok()?,
    };
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(legal);
    (name.len() <= 253 && name.split('.').all(is_label)).then_some(name)
}
