//! The log levels and their names (RFC 5424 §6.2.1, in lower case).

use contract::model::LogLevel;

/// The reason of an error about a text that is no log level.
pub(crate) const EXPECTED: &str =
    "must be one of `debug`, `info`, `notice`, `warning`, `error`, `critical`, `alert`, `emergency`";

/// Every one, the least severe first.
const ALL: [LogLevel; 8] = [
    LogLevel::Debug,
    LogLevel::Info,
    LogLevel::Notice,
    LogLevel::Warning,
    LogLevel::Error,
    LogLevel::Critical,
    LogLevel::Alert,
    LogLevel::Emergency,
];

pub(crate) fn name(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Notice => "notice",
        LogLevel::Warning => "warning",
        LogLevel::Error => "error",
        LogLevel::Critical => "critical",
        LogLevel::Alert => "alert",
        LogLevel::Emergency => "emergency",
    }
}

pub(crate) fn parse(wanted: &str) -> Option<LogLevel> {
    ALL.into_iter().find(|level| name(*level) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_is_found_by_its_name_and_named_in_the_error() {
        for level in ALL {
            assert_eq!(parse(name(level)), Some(level));
            assert!(EXPECTED.contains(&format!("`{}`", name(level))), "{}", name(level));
        }
        assert_eq!(parse("Debug"), None);
        assert_eq!(EXPECTED.matches('`').count(), ALL.len() * 2);
    }
}
