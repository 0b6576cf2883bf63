//! Records with as little as they can have.

use contract::model::*;

use super::Answer;

pub(crate) fn tool(name: &str, schema: &str) -> Tool {
    Tool {
        name: name.into(),
        title: None,
        description: None,
        input_schema: schema.into(),
        output_schema: None,
        annotations: None,
        task_support: None,
        icons: vec![],
        extra: None,
    }
}

pub(crate) fn resource(uri: &str) -> ResourceInfo {
    ResourceInfo {
        uri: uri.into(),
        name: uri.into(),
        title: None,
        description: None,
        mime_type: None,
        size: None,
        annotations: None,
        icons: vec![],
        extra: None,
    }
}

pub(crate) fn template(text: &str) -> ResourceTemplate {
    ResourceTemplate {
        uri_template: text.into(),
        name: text.into(),
        title: None,
        description: None,
        mime_type: None,
        annotations: None,
        icons: vec![],
        extra: None,
    }
}

pub(crate) fn prompt(name: &str) -> Prompt {
    Prompt { name: name.into(), title: None, description: None, arguments: vec![], icons: vec![], extra: None }
}

pub(crate) fn text(text: &str) -> ContentBlock {
    ContentBlock::Text(TextContent { text: text.into(), annotations: None, extra: None })
}

pub(crate) fn complete(result: &str) -> ToolOutcome {
    ToolOutcome::Complete(ToolOutput {
        content: vec![text(result)],
        structured_content: None,
        is_error: false,
        extra: None,
    })
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
