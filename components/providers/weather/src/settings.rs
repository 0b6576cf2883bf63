//! What the operator sets: where the API is and how long it may take.

use http::Uri;
use http::uri::Scheme;

const GEOCODING: &str = "https://geocoding-api.open-meteo.com";
const FORECAST: &str = "https://api.open-meteo.com";
const TIMEOUT_MS: u32 = 5_000;
const LONGEST_TIMEOUT_MS: u32 = 60_000;

/// Why the settings cannot be used. No value is repeated: it may hold a secret.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum SettingError {
    #[error("the setting `{0}` cannot be read now")]
    Unreadable(&'static str),
    #[error("the setting `{0}` is not a URL of the form `http[s]://HOST[:PORT][/PATH]`")]
    NotAUrl(&'static str),
    #[error("the setting `{0}` is not a number of milliseconds from 1 to 60000")]
    NotATimeout(&'static str),
}

#[derive(Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) geocoding: Base,
    pub(crate) forecast: Base,
    pub(crate) timeout_ms: u32,
}

/// A URL to which paths are added.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Base {
    pub(crate) https: bool,
    /// Host and port.
    pub(crate) authority: String,
    /// Without a slash at its end.
    pub(crate) path: String,
}

impl Settings {
    /// Reads every setting. They are asked for at each call, so that a change needs no restart.
    pub(crate) fn read<E>(get: impl Fn(&str) -> Result<Option<String>, E>) -> Result<Self, SettingError> {
        let get = |key| get(key).map_err(|_| SettingError::Unreadable(key));
        let base = |key, default: &str| {
            let url = get(key)?;
            Base::parse(url.as_deref().unwrap_or(default)).ok_or(SettingError::NotAUrl(key))
        };
        Ok(Self {
            geocoding: base("geocoding-url", GEOCODING)?,
            forecast: base("forecast-url", FORECAST)?,
            timeout_ms: match get("timeout-ms")? {
                None => TIMEOUT_MS,
                Some(text) => text
                    .parse()
                    .ok()
                    .filter(|ms| (1..=LONGEST_TIMEOUT_MS).contains(ms))
                    .ok_or(SettingError::NotATimeout("timeout-ms"))?,
            },
        })
    }
}

impl Base {
    fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let https = *uri.scheme()? == Scheme::HTTPS;
        let authority = uri.authority()?.as_str();
        // A user and password would be sent nowhere, a query would end up in front of the path.
        let usable = (https || *uri.scheme()? == Scheme::HTTP) && !authority.contains('@') && !url.contains(['?', '#']);
        let path = uri.path().trim_end_matches('/').to_owned();
        usable.then(|| Self { https, authority: authority.to_owned(), path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(key: &'static str, value: &'static str) -> Result<Settings, String> {
        let get = |asked: &str| Ok::<_, ()>((asked == key).then(|| value.to_owned()));
        Settings::read(get).map_err(|e| e.to_string())
    }

    #[test]
    fn what_is_not_set_has_a_default() {
        let settings = with("none", "").unwrap();
        assert_eq!(settings.geocoding.authority, "geocoding-api.open-meteo.com");
        assert_eq!(settings.forecast.authority, "api.open-meteo.com");
        assert!(settings.geocoding.https && settings.forecast.https);
        assert_eq!(settings.timeout_ms, 5_000);
    }

    #[test]
    fn a_base_may_have_a_port_and_a_path() {
        let settings = with("forecast-url", "http://127.0.0.1:8081/weather/").unwrap();
        let expected = Base { https: false, authority: "127.0.0.1:8081".to_owned(), path: "/weather".to_owned() };
        assert_eq!(settings.forecast, expected);
    }

    #[test]
    fn a_bad_setting_is_named_and_its_value_kept_secret() {
        const URL: &str = "the setting `geocoding-url` is not a URL of the form `http[s]://HOST[:PORT][/PATH]`";
        const TIMEOUT: &str = "the setting `timeout-ms` is not a number of milliseconds from 1 to 60000";
        for (key, value, message) in [
            ("geocoding-url", "", URL),
            ("geocoding-url", "127.0.0.1:80", URL),
            ("geocoding-url", "/v1", URL),
            ("geocoding-url", "ftp://host", URL),
            ("geocoding-url", "http://", URL),
            ("geocoding-url", "http://user:secret@host", URL),
            ("geocoding-url", "http://host/?key=secret", URL),
            ("geocoding-url", "http://host/#top", URL),
            ("geocoding-url", "http://ho st", URL),
            ("timeout-ms", "0", TIMEOUT),
            ("timeout-ms", "60001", TIMEOUT),
            ("timeout-ms", "5s", TIMEOUT),
        ] {
            assert_eq!(with(key, value), Err(message.to_owned()), "{value}");
        }
    }

    #[test]
    fn a_setting_that_the_host_cannot_tell_is_not_taken_for_one_that_is_not_set() {
        assert_eq!(Settings::read(|_| Err(())), Err(SettingError::Unreadable("geocoding-url")));
    }
}
