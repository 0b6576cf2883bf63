//! Settings: `--set [PROVIDER.]KEY=VALUE`, and a file with a table for each provider.
//!
//! No error shows a value: it may be a secret.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};

use auth::{AuthConfig, KeyStorage};
use server::Config;
use toml::Value;

/// The name under which the settings of the server itself stand, beside those of its providers.
const TRANSPORT: &str = "transport";
/// The name under which the settings of authorization stand.
const AUTH: &str = "auth";
/// The name under which the settings of the policy stand.
const POLICY: &str = "policy";
/// The sections of the server's own settings.
pub(crate) const SECTIONS: [&str; 3] = [TRANSPORT, AUTH, POLICY];

/// Keys and values, by provider. The keys of a provider have the spelling that all spellings of a key share; those of the server are as
/// they were given, since it knows its own.
#[derive(Default)]
pub(crate) struct Settings(BTreeMap<String, BTreeMap<String, String>>);

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("`{0}` is no key: a key has letters, digits, `-`, `.` and `_`")]
    BadKey(String),
    #[error("`{}`: `{name}.{key}` is there twice: `-`, `.` and `_` are one in a key, and so are upper and lower case", .path.display())]
    SameKey { path: PathBuf, name: String, key: String },
    #[error("`--set` wants [PROVIDER.]KEY=VALUE, and one has no `=` or no key")]
    NoValue,
    #[error("`--set {0}=…` names no provider: there is more than one, so write PROVIDER.{0}=…")]
    NoProvider(String),
    #[error("the settings name a provider `{name}`, which is not served; there is {}", list(.known))]
    UnknownProvider { name: String, known: Vec<String> },
    #[error("the server has no setting `{section}.{key}`; it has {}", list(.known))]
    UnknownKey { section: &'static str, key: String, known: Vec<String> },
    #[error(transparent)]
    Config(#[from] ::settings::SettingError),
    #[error("cannot read `{}`: {}", .0.display(), .1)]
    Unreadable(PathBuf, std::io::Error),
    #[error("`{}` is not TOML: {}", .0.display(), .1)]
    NotToml(PathBuf, String),
    #[error("`{}`: `{}` is not a table of strings, numbers and truth values", .0.display(), .1)]
    NotTable(PathBuf, String),
    #[error("`{}`: `{}` must be a string, a number or a truth value", .0.display(), .1)]
    NotValue(PathBuf, String),
}

impl Settings {
    /// Reads the file, then the command line, whose values are the last word. `names` are the providers that there are.
    pub(crate) fn read(file: Option<&Path>, set: &[String], names: &[&str]) -> Result<Self, SettingsError> {
        let mut settings = Self::of_file(file)?;
        for setting in set {
            settings.read_argument(setting, names)?;
        }
        match settings.0.keys().find(|name| !SECTIONS.contains(&name.as_str()) && !names.contains(&name.as_str())) {
            None => Ok(settings),
            Some(name) => Err(unknown(name, names)),
        }
    }

    /// Takes the settings of one provider.
    pub(crate) fn take(&mut self, name: &str) -> BTreeMap<String, String> {
        self.0.remove(name).unwrap_or_default()
    }

    /// Reads the same for a composed file. Which providers are inside is not known: the first dot ends the name.
    pub(crate) fn read_for_composed(file: Option<&Path>, set: &[String]) -> Result<Self, SettingsError> {
        let mut settings = Self::of_file(file)?;
        for setting in set {
            let (key, value) = split(setting)?;
            let (name, key) = key.split_once('.').ok_or_else(|| SettingsError::NoProvider(key.to_owned()))?;
            settings.insert(name, key, value)?;
        }
        Ok(settings)
    }

    /// All of them, as the environment variables that the adapter in a composed file reads: `WASMCP__<PROVIDER>__<KEY>`.
    pub(crate) fn into_environment(self) -> Result<Vec<(String, String)>, SettingsError> {
        let settings =
            self.0.into_iter().flat_map(|(name, table)| table.into_iter().map(move |set| (name.clone(), set)));
        settings
            .map(|(name, (key, value))| match adapter_config::env_var(&name, &key) {
                Some(variable) => Ok((variable, value)),
                None => Err(SettingsError::BadKey(key)),
            })
            .collect()
    }

    /// The server's own settings, each of which it must know.
    pub(crate) fn config(&self) -> Result<Config, SettingsError> {
        let own = self.section(TRANSPORT)?;
        Ok(Config::from_settings(|key| own?.get(key).cloned())?)
    }

    /// The settings of authorization, each of which the server must know. None where every client may call.
    pub(crate) fn auth(&self, storage: KeyStorage) -> Result<Option<AuthConfig>, SettingsError> {
        let own = self.section(AUTH)?;
        let get = |key: &str| Ok::<_, Infallible>(own.and_then(|own| own.get(key).cloned()));
        Ok(AuthConfig::read(get, || storage)?)
    }

    /// The settings of the policy, each of which the server must know.
    pub(crate) fn policy(&self) -> Result<::settings::Policy, SettingsError> {
        let own = self.section(POLICY)?;
        Ok(::settings::Policy::read(|key| Ok::<_, Infallible>(own.and_then(|own| own.get(key).cloned())))?)
    }

    /// A section of the server's own settings.
    fn section(&self, section: &'static str) -> Result<Option<&BTreeMap<String, String>>, SettingsError> {
        let own = self.0.get(section);
        let known = ::settings::names(section);
        match own.into_iter().flat_map(BTreeMap::keys).find(|key| !known.contains(&key.as_str())) {
            None => Ok(own),
            Some(key) => Err(SettingsError::UnknownKey { section, key: key.clone(), known: owned(&known) }),
        }
    }

    /// Sets a key, and tells whether it had a value.
    fn insert(&mut self, name: &str, key: &str, value: &str) -> Result<bool, SettingsError> {
        let bad = || SettingsError::BadKey(key.to_owned());
        let key = if SECTIONS.contains(&name) {
            key.to_owned()
        } else {
            adapter_config::canonical_key(key).ok_or_else(bad)?
        };
        Ok(self.0.entry(name.to_owned()).or_default().insert(key, value.to_owned()).is_some())
    }

    fn read_argument(&mut self, setting: &str, names: &[&str]) -> Result<(), SettingsError> {
        let (key, value) = split(setting)?;
        // A name may have a dot as well: the longest one that fits is meant.
        let known = names.iter().copied().chain(SECTIONS);
        let named = known
            .filter_map(|name| Some((name, key.strip_prefix(name)?.strip_prefix('.')?)))
            .max_by_key(|(name, _)| name.len());
        match (named, names, key.split_once('.')) {
            (Some((_, "")), ..) => return Err(SettingsError::NoValue),
            (Some((name, key)), ..) => self.insert(name, key, value)?,
            (None, _, Some((name, _))) => return Err(unknown(name, names)),
            (None, [only], None) => self.insert(only, key, value)?,
            (None, _, None) => return Err(SettingsError::NoProvider(key.to_owned())),
        };
        Ok(())
    }

    fn of_file(file: Option<&Path>) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        let Some(path) = file else { return Ok(settings) };
        let text = std::fs::read_to_string(path).map_err(|error| SettingsError::Unreadable(path.to_owned(), error))?;
        let tables: toml::Table = text
            .parse()
            // The whole message of the parser has the line in it, and the line may have a secret.
            .map_err(|error: toml::de::Error| SettingsError::NotToml(path.to_owned(), error.message().to_owned()))?;
        for (name, table) in &tables {
            let Value::Table(table) = table else { return Err(SettingsError::NotTable(path.to_owned(), name.clone())) };
            for (key, value) in table {
                let value = match value {
                    Value::String(text) => text.clone(),
                    Value::Integer(number) => number.to_string(),
                    Value::Float(number) => number.to_string(),
                    Value::Boolean(truth) => truth.to_string(),
                    _ => return Err(SettingsError::NotValue(path.to_owned(), format!("{name}.{key}"))),
                };
                if settings.insert(name, key, &value)? {
                    return Err(SettingsError::SameKey { path: path.to_owned(), name: name.clone(), key: key.clone() });
                }
            }
        }
        Ok(settings)
    }
}

fn split(setting: &str) -> Result<(&str, &str), SettingsError> {
    setting.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or(SettingsError::NoValue)
}

fn unknown(name: &str, known: &[&str]) -> SettingsError {
    SettingsError::UnknownProvider { name: name.to_owned(), known: owned(known) }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Names, for a message.
fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
