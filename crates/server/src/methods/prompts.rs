//! `prompts/list` and `prompts/get`.

use contract::Provider;
use contract::model::{PromptGet, PromptLeg, PromptOutcome, PromptOutput, PromptPage, Resumption};
use protocol::result::ServerInfoMeta;
use protocol::version::Version;
use protocol::{EncodeError, JsonBuffer, Params, prompts};

use super::Operation;
use crate::authorization::Item;
use crate::calls::{Leg, MultiLegCall, Outcome, new_call};
use crate::error::RequestError;
use crate::http::response::Response;
use crate::invocation::Invocation;

pub(super) fn decode_get(params: &Params<'_>) -> Result<Operation, RequestError> {
    Ok(Operation::GetPrompt(new_call(prompts::get_params(params)?)?))
}

pub(super) async fn list<P: Provider>(
    invocation: &Invocation<P>,
    cursor: Option<&str>,
) -> Result<Response, RequestError> {
    let page = invocation.catalog().prompts(&invocation.context, cursor);
    let page = PromptPage::from(invocation.list(page).await?);
    invocation.respond(|out| prompts::list_result(out, &page, invocation.version, invocation.server_info()))
}

impl MultiLegCall for PromptGet {
    type Output = PromptOutput;

    fn access_item(&self) -> Item<'_> {
        Item::Prompt { name: &self.name, arguments: &self.arguments }
    }

    fn resume(&mut self, resumption: Resumption) {
        self.resumed = Some(resumption);
    }

    fn leg(answer: PromptLeg) -> Leg<PromptOutput> {
        let PromptLeg { events, outcome } = answer;
        let outcome = match outcome {
            PromptOutcome::Complete(output) => Outcome::Complete(output),
            PromptOutcome::InputRequired(_) => Outcome::InputRequired,
            PromptOutcome::More(more) => Outcome::More(more),
            PromptOutcome::Unnamed(json) => Outcome::Unnamed(json),
        };
        Leg { events, outcome }
    }

    fn write(
        out: &mut JsonBuffer,
        output: &PromptOutput,
        version: Version,
        server_info: Option<&ServerInfoMeta>,
    ) -> Result<(), EncodeError> {
        prompts::get_result(out, output, version, server_info)
    }
}
