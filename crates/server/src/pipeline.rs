//! What happens to every request whose body has been read, whatever its method is: classify, decode, authorize, describe, run and
//! encode. A policy decides before any provider learns of the request.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;

use contract::Provider;
use contract::model::Context;
use http::HeaderMap;
use protocol::jsonrpc::Request;
use protocol::version::Version;
use settings::View;

use crate::authentication::Caller;
use crate::authorization::{AccessRequest, Authorizer, Decision, EngineDenial, Item, Limits, RequestHead, Verdict};
use crate::calls::mcp_param_headers::McpParamHeaders;
use crate::context;
use crate::description::ServerIdentity;
use crate::engine::{Admitted, Engine};
use crate::era::{self, ClassifiedRequest};
use crate::error::{CallError, MessageError, RequestError};
use crate::http::response::Response;
use crate::http::routes::{ENDPOINT, path_of_view};
use crate::invocation::Invocation;
use crate::methods::{Method, Operation, tool_search};
use crate::observer::Observation;
use crate::views;

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
    let Admitted { caller, events_accepted, view: view_place, address, observation, .. } = admitted;
    let view = view_place.and_then(|place| engine.config.views.get(place));
    let run = async {
        let unknown = || MessageError::UnknownMethod(request.method.clone().into_owned());
        let method = method.filter(|method| method.eras.have(version)).ok_or_else(unknown)?;
        let mut operation = method.decode(&params);
        if view.is_some_and(|view| view.tool_search) {
            operation = operation.and_then(tool_search::translate);
        }
        let principal = caller.as_ref().map(|caller| caller.principal.clone());
        let mut context = context::of_request(observation.call_id(), &engine.config, version, params.meta(), principal);
        context::add_client(&mut context, modern, operation.as_ref().ok());
        context.progress_wanted &= events_accepted && method.legs;
        observation.started(method.name, &context);

        let server = || {
            let known = engine.catalog.known_description()?;
            Some(Arc::clone(&engine.identity_cache.get(known, &engine.config).ok()?.implementation))
        };
        let path = view.map_or(Cow::Borrowed(ENDPOINT), |view| Cow::Owned(path_of_view(&view.name)));
        let head = RequestHead { path: &path, view, headers, address, server: &server };
        let authorizer = engine.authorizer.begin(&head).unwrap_or_else(|| Arc::clone(&engine.authorizer));
        let access =
            AccessContext { authorizer: &*authorizer, method, caller: caller.as_deref(), context: &context, view };
        let (operation, granted) = allowed(engine, &observation, operation, &access).await?;
        let is_found = matches!(operation, Operation::CallFoundTool(_));
        let mcp_param_headers = (!is_found).then(|| McpParamHeaders::of(headers));
        // On the heap: it moves through the futures of each stage.
        let mut invocation = Box::new(Invocation {
            engine: Arc::clone(engine),
            authorizer,
            granted,
            method,
            id: request.id.to_owned(),
            version,
            caller,
            context,
            server: None,
            progress_token: params.meta().progress_token().map(ToOwned::to_owned),
            events_accepted,
            mcp_param_headers,
            view: view_place,
            observation,
            began_ms,
            call_ends_ms: u64::MAX,
        });
        invocation.server = {
            let described = pin!(describe(&invocation, &operation));
            invocation.in_total_time(described).await??
        };
        invocation.update_remaining_time()?;
        operation.run(invocation).await
    };
    run.await.map_err(|error| (error, version))
}

/// What an authorizer lets a request do.
#[derive(Clone, Copy, Default)]
pub(crate) struct Granted {
    /// What it may use.
    pub(crate) limits: Limits,
    /// Whether that is to be decided when more is known of the item.
    pub(crate) needs_facts: bool,
}

/// What an authorizer is told of a request beside its item.
struct AccessContext<'a> {
    authorizer: &'a dyn Authorizer,
    method: &'static Method,
    caller: Option<&'a Caller>,
    context: &'a Context,
    view: Option<&'a View>,
}

