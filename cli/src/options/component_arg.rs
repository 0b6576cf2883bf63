//! A component as an argument of the command line: `[NAME=]FILE`.

use std::path::PathBuf;
use std::str::FromStr;

/// A component file and the name of its provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ComponentArg {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// An argument that is not valid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ComponentArgError {
    #[error(transparent)]
    Name(#[from] catalog::NameError),
    #[error("`{0}` names no file: write NAME=FILE")]
    NoFile(String),
}

impl FromStr for ComponentArg {
    type Err = ComponentArgError;

    fn from_str(text: &str) -> Result<Self, ComponentArgError> {
        let (name, path) = match text.split_once('=') {
            // A path may contain an equals sign too, but hardly before its first slash.
            Some((name, path)) if !name.contains(['/', '\\']) => (Some(name.to_owned()), PathBuf::from(path)),
            _ => (None, PathBuf::from(text)),
        };
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().replace('_', "-"));
        let name = name.or(stem).unwrap_or_default();
        if path.as_os_str().is_empty() {
            return Err(ComponentArgError::NoFile(text.to_owned()));
        }
        catalog::check_name(&name)?;
        Ok(Self { name, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_has_the_name_of_its_file_unless_it_gets_another() {
        for (text, name, path) in [
            ("weather.wasm", "weather", "weather.wasm"),
            ("target/get_weather.wasm", "get-weather", "target/get_weather.wasm"),
            ("w=target/get_weather.wasm", "w", "target/get_weather.wasm"),
            ("./a=b/weather.wasm", "weather", "./a=b/weather.wasm"),
            ("w=weather.v2.wasm", "w", "weather.v2.wasm"),
        ] {
            assert_eq!(text.parse(), Ok(ComponentArg { name: name.to_owned(), path: path.into() }), "{text}");
        }
        for text in [
            "",
            "transport.wasm",
            "weather.v2.wasm",
            "a--b=weather.wasm",
            "a b.wasm",
            "=weather.wasm",
            "weather=",
            "wetter\u{fc}.wasm",
            "/",
        ] {
            assert!(text.parse::<ComponentArg>().is_err(), "{text}");
        }
    }
}
