use contract::model::Implementation;

use crate::access::Access;

/// How a server behaves, whatever its providers are.
///
/// | key | default | what |
/// | --- | --- | --- |
/// | `allowed-hosts` | loopback names only | more names that a `Host` header may have, by comma: `example.com`, `example.com:8443`, `*` |
/// | `allowed-origins` | loopback pages only | more pages that may call, by comma: `https://app.example.com`, `*` |
/// | `body-limit` | 4194304 | the largest request body, in bytes |
/// | `call-timeout-ms` | 30000 | how long one leg of a call may take |
/// | `total-timeout-ms` | 600000 | how long all legs of a call together may take |
/// | `max-legs` | 1000 | how many legs a call may have |
/// | `name`, `version`, `title`, `instructions` | the provider's | what the server says of itself |
///
/// A value that cannot be used is an error when the server starts, or, where there is no start, on every request and on `/readyz`.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) access: Access,
    pub(crate) body_limit: usize,
    pub(crate) call_timeout_ms: u32,
    pub(crate) total_timeout_ms: u32,
    pub(crate) max_legs: u32,
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) instructions: Option<String>,
}

/// A setting that cannot be used. Its value is not repeated: somebody may have put a secret there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("setting `transport.{key}` is not {wanted}")]
pub struct ConfigError {
    /// The key as in the table of [`Config`].
    pub key: &'static str,
    /// What would have been right.
    pub wanted: &'static str,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            access: Access::default(),
            body_limit: 4 << 20,
            call_timeout_ms: 30_000,
            total_timeout_ms: 600_000,
            max_legs: 1000,
            name: None,
            version: None,
            title: None,
            instructions: None,
        }
    }
}

impl Config {
    /// How long one leg of a call may take, in milliseconds.
    pub fn call_timeout_ms(&self) -> u32 {
        self.call_timeout_ms
    }

    /// How long all legs of a call together may take, in milliseconds.
    pub fn total_timeout_ms(&self) -> u32 {
        self.total_timeout_ms
    }

    /// Every key that [`Config::from_settings`] asks for, so that a shell can refuse one that it does not know.
    pub const KEYS: [&'static str; 10] = [
        "allowed-hosts",
        "allowed-origins",
        "body-limit",
        "call-timeout-ms",
        "total-timeout-ms",
        "max-legs",
        "name",
        "version",
        "title",
        "instructions",
    ];

    /// Reads every key; one that `get` does not have keeps its default.
    pub fn from_settings(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let default = Self::default();
        Ok(Self {
            access: Access {
                hosts: list(&get, "allowed-hosts", "a list of host names with or without a port, or `*`", |host| {
                    !host.contains(['/', '@', ' '])
                })?,
                origins: list(
                    &get,
                    "allowed-origins",
                    "a list of origins like `https://example.com`, or `*`",
                    |origin| {
                        origin == "*"
                            || origin.split_once("://").is_some_and(|(_, host)| !host.is_empty() && !host.contains('/'))
                    },
                )?,
            },
            body_limit: number(&get, "body-limit", default.body_limit)?,
            call_timeout_ms: number(&get, "call-timeout-ms", default.call_timeout_ms)?,
            total_timeout_ms: number(&get, "total-timeout-ms", default.total_timeout_ms)?,
            max_legs: number(&get, "max-legs", default.max_legs)?,
            name: get("name"),
            version: get("version"),
            title: get("title"),
            instructions: get("instructions"),
        })
    }

    /// Whether the operator has other words for what results bear of the server.
    pub(crate) fn renames(&self) -> bool {
        self.name.is_some() || self.version.is_some() || self.title.is_some()
    }

    /// What the server says of itself: the provider's words, unless the operator has others.
    pub(crate) fn introduce(&self, implementation: &mut Implementation, instructions: &mut Option<String>) {
        if let Some(name) = &self.name {
            implementation.name.clone_from(name);
        }
        if let Some(version) = &self.version {
            implementation.version.clone_from(version);
        }
        if self.title.is_some() {
            implementation.title.clone_from(&self.title);
        }
        if self.instructions.is_some() {
            instructions.clone_from(&self.instructions);
        }
    }
}

fn list(
    get: &impl Fn(&str) -> Option<String>,
    key: &'static str,
    wanted: &'static str,
    legal: impl Fn(&str) -> bool,
) -> Result<Vec<String>, ConfigError> {
    let Some(value) = get(key) else { return Ok(Vec::new()) };
    let entries: Vec<String> = value.split(',').map(|entry| entry.trim().to_ascii_lowercase()).collect();
    match entries.iter().all(|entry| !entry.is_empty() && legal(entry)) {
        true => Ok(entries),
        false => Err(ConfigError { key, wanted }),
    }
}

fn number<N: TryFrom<u32>>(
    get: &impl Fn(&str) -> Option<String>,
    key: &'static str,
    default: N,
) -> Result<N, ConfigError> {
    let Some(value) = get(key) else { return Ok(default) };
    // The contract carries milliseconds as numbers below 2^31.
    let parsed = value.trim().parse::<u32>().ok().filter(|number| (1..1 << 31).contains(number));
    parsed
        .and_then(|number| N::try_from(number).ok())
        .ok_or(ConfigError { key, wanted: "a whole number from 1 to 2147483647" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(key: &str, value: &str) -> Result<Config, ConfigError> {
        Config::from_settings(|asked| (asked == key).then(|| value.to_owned()))
    }

    #[test]
    fn values_that_cannot_be_used_are_errors_that_say_what_is_wanted() {
        for (key, value) in [
            ("body-limit", "4MB"),
            ("body-limit", "0"),
            ("call-timeout-ms", "-1"),
            ("total-timeout-ms", "2147483648"),
            ("max-legs", ""),
            ("allowed-hosts", "https://example.com"),
            ("allowed-hosts", "a,,b"),
            ("allowed-origins", "example.com"),
            ("allowed-origins", "https://example.com/path"),
        ] {
            let error = read(key, value).expect_err(key).to_string();
            assert!(error.starts_with(&format!("setting `transport.{key}` is not a ")), "{error}");
        }
    }

    #[test]
    fn every_key_of_the_table_is_read() {
        let asked = std::cell::RefCell::new(Vec::new());
        Config::from_settings(|key| {
            asked.borrow_mut().push(key.to_owned());
            None
        })
        .expect("defaults");
        let (mut asked, mut known) = (asked.into_inner(), Config::KEYS.map(str::to_owned).to_vec());
        asked.sort();
        known.sort();
        assert_eq!(asked, known);
    }

    #[test]
    fn lists_are_split_trimmed_and_lower_case() {
        let config = read("allowed-hosts", "MCP.example.com, other.example.com:8443").expect("legal");
        assert_eq!(config.access.hosts, ["mcp.example.com", "other.example.com:8443"]);
    }
}
