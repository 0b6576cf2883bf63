//! Which names a provider can have.

/// A name of a provider that settings could not be found by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The name has other characters, or is reserved.
    #[error(
        "a provider cannot be called `{0}`: write NAME=FILE, where NAME has letters, digits and single `-`, and is not `transport`, `auth` or `policy`"
    )]
    Illegal(String),
    /// Two providers have one name.
    #[error("two providers are called `{0}`: give one of them another name, as in `NAME=FILE`")]
    Same(String),
    /// The names of two providers differ by case alone, so that the environment variables of their settings are the same.
    #[error("providers `{0}` and `{1}` would have the same settings: give one of them another name, NAME=FILE")]
    SameSettings(String, String),
}

/// The names of the sections that have the settings of the server itself.
const RESERVED: [&str; 3] = ["transport", "auth", "policy"];

/// Checks the name of a provider. Settings are found by the name alone, so a name has no `__` and no `.`, after which
/// the keys of another provider would begin, and is none of [`RESERVED`].
pub fn check_name(name: &str) -> Result<(), NameError> {
    let legal = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match name.split('-').all(legal) && !RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
        true => Ok(()),
        false => Err(NameError::Illegal(name.to_owned())),
    }
}

/// Checks the names of providers that are served together.
pub fn check_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), NameError> {
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        check_name(name)?;
        match seen.iter().find(|other| other.eq_ignore_ascii_case(name)) {
            None => seen.push(name),
            Some(other) if *other == name => return Err(NameError::Same(name.to_owned())),
            Some(other) => return Err(NameError::SameSettings((*other).to_owned(), name.to_owned())),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{NameError, check_name, check_names};

    #[test]
    fn a_name_has_letters_digits_and_single_dashes() {
        for name in ["a", "clock", "get-time", "A1", "1"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in
            ["", "a--b", "-a", "a-", "a.b", "a_b", "a b", "a:b", "ü", "a\n", "transport", "Transport", "auth", "policy"]
        {
            assert_eq!(check_name(name), Err(NameError::Illegal(name.to_owned())), "{name}");
        }
    }

    #[test]
    fn no_two_names_are_told_apart_by_case_alone() {
        assert_eq!(check_names(["a", "b", "a-b"]), Ok(()));
        assert_eq!(check_names(["a", "b", "a"]), Err(NameError::Same("a".into())));
        assert_eq!(check_names(["a", "b", "A"]), Err(NameError::SameSettings("a".into(), "A".into())));
    }
}
