//! The rules of what a component may reach over HTTP: nothing, unless the operator names the place.

use std::net::IpAddr;
use std::str::FromStr;

use super::special_addresses::{is_loopback, special_class};

/// All places that one component may reach.
#[derive(Clone, Debug, Default)]
pub(crate) struct Egress {
    rules: Vec<Rule>,
}

/// A place: `HOST[:PORT]`. The host is a name, `*.example.com` (every name under that one), `*` (every name), an address or a
/// block of addresses (`10.0.0.0/8`, `[fd00::/8]`). The port is a number or `*`; without one it is 80 or 443.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    host: Host,
    port: Port,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    /// A name, in lower case and without the final dot.
    Name(String),
    /// Every name below this one: `*.example.com`.
    Subdomains(String),
    /// Every name, and every public address.
    Any,
    /// An address and the length of its network prefix in bits.
    Block(IpAddr, u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Port {
    /// 80 or 443.
    Web,
    Any,
    Exact(u16),
}

/// A rule that is not valid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a place to allow: use HOST, HOST:PORT or HOST:*, where HOST is a name, `*.example.com`, an address or a block like `10.0.0.0/8`"
)]
pub(crate) struct RuleError(String);

/// Why a request was denied.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    /// No rule has the name with this port.
    #[error("no rule allows it")]
    NoRule,
    /// A rule allows the name, but the name resolves to a special-purpose address, which no rule names.
    #[error("it resolves to {0}, a {1} address, which no rule names")]
    SpecialAddress(IpAddr, &'static str),
}

impl Egress {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self { rules }
    }

    /// Checks the host and the port of a request, before any lookup. The address has to be checked too.
    pub(crate) fn check_host(&self, host: &str, port: u16) -> Result<(), Denied> {
        match self.rules.iter().any(|rule| rule.port.matches(port) && rule.host.matches(host)) {
            true => Ok(()),
            false => Err(Denied::NoRule),
        }
    }

    /// Checks the address that the host resolved to. A rule with a name never allows an address that is not public, since the owner
    /// of the name could resolve it to any address (DNS rebinding). The exception is `localhost`, which no resolver controls
    /// (RFC 6761 §6.3).
    pub(crate) fn check_address(&self, host: &str, address: IpAddr, port: u16) -> Result<(), Denied> {
        let Some(class) = special_class(address) else { return Ok(()) };
        let mut rules = self.rules.iter().filter(|rule| rule.port.matches(port));
        let named = rules.any(|rule| match &rule.host {
            Host::Block(..) => rule.host.contains(address),
            Host::Name(name) => name == "localhost" && normalized(host) == "localhost" && is_loopback(address),
            Host::Subdomains(_) | Host::Any => false,
        });
        if named { Ok(()) } else { Err(Denied::SpecialAddress(address.to_canonical(), class)) }
    }
}

impl Host {
    fn matches(&self, host: &str) -> bool {
        if let Some(address) = literal(host) {
            return self.contains(address) || (*self == Self::Any && special_class(address).is_none());
        }
        let host = normalized(host);
        match self {
            Self::Name(name) => *name == host,
            Self::Subdomains(parent) => host.strip_suffix(parent.as_str()).is_some_and(|start| start.ends_with('.')),
            Self::Any => true,
            Self::Block(..) => false,
        }
    }

    fn contains(&self, address: IpAddr) -> bool {
        let Self::Block(base, length) = *self else { return false };
        match (base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let shift = 32_u32.saturating_sub(length.into());
                base.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let shift = 128_u32.saturating_sub(length.into());
                base.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

impl Port {
    fn matches(self, port: u16) -> bool {
        match self {
            Self::Web => port == 80 || port == 443,
            Self::Any => true,
            Self::Exact(exact) => exact == port,
        }
    }
}

/// Normalizes a name: names are compared without case, and without the final dot of an absolute name.
fn normalized(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// Parses the host of a URI as an address in the usual notation. Other notations (`0x7f.1`, `2130706433`) count as names, and no
/// rule has such a name.
fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        parse(text).ok_or_else(|| RuleError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Rule> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        // More than one colon is an IPv6 address without brackets, which has no port.
        None if text.matches(':').count() > 1 => (text, None),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = match port {
        None => Port::Web,
        Some("*") => Port::Any,
        Some(port) => Port::Exact(port.parse().ok().filter(|port| *port != 0)?),
    };
    Some(Rule { host: parse_host(host)?, port })
}

fn parse_host(host: &str) -> Option<Host> {
    if let Some((base, length)) = host.split_once('/') {
        let (base, length) = (base.parse::<IpAddr>().ok()?.to_canonical(), length.parse().ok()?);
        return (length <= if base.is_ipv4() { 32 } else { 128 }).then_some(Host::Block(base, length));
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        let address = address.to_canonical();
        return Some(Host::Block(address, if address.is_ipv4() { 32 } else { 128 }));
    }
    let (name, under) = host.strip_prefix("*.").map_or((host, false), |name| (name, true));
    if name == "*" && !under {
        return Some(Host::Any);
    }
    let name = normalized(name);
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    name.split('.').all(label).then_some(if under { Host::Subdomains(name) } else { Host::Name(name) })
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
