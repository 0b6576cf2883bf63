//! Resources: the parameters and results of `resources/list`, `resources/templates/list` and `resources/read`, and how resources
//! are written inside content.

#[cfg(test)]
mod tests;

use contract::model::{
    ResourceBody, ResourceContents, ResourceInfo, ResourceOutput, ResourcePage, ResourceRead, ResourceTemplate,
    ResourceTemplatePage,
};

use crate::json::{EncodeError, EncodeResult, FieldError, Fields, InvalidParams, JsonBuffer, ObjectWriter};
use crate::params::MultiLegParams;
use crate::result::{self, ServerInfoMeta};
use crate::{Params, Version, annotations, icons};

/// The method that lists resources. Its parameter is [`Params::cursor`].
pub const LIST: &str = "resources/list";
/// The method that lists templates of resources. Its parameter is [`Params::cursor`].
pub const LIST_TEMPLATES: &str = "resources/templates/list";
/// The method that reads a resource.
pub const READ: &str = "resources/read";

/// How many bytes the URI of a request may have. MCP names no limit; RFC 9110 §4.1 asks that 8000 be supported.
pub const MAX_URI_BYTES: usize = 8192;

/// Decodes the parameters of `resources/read`.
pub fn read_params(params: &Params<'_>) -> Result<MultiLegParams<ResourceRead>, InvalidParams> {
    params.decode_multi_leg(|fields| {
        Ok(ResourceRead { uri: required_uri(fields)?, resumed: None, extra: fields.remaining() })
    })
}

/// Takes the member `uri`. A URI is compared with every template, so its length has a limit.
pub(crate) fn required_uri(fields: &mut Fields<'_>) -> Result<String, FieldError> {
    let uri = fields.required_text("uri")?;
    if uri.len() > MAX_URI_BYTES {
        return Err(FieldError::new("uri", "must not be longer than 8192 bytes"));
    }
    Ok(uri)
}

/// Writes the result of `resources/list`.
pub fn list_result(
    out: &mut JsonBuffer,
    page: &ResourcePage,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> Result<(), EncodeError> {
    let mut object = result::open(out, page.extra.as_deref(), version)?;
    object.list("resources", &page.resources, |out, info| write_resource(out, info, version))?;
    object.optional_text("nextCursor", page.next_cursor.as_deref());
    result::write_cache(&mut object, page.cache.as_ref(), version)?;
    result::close(object, version, server_info)
}

/// Writes the result of `resources/templates/list`.
pub fn list_templates_result(
    out: &mut JsonBuffer,
    page: &ResourceTemplatePage,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> Result<(), EncodeError> {
    let mut object = result::open(out, page.extra.as_deref(), version)?;
    object.list("resourceTemplates", &page.templates, |out, template| write_template(out, template, version))?;
    object.optional_text("nextCursor", page.next_cursor.as_deref());
    result::write_cache(&mut object, page.cache.as_ref(), version)?;
    result::close(object, version, server_info)
}

/// Writes the result of `resources/read`.
pub fn read_result(
    out: &mut JsonBuffer,
    output: &ResourceOutput,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> Result<(), EncodeError> {
    let mut object = result::open(out, output.extra.as_deref(), version)?;
    object.list("contents", &output.contents, write_contents)?;
    result::write_cache(&mut object, output.cache.as_ref(), version)?;
    result::close(object, version, server_info)
}

/// Checks that a resource can be listed to clients of every version.
pub fn check_resource(info: &ResourceInfo) -> Result<(), EncodeError> {
    write_resource(&mut JsonBuffer::unbounded(), info, Version::MODERN)
}

/// Checks that a template can be listed to clients of every version.
pub fn check_template(template: &ResourceTemplate) -> Result<(), EncodeError> {
    write_template(&mut JsonBuffer::unbounded(), template, Version::MODERN)
}

fn write_resource(out: &mut JsonBuffer, info: &ResourceInfo, version: Version) -> EncodeResult {
    let mut object = ObjectWriter::open(out, info.extra.as_deref())?;
    write_members(&mut object, info, version)?;
    object.close();
    Ok(())
}

/// Writes the members of `Resource`, which a link to one has too.
pub(crate) fn write_members(object: &mut ObjectWriter<'_, '_>, info: &ResourceInfo, version: Version) -> EncodeResult {
    object.text("uri", &info.uri);
    object.text("name", &info.name);
    object.optional_text("title", info.title.as_deref());
    object.optional_text("description", info.description.as_deref());
    object.optional_text("mimeType", info.mime_type.as_deref());
    object.optional_number("size", info.size)?;
    annotations::write(object, info.annotations.as_ref())?;
    icons::write_member(object, &info.icons, version)
}

fn write_template(out: &mut JsonBuffer, template: &ResourceTemplate, version: Version) -> EncodeResult {
    let mut object = ObjectWriter::open(out, template.extra.as_deref())?;
    object.text("uriTemplate", &template.uri_template);
    object.text("name", &template.name);
    object.optional_text("title", template.title.as_deref());
    object.optional_text("description", template.description.as_deref());
    object.optional_text("mimeType", template.mime_type.as_deref());
    annotations::write(&mut object, template.annotations.as_ref())?;
    icons::write_member(&mut object, &template.icons, version)?;
    object.close();
    Ok(())
}

/// Writes `TextResourceContents`, `BlobResourceContents`, or a kind that has no case in the contract.
pub(crate) fn write_contents(out: &mut JsonBuffer, contents: &ResourceContents) -> EncodeResult {
    let mut object = ObjectWriter::open(out, contents.extra.as_deref())?;
    if let ResourceBody::Unnamed(json) = &contents.body {
        object.merge_unnamed(json, "body")?;
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
