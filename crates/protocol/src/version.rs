//! The protocol versions that this crate speaks, and the two eras that they form.

use std::fmt;

/// A version of MCP. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `2025-06-18`
    V2025_06_18,
    /// `2025-11-25`
    V2025_11_25,
    /// `2026-07-28`
    V2026_07_28,
}

impl Version {
    /// Every version, newest first, which is the order of the lists that clients see.
    pub const ALL: [Self; 3] = [Self::V2026_07_28, Self::V2025_11_25, Self::V2025_06_18];
    /// The version of the modern era: no handshake, everything with each request.
    pub const MODERN: Self = Self::V2026_07_28;
    /// The version that `initialize` offers to a client that asks for one that the server does not speak.
    pub const LATEST_LEGACY: Self = Self::V2025_11_25;
    /// The version of a legacy request without a version header.
    pub const OLDEST_LEGACY: Self = Self::V2025_06_18;

    /// The version with this name; nothing where the server does not speak it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.as_str() == name)
    }

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// Whether requests carry their own version and capabilities instead of an `initialize` handshake.
    #[must_use]
    pub const fn is_modern(self) -> bool {
        matches!(self, Self::V2026_07_28)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn names_are_exact_and_order_is_that_of_time() {
        for version in Version::ALL {
            assert_eq!(Version::parse(version.as_str()), Some(version));
            assert_eq!(version.is_modern(), version == Version::MODERN);
        }
        assert!(Version::ALL.is_sorted_by(|a, b| a > b));
        for name in ["", "2025-03-26", "2024-11-05", "2026-07-28 ", "2026-7-28", "v2026-07-28", "DRAFT"] {
            assert_eq!(Version::parse(name), None, "{name}");
        }
    }
}
