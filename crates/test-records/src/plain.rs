//! Records with as little as they can have.

use contract::model::*;

/// A program of this name.
pub fn implementation(name: &str) -> Implementation {
    Implementation {
        name: name.into(),
        version: "1.0.0".into(),
        title: None,
        description: None,
        website_url: None,
        icons: vec![],
        extra: None,
    }
}

/// The description of a provider of this name whose catalogue is static.
pub fn info(name: &str, offers: Offers) -> ProviderInfo {
    ProviderInfo {
        implementation: implementation(name),
        instructions: None,
        offers,
        extensions: vec![],
        experimental: vec![],
        cache: None,
        catalogue_revision: "1".into(),
        catalogue_static: true,
        extra: None,
    }
}

/// A tool of this name that takes any object.
pub fn tool(name: &str) -> Tool {
    Tool {
        name: name.into(),
        title: None,
        description: None,
        input_schema: r#"{"type":"object"}"#.into(),
        output_schema: None,
        annotations: None,
        task_support: None,
        icons: vec![],
        extra: None,
    }
}

/// A tool's hints without any.
pub fn tool_annotations() -> ToolAnnotations {
    ToolAnnotations {
        title: None,
        read_only_hint: None,
        destructive_hint: None,
        idempotent_hint: None,
        open_world_hint: None,
        extra: None,
    }
}

/// A resource with this URI, which is its name too.
pub fn resource(uri: &str) -> ResourceInfo {
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

/// A template of this text, which is its name too.
pub fn template(text: &str) -> ResourceTemplate {
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

/// A prompt of this name without arguments.
pub fn prompt(name: &str) -> Prompt {
    Prompt { name: name.into(), title: None, description: None, arguments: vec![], icons: vec![], extra: None }
}

/// The only page of the tools.
pub fn tool_page(tools: Vec<Tool>) -> ToolPage {
    ToolPage { tools, next_cursor: None, cache: None, extra: None }
}

/// A call of this tool without arguments.
pub fn tool_call(name: &str) -> ToolCall {
    ToolCall { name: name.into(), arguments: "{}".into(), resumed: None, extra: None }
}

/// An output of a tool with this content.
pub fn tool_output(content: Vec<ContentBlock>) -> ToolOutput {
    ToolOutput { content, structured_content: None, is_error: false, extra: None }
}

/// Content that is text.
pub fn text(text: &str) -> ContentBlock {
    ContentBlock::Text(TextContent { text: text.into(), annotations: None, extra: None })
}
