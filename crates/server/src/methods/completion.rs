//! `completion/complete`.

use catalog::Request as _;
use contract::model::CompletionRequest;
use contract::{Events, Provider};
use protocol::{Params, completion};

use super::Operation;
use crate::error::{MessageError, RequestError};
use crate::http::response::Response;
use crate::invocation::Invocation;
use crate::policy::Item;

pub(super) fn decode_complete(params: &Params<'_>) -> Result<Operation, MessageError> {
    Ok(Operation::Complete(completion::complete_params(params)?))
}

/// What a policy decides about.
pub(super) fn item(request: &CompletionRequest) -> Item<'_> {
    Item::Completion {
        reference: &request.ref_,
        argument: &request.argument,
        value: &request.value,
        arguments: &request.arguments,
    }
}

pub(super) async fn complete<P: Provider>(
    invocation: &Invocation<P>,
    request: &CompletionRequest,
) -> Result<Response, RequestError> {
    let item = item(request);
    let error = |error| RequestError::of_provider(error, invocation.method.name, &item);
    let (catalog, ctx) = (invocation.catalog(), &invocation.context);
    let resolved = catalog.resolve(ctx, request.item()).await.map_err(error)?;
    invocation.authorize_owner(item, &resolved).await?;
    let call = catalog.call(ctx, &resolved, request, &Events::NONE);
    let values = invocation.observe(resolved.owner(), call).await.map_err(error)?;
    invocation.respond(|out| completion::complete_result(out, &values, invocation.version, invocation.server_info()))
}
