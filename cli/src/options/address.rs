//! Where a server listens: `ADDRESS:PORT`.

use std::net::SocketAddr;

/// An address that is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an IP address and a port are meant, such as `127.0.0.1:8080`, `[::1]:8080` or, for the whole network, `0.0.0.0:8080`"
)]
pub(crate) struct AddressError;

/// Reads it. Names are not resolved: which of their addresses is meant is for the operator to say.
pub(crate) fn listening_address(text: &str) -> Result<SocketAddr, AddressError> {
    text.parse().map_err(|_| AddressError)
}

#[cfg(test)]
mod tests {
    use super::listening_address;

    #[test]
    fn an_address_and_a_port() {
        for (text, is_one) in [
            ("127.0.0.1:8080", true),
            ("[::1]:0", true),
            ("localhost:8080", false),
            ("127.0.0.1", false),
            (":8080", false),
            ("8080", false),
            ("127.0.0.1:65536", false),
            ("", false),
        ] {
            assert_eq!(listening_address(text).is_ok(), is_one, "{text}");
        }
    }
}
