//! What one provider has, checked for all that needs no other.

use std::collections::BTreeSet;

use contract::Provider;
use contract::model::{Context, McpError, Tool};
use serde_json::Value;

use crate::catalog::Member;
use crate::kept::{Kept, Pages};
use crate::lists::{ITEMS, Listed, PAGES};
use crate::{GatherError, Kind, Offered, Route};

/// What one member has: its names, and all that it said if that stays so.
pub(crate) struct Survey {
    pub(crate) route: Route,
    pub(crate) kept: Option<Kept>,
}

/// Asks for everything that the provider offers. All names are known afterwards, also those that may change.
pub(crate) async fn survey<P: Provider>(member: &Member<P>, ctx: &Context) -> Result<Survey, GatherError> {
    let provider = || member.name.clone();
    let info = member
        .provider
        .describe(ctx)
        .await
        .map_err(|error| GatherError::Describe { provider: provider(), reason: error.explanation() })?;
    let mut route = Route {
        name: provider(),
        prefix: member.prefix.clone().filter(|prefix| !prefix.is_empty()),
        offered: Offered::by(&info),
        dynamic: !info.catalogue_static,
        ..Route::default()
    };
    let kept = Kept {
        info,
        tools: all(member, &route, ctx, check_tool).await?,
        prompts: all(member, &route, ctx, |_, _| Ok(())).await?,
        resources: all(member, &route, ctx, |_, _| Ok(())).await?,
        templates: all(member, &route, ctx, |_, _| Ok(())).await?,
    };
    route.tools = kept.tools.keys();
    route.repeatable = kept.tools.items().filter(|tool| is_repeatable(tool)).map(|tool| tool.name.clone()).collect();
    route.prompts = kept.prompts.keys();
    route.resources = kept.resources.keys();
    route.templates = kept.templates.keys();
    Ok(Survey { kept: (!route.dynamic).then_some(kept), route })
}

/// All pages of one list.
async fn all<T: Listed, P: Provider>(
    member: &Member<P>,
    route: &Route,
    ctx: &Context,
    check: fn(&Route, &T) -> Result<(), GatherError>,
) -> Result<Pages<T>, GatherError> {
    let mut pages = Pages(Vec::new());
    if !T::KIND.is_offered(&route.offered) {
        return Ok(pages);
    }
    let (provider, kind) = (|| route.name.clone(), T::KIND);
    let (mut cursor, mut seen, mut items) = (None, BTreeSet::new(), 0);
    for _ in 0..PAGES {
        let page = match T::page(&member.provider, ctx, cursor.as_deref()).await {
            Ok(page) => page,
            // Not for nobody in particular: who it is for will be asked at the time of the call.
            Err(McpError::Forbidden(_) | McpError::InsufficientScope(_)) if route.dynamic => return Ok(pages),
            Err(error) => return Err(GatherError::List { provider: provider(), kind, reason: error.explanation() }),
        };
        items += page.items.len();
        if items > ITEMS {
            return Err(GatherError::Items { provider: provider(), kind, limit: ITEMS });
        }
        page.items.iter().try_for_each(|item| check(route, item))?;
        let next = page.next_cursor.clone();
        pages.0.push((cursor, page));
        cursor = next;
        let Some(next) = &cursor else { return once(route, pages) };
        if !seen.insert(next.clone()) {
            return Err(GatherError::Circle { provider: provider(), kind });
        }
    }
    Err(GatherError::Pages { provider: provider(), kind, limit: PAGES })
}

/// The items, if none is there twice.
fn once<T: Listed>(route: &Route, pages: Pages<T>) -> Result<Pages<T>, GatherError> {
    let mut seen = BTreeSet::new();
    let twice = pages.items().find(|item| !seen.insert(item.key())).map(|item| item.key().to_owned());
    match twice {
        None => Ok(pages),
        Some(name) => Err(GatherError::Twice { provider: route.name.clone(), kind: T::KIND, name }),
    }
}

/// Whether a tool says that it may run twice (MCP, `ToolAnnotations`): called again with the same arguments an idempotent one has no
/// further effect, and one that only reads has none at all.
pub fn is_repeatable(tool: &Tool) -> bool {
    tool.annotations.as_ref().is_some_and(|annotations| {
        annotations.idempotent_hint == Some(true) || annotations.read_only_hint == Some(true)
    })
}

fn check_tool(route: &Route, tool: &Tool) -> Result<(), GatherError> {
    check_name(route, &tool.name)?;
    check_schema(route, tool)
}

/// MCP 2026-07-28, server/tools: tool names. With the prefix, for so it goes out.
fn check_name(route: &Route, own: &str) -> Result<(), GatherError> {
    let name = route.client_name(own);
    if (1..=128).contains(&name.len()) && is_plain(&name) {
        return Ok(());
    }
    Err(GatherError::ToolName { provider: route.name.clone(), name })
}

/// Letters, digits, `_`, `.` and `-` of ASCII only.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

/// The root of an input schema is `{"type": "object", …}` (MCP 2026-07-28, `Tool.inputSchema`).
fn check_schema(route: &Route, tool: &Tool) -> Result<(), GatherError> {
    let fault = match serde_json::from_str::<Value>(&tool.input_schema) {
        Err(_) => "JSON",
        Ok(Value::Object(members)) if members.get("type").and_then(Value::as_str) == Some("object") => return Ok(()),
        Ok(Value::Object(_)) => "of type `object`",
        Ok(_) => "a JSON object",
    };
    Err(GatherError::InputSchema { provider: route.name.clone(), tool: tool.name.clone(), fault })
}

/// What clients would see, of one kind.
pub(crate) fn client_names(route: &Route, kind: Kind) -> Vec<String> {
    let own = match kind {
        Kind::Tool => &route.tools,
        Kind::Prompt => &route.prompts,
        Kind::Resource => &route.resources,
        Kind::Template => &route.templates,
    };
    own.iter().map(|name| if kind.is_prefixed() { route.client_name(name) } else { name.clone() }).collect()
}
