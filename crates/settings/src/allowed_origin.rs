//! Origins of web pages that an operator allows (RFC 6454 §6.2).

use crate::allowed_host::{AllowedHost, Authority, Port};

/// Origins that an operator allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedOrigin {
    /// Every origin, that of a sandboxed page among them.
    Any,
    /// Those of a scheme and of some hosts.
    Of {
        /// The scheme, in lower case.
        scheme: String,
        /// The hosts. Without a port they have that of the scheme.
        hosts: AllowedHost,
    },
}

impl AllowedOrigin {
    /// Reads an entry: `*`, or a scheme and what [`AllowedHost::parse`] reads.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let (scheme, host) = text.split_once("://")?;
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(legal);
        let hosts = AllowedHost::parse(host).filter(|_| is_scheme)?;
        Some(Self::Of { scheme: scheme.to_ascii_lowercase(), hosts })
    }

    /// Whether a page of this origin may call.
    pub fn allows(&self, origin: &str) -> bool {
        let Self::Of { scheme, hosts: AllowedHost { names, port } } = self else { return true };
        let Some((named_scheme, authority)) = origin.split_once("://") else { return false };
        let Some(Authority { host, port: named_port }) = Authority::parse(authority) else { return false };
        let port_is_allowed = match port {
            Some(Port::Any) => true,
            Some(Port::Only(port)) => named_port.or(default_port(scheme)) == Some(*port),
            None => named_port.or(default_port(scheme)) == default_port(scheme),
        };
        scheme.eq_ignore_ascii_case(named_scheme) && names.have(&host) && port_is_allowed
    }
}

/// The port that browsers leave out of an origin.
fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}
