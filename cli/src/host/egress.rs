//! Where a component may send requests: nowhere, unless an operator names the place.

use std::net::IpAddr;
use std::str::FromStr;

use super::address::{is_loopback, special};

/// Everything that one component was allowed to reach.
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
    Name(String),
    Under(String),
    Every,
    Block(IpAddr, u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Port {
    Web,
    Every,
    Only(u16),
}

/// A place that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a place to allow: use HOST, HOST:PORT or HOST:*, where HOST is a name, `*.example.com`, an address or a block like `10.0.0.0/8`"
)]
pub(crate) struct RuleError(String);

/// Why a request does not leave.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    /// No rule has the name, or none with this port.
    #[error("no rule allows it")]
    NotNamed,
    /// The name is allowed, but leads to an address that is not public and that no rule names.
    #[error("it leads to {0}, a {1} address, which no rule names")]
    Prohibited(IpAddr, &'static str),
}

impl Egress {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self { rules }
    }

    /// Whether a request to this host may be tried at all; its address is still to be checked.
    pub(crate) fn check_host(&self, host: &str, port: u16) -> Result<(), Denied> {
        match self.rules.iter().any(|rule| rule.port.has(port) && rule.host.names(host)) {
            true => Ok(()),
            false => Err(Denied::NotNamed),
        }
    }

    /// Whether a connection to this address may be made for the host. A name alone never opens an address that is not public:
    /// whoever controls the name could lead it there (DNS rebinding). The exception is `localhost`, which no resolver controls
    /// (RFC 6761 §6.3).
    pub(crate) fn check_address(&self, host: &str, address: IpAddr, port: u16) -> Result<(), Denied> {
        let Some(class) = special(address) else { return Ok(()) };
        let mut rules = self.rules.iter().filter(|rule| rule.port.has(port));
        let named = rules.any(|rule| match &rule.host {
            Host::Block(..) => rule.host.contains(address),
            Host::Name(name) => name == "localhost" && normal(host) == "localhost" && is_loopback(address),
            Host::Under(_) | Host::Every => false,
        });
        if named { Ok(()) } else { Err(Denied::Prohibited(address.to_canonical(), class)) }
    }
}

impl Host {
    fn names(&self, host: &str) -> bool {
        if let Some(address) = literal(host) {
            return self.contains(address) || (*self == Self::Every && special(address).is_none());
        }
        let host = normal(host);
        match self {
            Self::Name(name) => *name == host,
            Self::Under(parent) => host.strip_suffix(parent.as_str()).is_some_and(|start| start.ends_with('.')),
            Self::Every => true,
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
    fn has(self, port: u16) -> bool {
        match self {
            Self::Web => port == 80 || port == 443,
            Self::Every => true,
            Self::Only(only) => only == port,
        }
    }
}

/// Names are compared without case, and without the dot that ends an absolute one.
fn normal(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// The address that a host of a URI is, if it is one in the usual notation. Others (`0x7f.1`, `2130706433`) are names that no
/// rule has.
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
        Some("*") => Port::Every,
        Some(port) => Port::Only(port.parse().ok().filter(|port| *port != 0)?),
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
        return Some(Host::Every);
    }
    let name = normal(name);
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    name.split('.').all(label).then_some(if under { Host::Under(name) } else { Host::Name(name) })
}

#[cfg(test)]
#[path = "egress_tests.rs"]
mod tests;
