//! A provider whose names and URIs overlap with those of `everything`, for the tests of which provider answers where both could. Its catalogue
//! is not static, so that its lists, of which two have two pages, are read to find the owner of a name. It has no tools.

mod prompts;
mod resources;

use bindings::exports::wasmcp::mcp::{completion, provider};
use bindings::wasmcp::mcp::model::{
    CompletionRef, CompletionRequest, CompletionValues, Context, Implementation, McpError, Offers, ProviderInfo,
};

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "wasmcp:library/library", generate_all });
}

struct Library;

/// The cursor of the second page of a list.
pub(crate) const SECOND_PAGE: &str = "2";

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(Library with_types_in super::bindings);
    use super::Library;
}

impl provider::Guest for Library {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "library".to_owned(),
                version: "0".to_owned(),
                title: None,
                description: None,
                website_url: None,
                icons: Vec::new(),
                extra: None,
            },
            instructions: None,
            offers: Offers::RESOURCES | Offers::PROMPTS | Offers::COMPLETION,
            extensions: Vec::new(),
            experimental: Vec::new(),
            cache: None,
            catalogue_revision: "0".to_owned(),
            catalogue_static: false,
            extra: None,
        })
    }
}

impl completion::Guest for Library {
    /// Completes with one value, which repeats the request.
    fn complete(_ctx: Context, request: CompletionRequest) -> Result<CompletionValues, McpError> {
        let reference = match request.ref_ {
            CompletionRef::Prompt(name) if name == prompts::GREET => format!("prompt {name}"),
            CompletionRef::ResourceTemplate(template) if resources::is_template(&template) => {
                format!("template {template}")
            }
            CompletionRef::Prompt(name) => return Err(McpError::UnknownName(name)),
            CompletionRef::ResourceTemplate(template) => return Err(McpError::UnknownName(template)),
            CompletionRef::Unnamed(reference) => return Err(McpError::UnknownName(reference)),
        };
        let value = format!("library: {reference}, {}", request.argument);
        Ok(CompletionValues { values: vec![value], total: None, has_more: None, extra: None })
    }
}
