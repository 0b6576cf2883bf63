//! Every kind of content.

use crate::bindings::wasmcp::mcp::model::{
    Annotations, ContentBlock, EmbeddedResource, MediaContent, ResourceBody, ResourceContents, ResourceInfo, Role,
    TextContent,
};
use crate::describe::icon;

/// One block of every kind.
pub(crate) fn every_kind() -> Vec<ContentBlock> {
    vec![
        ContentBlock::Text(TextContent {
            text: "text".to_owned(),
            annotations: Some(annotations()),
            extra: Some(r#"{"_meta":{"test.everything/key":1},"later":true}"#.to_owned()),
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
    ]
}

/// A block of plain text.
pub(crate) fn text(text: impl Into<String>) -> ContentBlock {
    ContentBlock::Text(TextContent { text: text.into(), annotations: None, extra: None })
}

/// Every annotation that MCP has.
pub(crate) fn annotations() -> Annotations {
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
