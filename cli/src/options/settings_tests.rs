//! Tests of `--set` and the settings file: which provider gets which value, and which mistakes are errors.

use super::*;

fn read(set: &[&str], names: &[&str]) -> Result<Settings, SettingsError> {
    let set: Vec<String> = set.iter().map(|&setting| setting.to_owned()).collect();
    Settings::read(None, &set, names)
}

fn file(text: &str) -> PathBuf {
    use std::hash::{BuildHasher, RandomState};
    let path = std::env::temp_dir().join(format!("wasmcp-settings-{:x}.toml", RandomState::new().hash_one(text)));
    std::fs::write(&path, text).expect("temporary file");
    path
}

#[test]
fn a_setting_goes_to_the_provider_that_it_names() {
    for (setting, names, provider, key, value) in [
        ("weather.api-key=s=1", &["weather", "calculator"][..], "weather", "api_key", "s=1"),
        ("api-key=x", &["weather"], "weather", "api_key", "x"),
        ("API_KEY=x", &["weather"], "weather", "api_key", "x"),
        ("weather.api-key=", &["weather"], "weather", "api_key", ""),
        ("transport.body-limit=1", &["weather"], "transport", "body-limit", "1"),
        ("weather.v2.url=x", &["weather", "weather.v2"], "weather.v2", "url", "x"),
        ("weather.a.b=x", &["weather"], "weather", "a_b", "x"),
        ("url=https://example.com/?a=b", &["weather"], "weather", "url", "https://example.com/?a=b"),
    ] {
        let mut settings = read(&[setting], names).expect(setting);
        assert_eq!(settings.take(provider), BTreeMap::from([(key.to_owned(), value.to_owned())]), "{setting}");
    }
}

#[test]
fn a_setting_for_no_provider_is_an_error_without_its_value() {
    for (setting, names, message) in [
        (
            "key=secret",
            &["a", "b"][..],
            "`--set key=…` names no provider: there is more than one, so write PROVIDER.key=…",
        ),
        ("c.key=secret", &["a", "b"], "the settings name a provider `c`, which is not served; there is `a`, `b`"),
        ("c.key=secret", &["a"], "the settings name a provider `c`, which is not served; there is `a`"),
        ("secret", &["a"], "`--set` wants [PROVIDER.]KEY=VALUE, and one has no `=` or no key"),
        ("=secret", &["a"], "`--set` wants [PROVIDER.]KEY=VALUE, and one has no `=` or no key"),
        ("a.ü=secret", &["a"], "`ü` is no key: a key has letters, digits, `-`, `.` and `_`"),
        ("a.=secret", &["a"], "`--set` wants [PROVIDER.]KEY=VALUE, and one has no `=` or no key"),
    ] {
        assert_eq!(read(&[setting], names).err().map(|error| error.to_string()).as_deref(), Some(message), "{setting}");
    }
}

#[test]
fn the_command_line_overrides_the_file() {
    let path = file("[weather]\nurl = 'a'\ntimeout-ms = 5\nstrict = true\n[transport]\nbody-limit = 9\n");
    let mut settings = Settings::read(Some(&path), &["URL=b".to_owned()], &["weather"]).expect("settings");
    let expected = [("strict", "true"), ("timeout_ms", "5"), ("url", "b")];
    assert_eq!(settings.take("weather"), expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
    assert_eq!(settings.take(TRANSPORT).get("body-limit").map(String::as_str), Some("9"));
    std::fs::remove_file(path).expect("temporary file");
}

#[test]
fn a_file_that_cannot_be_used_is_an_error_without_its_values() {
    for (text, message) in [
        ("[weather]\nkey = secret", "is not TOML"),
        ("weather = 'secret'", "`weather` is not a table"),
        ("[weather]\nkey = ['secret']", "`weather.key` must be a string, a number or a truth value"),
        ("[weather]\napi-key = 'secret'\napi_key = 'secret'", "`weather.api_key` is there twice"),
        ("[other]\nkey = 'secret'", "a provider `other`, which is not served"),
    ] {
        let path = file(text);
        let error = Settings::read(Some(&path), &[], &["weather"]).err().expect(text).to_string();
        assert!(error.contains(message) && !error.contains("secret"), "{error}");
        std::fs::remove_file(path).expect("temporary file");
    }
    let missing = Settings::read(Some(Path::new("/does/not/exist.toml")), &[], &["weather"]);
    assert!(missing.err().expect("missing").to_string().starts_with("cannot read `/does/not/exist.toml`"));
}

#[test]
fn the_settings_of_a_composed_file_are_environment_variables() {
    let path = file("[get-weather]\napi-key = 'k'\n");
    let set = ["transport.body-limit=9".to_owned(), "get-weather.base.url=u".to_owned()];
    let settings = Settings::read_for_composed(Some(&path), &set).expect("settings");
    let expected = [
        ("WASMCP__GET_WEATHER__API_KEY", "k"),
        ("WASMCP__GET_WEATHER__BASE_URL", "u"),
        ("WASMCP__TRANSPORT__BODY_LIMIT", "9"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(settings.into_environment().expect("variables"), expected);
    assert!(Settings::read_for_composed(None, &["key=x".to_owned()]).is_err(), "a key of no provider");
    std::fs::remove_file(path).expect("temporary file");
}

#[test]
fn the_server_knows_its_own_settings() {
    for (set, message) in [
        ("transport.body-limit=9", None),
        ("weather.body-limits=secret", None),
        ("transport.body-limits=secret", Some("the server has no setting `transport.body-limits`; it has ")),
        ("transport.body-limit=secret", Some("setting `transport.body-limit` is not a whole number ")),
    ] {
        let settings = Settings::read_for_composed(None, &[set.to_owned()]).expect(set);
        let error = settings.config().err().map(|error| error.to_string());
        assert_eq!(error.is_some(), message.is_some(), "{set}: {error:?}");
        let (error, message) = (error.unwrap_or_default(), message.unwrap_or_default());
        assert!(error.starts_with(message) && !error.contains("secret"), "{set}: {error}");
    }
}
