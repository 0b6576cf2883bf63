//! How a row of the table becomes a field with a typed value, its reading, and an entry that can be printed and checked.

use crate::error::SettingError;
use crate::value_kinds::Kind;

/// Which shapes of the server read a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shapes {
    /// `wasmcp serve`, a composed file, and a lattice.
    Everywhere,
    /// `wasmcp serve` only.
    Serve,
    /// A lattice only, where the router reads it.
    Lattice,
}

impl Shapes {
    /// The word for it in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Serve => "serve",
            Self::Lattice => "lattice",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The section, as in `transport`: the part of the key before its first dot.
    pub section: &'static str,
    /// The key in its section, as in `body-limit`.
    pub name: &'static str,
    /// The whole key, as in `transport.body-limit`.
    pub key: &'static str,
    /// The default as people read it: a value, or words for one that is computed.
    pub default: &'static str,
    /// Whether a value must be set.
    pub required: bool,
    /// What a value is, as in `a whole number from 1 to 2147483647`.
    pub expected: &'static str,
    /// Which shapes of the server read it.
    pub shapes: Shapes,
    /// What it does, with its unit, in one line of Markdown.
    pub meaning: &'static str,
}

/// Reads one value. `default` makes the value of a setting that is not set; a required one is an error then.
pub(crate) fn read<T, E>(
    key: &'static str,
    kind: &Kind<T>,
    required: bool,
    value: Result<Option<String>, E>,
    default: impl FnOnce() -> T,
) -> Result<T, SettingError> {
    let expected = kind.expected;
    match value {
        Err(_) => Err(SettingError::Unreadable { key }),
        Ok(Some(text)) => (kind.parse)(&text).ok_or(SettingError::Invalid { key, expected }),
        Ok(None) if required => Err(SettingError::Missing { key, expected }),
        Ok(None) => Ok(default()),
    }
}

/// Makes the rows of one section, and a struct of their typed values.
///
/// A row is `"NAME" FIELD: TYPE, KIND = DEFAULT => "MEANING";`. After the default there may be `, "WORDS"`, which people read
/// instead of it, or `, required`.
macro_rules! section {
    (
        $(#[$doc:meta])*
        $struct:ident, $section:literal, $shapes:ident;
        $($name:literal $field:ident: $type:ty, $kind:ident = $default:expr $(, $note:tt)? => $meaning:literal;)+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $struct {
            $(#[doc = concat!("`", $section, ".", $name, "`: ", $meaning, ".")] pub $field: $type,)+
        }

        impl $struct {
            /// The rows of the section, in the order of the table.
            pub const ROWS: &'static [$crate::Setting] = &[$($crate::Setting {
                section: $section,
                name: $name,
                key: concat!($section, ".", $name),
                default: $crate::row::default_words!($default $(, $note)?),
                required: $crate::row::is_required!($($note)?),
                expected: $crate::value_kinds::$kind.expected,
                shapes: $crate::Shapes::$shapes,
                meaning: $meaning,
            }),+];

            /// Reads every setting of the section. `get` is asked for names without the section, as in `body-limit`. A name
            /// for which it has no value keeps its default.
            pub fn read<E>(get: impl Fn(&str) -> Result<Option<String>, E>) -> Result<Self, $crate::SettingError> {
                Ok(Self {
                    $($field: $crate::row::read(
                        concat!($section, ".", $name),
                        &$crate::value_kinds::$kind,
                        $crate::row::is_required!($($note)?),
                        get($name),
                        || $default,
                    )?,)+
                })
            }
        }

        impl Default for $struct {
            /// The defaults. A required setting is empty.
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }
    };
}

macro_rules! default_words {
    ($default:expr) => {
        stringify!($default)
    };
    ($default:expr, required) => {
        "required"
    };
    ($default:expr, $words:literal) => {
        $words
    };
}

macro_rules! is_required {
    (required) => {
        true
    };
    ($($words:literal)?) => {
        false
    };
}

pub(crate) use {default_words, is_required, section};
