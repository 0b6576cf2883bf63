//! What `compose` and the adapters that tell settings have to agree on: where a setting stands, and what is baked in.

mod baked;

pub use baked::Baked;

/// The environment variable of a provider's key; none where the key has signs that no setting has. A name has no `--` in it
/// (`compose` refuses one), so that no key of one provider can spell the variable of another.
pub fn variable(provider: &str, key: &str) -> Option<String> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let variable = || format!("WASMCP__{provider}__{key}").to_ascii_uppercase().replace(['-', '.'], "_");
    (!key.is_empty() && key.bytes().all(legal)).then(variable)
}

/// Whether a key is for `compose` alone: it has a sign that no key of an operator has.
pub fn is_reserved(key: &str) -> bool {
    key.contains(':')
}

#[cfg(test)]
mod tests {
    use super::{is_reserved, variable};

    #[test]
    fn a_key_is_the_variable_of_its_provider_and_of_no_other() {
        for (provider, key, wanted) in [
            ("clock", "time-zone", Some("WASMCP__CLOCK__TIME_ZONE")),
            ("my-tool", "db.name", Some("WASMCP__MY_TOOL__DB_NAME")),
            ("clock", "", None),
            ("clock", "a=b", None),
            ("clock", "ü", None),
        ] {
            assert_eq!(variable(provider, key).as_deref(), wanted, "{provider} {key}");
        }
    }

    #[test]
    fn what_is_reserved_is_no_variable() {
        for (key, reserved) in [("known:server", true), (":", true), ("time-zone", false), ("", false)] {
            assert_eq!(is_reserved(key), reserved, "{key}");
            assert!(!reserved || variable("clock", key).is_none(), "{key}");
        }
    }
}
