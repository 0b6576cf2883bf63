//! Records with as little, or with as much, as they can have.

use contract::model::{
    Annotations, CacheHint, CacheScope, ContentBlock, EmbeddedResource, Icon, IconTheme, Implementation, MediaContent,
    Offers, ProviderInfo, ResourceBody, ResourceContents, ResourceInfo, Role, TaskSupport, Tool, ToolAnnotations,
};

pub(crate) use test_records::{text, tool_output as output, tool_page as page};

pub(crate) fn implementation() -> Implementation {
    test_records::implementation("calc")
}

pub(crate) fn icon() -> Icon {
    Icon {
        src: "https://i".into(),
        mime_type: Some("image/png".into()),
        sizes: vec!["48x48".into(), "any".into()],
        theme: Some(IconTheme::Dark),
        extra: Some(r#"{"alt":"x"}"#.into()),
    }
}

pub(crate) fn info() -> ProviderInfo {
    test_records::info("calc", Offers::TOOLS)
}

pub(crate) fn tool() -> Tool {
    test_records::tool("now")
}

pub(crate) fn full_tool() -> Tool {
    Tool {
        title: Some("Now".into()),
        description: Some("Tells \"now\"\nand then".into()),
        output_schema: Some(r#"{"type":"object","properties":{"sum":{"type":"number"}}}"#.into()),
        annotations: Some(ToolAnnotations {
            title: Some("A".into()),
            read_only_hint: Some(true),
            destructive_hint: Some(false),
            idempotent_hint: Some(true),
            open_world_hint: Some(false),
            extra: Some(r#"{"later":1}"#.into()),
        }),
        task_support: Some(TaskSupport::Forbidden),
        icons: vec![icon()],
        extra: Some(r#"{"_meta":{"k":1}}"#.into()),
        ..tool()
    }
}

pub(crate) fn cache() -> CacheHint {
    CacheHint { ttl_ms: 300_000, scope: CacheScope::Public }
}

pub(crate) fn annotations() -> Annotations {
    Annotations {
        audience: vec![Role::User, Role::Assistant],
        priority: Some(0.5),
        last_modified: Some("2025-01-12T15:00:58Z".into()),
        extra: Some(r#"{"later":1}"#.into()),
    }
}

pub(crate) fn media(data: &[u8], annotations: Option<Annotations>) -> MediaContent {
    MediaContent { data: data.to_vec(), mime_type: "image/png".into(), annotations, extra: None }
}

pub(crate) fn link() -> ResourceInfo {
    ResourceInfo {
        uri: "file:///a".into(),
        name: "a".into(),
        title: Some("A".into()),
        description: Some("d".into()),
        mime_type: Some("text/plain".into()),
        size: Some(4096.0),
        annotations: Some(annotations()),
        icons: vec![icon()],
        extra: Some(r#"{"_meta":{}}"#.into()),
    }
}

pub(crate) fn embedded(body: ResourceBody) -> ContentBlock {
    let contents = ResourceContents {
        uri: "file:///a".into(),
        mime_type: Some("text/plain".into()),
        body,
        extra: Some(r#"{"_meta":{"c":1}}"#.into()),
    };
    ContentBlock::EmbeddedResource(EmbeddedResource {
        contents,
        annotations: None,
        extra: Some(r#"{"_meta":{"r":1}}"#.into()),
    })
}
