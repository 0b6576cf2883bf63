//! Completion: the parameters and the result of `completion/complete`.

#[cfg(test)]
mod tests;

use contract::model::{CompletionRef, CompletionRequest, CompletionValues};
use serde_json::value::RawValue;

use crate::json::{EncodeError, FieldError, Fields, InvalidParams, JsonBuffer, string};
use crate::result::{self, ServerInfoMeta};
use crate::{Params, Version, prompts, resources};

/// The method that suggests values for an argument.
pub const COMPLETE: &str = "completion/complete";

/// How many values a result may have (all versions, completion).
pub const MAX_VALUES: usize = 100;

/// What a reference names, for messages such as "unknown prompt".
#[must_use]
pub fn noun(reference: &CompletionRef) -> &'static str {
    match reference {
        CompletionRef::Prompt(_) => prompts::NOUN,
        CompletionRef::ResourceTemplate(_) => "resource template",
        CompletionRef::Unnamed(_) => "reference",
    }
}

/// Decodes the parameters of `completion/complete`. The members of `ref`, `argument` and `context` that have no field are in
/// `extra` under these names.
pub fn complete_params(params: &Params<'_>) -> Result<CompletionRequest, InvalidParams> {
    params.decode(|fields| {
        let ref_ = read_ref(fields)?;
        let (argument, value) = fields.required_inner("argument", |argument| {
            Ok((argument.required_text("name")?, argument.required_text("value")?))
        })?;
        let arguments = fields.inner("context", |context| context.text_entries("arguments"))?.unwrap_or_default();
        Ok(CompletionRequest { ref_, argument, value, arguments, extra: fields.remaining() })
    })
}

/// A reference whose type has no case in the contract is passed on whole.
fn read_ref(fields: &mut Fields<'_>) -> Result<CompletionRef, FieldError> {
    let whole = fields.get("ref").map_or("{}", RawValue::get);
    fields.required_inner("ref", |reference| {
        Ok(match reference.required_text("type")?.as_str() {
            "ref/prompt" => CompletionRef::Prompt(reference.required_text("name")?),
            "ref/resource" => CompletionRef::ResourceTemplate(resources::required_uri(reference)?),
            _ => {
                reference.take_all();
                CompletionRef::Unnamed(whole.to_owned())
            }
        })
    })
}

/// Writes the result of `completion/complete`. More than [`MAX_VALUES`] values break the contract: which of them to leave out, and
/// that there are more, is the provider's to say.
pub fn complete_result(
    out: &mut JsonBuffer,
    values: &CompletionValues,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> Result<(), EncodeError> {
    let count = values.values.len();
    if count > MAX_VALUES {
        let reason = format!("has {count} values, and MCP allows {MAX_VALUES}");
        return Err(EncodeError::new("completion.values", reason));
    }
    let mut object = result::open(out, values.extra.as_deref(), version)?;
    let mut completion = object.inner("completion")?;
    completion.list("values", &values.values, |out, value| {
        string(out, value);
        Ok(())
    })?;
    if let Some(total) = values.total {
        completion.raw("total", total.to_string().as_bytes());
    }
    completion.optional_bool("hasMore", values.has_more);
    completion.close();
    result::close(object, version, server_info)
}
