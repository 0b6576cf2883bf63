//! What several families have: content, annotations, icons.

use contract::model::{
    Annotations, ContentBlock, EmbeddedResource, Icon, IconTheme, MediaContent, ResourceBody, ResourceContents, Role,
    TextContent,
};
use serde_json::{Value, json};

use super::resources::resource_members;
use crate::tree::{V2025_11_25, bytes, number, object, object_of, optional, parsed, some, text};

pub(super) fn role(role: Role) -> Value {
    match role {
        Role::User => json!("user"),
        Role::Assistant => json!("assistant"),
    }
}

pub(super) fn annotations(of: &Option<Annotations>) -> Option<Value> {
    let Annotations { audience, priority, last_modified, extra } = of.as_ref()?;
    Some(object(
        extra,
        [
            ("audience", some(audience, |of| role(*of))),
            ("priority", number(priority)),
            ("lastModified", optional(last_modified)),
        ],
    ))
}

pub(super) fn icons(icons: &[Icon], version: &str) -> Option<Value> {
    let icon = |Icon { src, mime_type, sizes, theme, extra }: &Icon| {
        let theme = theme.map(|theme| match theme {
            IconTheme::Light => json!("light"),
            IconTheme::Dark => json!("dark"),
        });
        let sizes = some(sizes, |size| json!(size));
        object(extra, [("src", text(src)), ("mimeType", optional(mime_type)), ("sizes", sizes), ("theme", theme)])
    };
    some(icons, icon).filter(|_| version >= V2025_11_25)
}

pub(super) fn contents(contents: &ResourceContents) -> Value {
    let ResourceContents { uri, mime_type, body, extra } = contents;
    let named = [("uri", text(uri)), ("mimeType", optional(mime_type))];
    match body {
        ResourceBody::Text(body) => object_of(object(extra, named), [("text", text(body))]),
        ResourceBody::Blob(body) => object_of(object(extra, named), [("blob", bytes(body))]),
        ResourceBody::Unnamed(body) => {
            let mut all = object(extra, []);
            all.as_object_mut().unwrap().extend(parsed(body).as_object().unwrap().clone());
            object_of(all, named)
        }
    }
}

pub(super) fn content(block: &ContentBlock, version: &str) -> Value {
    let media = |kind, MediaContent { data, mime_type, annotations: notes, extra }: &MediaContent| {
        object(
            extra,
            [
                ("type", text(kind)),
                ("data", bytes(data)),
                ("mimeType", text(mime_type)),
                ("annotations", annotations(notes)),
            ],
        )
    };
    match block {
        ContentBlock::Text(TextContent { text: words, annotations: notes, extra }) => {
            object(extra, [("type", text("text")), ("text", text(words)), ("annotations", annotations(notes))])
        }
        ContentBlock::Image(content) => media("image", content),
        ContentBlock::Audio(content) => media("audio", content),
        ContentBlock::ResourceLink(info) => {
            object_of(resource_members(info, version), [("type", text("resource_link"))])
        }
        ContentBlock::EmbeddedResource(EmbeddedResource { contents: inner, annotations: notes, extra }) => object(
            extra,
            [("type", text("resource")), ("resource", Some(contents(inner))), ("annotations", annotations(notes))],
        ),
        ContentBlock::Unnamed(json) => parsed(json),
    }
}
