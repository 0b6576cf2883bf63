//! The address that a server listens on: `ADDRESS:PORT`.

use std::net::SocketAddr;

/// An address that is not valid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an IP address and a port, such as `127.0.0.1:8080`, `[::1]:8080` or, for the whole network, `0.0.0.0:8080`"
)]
pub(crate) struct ListenAddressError;

/// Parses an address. Names are not resolved: a name may have several addresses, and the operator has to choose one.
pub(crate) fn listen_address(text: &str) -> Result<SocketAddr, ListenAddressError> {
    text.parse().map_err(|_| ListenAddressError)
}

#[cfg(test)]
mod tests {
    use super::listen_address;

    #[test]
    fn an_address_and_a_port() {
        for (text, is_valid) in [
            ("127.0.0.1:8080", true),
            ("[::1]:0", true),
            ("localhost:8080", false),
            ("127.0.0.1", false),
            (":8080", false),
            ("8080", false),
            ("127.0.0.1:65536", false),
            ("", false),
        ] {
            assert_eq!(listen_address(text).is_ok(), is_valid, "{text}");
        }
    }
}