/// Lets a request pass that the policy allows. A request that cannot be decoded names no item, so the policy decides about its method:
/// the error about its parameters would show that a denied method exists. For the same reason a server that is known to lack the method
/// answers that alone, whatever else is wrong.
async fn allowed<P: Provider>(
    engine: &Engine<P>,
    observation: &Observation,
    operation: Result<Operation, RequestError>,
    access: &AccessContext<'_>,
) -> Result<(Operation, Granted), RequestError> {
    let method = access.method;
    let refusal = match operation {
        Ok(operation) => match authorize_item(engine, observation, operation.access_subject(method.name), access).await
        {
            Ok(granted) => return Ok((operation, granted)),
            Err(denied) => denied,
        },
        // No caller is served such a method, so there is nothing to decide.
        Err(unsupported) if !method.is_served() => unsupported,
        Err(undecodable) => {
            authorize_item(engine, observation, (method.name, Item::Method), access).await.err().unwrap_or(undecodable)
        }
    };
    Err(match is_known_to_lack(engine, method) {
        true => RequestError::absent(method.name, &Item::Method),
        false => refusal,
    })
}

/// Whether it is known without asking any provider that none has the capability of a method.
fn is_known_to_lack<P: Provider>(engine: &Engine<P>, method: &Method) -> bool {
    let lacks = |capability| {
        let known = engine.catalog.known_description();
        known.is_some_and(|info| info.catalogue_static && !info.offers.contains(capability))
    };
    method.capability.is_some_and(lacks)
}

/// Asks the authorizer about exactly what will run, with what is known of it without asking a provider.
async fn authorize_item<P: Provider>(
    engine: &Engine<P>,
    observation: &Observation,
    (method, item): (&'static str, Item<'_>),
    access: &AccessContext<'_>,
) -> Result<Granted, RequestError> {
    let AccessContext { authorizer, caller, context, view, .. } = *access;
    let facts = || item.reference().and_then(|item| engine.catalog.facts(item));
    let request = AccessRequest { method, item, caller, context, view, facts: &facts };
    if let Some(view) = view
        && views::has(view, &item, || request.facts()) == Some(false)
    {
        return Err(deny(authorizer, observation, &request, EngineDenial::NotInView));
    }
    authorize(authorizer, observation, request).await
}

/// Asks the authorizer. What it denies is answered as if it did not exist.
pub(crate) async fn authorize(
    authorizer: &dyn Authorizer,
    observation: &Observation,
    request: AccessRequest<'_>,
) -> Result<Granted, RequestError> {
    let decision = authorizer.authorize(&request).await;
    observation.decided(&request, &decision);
    match decision.verdict {
        Verdict::Allow => Ok(Granted { limits: decision.limits, needs_facts: false }),
        Verdict::NeedsFacts => Ok(Granted { limits: decision.limits, needs_facts: true }),
        Verdict::Forbid => Err(CallError::Forbidden.into()),
        Verdict::Deny => Err(RequestError::absent(request.method, &request.item)),
        Verdict::StepUp(scopes) => Err(CallError::StepUp(scopes).into()),
    }
}

/// Denies what the authorizer has not decided about. The error is that of what does not exist.
pub(crate) fn deny(
    authorizer: &dyn Authorizer,
    observation: &Observation,
    request: &AccessRequest<'_>,
    denial: EngineDenial,
) -> RequestError {
    observation.decided(request, &Decision::deny(denial.reason()));
    authorizer.denied(request, denial);
    RequestError::absent(request.method, &request.item)
}

/// The description of the server, where the response needs it: each modern result names the server. A legacy call needs none, since a
/// provider without a capability says so when it is called.
async fn describe<P: Provider>(
    invocation: &Invocation<P>,
    operation: &Operation,
) -> Result<Option<Arc<ServerIdentity>>, RequestError> {
    if !invocation.version.is_modern() && !matches!(operation, Operation::Initialize(_)) {
        return Ok(None);
    }
    let (engine, context, method) = (&invocation.engine, &invocation.context, invocation.method);
    let server = match operation {
        Operation::Initialize(_) | Operation::Discover => Box::pin(engine.identity(context)).await?,
        _ => engine.known_identity(context, method.capability).await?,
    };
    if method.capability.is_some_and(|capability| !server.info.offers.contains(capability)) {
        return Err(RequestError::absent(method.name, &Item::Method));
    }
    Ok(Some(server))
}
