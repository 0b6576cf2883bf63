//! The options of commands that log.

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;

use super::format::Format;

/// How a command logs. All of it goes to standard error.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct LogOptions {
    /// The form of the log
    #[arg(long = "log-format", value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub(super) format: Format,
    /// The least important messages that are logged
    #[arg(long = "log-level", value_enum, default_value_t = Level::Info, value_name = "LEVEL")]
    level: Level,
}

/// How important a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    /// Something failed
    Error,
    /// Something is wrong, and what is served goes on
    Warn,
    /// What happens, and what components print
    Info,
    /// Every request
    Debug,
}

impl Default for LogOptions {
    /// For commands without these options, whose log is the error with which they end.
    fn default() -> Self {
        Self { format: Format::Text, level: Level::Info }
    }
}

impl LogOptions {
    pub(super) fn filter(self) -> LevelFilter {
        match self.level {
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
        }
    }
}
