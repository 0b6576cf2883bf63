//! What one provider has, checked for all that needs no other.

use std::collections::BTreeSet;

use contract::Provider;
use contract::model::{Context, McpError, Prompt, ResourceInfo, ResourceTemplate, Tool};
use serde_json::Value;

use crate::catalog::Member;
use crate::error::reason;
use crate::lists::{Listed, PAGES};
use crate::{GatherError, Kind, Offered, Route};

/// Asks for everything that the provider offers. All names are known afterwards, also those that may change.
pub(crate) async fn survey<P: Provider>(member: &Member<P>, ctx: &Context) -> Result<Route, GatherError> {
    let provider = || member.name.clone();
    let info = member
        .provider
        .describe(ctx)
        .await
        .map_err(|error| GatherError::Describe { provider: provider(), reason: reason(&error) })?;
    let mut route = Route {
        name: provider(),
        prefix: member.prefix.clone().filter(|prefix| !prefix.is_empty()),
        offered: Offered::by(&info),
        dynamic: !info.catalogue_static,
        group: false,
        tools: Vec::new(),
        prompts: Vec::new(),
        resources: Vec::new(),
        templates: Vec::new(),
    };
    for tool in all::<Tool, P>(member, &route, ctx).await? {
        check_name(&route, &tool.name)?;
        check_schema(&route, &tool)?;
        route.tools.push(tool.name);
    }
    route.prompts = names(all::<Prompt, P>(member, &route, ctx).await?);
    route.resources = names(all::<ResourceInfo, P>(member, &route, ctx).await?);
    route.templates = names(all::<ResourceTemplate, P>(member, &route, ctx).await?);
    Ok(route)
}

fn names<T: Listed>(items: Vec<T>) -> Vec<String> {
    items.iter().map(|item| item.key().to_owned()).collect()
}

/// All pages of one list.
async fn all<T: Listed, P: Provider>(member: &Member<P>, route: &Route, ctx: &Context) -> Result<Vec<T>, GatherError> {
    let mut items: Vec<T> = Vec::new();
    if !T::KIND.is_offered(&route.offered) {
        return Ok(items);
    }
    let mut cursor = None;
    for _ in 0..PAGES {
        let page = match T::page(&member.provider, ctx, cursor.as_deref()).await {
            Ok(page) => page,
            // Not for nobody in particular: who it is for will be asked at the time of the call.
            Err(McpError::Forbidden(_) | McpError::InsufficientScope(_)) if route.dynamic => return Ok(items),
            Err(error) => {
                return Err(GatherError::List { provider: route.name.clone(), kind: T::KIND, reason: reason(&error) });
            }
        };
        items.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return once(route, items);
        }
    }
    Err(GatherError::Pages { provider: route.name.clone(), kind: T::KIND, limit: PAGES })
}

/// The items, if none is there twice.
fn once<T: Listed>(route: &Route, items: Vec<T>) -> Result<Vec<T>, GatherError> {
    let mut seen = BTreeSet::new();
    match items.iter().find(|item| !seen.insert(item.key())) {
        None => Ok(items),
        Some(twice) => {
            Err(GatherError::Twice { provider: route.name.clone(), kind: T::KIND, name: twice.key().to_owned() })
        }
    }
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
pub(crate) fn is_plain(name: &str) -> bool {
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
