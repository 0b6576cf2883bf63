//! Sizes and times with units, as values of options.

use std::str::FromStr;
use std::time::Duration;

/// A number of bytes: `4096`, `64KiB`, `8MiB`, `1GiB`, or in decimal units `8MB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) usize);

/// A duration: `500ms`, `30s`, `2m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Duration);

/// A value that is not a size or not a time.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not {expected}")]
pub(crate) struct UnitError {
    value: String,
    expected: &'static str,
}

impl FromStr for Bytes {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let bytes = split(text).and_then(|(number, unit)| {
            let factor: u64 = match unit.to_ascii_lowercase().as_str() {
                "" | "b" => 1,
                "kb" => 1000,
                "k" | "kib" => 1 << 10,
                "mb" => 1_000_000,
                "m" | "mib" => 1 << 20,
                "gb" => 1_000_000_000,
                "g" | "gib" => 1 << 30,
                _ => return None,
            };
            usize::try_from(number.checked_mul(factor)?).ok().filter(|bytes| *bytes > 0)
        });
        bytes.map(Self).ok_or_else(|| UnitError {
            value: text.to_owned(),
            expected: "a size above zero, such as `64KiB` or `256MiB`",
        })
    }
}

impl FromStr for Time {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let time = split(text).and_then(|(number, unit)| {
            let factor = match unit {
                "ms" => 1,
                "s" => 1000,
                "m" => 60_000,
                _ => return None,
            };
            // The contract carries milliseconds as numbers below 2^31.
            number.checked_mul(factor).filter(|ms| (1..1 << 31).contains(ms)).map(Duration::from_millis)
        });
        time.map(Self).ok_or_else(|| UnitError {
            value: text.to_owned(),
            expected: "a time above zero, such as `500ms`, `30s` or `2m`",
        })
    }
}

/// Splits a value into its number and its unit.
fn split(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("1", Some(1)),
            ("4096", Some(4096)),
            ("64KiB", Some(65_536)),
            ("64k", Some(65_536)),
            ("8 MiB", Some(8 << 20)),
            ("8MB", Some(8_000_000)),
            ("1g", Some(1 << 30)),
            ("", None),
            ("0", None),
            ("-1", None),
            ("1.5MiB", None),
            ("8 apples", None),
            ("MiB", None),
            ("99999999999999GiB", None),
        ] {
            assert_eq!(text.parse().ok().map(|Bytes(bytes)| bytes), bytes, "{text}");
        }
    }

    #[test]
    fn times_have_units() {
        for (text, ms) in [
            ("500ms", Some(500)),
            ("30s", Some(30_000)),
            ("2m", Some(120_000)),
            ("30", None),
            ("0s", None),
            ("1h", None),
            ("", None),
            ("2147483648ms", None),
        ] {
            assert_eq!(text.parse().ok().map(|Time(time)| time), ms.map(Duration::from_millis), "{text}");
        }
    }
}
