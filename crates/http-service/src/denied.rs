//! The failure that a provider gets for a host that the operator does not let it reach. The failure reaches the operator too, through the
//! provider's answer, so that it names the option that helps.

/// No rule allows the host of the request. The place is `HOST:PORT`.
pub fn host(place: &str) -> String {
    format!("requests to `{place}` are not allowed; the operator can allow them with `--egress {place}`")
}

/// The rules allow the name, and not the address that it resolves to. The address is not named: how names resolve in the
/// operator's network is not for a provider to learn.
pub fn address(place: &str) -> String {
    format!(
        "requests to the address of `{place}` are not allowed; the log of the host names the `--egress` that allows them"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_denial_names_the_place_and_the_option() {
        for text in [super::host("h:1"), super::address("h:1")] {
            assert!(text.contains("`h:1`") && text.contains("`--egress"), "{text}");
        }
    }
}
