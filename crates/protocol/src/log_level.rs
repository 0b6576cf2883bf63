//! The log levels and their names (RFC 5424 §6.2.1, in lower case).

use contract::model::LogLevel;

/// What a log level must be.
pub(crate) const WANTED: &str =
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

pub(crate) fn named(wanted: &str) -> Option<LogLevel> {
    ALL.into_iter().find(|level| name(*level) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_is_found_by_its_name_and_told() {
        for level in ALL {
            assert_eq!(named(name(level)), Some(level));
            assert!(WANTED.contains(&format!("`{}`", name(level))), "{}", name(level));
        }
        assert_eq!(named("Debug"), None);
        assert_eq!(WANTED.matches('`').count(), ALL.len() * 2);
    }
}
