//! Values that are for one provider or for all: `[PROVIDER=]VALUE`.

use std::str::FromStr;

/// A value for one provider, or for all providers if it names none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PerProvider<T> {
    pub(crate) provider: Option<String>,
    pub(crate) value: T,
}

impl<T: FromStr> FromStr for PerProvider<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        match text.split_once('=') {
            Some((provider, value)) => Ok(Self { provider: Some(provider.to_owned()), value: value.parse()? }),
            None => Ok(Self { provider: None, value: text.parse()? }),
        }
    }
}

/// An option that names no provider, or one that does not exist.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProviderOptionError {
    #[error("`{option}` names a provider `{name}`, which is not among the files; the providers are `{}`", known.join("`, `"))]
    UnknownProvider { option: &'static str, name: String, known: Vec<String> },
    #[error("`--prefix {0}` names no provider: write PROVIDER=PREFIX")]
    NoProvider(String),
}

/// Checks that every provider that an option names is one of `names`.
pub(crate) fn check_providers<'a, T: 'a>(
    option: &'static str,
    values: impl IntoIterator<Item = &'a PerProvider<T>>,
    names: &[&str],
) -> Result<(), ProviderOptionError> {
    match values.into_iter().filter_map(|value| value.provider.as_deref()).find(|name| !names.contains(name)) {
        None => Ok(()),
        Some(name) => Err(ProviderOptionError::UnknownProvider {
            option,
            name: name.to_owned(),
            known: names.iter().map(|&name| name.to_owned()).collect(),
        }),
    }
}

/// Checks that every prefix is for one of `names`: a prefix for all providers would not make their tools distinct.
pub(crate) fn check_prefixes(prefixes: &[PerProvider<String>], names: &[&str]) -> Result<(), ProviderOptionError> {
    match prefixes.iter().find(|prefix| prefix.provider.is_none()) {
        Some(prefix) => Err(ProviderOptionError::NoProvider(prefix.value.clone())),
        None => check_providers("--prefix", prefixes, names),
    }
}

/// The values for a provider. Values for all providers come first, so that the last value is the provider's own.
pub(crate) fn for_provider<'a, T>(values: &'a [PerProvider<T>], name: &'a str) -> impl Iterator<Item = &'a T> {
    let general = values.iter().filter(|value| value.provider.is_none());
    let own = values.iter().filter(move |value| value.provider.as_deref() == Some(name));
    general.chain(own).map(|value| &value.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_is_the_providers_own() {
        let values: Vec<PerProvider<u32>> =
            ["weather=2", "1", "other=3"].map(|text| text.parse().expect("number")).into();
        assert_eq!(for_provider(&values, "weather").collect::<Vec<_>>(), [&1, &2]);
        assert_eq!(for_provider(&values, "calculator").collect::<Vec<_>>(), [&1]);
    }

    #[test]
    fn an_invalid_value_is_an_error() {
        assert!("weather=x".parse::<PerProvider<u32>>().is_err());
        assert!("x".parse::<PerProvider<u32>>().is_err());
    }
}
