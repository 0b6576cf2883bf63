//! The methods of the protocol that this server has.

use std::sync::Arc;

use contract::Provider;
use contract::model::{Context, McpError, Offers};
use http::{HeaderMap, HeaderName, StatusCode};
use protocol::jsonrpc::{Request, reply};
use protocol::params::MultiLegParams;
use protocol::version::Version;
use protocol::{EncodeError, InvalidParams, Params, lifecycle, mcp_param, tools};

use crate::admission::only;
use crate::engine::Engine;
use crate::introduction::{Badge, stamp};
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
    pub(crate) params: &'a Params<'a>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) events_accepted: bool,
    /// When the request came, by the clock of the surroundings.
    pub(crate) began_ms: u64,
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
        ("ping", false) => respond(asked, |out| lifecycle::empty_result(out, asked.version, None)),
        (method, _) => Err(unknown(method)),
    }
}

/// Lifecycle of the legacy era: a version that is not spoken is answered with the newest of that era that is.
async fn initialize<P: Provider, S: Surroundings>(
    engine: &Engine<P, S>,
    asked: Asked<'_>,
    context: &Context,
) -> Result<Response, Problem> {
    let params = lifecycle::initialize_params(asked.params).map_err(invalid)?;
    let version = Version::parse(&params.protocol_version).filter(|version| !version.is_modern());
    let mut info = engine.introduction(context).await?.info.clone();
    // A legacy client would set the level of its logs once and for all, which this server has nowhere to keep.
    info.offers &= Offers::TOOLS;
    respond(asked, |out| lifecycle::initialize_result(out, &info, version.unwrap_or(Version::LATEST_LEGACY)))
}

async fn discover<P: Provider, S: Surroundings>(
    engine: &Engine<P, S>,
    asked: Asked<'_>,
    context: &Context,
) -> Result<Response, Problem> {
    let introduction = engine.introduction(context).await?;
    respond(asked, |out| {
        lifecycle::discover_result(out, &introduction.info, &[Version::MODERN], &introduction.badge.stamp)
    })
}

async fn list_tools<P: Provider, S: Surroundings>(
    engine: &Engine<P, S>,
    asked: Asked<'_>,
    context: &Context,
) -> Result<Response, Problem> {
    let badge = badge_of_tools(engine, asked, context).await?;
    let cursor = asked.params.cursor().map_err(invalid)?;
    let mut page = engine.provider.list_tools(context, cursor.as_deref()).await.map_err(Problem::Provider)?;
    page.tools.retain(|tool| engine.policy.shows_tool(context.principal.as_ref(), tool));
    respond(asked, |out| tools::list_result(out, &page, asked.version, stamp(badge.as_deref())))
}

async fn call_tool<P: Provider, S: Surroundings>(
    engine: &Arc<Engine<P, S>>,
    asked: Asked<'_>,
    context: Context,
) -> Result<Response, Problem> {
    let badge = badge_of_tools(engine, asked, &context).await?;
    let MultiLegParams { call, resumed_by_client } = tools::call_params(asked.params).map_err(invalid)?;
    if let Some(badge) = &badge {
        let schemas = engine.header_schemas(badge, &context, &call.name).await?;
        if let Some(schema) = schemas.of(&call.name) {
            check_param_headers(asked.headers, schema, &call.arguments)?;
        }
    }
    let may = engine.policy.allows_call(&Call {
        principal: context.principal.as_ref(),
        method: &asked.request.method,
        name: &call.name,
        arguments: Some(&call.arguments),
    });
    if !may {
        return Err(Problem::Hidden(call.name));
    }
    if resumed_by_client {
        // Nothing was ever sealed for a client to hold, so whatever it holds is not of this server.
        return Err(Problem::Provider(McpError::InvalidSaved));
    }
    legs::answer(Legs::new(Arc::clone(engine), asked, context, call, badge)?).await
}

/// What a modern answer about tools needs to know of the server. A legacy one needs nothing: a provider without tools says so
/// when it is asked for some.
async fn badge_of_tools<P: Provider, S: Surroundings>(
    engine: &Engine<P, S>,
    asked: Asked<'_>,
    context: &Context,
) -> Result<Option<Arc<Badge>>, Problem> {
    if !asked.version.is_modern() {
        return Ok(None);
    }
    let badge = engine.badge(context).await?;
    match badge.offers_tools {
        true => Ok(Some(badge)),
        false => Err(unknown(&asked.request.method)),
    }
}

/// The arguments that a tool wants in headers are there once, and say what the body says.
fn check_param_headers(headers: &HeaderMap, schema: &str, arguments: &str) -> Result<(), Problem> {
    let unclear = |name: &&HeaderName| name.as_str().starts_with("mcp-param-") && only(headers, name).is_none();
    if let Some(name) = headers.keys().find(unclear) {
        return Err(Problem::HeaderMismatch(format!("the header `{name}` is there twice, or is not text")));
    }
    let header = |name: &str| only(headers, &HeaderName::try_from(name).ok()?).map(str::as_bytes);
    mcp_param::check(schema, arguments, header).map_err(|mismatch| Problem::HeaderMismatch(mismatch.to_string()))
}

fn respond(
    asked: Asked<'_>,
    result: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, reply::result(&asked.request.id, result)?))
}

fn unknown(method: &str) -> Problem {
    Problem::UnknownMethod(method.to_owned())
}

fn invalid(params: InvalidParams) -> Problem {
    Problem::InvalidParams(params.message)
}
