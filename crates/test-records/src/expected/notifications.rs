//! Events as notifications.

use contract::model::{Change, Event, LogLevel, LogMessage, Progress, UnnamedRequest};
use serde_json::{Value, json};

use crate::tree::{V2025_11_25, number, object, optional, parsed, text};

/// `notifications/progress` under this token.
pub fn progress(token: &str, of: &Progress) -> Value {
    let Progress { progress, total, message, extra } = of;
    let params = object(
        extra,
        [
            ("progressToken", text(token)),
            ("progress", number(&Some(*progress))),
            ("total", number(total)),
            ("message", optional(message)),
        ],
    );
    json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": params})
}

/// `notifications/message`.
pub fn log_message(of: &LogMessage) -> Value {
    let LogMessage { level, logger, data, extra } = of;
    let params =
        object(extra, [("level", text(log_level(*level))), ("logger", optional(logger)), ("data", Some(parsed(data)))]);
    json!({"jsonrpc": "2.0", "method": "notifications/message", "params": params})
}

/// The name of a level, as in `logging` of the schemas.
pub fn log_level(level: LogLevel) -> &'static str {
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

/// An event as a notification; `None` where no client of this version gets one. Progress goes under this token.
pub fn event(event: &Event, version: &str, token: &str) -> Option<Value> {
    let notification = |UnnamedRequest { method, params }: &UnnamedRequest| {
        object(&None, [("jsonrpc", text("2.0")), ("method", text(method)), ("params", params.as_deref().map(parsed))])
    };
    match event {
        Event::Progress(of) => Some(progress(token, of)),
        Event::Log(of) => Some(log_message(of)),
        Event::ElicitationComplete(id) => (version == V2025_11_25).then(|| {
            let params = json!({"elicitationId": id});
            json!({"jsonrpc": "2.0", "method": "notifications/elicitation/complete", "params": params})
        }),
        // No client can subscribe to changes yet.
        Event::Changed(
            Change::ToolList
            | Change::ResourceList
            | Change::PromptList
            | Change::ResourceUpdated(_)
            | Change::Unnamed(_),
        ) => None,
        Event::Unnamed(of) => Some(notification(of)),
    }
}
