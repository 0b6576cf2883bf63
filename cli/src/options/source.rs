//! A component on the command line: `[NAME=]FILE`.

use std::path::PathBuf;
use std::str::FromStr;

/// A component file, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// A file whose name gives no name for a provider.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` gives no name for a provider: write NAME=FILE, where NAME has letters, digits, `-` and `.`, and is not `transport`"
)]
pub(crate) struct SourceError(String);

impl FromStr for Source {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let (name, path) = match text.split_once('=') {
            // A path may have an equals sign too, but hardly before its first slash.
            Some((name, path)) if !name.contains(['/', '\\']) => (Some(name.to_owned()), PathBuf::from(path)),
            _ => (None, PathBuf::from(text)),
        };
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().replace('_', "-"));
        let name = name.or(stem).unwrap_or_default();
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let ok =
            !name.is_empty() && name.bytes().all(legal) && name != super::TRANSPORT && !path.as_os_str().is_empty();
        if ok { Ok(Self { name, path }) } else { Err(SourceError(text.to_owned())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_called_what_its_file_is_called() {
        for (text, name, path) in [
            ("weather.wasm", "weather", "weather.wasm"),
            ("target/get_weather.wasm", "get-weather", "target/get_weather.wasm"),
            ("w=target/get_weather.wasm", "w", "target/get_weather.wasm"),
            ("./a=b/weather.wasm", "weather", "./a=b/weather.wasm"),
            ("weather.v2.wasm", "weather.v2", "weather.v2.wasm"),
        ] {
            assert_eq!(text.parse(), Ok(Source { name: name.to_owned(), path: path.into() }), "{text}");
        }
        for text in ["", "transport.wasm", "a b.wasm", "=weather.wasm", "weather=", "wetter\u{fc}.wasm", "/"] {
            assert!(text.parse::<Source>().is_err(), "{text}");
        }
    }
}
