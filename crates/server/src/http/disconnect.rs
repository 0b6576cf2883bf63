//! The effect of a client that disconnects before the response is complete.

use http::HeaderMap;
use protocol::version::Version;

use super::PROTOCOL_VERSION;

/// The effect of a client's disconnect on its request. It depends on the version of the protocol, and a shell needs it before the
/// engine has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDisconnect {
    /// The shell drops the request: closing the response stream is a cancellation (MCP 2026-07-28, transports).
    Cancel,
    /// The shell runs the request to its end and discards the response: a disconnect SHOULD NOT be read as a cancellation
    /// (MCP 2025-11-25 and before, transports).
    Continue,
}

impl OnDisconnect {
    /// The effect for a request with these headers. The engine serves a request as one of 2026-07-28 only if the header
    /// `MCP-Protocol-Version` names that version, so the header decides.
    pub fn of(headers: &HeaderMap) -> Self {
        let version = headers.get(PROTOCOL_VERSION).and_then(|value| value.to_str().ok()).and_then(Version::parse);
        match version.is_some_and(Version::is_modern) {
            true => Self::Cancel,
            false => Self::Continue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_request_of_2026_07_28_is_cancelled() {
        for (version, expected) in [
            (Some("2026-07-28"), OnDisconnect::Cancel),
            (Some("2025-11-25"), OnDisconnect::Continue),
            (Some("2025-06-18"), OnDisconnect::Continue),
            (Some("unknown"), OnDisconnect::Continue),
            (None, OnDisconnect::Continue),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(version) = version {
                headers.insert(PROTOCOL_VERSION, version.parse().expect("header"));
            }
            assert_eq!(OnDisconnect::of(&headers), expected, "{version:?}");
        }
    }
}
