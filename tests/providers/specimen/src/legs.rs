//! Tools that need more than one leg, or give no result.

use crate::bindings::wasmcp::mcp::model::{
    ContentBlock, Context, ErrorCode, Event, FormElicitation, InputQuestion, InputRequest, InputRequired, LogLevel,
    LogMessage, McpError, More, Progress, TextContent, ToolCall, ToolLeg, ToolOutcome, ToolOutput,
};

const STEPS: u8 = 3;

/// Three legs, each of which tells how far it is.
pub(crate) fn count(_: &Context, call: &ToolCall) -> Result<ToolLeg, McpError> {
    let saved = call.resumed.as_ref().and_then(|resumed| resumed.saved.as_ref());
    let step = saved.and_then(|saved| saved.first().copied()).unwrap_or_default() + 1;
    let progress = Progress {
        progress: f64::from(step),
        total: Some(f64::from(STEPS)),
        message: Some(format!("step {step}")),
        extra: None,
    };
    let log = LogMessage {
        level: LogLevel::Info,
        logger: Some("specimen".to_owned()),
        data: format!(r#"{{"step":{step}}}"#),
        extra: None,
    };
    let outcome = match step {
        STEPS => ToolOutcome::Complete(text("counted")),
        _ => ToolOutcome::More(More { saved: vec![step], after_ms: 1 }),
    };
    Ok(ToolLeg { events: vec![Event::Progress(progress), Event::Log(log)], outcome })
}

/// Is never done.
pub(crate) fn forever(_: &Context, _: &ToolCall) -> Result<ToolLeg, McpError> {
    Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::More(More { saved: Vec::new(), after_ms: 0 }) })
}

/// Needs an answer of the client.
pub(crate) fn ask(_: &Context, _: &ToolCall) -> Result<ToolLeg, McpError> {
    let form = FormElicitation {
        message: "Who?".to_owned(),
        requested_schema: r#"{"type":"object","properties":{"name":{"type":"string"}}}"#.to_owned(),
        extra: None,
    };
    let question = InputQuestion { key: "who".to_owned(), request: InputRequest::ElicitForm(form) };
    let asked = InputRequired { questions: vec![question], saved: Some(vec![1]), extra: None };
    Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::InputRequired(asked) })
}

/// Answers with the error that the arguments name.
pub(crate) fn refuse(_: &Context, call: &ToolCall) -> Result<ToolLeg, McpError> {
    let named = |name: &str| call.arguments.contains(name);
    Err(match () {
        () if named("deadline") => McpError::DeadlineExceeded,
        () if named("unavailable") => McpError::Unavailable(Some(1500)),
        () if named("forbidden") => McpError::Forbidden("not today".to_owned()),
        () if named("internal") => McpError::Internal("it broke".to_owned()),
        () => McpError::Other(ErrorCode {
            code: 42,
            message: "its own".to_owned(),
            data: Some(r#"{"why":1}"#.to_owned()),
        }),
    })
}

fn text(text: &str) -> ToolOutput {
    let block = ContentBlock::Text(TextContent { text: text.to_owned(), annotations: None, extra: None });
    ToolOutput { content: vec![block], structured_content: None, is_error: false, extra: None }
}
