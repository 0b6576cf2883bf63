//! What happens to every request whose body has been read, whatever its method is: classify, decode, authorize, describe, run and
//! encode. A policy decides before any provider learns of the request.

use std::sync::Arc;

use contract::Provider;
use contract::model::McpError;
use http::HeaderMap;
use protocol::Params;
use protocol::jsonrpc::Request;
use protocol::version::Version;

use crate::calls::mcp_param_headers::McpParamHeaders;
use crate::context;
use crate::engine::{Admitted, Engine};
use crate::era::{self, ClassifiedRequest};
use crate::error::{CallError, MessageError, RequestError};
use crate::http::response::Response;
use crate::invocation::Invocation;
use crate::methods::{Method, Operation};
use crate::observer::Observation;
use crate::policy::{AccessRequest, Item, Verdict};

/// Runs a request. The error has the version in whose form it is answered.
pub(crate) async fn run<P: Provider>(
    engine: &Arc<Engine<P>>,
    admitted: Admitted,
    headers: &HeaderMap,
    request: &Request<'_>,
) -> Result<Response, (RequestError, Version)> {
    let began_ms = engine.ports.clock.monotonic_ms();
    let classified = era::classify(headers, request).map_err(|(error, version)| (error.into(), version))?;
    let ClassifiedRequest { version, params, modern, method } = classified;
    let Admitted { principal, events_accepted, observation, .. } = admitted;
    let run = async {
        let unknown = || MessageError::UnknownMethod(request.method.clone().into_owned());
        let method = method.filter(|method| method.eras.have(version)).ok_or_else(unknown)?;
        let context =
            context::of_request(observation.call_id(), &engine.config, version, params.meta(), modern, principal);
        observation.started(method.name, &context);

        let operation = decode(engine, method, &params)?;
        let item = operation.item();
        let facts = || item.reference().and_then(|item| engine.catalog.facts(item));
        authorize(engine, &observation, AccessRequest { method: method.name, item, context: &context, facts: &facts })
            .await?;
        // On the heap: it moves through the futures of each stage.
        let mut invocation = Box::new(Invocation {
            engine: Arc::clone(engine),
            method,
            id: request.id.to_owned(),
            version,
            context,
            server: None,
            progress_token: params.meta().progress_token().map(ToOwned::to_owned),
            events_accepted,
            mcp_param_headers: McpParamHeaders::of(headers),
            observation,
            began_ms,
        });
        describe(&mut invocation, &operation).await?;
        operation.run(invocation).await
    };
    run.await.map_err(|error| (error, version))
}

fn decode<P: Provider>(engine: &Engine<P>, method: &Method, params: &Params<'_>) -> Result<Operation, RequestError> {
    let operation = method.decode(params).map_err(|error| match is_known_to_lack(engine, method) {
        // That the server lacks the method comes before what is wrong with its parameters.
        true => RequestError::absent(method.name, &Item::Method),
        false => error.into(),
    })?;
    if method.legs && ["inputResponses", "requestState"].iter().any(|member| params.member(member).is_some()) {
        // The server has never sealed anything for a client to hold, so whatever the client holds is not the server's.
        return Err(CallError::Provider(McpError::InvalidSaved).into());
    }
    Ok(operation)
}

/// Whether it is known without asking any provider that none has the capability of a method.
fn is_known_to_lack<P: Provider>(engine: &Engine<P>, method: &Method) -> bool {
    let lacks = |capability| {
        let known = engine.catalog.known_description();
        known.is_some_and(|info| info.catalogue_static && !info.offers.contains(capability))
    };
    method.capability.is_some_and(lacks)
}

/// Asks the authorizer about exactly what will run. What it denies is answered as if it did not exist.
pub(crate) async fn authorize<P: Provider>(
    engine: &Engine<P>,
    observation: &Observation,
    request: AccessRequest<'_>,
) -> Result<(), RequestError> {
    let decision = engine.authorizer.authorize(&request).await;
    observation.decided(&request, &decision);
    match decision.verdict {
        Verdict::Allow => Ok(()),
        Verdict::Deny => Err(RequestError::absent(request.method, &request.item)),
        Verdict::StepUp(scopes) => Err(CallError::StepUp(scopes).into()),
    }
}

/// Finds out what the providers say of the server, where the response needs it: each modern result names the server. A legacy call
/// needs nothing of it, since a provider without a capability says so when it is called.
async fn describe<P: Provider>(invocation: &mut Invocation<P>, operation: &Operation) -> Result<(), RequestError> {
    if !invocation.version.is_modern() && !matches!(operation, Operation::Initialize(_)) {
        return Ok(());
    }
    let (engine, context, method) = (&invocation.engine, &invocation.context, invocation.method);
    let server = match operation {
        Operation::Initialize(_) | Operation::Discover => Box::pin(engine.identity(context)).await?,
        _ => engine.known_identity(context, method.capability).await?,
    };
    if method.capability.is_some_and(|capability| !server.info.offers.contains(capability)) {
        return Err(RequestError::absent(method.name, &Item::Method));
    }
    invocation.server = Some(server);
    Ok(())
}
