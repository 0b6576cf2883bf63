//! The check of `Host` and `Origin`: which names the server answers to, and from which web pages it may be called. It guards against
//! DNS rebinding (MCP transports, security warning).

use std::net::Ipv4Addr;

use http::HeaderValue;
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::uri;
use settings::{AllowedHost, AllowedOrigin, Authority, HostName};

use crate::error::{HeadError, sanitize};

/// The names and origins that are allowed beside those of the loopback interface.
#[derive(Clone, Debug, Default)]
pub(crate) struct OriginPolicy {
    pub(crate) hosts: Vec<AllowedHost>,
    pub(crate) origins: Vec<AllowedOrigin>,
}

impl OriginPolicy {
    /// Refuses a request that does not name this server. Every name that the request carries must be allowed, because proxies differ
    /// in which of them they follow.
    pub(crate) fn check_host(&self, head: &Parts) -> Result<(), HeadError> {
        let mut named = head.headers.get_all(HOST).iter();
        let host = named.next();
        if named.next().is_some() {
            return Err(HeadError::ForeignHost("more than one `Host` header".to_owned()));
        }
        let from_header = host.map(|value| value.to_str().unwrap_or("not ASCII"));
        let from_target = head.uri.authority().map(uri::Authority::as_str);
        if from_header.is_none() && from_target.is_none() {
            return Err(HeadError::ForeignHost("no `Host` header".to_owned()));
        }
        if let Some(foreign) = [from_header, from_target].into_iter().flatten().find(|name| !self.host_is_allowed(name))
        {
            let advice = match Authority::parse(foreign).and_then(|_| AllowedHost::parse(foreign)) {
                Some(_) => "; the operator can add it to the setting `transport.allowed-hosts`",
                None => "",
            };
            return Err(HeadError::ForeignHost(format!(
                "`{}` is not a name of this server{advice}",
                sanitize(foreign)
            )));
        }
        Ok(())
    }

    /// Refuses a request that a foreign page sent. The result is the origin of the page, where one sent the request.
    pub(crate) fn check_origin<'a>(&self, head: &'a Parts) -> Result<Option<&'a HeaderValue>, HeadError> {
        let mut origins = head.headers.get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => Ok(None),
            (Some(origin), None) if origin.to_str().is_ok_and(|origin| self.origin_is_allowed(origin)) => {
                Ok(Some(origin))
            }
            (Some(origin), _) => {
                let origin = String::from_utf8_lossy(origin.as_bytes());
                let advice = match AllowedOrigin::parse(&origin).filter(|allowed| allowed.allows(&origin)) {
                    Some(AllowedOrigin::Of { .. }) if !origin.contains('*') => {
                        "; the operator can add it to the setting `transport.allowed-origins`"
                    }
                    _ => "",
                };
                Err(HeadError::ForeignOrigin(format!("`{}`{advice}", sanitize(&origin))))
            }
        }
    }

    fn host_is_allowed(&self, name: &str) -> bool {
        // The common case costs no parse.
        if let Some(rest) = name.strip_prefix("127.0.0.1").or_else(|| name.strip_prefix("localhost"))
            && is_port(rest)
        {
            return true;
        }
        let Some(named) = Authority::parse(name) else { return false };
        is_loopback(&named.host) || self.hosts.iter().any(|allowed| allowed.allows(&named))
    }

    /// An origin is a scheme, a host and a port and nothing else (RFC 6454 §6.1). `null`, the origin of sandboxed pages, is allowed only
    /// where every origin is.
    fn origin_is_allowed(&self, origin: &str) -> bool {
        let is_page_of_this_machine = || {
            let (scheme, authority) = origin.split_once("://")?;
            let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
            Authority::parse(authority).filter(|named| is_web && is_loopback(&named.host))
        };
        self.origins.iter().any(|allowed| allowed.allows(origin)) || is_page_of_this_machine().is_some()
    }
}

