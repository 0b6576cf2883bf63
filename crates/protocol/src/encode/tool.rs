use contract::model::{TaskSupport, Tool, ToolAnnotations, ToolOutput, ToolPage};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::object::{Kind, Object, checked};
use super::result::{self, Stamp};
use super::{EncodeError, Written, content, info};
use crate::{Version, members};

/// The result of `tools/list`.
pub fn tool_page(out: &mut Vec<u8>, page: &ToolPage, version: Version, stamp: Option<&Stamp>) -> Written {
    let mut object = result::open(out, page.extra.as_deref(), version)?;
    object.list("tools", &page.tools, |out, of| tool(out, of, version))?;
    object.optional_text("nextCursor", page.next_cursor.as_deref());
    result::cache(&mut object, page.cache.as_ref(), version);
    result::close(object, version, stamp)
}

/// The result of `tools/call`.
pub fn tool_output(out: &mut Vec<u8>, output: &ToolOutput, version: Version, stamp: Option<&Stamp>) -> Written {
    let mut object = result::open(out, output.extra.as_deref(), version)?;
    object.list("content", &output.content, |out, block| content::block(out, block, version))?;
    if let Some(json) = &output.structured_content {
        let json = checked(json, Kind::Any).map_err(|breach| breach.within("structuredContent"))?;
        // Any value since 2026-07-28; an object, or left out, before.
        if version.is_modern() || members::is_object(json) {
            object.raw("structuredContent", json.get().as_bytes());
        }
    }
    object.optional_bool("isError", output.is_error.then_some(true));
    result::close(object, version, stamp)
}

fn tool(out: &mut Vec<u8>, tool: &Tool, version: Version) -> Written {
    let mut object = Object::open(out, tool.extra.as_deref())?;
    object.text("name", &tool.name);
    object.optional_text("title", tool.title.as_deref());
    object.optional_text("description", tool.description.as_deref());
    let (input, of_object) = schema(&tool.input_schema).map_err(|breach| breach.within("inputSchema"))?;
    if !of_object {
        // Clients that check a list refuse all of it for this.
        return Err(EncodeError::new("inputSchema", "must have the `type` `object`"));
    }
    object.raw("inputSchema", input.get().as_bytes());
    if let Some(output) = &tool.output_schema {
        let (output, of_object) = schema(output).map_err(|breach| breach.within("outputSchema"))?;
        if version.is_modern() || of_object {
            object.raw("outputSchema", output.get().as_bytes());
        }
    }
    object.optional("annotations", tool.annotations.as_ref(), annotations)?;
    if version == Version::V2025_11_25 {
        execution(&mut object, tool.task_support)?;
    }
    info::icons(&mut object, &tool.icons, version)?;
    object.close();
    Ok(())
}

/// A JSON Schema that is an object, and whether what it describes is one.
fn schema(json: &str) -> Result<(&RawValue, bool), EncodeError> {
    #[derive(Deserialize)]
    struct Root<'a> {
        #[serde(borrow, default, rename = "type", deserialize_with = "members::present")]
        kind: Option<&'a RawValue>,
    }
    let raw = checked(json, Kind::Object)?;
    let root: Root<'_> = serde_json::from_str(raw.get())
        .map_err(|error| EncodeError::new("", format!("is not a JSON Schema: {error}")))?;
    Ok((raw, root.kind.and_then(members::text).as_deref() == Some("object")))
}

fn annotations(out: &mut Vec<u8>, of: &ToolAnnotations) -> Written {
    let mut object = Object::open(out, of.extra.as_deref())?;
    object.optional_text("title", of.title.as_deref());
    object.optional_bool("readOnlyHint", of.read_only_hint);
    object.optional_bool("destructiveHint", of.destructive_hint);
    object.optional_bool("idempotentHint", of.idempotent_hint);
    object.optional_bool("openWorldHint", of.open_world_hint);
    object.close();
    Ok(())
}

/// An inner object, of which the contract names one member; the others are in `extra` under its name.
fn execution(object: &mut Object<'_, '_>, support: Option<TaskSupport>) -> Written {
    let Some(support) = support else { return Ok(()) };
    let theirs = object.take_extra("execution").map(RawValue::get);
    let mut execution = Object::open(object.value("execution"), theirs).map_err(|breach| breach.within("execution"))?;
    execution.text(
        "taskSupport",
        match support {
            TaskSupport::Forbidden => "forbidden",
            TaskSupport::Optional => "optional",
            TaskSupport::Required => "required",
        },
    );
    execution.close();
    Ok(())
}
