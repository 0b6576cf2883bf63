//! The methods of the protocol that this server has.

use std::sync::Arc;

use contract::Provider;
use contract::model::{Context, McpError};
use http::{HeaderMap, HeaderName, StatusCode};
use protocol::envelope::Meta;
use protocol::jsonrpc::Request;
use protocol::version::Version;
use protocol::{decode, encode, mcp_param};

use crate::admission::only;
use crate::engine::Engine;
use crate::legs::{self, Legs};
use crate::policy::Call;
use crate::problem::Problem;
use crate::response::{Response, json};
use crate::surroundings::Surroundings;

/// What is asked, and how.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) version: Version,
    pub(crate) meta: &'a Meta<'a>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) events_accepted: bool,
}

pub(crate) async fn dispatch<P: Provider, S: Surroundings>(
    engine: &Arc<Engine<P, S>>,
    asked: Asked<'_>,
    context: Context,
) -> Result<Response, Problem> {
    match (&*asked.request.method, asked.version.is_modern()) {
        ("tools/call", _) => call_tool(engine, asked, context).await,
        ("tools/list", _) => list_tools(engine, asked, &context).await,
        ("server/discover", true) => discover(engine, asked, &context).await,
        ("initialize", false) => initialize(engine, asked, &context).await,
        ("ping", false) => {
            let catalogue = engine.catalogue(&context).await?;
            respond(asked, |out| encode::empty(out, asked.version, &catalogue.stamp))
        }
        (method, _) => Err(unknown(method)),
    }
}

/// Lifecycle of the legacy era: a version that is not spoken is answered with the newest of that era that is.
async fn initialize<P: Provider, S: Surroundings>(
    engine: &Engine<P, S>,
    asked: Asked<'_>,
    context: &Context,
) -> Result<Response, Problem> {
    let params = decode::initialize(asked.request.params).map_err(invalid)?;
    let version = Version::parse(&params.protocol_version).filter(|version| !version.is_modern());
    let catalogue = engine.catalogue(context).await?;
    respond(asked, |out| encode::initialize_result(out, &catalogue.info, version.unwrap_or(Version::LATEST_LEGACY)))
}

async fn discover<P: Provider, S: Surroundings>(
    engine: &Engine<P, S>,
    asked: Asked<'_>,
    context: &Context,
) -> Result<Response, Problem> {
    let catalogue = engine.catalogue(context).await?;
    respond(asked, |out| encode::discover_result(out, &catalogue.info, &[Version::MODERN], &catalogue.stamp))
}

async fn list_tools<P: Provider, S: Surroundings>(
    engine: &Engine<P, S>,
    asked: Asked<'_>,
    context: &Context,
) -> Result<Response, Problem> {
    let catalogue = engine.catalogue(context).await?;
    if !catalogue.offers_tools() {
        return Err(unknown("tools/list"));
    }
    let cursor = decode::list(asked.request.params).map_err(invalid)?;
    let mut page = engine.provider.list_tools(context, cursor.as_deref()).await.map_err(Problem::Provider)?;
    page.tools.retain(|tool| engine.policy.shows_tool(context.principal.as_ref(), tool));
    respond(asked, |out| encode::tool_page(out, &page, asked.version, &catalogue.stamp))
}

async fn call_tool<P: Provider, S: Surroundings>(
    engine: &Arc<Engine<P, S>>,
    asked: Asked<'_>,
    context: Context,
) -> Result<Response, Problem> {
    let catalogue = engine.catalogue(&context).await?;
    if !catalogue.offers_tools() {
        return Err(unknown("tools/call"));
    }
    let decode::ToolCallParams { call, resumed_by_client } =
        decode::tool_call(asked.request.params).map_err(invalid)?;
    if asked.version.is_modern()
        && let Some(schema) = catalogue.header_schema(&call.name)
    {
        let header = |name: &str| {
            let name = HeaderName::try_from(name).ok()?;
            only(asked.headers, &name).map(str::as_bytes)
        };
        mcp_param::check(schema, call.arguments.as_deref(), header)
            .map_err(|mismatch| Problem::HeaderMismatch(mismatch.to_string()))?;
    }
    let may = engine.policy.allows_call(&Call {
        principal: context.principal.as_ref(),
        method: &asked.request.method,
        name: &call.name,
        arguments: call.arguments.as_deref(),
    });
    if !may {
        return Err(Problem::Hidden(call.name));
    }
    if resumed_by_client {
        // Nothing was ever sealed for a client to hold, so whatever it holds is not of this server.
        return Err(Problem::Provider(McpError::InvalidSaved));
    }
    legs::answer(Legs::new(Arc::clone(engine), asked, context, call, catalogue)).await
}

fn respond(
    asked: Asked<'_>,
    result: impl FnOnce(&mut Vec<u8>) -> Result<(), encode::EncodeError>,
) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, encode::response(&asked.request.id, result)?))
}

fn unknown(method: &str) -> Problem {
    Problem::UnknownMethod(method.to_owned())
}

fn invalid(params: decode::InvalidParams) -> Problem {
    Problem::InvalidParams(params.message)
}