/// Whether the rest of an authority is empty, or a colon and digits.
fn is_port(rest: &str) -> bool {
    rest.is_empty()
        || rest
            .strip_prefix(':')
            .is_some_and(|port| !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_loopback(host: &HostName) -> bool {
    match host {
        HostName::Name(name) => {
            name == "localhost" || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        }
        HostName::Address(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> OriginPolicy {
        let hosts = ["mcp.example.com", "other.example.com:8443"].map(|host| AllowedHost::parse(host).expect(host));
        let origins = ["https://app.example.com"].map(|origin| AllowedOrigin::parse(origin).expect(origin));
        OriginPolicy { hosts: hosts.into(), origins: origins.into() }
    }

    fn head(headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder().uri("/mcp");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_names_of_this_server_are_answered() {
        let cases = [
            ("localhost", true),
            ("localhost:8080", true),
            ("LOCALHOST:8080", true),
            ("127.0.0.1:8080", true),
            ("127.8.9.1", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("[0:0:0:0:0:0:0:1]", true),
            ("mcp.example.com", true),
            ("MCP.Example.COM:443", true),
            ("other.example.com:8443", true),
            ("other.example.com", false),
            ("evil.com", false),
            ("evil.com:8080", false),
            ("localhost.evil.com", false),
            ("127.0.0.1.evil.com", false),
            ("localhost.", false),
            ("localhost:", false),
            ("localhost:80:80", false),
            ("localhost:99999", true), // a port that is out of range does not name another server
            ("localhost@evil.com", false),
            ("evil.com@localhost", false),
            ("localhost/evil.com", false),
            ("0177.0.0.1", false),
            ("2130706433", false),
            ("[::1].evil.com", false),
            ("[::ffff:10.0.0.1]", false),
            ("", false),
            (" localhost", false),
        ];
        for (host, allowed) in cases {
            assert_eq!(policy().check_host(&head(&[("host", host)])).is_ok(), allowed, "Host: {host:?}");
        }
        assert!(policy().check_host(&head(&[])).is_err(), "no host");
        assert!(policy().check_host(&head(&[("host", "localhost"), ("host", "localhost")])).is_err(), "two hosts");
        let (mut both, ()) = http::Request::builder().uri("http://evil.com/mcp").body(()).unwrap().into_parts();
        both.headers.insert(HOST, http::HeaderValue::from_static("localhost"));
        assert!(policy().check_host(&both).is_err(), "the target names another host");
    }

    #[test]
    fn only_pages_of_this_machine_or_allowed_ones_may_call() {
        let cases = [
            ("http://localhost:3000", true),
            ("https://127.0.0.1", true),
            ("http://[::1]:6274", true),
            ("https://app.example.com", true),
            ("https://APP.example.com", true),
            ("http://app.example.com", false),
            ("https://app.example.com:444", false),
            ("https://evil.com", false),
            ("https://localhost.evil.com", false),
            ("http://localhost:3000/path", false),
            ("http://user@localhost", false),
            ("file://", false),
            ("null", false),
            ("", false),
        ];
        for (origin, allowed) in cases {
            let head = head(&[("host", "localhost"), ("origin", origin)]);
            assert_eq!(policy().check_origin(&head).is_ok(), allowed, "Origin: {origin:?}");
        }
        let twice = head(&[("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://localhost")]);
        assert!(policy().check_origin(&twice).is_err(), "two origins");
    }

    #[test]
    fn an_error_advises_only_what_the_settings_take() {
        for (header, value, advised) in [
            ("host", "evil.com", true),
            ("host", "evil.com:8080", true),
            ("host", "[fd00::1]:80", true),
            ("host", "localhost.", false),
            ("host", "*", false),
            ("host", "a@b", false),
            ("host", "evil.com:99999", false),
            ("origin", "https://evil.com", true),
            ("origin", "http://[fd00::1]:80", true),
            ("origin", "null", false),
            ("origin", "*", false),
            ("origin", "https://*.com", false),
            ("origin", "http://localhost/path", false),
            ("origin", "file://", false),
        ] {
            let head = head(&[(header, value)]);
            let refused = match header {
                "host" => policy().check_host(&head).expect_err(value),
                _ => policy().check_origin(&head).map(|_| ()).expect_err(value),
            };
            let (HeadError::ForeignHost(text) | HeadError::ForeignOrigin(text)) = refused else {
                panic!("{refused:?}")
            };
            assert_eq!(text.contains("the operator can add it"), advised, "{text}");
        }
    }
}
