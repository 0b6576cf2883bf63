//! `ContentBlock`: the content of tool results and of prompt messages.

use contract::model::{ContentBlock, EmbeddedResource, MediaContent, TextContent};

use crate::json::{self, EncodeError, EncodeResult, JsonBuffer, ObjectWriter};
use crate::{Version, annotations, resources};

/// Writes a `ContentBlock`. All five kinds are in every version; one that has no case in the contract passes as it is.
pub(crate) fn write(out: &mut JsonBuffer, block: &ContentBlock, version: Version) -> EncodeResult {
    match block {
        ContentBlock::Text(content) => text(out, content),
        ContentBlock::Image(content) => media(out, "image", content),
        ContentBlock::Audio(content) => media(out, "audio", content),
        ContentBlock::ResourceLink(info) => {
            let mut object = ObjectWriter::open(out, info.extra.as_deref())?;
            object.text("type", "resource_link");
            resources::write_members(&mut object, info, version)?;
            object.close();
            Ok(())
        }
        ContentBlock::EmbeddedResource(resource) => embedded(out, resource),
        ContentBlock::Unnamed(json) => unnamed(out, json),
    }
}

/// The kinds that have a case. None of them may come as `unnamed`, past the rules of its case.
const KINDS: [&str; 5] = ["text", "image", "audio", "resource_link", "resource"];

fn unnamed(out: &mut JsonBuffer, json: &str) -> EncodeResult {
    let mut object = ObjectWriter::open(out, None)?;
    object.merge_unnamed(json, "")?;
    match object.take_extra("type").and_then(json::text) {
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

fn text(out: &mut JsonBuffer, content: &TextContent) -> EncodeResult {
    let mut object = ObjectWriter::open(out, content.extra.as_deref())?;
    object.text("type", "text");
    object.text("text", &content.text);
    annotations::write(&mut object, content.annotations.as_ref())?;
    object.close();
    Ok(())
}

fn media(out: &mut JsonBuffer, kind: &str, content: &MediaContent) -> EncodeResult {
    let mut object = ObjectWriter::open(out, content.extra.as_deref())?;
    object.text("type", kind);
    object.bytes("data", &content.data);
    object.text("mimeType", &content.mime_type);
    annotations::write(&mut object, content.annotations.as_ref())?;
    object.close();
    Ok(())
}

fn embedded(out: &mut JsonBuffer, resource: &EmbeddedResource) -> EncodeResult {
    let mut object = ObjectWriter::open(out, resource.extra.as_deref())?;
    object.text("type", "resource");
    object.nested("resource", &resource.contents, resources::write_contents)?;
    annotations::write(&mut object, resource.annotations.as_ref())?;
    object.close();
    Ok(())
}
