//! `resources/list`, `resources/templates/list` and `resources/read`.

use contract::Provider;
use contract::model::{
    CacheHint, ResourceLeg, ResourceOutcome, ResourceOutput, ResourcePage, ResourceRead, ResourceTemplatePage,
    Resumption,
};
use protocol::result::ServerInfoMeta;
use protocol::version::Version;
use protocol::{EncodeError, JsonBuffer, Params, resources};

use super::Operation;
use crate::authorization::Item;
use crate::calls::{Leg, MultiLegCall, Outcome, new_call};
use crate::error::RequestError;
use crate::http::response::Response;
use crate::invocation::Invocation;

pub(super) fn decode_read(params: &Params<'_>) -> Result<Operation, RequestError> {
    Ok(Operation::ReadResource(new_call(resources::read_params(params)?)?))
}

pub(super) async fn list<P: Provider>(
    invocation: &Invocation<P>,
    cursor: Option<&str>,
) -> Result<Response, RequestError> {
    let page = invocation.catalog().resources(&invocation.context, cursor);
    let page = ResourcePage::from(invocation.list(page).await?);
    invocation.respond(|out| resources::list_result(out, &page, invocation.version, invocation.server_info()))
}

pub(super) async fn list_templates<P: Provider>(
    invocation: &Invocation<P>,
    cursor: Option<&str>,
) -> Result<Response, RequestError> {
    let page = invocation.catalog().templates(&invocation.context, cursor);
    let page = ResourceTemplatePage::from(invocation.list(page).await?);
    invocation.respond(|out| resources::list_templates_result(out, &page, invocation.version, invocation.server_info()))
}

impl MultiLegCall for ResourceRead {
    type Output = ResourceOutput;

    fn access_item(&self) -> Item<'_> {
        Item::Resource { uri: &self.uri }
    }

    fn resume(&mut self, resumption: Resumption) {
        self.resumed = Some(resumption);
    }

    fn leg(answer: ResourceLeg) -> Leg<ResourceOutput> {
        let ResourceLeg { events, outcome } = answer;
        let outcome = match outcome {
            ResourceOutcome::Complete(output) => Outcome::Complete(output),
            ResourceOutcome::InputRequired(_) => Outcome::InputRequired,
            ResourceOutcome::More(more) => Outcome::More(more),
            ResourceOutcome::Unnamed(json) => Outcome::Unnamed(json),
        };
        Leg { events, outcome }
    }

    fn cache(output: &mut ResourceOutput) -> Option<&mut Option<CacheHint>> {
        Some(&mut output.cache)
    }

    fn write(
        out: &mut JsonBuffer,
        output: &ResourceOutput,
        version: Version,
        server_info: Option<&ServerInfoMeta>,
    ) -> Result<(), EncodeError> {
        resources::read_result(out, output, version, server_info)
    }
}
