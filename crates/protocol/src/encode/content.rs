use contract::model::{
    ContentBlock, EmbeddedResource, MediaContent, ResourceBody, ResourceContents, ResourceInfo, TextContent,
};

use super::info::{annotations, icons};
use super::object::Object;
use super::{EncodeError, Written};
use crate::{Version, members};

/// `ContentBlock`: all five kinds are in every version that is spoken. One that has no case here passes as it is.
pub(super) fn block(out: &mut Vec<u8>, block: &ContentBlock, version: Version) -> Written {
    match block {
        ContentBlock::Text(content) => text(out, content),
        ContentBlock::Image(content) => media(out, "image", content),
        ContentBlock::Audio(content) => media(out, "audio", content),
        ContentBlock::ResourceLink(info) => {
            let mut object = Object::open(out, info.extra.as_deref())?;
            object.text("type", "resource_link");
            resource_members(&mut object, info, version)?;
            object.close();
            Ok(())
        }
        ContentBlock::EmbeddedResource(resource) => embedded(out, resource),
        ContentBlock::Unnamed(json) => unnamed(out, json),
    }
}

/// The kinds that have a case. None of them may come unnamed, past the rules of its case.
const KINDS: [&str; 5] = ["text", "image", "audio", "resource_link", "resource"];

fn unnamed(out: &mut Vec<u8>, json: &str) -> Written {
    let mut object = Object::open(out, None)?;
    object.take_in(json, "")?;
    match object.take_extra("type").and_then(members::text) {
        Some(kind) if KINDS.contains(&&*kind) => {
            Err(EncodeError::new("type", format!("is `{kind}`, which has a case of its own")))
        }
        Some(kind) => {
            object.text("type", &kind);
            object.close();
            Ok(())
        }
        None => Err(EncodeError::new("type", "must be a string")),
    }
}

fn text(out: &mut Vec<u8>, content: &TextContent) -> Written {
    let mut object = Object::open(out, content.extra.as_deref())?;
    object.text("type", "text");
    object.text("text", &content.text);
    annotations(&mut object, content.annotations.as_ref())?;
    object.close();
    Ok(())
}

fn media(out: &mut Vec<u8>, kind: &str, content: &MediaContent) -> Written {
    let mut object = Object::open(out, content.extra.as_deref())?;
    object.text("type", kind);
    object.bytes("data", &content.data);
    object.text("mimeType", &content.mime_type);
    annotations(&mut object, content.annotations.as_ref())?;
    object.close();
    Ok(())
}

/// The members of `Resource`.
fn resource_members(object: &mut Object<'_, '_>, info: &ResourceInfo, version: Version) -> Written {
    object.text("uri", &info.uri);
    object.text("name", &info.name);
    object.optional_text("title", info.title.as_deref());
    object.optional_text("description", info.description.as_deref());
    object.optional_text("mimeType", info.mime_type.as_deref());
    object.optional_number("size", info.size)?;
    annotations(object, info.annotations.as_ref())?;
    icons(object, &info.icons, version)
}

fn embedded(out: &mut Vec<u8>, resource: &EmbeddedResource) -> Written {
    let mut object = Object::open(out, resource.extra.as_deref())?;
    object.text("type", "resource");
    object.nested("resource", &resource.contents, contents)?;
    annotations(&mut object, resource.annotations.as_ref())?;
    object.close();
    Ok(())
}

/// `TextResourceContents`, `BlobResourceContents`, or a kind that has no case here.
fn contents(out: &mut Vec<u8>, contents: &ResourceContents) -> Written {
    let mut object = Object::open(out, contents.extra.as_deref())?;
    if let ResourceBody::Unnamed(json) = &contents.body {
        object.take_in(json, "body")?;
    }
    object.text("uri", &contents.uri);
    object.optional_text("mimeType", contents.mime_type.as_deref());
    match &contents.body {
        ResourceBody::Text(text) => object.text("text", text),
        ResourceBody::Blob(bytes) => object.bytes("blob", bytes),
        ResourceBody::Unnamed(_) => {}
    }
    object.close();
    Ok(())
}
