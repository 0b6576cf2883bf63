//! Tools: the parameters and results of `tools/list` and `tools/call`.

#[cfg(test)]
mod tests;

use contract::model::{TaskSupport, Tool, ToolAnnotations, ToolCall, ToolOutput, ToolPage};

use crate::json::{
    self, EncodeError, EncodeResult, FieldError, InvalidParams, JsonBuffer, JsonKind, ObjectWriter, checked,
    checked_schema,
};
use crate::params::MultiLegParams;
use crate::result::{self, ServerInfoMeta};
use crate::{Params, Version, content, icons};

/// The method that lists tools. Its parameter is [`Params::cursor`].
pub const LIST: &str = "tools/list";
/// The method that calls a tool.
pub const CALL: &str = "tools/call";
/// What a name of this family names, for messages such as "unknown tool".
pub const NOUN: &str = "tool";

/// Decodes the parameters of `tools/call`. The arguments are `{}` where the client sends none.
pub fn call_params(params: &Params<'_>) -> Result<MultiLegParams<ToolCall>, InvalidParams> {
    params.decode_multi_leg(|fields| {
        let name = fields.required_text("name")?;
        let arguments = match fields.take("arguments") {
            None => "{}",
            Some(raw) if json::is_object(raw) => raw.get(),
            Some(_) => {
                return Err(FieldError::new("arguments", "must be an object; leave it out where there are none"));
            }
        };
        // No server of ours makes tasks of 2025-11-25, whose members a server without them ignores (2025-11-25, tasks).
        fields.take("task");
        Ok(ToolCall { name, arguments: arguments.to_owned(), resumed: None, extra: fields.remaining() })
    })
}

/// Writes the result of `tools/list`.
pub fn list_result(
    out: &mut JsonBuffer,
    page: &ToolPage,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> Result<(), EncodeError> {
    let mut object = result::open(out, page.extra.as_deref(), version)?;
    object.list("tools", &page.tools, |out, tool| write_tool(out, tool, version))?;
    object.optional_text("nextCursor", page.next_cursor.as_deref());
    result::write_cache(&mut object, page.cache.as_ref(), version)?;
    result::close(object, version, server_info)
}

/// Writes the result of `tools/call`.
pub fn call_result(
    out: &mut JsonBuffer,
    output: &ToolOutput,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> Result<(), EncodeError> {
    let mut object = result::open(out, output.extra.as_deref(), version)?;
    object.list("content", &output.content, |out, block| content::write(out, block, version))?;
    if let Some(json) = &output.structured_content {
        let json = checked(json, JsonKind::Any).map_err(|error| error.within("structuredContent"))?;
        // Any value since 2026-07-28; an object, or left out, before.
        if version.is_modern() || json::is_object_text(json) {
            object.raw("structuredContent", json.as_bytes());
        }
    }
    object.optional_bool("isError", output.is_error.then_some(true));
    result::close(object, version, server_info)
}

/// Checks that a tool can be listed to clients of every version.
pub fn check_tool(tool: &Tool) -> Result<(), EncodeError> {
    // This version has every member that another one has.
    write_tool(&mut JsonBuffer::unbounded(), tool, Version::V2025_11_25)
}

fn write_tool(out: &mut JsonBuffer, tool: &Tool, version: Version) -> EncodeResult {
    let mut object = ObjectWriter::open(out, tool.extra.as_deref())?;
    object.text("name", &tool.name);
    object.optional_text("title", tool.title.as_deref());
    object.optional_text("description", tool.description.as_deref());
    let (input, of_object) = checked_schema(&tool.input_schema).map_err(|error| error.within("inputSchema"))?;
    if !of_object {
        // Clients that check a list refuse all of it for this.
        return Err(EncodeError::new("inputSchema", "must have the `type` `object`"));
    }
    object.raw("inputSchema", input.as_bytes());
    if let Some(output) = &tool.output_schema {
        let (output, of_object) = checked_schema(output).map_err(|error| error.within("outputSchema"))?;
        if version.is_modern() || of_object {
            object.raw("outputSchema", output.as_bytes());
        }
    }
    object.optional("annotations", tool.annotations.as_ref(), write_annotations)?;
    if version == Version::V2025_11_25 {
        write_execution(&mut object, tool.task_support)?;
    }
    icons::write_member(&mut object, &tool.icons, version)?;
    object.close();
    Ok(())
}

fn write_annotations(out: &mut JsonBuffer, of: &ToolAnnotations) -> EncodeResult {
    let mut object = ObjectWriter::open(out, of.extra.as_deref())?;
    object.optional_text("title", of.title.as_deref());
    object.optional_bool("readOnlyHint", of.read_only_hint);
    object.optional_bool("destructiveHint", of.destructive_hint);
    object.optional_bool("idempotentHint", of.idempotent_hint);
    object.optional_bool("openWorldHint", of.open_world_hint);
    object.close();
    Ok(())
}

/// Writes `execution`, an inner object of which the contract names one member; the others are in `extra` under its name.
fn write_execution(object: &mut ObjectWriter<'_, '_>, support: Option<TaskSupport>) -> EncodeResult {
    let Some(support) = support else { return Ok(()) };
    let mut execution = object.inner("execution")?;
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
