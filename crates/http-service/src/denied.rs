//! The failure that a provider gets for a host that the operator does not let it reach. The failure reaches the operator too, through the
//! provider's answer, so that it names what helps.

/// No rule allows the host of the request. The place is `HOST:PORT`.
pub fn host(place: &str) -> String {
    format!(
        "requests to `{place}` are not allowed: on `wasmcp serve` allow them with `--egress {place}`, elsewhere in the host's own configuration"
    )
}

/// The rules allow the name, and not the address that it resolves to. The address is not named: how names resolve in the
/// operator's network is not for a provider to learn.
pub fn address(place: &str) -> String {
    format!(
        "requests to the address of `{place}` are not allowed: on `wasmcp serve` allow them with the `--egress` that its log names, elsewhere in the host's own configuration"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_denial_names_the_place_and_what_allows_it_on_every_host() {
        for (text, option) in [(super::host("h:1"), "`--egress h:1`"), (super::address("h:1"), "`--egress`")] {
            for part in ["`h:1`", "on `wasmcp serve`", option, "elsewhere in the host's own configuration"] {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
    }
}
