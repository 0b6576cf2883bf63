//! Every kind of content.

use crate::bindings::wasmcp::mcp::model::{
    Annotations, ContentBlock, Context, EmbeddedResource, McpError, MediaContent, ResourceBody, ResourceContents,
    ResourceInfo, Role, TextContent, ToolCall, ToolLeg, ToolOutcome, ToolOutput,
};
use crate::icon;

pub(crate) fn show(_: &Context, _: &ToolCall) -> Result<ToolLeg, McpError> {
    let content = vec![
        ContentBlock::Text(TextContent {
            text: "text".to_owned(),
            annotations: Some(annotations()),
            extra: Some(r#"{"_meta":{"test.specimen/key":1},"later":true}"#.to_owned()),
        }),
        ContentBlock::Image(media("image/png")),
        ContentBlock::Audio(media("audio/wav")),
        ContentBlock::ResourceLink(ResourceInfo {
            uri: "test:///linked".to_owned(),
            name: "linked".to_owned(),
            title: Some("Linked".to_owned()),
            description: Some("A link.".to_owned()),
            mime_type: Some("text/plain".to_owned()),
            size: Some(5_000_000_000.0),
            annotations: None,
            icons: vec![icon()],
            extra: None,
        }),
        embedded(ResourceBody::Text("embedded".to_owned())),
        embedded(ResourceBody::Blob(vec![0, 255])),
        ContentBlock::Unnamed(r#"{"type":"hologram","depth":3}"#.to_owned()),
    ];
    let output = ToolOutput {
        content,
        structured_content: Some(r#"{"big":12345678901234567890,"text":"\u00fc"}"#.to_owned()),
        is_error: false,
        extra: Some(r#"{"_meta":{"test.specimen/key":"kept"},"later":"kept"}"#.to_owned()),
    };
    Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::Complete(output) })
}

fn annotations() -> Annotations {
    Annotations {
        audience: vec![Role::User, Role::Assistant],
        priority: Some(0.5),
        last_modified: Some("2026-01-01T00:00:00Z".to_owned()),
        extra: None,
    }
}

fn media(mime_type: &str) -> MediaContent {
    MediaContent { data: vec![1, 2, 3, 255], mime_type: mime_type.to_owned(), annotations: None, extra: None }
}

fn embedded(body: ResourceBody) -> ContentBlock {
    let contents = ResourceContents {
        uri: "test:///embedded".to_owned(),
        mime_type: Some("text/plain".to_owned()),
        body,
        extra: None,
    };
    ContentBlock::EmbeddedResource(EmbeddedResource { contents, annotations: None, extra: None })
}
