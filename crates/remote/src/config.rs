use std::collections::BTreeSet;

/// Which providers there are, and how patient the router is with them.
///
/// | key | default | what |
/// | --- | --- | --- |
/// | `router.providers` | required | the links to the providers, in order, by comma: `NAME`, or `NAME=PREFIX` for a prefix of its tools |
/// | `router.list-timeout-ms` | 5000 | how long a provider may take to say what it has |
/// | `router.take-timeout-ms` | 50 | how long to wait at first for a host to take a call, before it is asked again |
/// | `router.retry-after-ms` | 2000 | after how long without an answer another attempt begins, where that is safe |
/// | `router.attempts` | 3 | how often a call may run that may run more than once |
/// | `router.answer-limit` | 8388608 | the largest answer, in bytes |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub(crate) providers: Vec<Declared>,
    pub(crate) patience: Patience,
}

/// A provider as an operator declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) link: String,
    pub(crate) prefix: Option<String>,
}

/// How long, how often and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    pub(crate) list_ms: u32,
    pub(crate) take_ms: u32,
    pub(crate) retry_ms: u32,
    pub(crate) attempts: u32,
    pub(crate) answer_bytes: usize,
}

/// A setting that cannot be used. Its value is not repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("setting `router.{key}` is not {wanted}")]
pub struct ConfigError {
    /// The key as in the table of [`Config`], without `router.`.
    pub key: &'static str,
    /// What would have been right.
    pub wanted: &'static str,
}

impl Default for Patience {
    fn default() -> Self {
        Self { list_ms: 5000, take_ms: 50, retry_ms: 2000, attempts: 3, answer_bytes: 8 << 20 }
    }
}

impl Config {
    /// Every key that [`Config::from_settings`] asks for, so that a shell can refuse one that it does not know.
    pub const KEYS: &[&str] =
        &["providers", "list-timeout-ms", "take-timeout-ms", "retry-after-ms", "attempts", "answer-limit"];

    /// Reads every key of the table, without its `router.`; one that `get` does not have keeps its default.
    pub fn from_settings(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let default = Patience::default();
        Ok(Self {
            providers: providers(&get("providers").unwrap_or_default())?,
            patience: Patience {
                list_ms: number(&get, "list-timeout-ms", default.list_ms)?,
                take_ms: number(&get, "take-timeout-ms", default.take_ms)?,
                retry_ms: number(&get, "retry-after-ms", default.retry_ms)?,
                attempts: number(&get, "attempts", default.attempts)?,
                answer_bytes: number(&get, "answer-limit", default.answer_bytes)?,
            },
        })
    }

    /// The links to the providers and the prefixes of their tools, in their order.
    pub fn providers(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.providers.iter().map(|declared| (declared.link.as_str(), declared.prefix.as_deref()))
    }

    /// The links alone.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.providers().map(|(link, _)| link)
    }
}

fn providers(value: &str) -> Result<Vec<Declared>, ConfigError> {
    let error = ConfigError {
        key: "providers",
        wanted: "a list of different link names, each with or without a prefix: `notes,search=s.`",
    };
    let mut seen = BTreeSet::new();
    let mut declared = Vec::new();
    for entry in value.split(',').map(str::trim) {
        let (link, prefix) = match entry.split_once('=') {
            Some((link, prefix)) if !prefix.is_empty() => (link, Some(prefix.to_owned())),
            Some(_) => return Err(error),
            None => (entry, None),
        };
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if link.is_empty() || !link.bytes().all(legal) || !seen.insert(link) {
            return Err(error);
        }
        declared.push(Declared { link: link.to_owned(), prefix });
    }
    Ok(declared)
}

fn number<N: TryFrom<u32>>(
    get: &impl Fn(&str) -> Option<String>,
    key: &'static str,
    default: N,
) -> Result<N, ConfigError> {
    let Some(value) = get(key) else { return Ok(default) };
    let parsed = value.trim().parse::<u32>().ok().filter(|number| (1..1 << 31).contains(number));
    parsed
        .and_then(|number| N::try_from(number).ok())
        .ok_or(ConfigError { key, wanted: "a whole number from 1 to 2147483647" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_settings(|asked| {
            settings.iter().find(|(key, _)| *key == asked).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn providers_are_links_in_order_with_or_without_a_prefix() {
        let config = read(&[("providers", "notes, search=s.")]).expect("legal");
        assert_eq!(config.providers().collect::<Vec<_>>(), [("notes", None), ("search", Some("s."))]);
    }

    #[test]
    fn every_key_of_the_table_is_read() {
        let asked = std::cell::RefCell::new(Vec::new());
        Config::from_settings(|key| {
            asked.borrow_mut().push(key.to_owned());
            (key == "providers").then(|| "a".to_owned())
        })
        .expect("defaults");
        assert_eq!(asked.into_inner(), Config::KEYS);
    }

    #[test]
    fn values_that_cannot_be_used_are_errors_that_say_what_is_wanted() {
        for (key, value) in [
            ("providers", ""),
            ("providers", "a,,b"),
            ("providers", "a,a"),
            ("providers", "a="),
            ("providers", "a b"),
            ("providers", "default.x"),
            ("attempts", "0"),
            ("take-timeout-ms", "50ms"),
            ("answer-limit", "4294967296"),
        ] {
            // The first of two of a key counts.
            let error = read(&[(key, value), ("providers", "a")]);
            let error = error.expect_err(value).to_string();
            assert!(error.starts_with(&format!("setting `router.{key}` is not a ")), "{error}");
        }
        assert!(read(&[]).is_err(), "a router of nothing");
    }
}
