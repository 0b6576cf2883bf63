//! Prompts: the parameters and results of `prompts/list` and `prompts/get`.

#[cfg(test)]
mod tests;

use contract::model::{Prompt, PromptArgument, PromptGet, PromptMessage, PromptOutput, PromptPage};

use crate::json::{EncodeError, EncodeResult, InvalidParams, JsonBuffer, ObjectWriter};
use crate::params::MultiLegParams;
use crate::result::{self, ServerInfoMeta};
use crate::{Params, Version, annotations, content, icons};

/// The method that lists prompts. Its parameter is [`Params::cursor`].
pub const LIST: &str = "prompts/list";
/// The method that fills in a prompt.
pub const GET: &str = "prompts/get";
/// What a name of this family names, for messages such as "unknown prompt".
pub const NOUN: &str = "prompt";

/// Decodes the parameters of `prompts/get`. Each argument must be a string.
pub fn get_params(params: &Params<'_>) -> Result<MultiLegParams<PromptGet>, InvalidParams> {
    params.decode_multi_leg(|fields| {
        Ok(PromptGet {
            name: fields.required_text("name")?,
            arguments: fields.text_entries("arguments")?,
            resumed: None,
            extra: fields.remaining(),
        })
    })
}

/// Writes the result of `prompts/list`.
pub fn list_result(
    out: &mut JsonBuffer,
    page: &PromptPage,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> Result<(), EncodeError> {
    let mut object = result::open(out, page.extra.as_deref(), version)?;
    object.list("prompts", &page.prompts, |out, prompt| write_prompt(out, prompt, version))?;
    object.optional_text("nextCursor", page.next_cursor.as_deref());
    result::write_cache(&mut object, page.cache.as_ref(), version)?;
    result::close(object, version, server_info)
}

/// Writes the result of `prompts/get`, which no version lets a client cache.
pub fn get_result(
    out: &mut JsonBuffer,
    output: &PromptOutput,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> Result<(), EncodeError> {
    let mut object = result::open(out, output.extra.as_deref(), version)?;
    object.optional_text("description", output.description.as_deref());
    object.list("messages", &output.messages, |out, message| write_message(out, message, version))?;
    result::close(object, version, server_info)
}

/// Checks that a prompt can be listed to clients of every version.
pub fn check_prompt(prompt: &Prompt) -> Result<(), EncodeError> {
    write_prompt(&mut JsonBuffer::unbounded(), prompt, Version::MODERN)
}

fn write_prompt(out: &mut JsonBuffer, prompt: &Prompt, version: Version) -> EncodeResult {
    let mut object = ObjectWriter::open(out, prompt.extra.as_deref())?;
    object.text("name", &prompt.name);
    object.optional_text("title", prompt.title.as_deref());
    object.optional_text("description", prompt.description.as_deref());
    object.optional_list("arguments", &prompt.arguments, write_argument)?;
    icons::write_member(&mut object, &prompt.icons, version)?;
    object.close();
    Ok(())
}

fn write_argument(out: &mut JsonBuffer, argument: &PromptArgument) -> EncodeResult {
    let mut object = ObjectWriter::open(out, argument.extra.as_deref())?;
    object.text("name", &argument.name);
    object.optional_text("title", argument.title.as_deref());
    object.optional_text("description", argument.description.as_deref());
    object.optional_bool("required", argument.required);
    object.close();
    Ok(())
}

fn write_message(out: &mut JsonBuffer, message: &PromptMessage, version: Version) -> EncodeResult {
    let mut object = ObjectWriter::open(out, message.extra.as_deref())?;
    object.text("role", annotations::role_name(message.role));
    object.nested("content", &message.content, |out, block| content::write(out, block, version))?;
    object.close();
    Ok(())
}
