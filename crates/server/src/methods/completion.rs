//! `completion/complete`.

use std::pin::pin;

use contract::model::CompletionRequest;
use contract::{Events, Provider};
use protocol::{Params, completion};

use super::Operation;
use crate::authorization::Item;
use crate::error::RequestError;
use crate::http::response::Response;
use crate::invocation::Invocation;

pub(super) fn decode_complete(params: &Params<'_>) -> Result<Operation, RequestError> {
    Ok(Operation::Complete(completion::complete_params(params)?))
}

/// The item that a policy decides about.
pub(super) fn item(request: &CompletionRequest) -> Item<'_> {
    Item::Completion {
        reference: &request.ref_,
        argument: &request.argument,
        value: &request.value,
        arguments: &request.arguments,
    }
}

pub(super) async fn complete<P: Provider>(
    invocation: &mut Invocation<P>,
    request: &CompletionRequest,
) -> Result<Response, RequestError> {
    let item = item(request);
    let target = invocation.resolve(request, &item).await?;
    let values = {
        let call = invocation.catalog().call(&invocation.context, &target, request, &Events::NONE);
        let observed = pin!(invocation.observe(target.owner(), call));
        invocation.in_total_time(observed).await?
    };
    let values = values.map_err(|error| RequestError::of_provider(error, invocation.method.name, &item))?;
    invocation.respond(|out| completion::complete_result(out, &values, invocation.version, invocation.server_info()))
}
