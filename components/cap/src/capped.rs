use contract::Provider;
use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};
use wire::{Encode, Size};

use crate::bindings::wasmcp::mcp::{changes, completion, prompts, provider, resources, tools};

/// The most bytes of binary data in an answer: 40 MB of the host's memory.
const BINARY: usize = 1 << 20;

/// The most bytes of an answer in all.
const TOTAL: usize = 8 << 20;

/// The most values of an answer, such as its texts and numbers: 50 MB of the host's memory.
const VALUES: usize = 500_000;

/// The provider, whose answers are measured.
pub(crate) struct Capped;

/// Why a link cannot carry the answer, if it cannot.
fn too_much<T: Encode>(answer: &Result<T, McpError>) -> Option<String> {
    let (what, found, most) = match wire::measure(answer) {
        Size { binary, .. } if binary > BINARY => ("bytes of binary data", binary, BINARY),
        Size { total, .. } if total > TOTAL => ("bytes", total, TOTAL),
        Size { values, .. } if values > VALUES => ("values", values, VALUES),
        _ => return None,
    };
    Some(format!(
        "the provider's answer has {found} {what}, and a link of the lattice carries {most} at most: let it answer with a resource link"
    ))
}

fn measured<T: Encode>(answer: Result<T, McpError>) -> Result<T, McpError> {
    too_much(&answer).map_or(answer, |reason| Err(McpError::Internal(reason)))
}

impl Provider for Capped {
    async fn describe(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        measured(provider::describe(ctx))
    }

    async fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> Result<ToolPage, McpError> {
        measured(tools::list_tools(ctx, cursor))
    }

    async fn call_tool(&self, ctx: &Context, call: &ToolCall) -> Result<ToolLeg, McpError> {
        let answer = tools::call_tool(ctx, call);
        match too_much(&answer) {
            None => answer,
            Some(reason) => Err(McpError::Internal(format!("{reason}. The tool has run"))),
        }
    }

    async fn list_resources(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourcePage, McpError> {
        measured(resources::list_resources(ctx, cursor))
    }

    async fn list_templates(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        measured(resources::list_templates(ctx, cursor))
    }

    async fn read_resource(&self, ctx: &Context, read: &ResourceRead) -> Result<ResourceLeg, McpError> {
        measured(resources::read_resource(ctx, read))
    }

    async fn list_prompts(&self, ctx: &Context, cursor: Option<&str>) -> Result<PromptPage, McpError> {
        measured(prompts::list_prompts(ctx, cursor))
    }

    async fn get_prompt(&self, ctx: &Context, get: &PromptGet) -> Result<PromptLeg, McpError> {
        measured(prompts::get_prompt(ctx, get))
    }

    async fn complete(&self, ctx: &Context, request: &CompletionRequest) -> Result<CompletionValues, McpError> {
        measured(completion::complete(ctx, request))
    }

    async fn list_changes(&self, ctx: &Context, since: Option<&str>) -> Result<ChangePage, McpError> {
        measured(changes::list_changes(ctx, since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_limit_of_each_kind_and_one_that_keeps_to_them_is_passed_on() {
        // One byte says that there is an answer; then comes its length, of four bytes (three of the values) here.
        let binary = |bytes| measured(Ok(vec![0_u8; bytes])).map(drop);
        let text = |bytes| measured(Ok("x".repeat(bytes))).map(drop);
        let values = |values| measured(Ok(vec![true; values])).map(drop);
        let error = |bytes| measured::<String>(Err(McpError::Forbidden("x".repeat(bytes)))).map(drop);
        let cases = [
            (binary(BINARY), None),
            (
                binary(BINARY + 1),
                Some("has 1048577 bytes of binary data, and a link of the lattice carries 1048576 at most"),
            ),
            (text(TOTAL - 5), None),
            (text(TOTAL - 4), Some("has 8388609 bytes, and a link of the lattice carries 8388608 at most")),
            (values(VALUES - 4), None),
            (values(VALUES - 3), Some("has 500001 values, and a link of the lattice carries 500000 at most")),
            (error(TOTAL), Some("bytes, and a link of the lattice carries 8388608 at most")),
        ];
        for (answer, expected) in cases {
            match (answer, expected) {
                (Ok(()), None) => {}
                (Err(McpError::Internal(said)), Some(part)) => assert!(said.contains(part), "{said}"),
                (answer, expected) => panic!("{answer:?}, not {expected:?}"),
            }
        }
        assert_eq!(measured::<String>(Err(McpError::InvalidCursor)), Err(McpError::InvalidCursor));
    }
}
