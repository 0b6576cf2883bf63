//! What `wasmcp compose` and the settings adapters agree on: the text that `compose` puts into an adapter, and the
//! environment variable in which a provider's setting stands.
//!
//! It has no dependencies, and does not know which settings the server has: an adapter stays small.

/// The text that `compose` puts into an adapter: the provider whose settings the adapter reads, and the values that
/// `compose` itself sets.
///
/// Its first line is the name of the provider. Each line after it is `KEY=VALUE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdapterConfig<'a> {
    /// The provider whose settings the adapter reads.
    pub provider: &'a str,
    compose_values: &'a str,
}

impl<'a> AdapterConfig<'a> {
    /// The text for a provider, and for keys and values of `compose`. No key and no value may have a line break.
    pub fn write(provider: &str, compose_values: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        compose_values.into_iter().fold(provider.to_owned(), |text, (key, value)| format!("{text}\n{key}={value}"))
    }

    /// Reads a text that [`write`](Self::write) made.
    pub fn read(text: &'a str) -> Self {
        let (provider, compose_values) = text.split_once('\n').unwrap_or((text, ""));
        Self { provider, compose_values }
    }

    /// The value that `compose` has set for a reserved key. It is `None` for any other key.
    pub fn compose_value(&self, key: &str) -> Option<&'a str> {
        let mut lines = self.compose_values.lines().filter(|_| is_reserved(key));
        lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
    }
}

/// The environment variable of a provider's setting. It is `None` where the key has a character that no setting has.
///
/// The name of a provider has no `--` in it (`compose` refuses one), so that no key of one provider spells the variable of
/// another.
pub fn env_var(provider: &str, key: &str) -> Option<String> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let name = || format!("WASMCP__{provider}__{key}").to_ascii_uppercase().replace(['-', '.'], "_");
    (!key.is_empty() && key.bytes().all(legal)).then(name)
}

/// Whether `compose` alone sets this key: it has a character that no key of an operator has.
pub fn is_reserved(key: &str) -> bool {
    key.contains(':')
}

#[cfg(test)]
mod tests {
    use super::{AdapterConfig, env_var, is_reserved};

    #[test]
    fn a_text_that_was_written_is_read() {
        let alone = AdapterConfig::write("clock", []);
        assert_eq!(alone, "clock");
        assert_eq!(AdapterConfig::read(&alone).provider, "clock");
        assert_eq!(AdapterConfig::read(&alone).compose_value("a:b"), None);

        let text = AdapterConfig::write("clock", [("a:b", "1=2"), ("a:c", "")]);
        assert_eq!(text, "clock\na:b=1=2\na:c=");
        let config = AdapterConfig::read(&text);
        assert_eq!(config.provider, "clock");
        for (key, value) in [("a:b", Some("1=2")), ("a:c", Some("")), ("a:", None), ("a", None), ("", None)] {
            assert_eq!(config.compose_value(key), value, "{key}");
        }
    }

    #[test]
    fn a_key_is_the_variable_of_its_provider_and_of_no_other() {
        for (provider, key, wanted) in [
            ("clock", "time-zone", Some("WASMCP__CLOCK__TIME_ZONE")),
            ("my-tool", "db.name", Some("WASMCP__MY_TOOL__DB_NAME")),
            ("clock", "", None),
            ("clock", "a=b", None),
            ("clock", "ü", None),
        ] {
            assert_eq!(env_var(provider, key).as_deref(), wanted, "{provider} {key}");
        }
    }

    #[test]
    fn a_reserved_key_has_no_variable() {
        for (key, reserved) in [("known:server", true), (":", true), ("time-zone", false), ("", false)] {
            assert_eq!(is_reserved(key), reserved, "{key}");
            assert!(!reserved || env_var("clock", key).is_none(), "{key}");
        }
    }
}
