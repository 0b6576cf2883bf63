//! Records with as little as they can have.

use contract::model::*;
pub(crate) use test_records::{prompt, resource, template, text};

use super::Answer;

pub(crate) fn tool(name: &str, schema: &str) -> Tool {
    Tool { input_schema: schema.into(), ..test_records::tool(name) }
}

pub(crate) fn complete(result: &str) -> ToolOutcome {
    ToolOutcome::Complete(test_records::tool_output(vec![text(result)]))
}

pub(crate) fn contents(uri: &str, body: ResourceBody) -> ResourceOutcome {
    let contents = ResourceContents { uri: uri.into(), mime_type: None, body, extra: None };
    ResourceOutcome::Complete(ResourceOutput { contents: vec![contents], cache: None, extra: None })
}

pub(crate) fn message(said: &str) -> PromptOutcome {
    let message = PromptMessage { role: Role::User, content: text(said), extra: None };
    PromptOutcome::Complete(PromptOutput { description: None, messages: vec![message], extra: None })
}

pub(crate) fn leg(outcome: ToolOutcome) -> Answer<ToolLeg> {
    Ok(ToolLeg { events: vec![], outcome })
}

pub(crate) fn progress(progress: f64) -> Event {
    Event::Progress(Progress { progress, total: Some(2.0), message: None, extra: None })
}
