//! Tests of the notifications that a provider sends during a call.

use contract::model::{LogLevel, LogMessage, Progress, UnnamedRequest};
use serde_json::value::RawValue;

use super::{elicitation_complete, log, progress, unnamed};
use crate::JsonBuffer;
use crate::tests::written;

fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap()
}

fn step(progress: f64) -> Progress {
    Progress { progress, total: None, message: None, extra: None }
}

#[test]
fn progress_goes_under_the_token_as_the_client_wrote_it() {
    let least = written(|out| progress(out, raw("7"), &step(1.0)));
    assert_eq!(
        least,
        r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":1}}"#
    );
    let full =
        Progress { total: Some(2.5), message: Some("half".into()), extra: Some(r#"{"_meta":{}}"#.into()), ..step(0.5) };
    assert_eq!(
        written(|out| progress(out, raw(r#""\u0070""#), &full)),
        r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"\u0070","progress":0.5,"total":2.5,"message":"half","_meta":{}}}"#
    );
}

#[test]
fn numbers_are_integers_where_they_can_be() {
    let cases = [
        (0.0, "0"),
        (-0.0, "0"),
        (-3.0, "-3"),
        (0.1, "0.1"),
        (9_007_199_254_740_992.0, "9007199254740992"),
        (1e300, "1"),
    ];
    for (number, want) in cases {
        let json = written(|out| progress(out, raw("1"), &step(number)));
        assert!(json.contains(&format!(r#""progress":{want}"#)), "{json}");
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["params"]["progress"].as_f64(), Some(number));
    }
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = progress(&mut JsonBuffer::unbounded(), raw("1"), &step(number)).unwrap_err();
        assert_eq!(error.to_string(), "`params.progress` must be a finite number");
    }
}

#[test]
fn a_log_message_has_any_data() {
    let cases = [
        (LogLevel::Debug, "debug", "{ }"),
        (LogLevel::Info, "info", "null"),
        (LogLevel::Notice, "notice", "[1]"),
        (LogLevel::Warning, "warning", "\"text\""),
        (LogLevel::Error, "error", "1.50"),
        (LogLevel::Critical, "critical", "true"),
        (LogLevel::Alert, "alert", r#"{"a":1}"#),
        (LogLevel::Emergency, "emergency", "0"),
    ];
    for (level, name, data) in cases {
        let message = LogMessage { level, logger: Some("l".into()), data: data.into(), extra: None };
        assert_eq!(
            written(|out| log(out, &message)),
            format!(
                r#"{{"jsonrpc":"2.0","method":"notifications/message","params":{{"level":"{name}","logger":"l","data":{data}}}}}"#
            )
        );
    }
    let broken = LogMessage { level: LogLevel::Info, logger: None, data: "not JSON".into(), extra: None };
    let error = log(&mut JsonBuffer::unbounded(), &broken).unwrap_err();
    assert!(error.to_string().starts_with("`params.data` is not JSON: "));
}

#[test]
fn other_notifications_pass_unchanged() {
    let complete = |out: &mut JsonBuffer| {
        elicitation_complete(out, "a\"b");
        Ok(())
    };
    assert_eq!(
        written(complete),
        r#"{"jsonrpc":"2.0","method":"notifications/elicitation/complete","params":{"elicitationId":"a\"b"}}"#
    );
    let cases = [
        (None, r#"{"jsonrpc":"2.0","method":"notifications/\"x"}"#),
        (Some(r#"{"a": 1}"#), r#"{"jsonrpc":"2.0","method":"notifications/\"x","params":{"a": 1}}"#),
    ];
    for (params, want) in cases {
        let of = UnnamedRequest { method: "notifications/\"x".into(), params: params.map(str::to_owned) };
        assert_eq!(written(|out| unnamed(out, &of)), want);
    }
    for params in ["[]", "1", "", "{}}"] {
        let of = UnnamedRequest { method: "notifications/x".into(), params: Some(params.into()) };
        assert_eq!(unnamed(&mut JsonBuffer::unbounded(), &of).unwrap_err().path, "params", "{params}");
    }
    for method in ["sampling/createMessage", "notifications/progress", "notifications/subscriptions/acknowledged", ""] {
        let of = UnnamedRequest { method: method.into(), params: None };
        assert_eq!(unnamed(&mut JsonBuffer::unbounded(), &of).unwrap_err().path, "method", "{method}");
    }
}
