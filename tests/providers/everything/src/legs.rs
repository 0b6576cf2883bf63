//! Legs of tools, resources and prompts that need more than one.

use crate::bindings::wasmcp::mcp::model::{
    Event, FormElicitation, InputQuestion, InputRequest, InputRequired, LogLevel, LogMessage, More, Progress,
    Resumption,
};

const LEGS: u8 = 3;

/// One leg of three: its events, and the state for the next one, or none on the last one.
pub(crate) fn one_of_three(resumed: Option<&Resumption>) -> (Vec<Event>, Option<More>) {
    let saved = resumed.and_then(|resumed| resumed.saved.as_ref());
    let step = saved.and_then(|saved| saved.first().copied()).unwrap_or_default() + 1;
    let progress = Progress {
        progress: f64::from(step),
        total: Some(f64::from(LEGS)),
        message: Some(format!("step {step}")),
        extra: None,
    };
    let log = LogMessage {
        level: LogLevel::Info,
        logger: Some("everything".to_owned()),
        data: format!(r#"{{"step":{step}}}"#),
        extra: None,
    };
    let more = (step < LEGS).then(|| More { saved: vec![step], after_ms: 1 });
    (vec![Event::Progress(progress), Event::Log(log)], more)
}

/// A leg after which there is always one more.
pub(crate) fn one_of_infinitely_many() -> More {
    More { saved: Vec::new(), after_ms: 0 }
}

/// A question for the client.
pub(crate) fn question() -> InputRequired {
    let form = FormElicitation {
        message: "Who?".to_owned(),
        requested_schema: r#"{"type":"object","properties":{"name":{"type":"string"}}}"#.to_owned(),
        extra: None,
    };
    let question = InputQuestion { key: "who".to_owned(), request: InputRequest::ElicitForm(form) };
    InputRequired { questions: vec![question], saved: Some(vec![1]), extra: None }
}
