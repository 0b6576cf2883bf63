//! `tools/list` and `tools/call`.

use catalog::{Catalog, Resolved};
use contract::Provider;
use contract::model::{Context, Resumption, ToolCall, ToolLeg, ToolOutcome, ToolOutput, ToolPage};
use protocol::result::ServerInfoMeta;
use protocol::version::Version;
use protocol::{EncodeError, JsonBuffer, Params, tools};

use super::Operation;
use crate::authorization::Item;
use crate::calls::mcp_param_headers::McpParamHeaders;
use crate::calls::{Leg, MultiLegCall, Outcome, new_call};
use crate::error::RequestError;
use crate::http::response::Response;
use crate::invocation::Invocation;

pub(super) fn decode_call(params: &Params<'_>) -> Result<Operation, RequestError> {
    Ok(Operation::CallTool(new_call(tools::call_params(params)?)?))
}

pub(super) async fn list<P: Provider>(
    invocation: &Invocation<P>,
    cursor: Option<&str>,
) -> Result<Response, RequestError> {
    let page = invocation.catalog().tools(&invocation.context, cursor);
    let page = ToolPage::from(invocation.list(page).await?);
    invocation.respond(|out| tools::list_result(out, &page, invocation.version, invocation.server_info()))
}

impl MultiLegCall for ToolCall {
    type Output = ToolOutput;

    fn access_item(&self) -> Item<'_> {
        Item::Tool { name: &self.name, arguments: &self.arguments }
    }

    fn resume(&mut self, resumption: Resumption) {
        self.resumed = Some(resumption);
    }

    async fn check_headers<P: Provider>(
        &self,
        catalog: &Catalog<P>,
        ctx: &Context,
        resolved: &Resolved,
        headers: &McpParamHeaders,
    ) -> Result<(), RequestError> {
        let facts = catalog.tool_facts(ctx, resolved).await;
        let facts = facts.map_err(|error| RequestError::of_provider(error, tools::CALL, &self.access_item()))?;
        // A tool that no provider lists is called all the same: its provider answers that there is none.
        Ok(facts.map_or(Ok(()), |facts| headers.check(&facts.mirrored_arguments, &self.arguments))?)
    }

    fn leg(answer: ToolLeg) -> Leg<ToolOutput> {
        let ToolLeg { events, outcome } = answer;
        let outcome = match outcome {
            ToolOutcome::Complete(output) => Outcome::Complete(output),
            ToolOutcome::InputRequired(_) => Outcome::InputRequired,
            ToolOutcome::More(more) => Outcome::More(more),
            ToolOutcome::Unnamed(json) => Outcome::Unnamed(json),
        };
        Leg { events, outcome }
    }

    fn write(
        out: &mut JsonBuffer,
        output: &ToolOutput,
        version: Version,
        server_info: Option<&ServerInfoMeta>,
    ) -> Result<(), EncodeError> {
        tools::call_result(out, output, version, server_info)
    }
}
