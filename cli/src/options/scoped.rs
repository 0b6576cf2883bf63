//! Values that are for one provider or for all: `[PROVIDER=]VALUE`.

use std::str::FromStr;

/// A value, and the provider that it is for; all of them where it names none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scoped<T> {
    pub(crate) provider: Option<String>,
    pub(crate) value: T,
}

impl<T: FromStr> FromStr for Scoped<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        match text.split_once('=') {
            Some((provider, value)) => Ok(Self { provider: Some(provider.to_owned()), value: value.parse()? }),
            None => Ok(Self { provider: None, value: text.parse()? }),
        }
    }
}

/// An option for a provider that cannot be meant.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScopeError {
    #[error("`{option}` names a provider `{name}`, which is not among the files; there is `{}`", known.join("`, `"))]
    UnknownProvider { option: &'static str, name: String, known: Vec<String> },
    #[error("`--prefix {0}` names no provider: write PROVIDER=PREFIX")]
    NoProvider(String),
}

/// Whether every provider that the values of an option are for is one of `names`.
pub(crate) fn check_scopes<T>(option: &'static str, values: &[Scoped<T>], names: &[&str]) -> Result<(), ScopeError> {
    match values.iter().filter_map(|scoped| scoped.provider.as_deref()).find(|name| !names.contains(name)) {
        None => Ok(()),
        Some(name) => Err(ScopeError::UnknownProvider {
            option,
            name: name.to_owned(),
            known: names.iter().map(|&name| name.to_owned()).collect(),
        }),
    }
}

/// Whether every prefix is for one of `names`: one for all would keep no two tools apart.
pub(crate) fn check_prefixes(prefixes: &[Scoped<String>], names: &[&str]) -> Result<(), ScopeError> {
    match prefixes.iter().find(|prefix| prefix.provider.is_none()) {
        Some(prefix) => Err(ScopeError::NoProvider(prefix.value.clone())),
        None => check_scopes("--prefix", prefixes, names),
    }
}

/// The values for a provider: those for all first, so that its own are the last word.
pub(crate) fn for_provider<'a, T>(values: &'a [Scoped<T>], name: &'a str) -> impl Iterator<Item = &'a T> {
    let general = values.iter().filter(|scoped| scoped.provider.is_none());
    let own = values.iter().filter(move |scoped| scoped.provider.as_deref() == Some(name));
    general.chain(own).map(|scoped| &scoped.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_own_value_is_the_last_word() {
        let values: Vec<Scoped<u32>> = ["weather=2", "1", "other=3"].map(|text| text.parse().expect("number")).into();
        assert_eq!(for_provider(&values, "weather").collect::<Vec<_>>(), [&1, &2]);
        assert_eq!(for_provider(&values, "calculator").collect::<Vec<_>>(), [&1]);
    }

    #[test]
    fn a_value_that_cannot_be_read_is_an_error() {
        assert!("weather=x".parse::<Scoped<u32>>().is_err());
        assert!("x".parse::<Scoped<u32>>().is_err());
    }
}
