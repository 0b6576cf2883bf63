//! What the adapters of settings share: whose settings they give, and the environment variable of each.
//!
//! It has no dependencies, and does not know which settings the server has: an adapter stays small.

use std::sync::OnceLock;

/// The name of the provider whose settings an adapter gives. It is fetched once, since the transport reads every setting of its section.
pub fn provider_name(fetch: fn() -> String) -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(fetch)
}

/// The spelling of a key that all its spellings share: `api-key`, `API_KEY` and `api.key` are one key, since they have one environment
/// variable. It is `None` where the key has a character that no setting has.
pub fn canonical_key(key: &str) -> Option<String> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    (!key.is_empty() && key.bytes().all(legal)).then(|| key.to_ascii_lowercase().replace(['-', '.'], "_"))
}

/// The sections of the server's settings beside that of its own name. A provider cannot be called as one of them.
pub const SECTIONS: [&str; 2] = ["auth", "policy"];

/// The section and the name of a setting that a component asks for: the key as it is in the section of the provider, but for the server,
/// which asks for `auth.issuers` where it means the section `auth`.
pub fn section<'a>(provider: &'a str, key: &'a str) -> (&'a str, &'a str) {
    let of_server = key.split_once('.').filter(|(section, _)| provider == "transport" && SECTIONS.contains(section));
    of_server.unwrap_or((provider, key))
}

/// The section that a component asks about as a whole, by the key `auth.*`. The answer has the keys that are set, each in its
/// [canonical](canonical_key) spelling and with a space between them; none where none is set.
pub fn whole_section<'a>(provider: &str, key: &'a str) -> Option<&'a str> {
    key.strip_suffix(".*").filter(|section| provider == "transport" && SECTIONS.contains(section))
}

/// The environment variable of a provider's setting. It is `None` where the key has a character that no setting has.
///
/// The name of a provider has no `--` in it (`compose` refuses one), so that no key of one provider spells the variable of
/// another.
pub fn env_var(provider: &str, key: &str) -> Option<String> {
    let mut variable = env_prefix(provider);
    variable.push_str(&canonical_key(key)?.to_ascii_uppercase());
    Some(variable)
}

/// How the environment variable of each setting of a provider begins.
pub fn env_prefix(provider: &str) -> String {
    format!("WASMCP__{}__", provider.replace(['-', '.'], "_")).to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::{canonical_key, env_var, section};

    #[test]
    fn all_spellings_of_a_key_are_one_key() {
        for key in ["my-key", "my_key", "MY_KEY", "my.key"] {
            assert_eq!(canonical_key(key).as_deref(), Some("my_key"), "{key}");
        }
        assert_eq!(canonical_key("my key"), None);
    }

    #[test]
    fn the_server_alone_has_more_than_one_section() {
        for (provider, key, wanted) in [
            ("transport", "body-limit", ("transport", "body-limit")),
            ("transport", "auth.issuers", ("auth", "issuers")),
            ("transport", "other.key", ("transport", "other.key")),
            ("weather", "auth.issuers", ("weather", "auth.issuers")),
        ] {
            assert_eq!(section(provider, key), wanted, "{provider} {key}");
        }
    }

    #[test]
    fn a_key_is_the_variable_of_its_provider_and_of_no_other() {
        for (provider, key, wanted) in [
            ("clock", "time-zone", Some("WASMCP__CLOCK__TIME_ZONE")),
            ("my-tool", "db.name", Some("WASMCP__MY_TOOL__DB_NAME")),
            ("clock", "", None),
            ("clock", "a=b", None),
            ("clock", "a:b", None),
            ("clock", "ü", None),
        ] {
            assert_eq!(env_var(provider, key).as_deref(), wanted, "{provider} {key}");
        }
    }
}
