//! Asks one provider for everything that it has, and checks all that can be checked without knowing the others.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use contract::Provider;
use contract::model::{Context, McpError, Prompt, ProviderInfo, ResourceInfo, ResourceTemplate, Tool};
use serde_json::Value;

use crate::catalog::NamedProvider;
use crate::lists::{Listed, Pages, ProviderPage};
use crate::read_pages::{ReadError, read_pages};
use crate::template::Template;
use crate::{BuildError, InvalidTemplate, Kind};

/// Everything that one provider said.
pub(crate) struct Inventory {
    pub(crate) name: String,
    pub(crate) prefix: Option<String>,
    pub(crate) info: ProviderInfo,
    pub(crate) tools: Pages<Tool>,
    pub(crate) prompts: Pages<Prompt>,
    pub(crate) resources: Pages<ResourceInfo>,
    pub(crate) templates: Pages<ResourceTemplate>,
}

impl Inventory {
    /// The names or URIs that clients see, of one kind.
    pub(crate) fn client_keys(&self, kind: Kind) -> Vec<String> {
        fn keys<T: Listed>(pages: &Pages<T>) -> impl Iterator<Item = &str> {
            pages.items().map(T::key)
        }
        match kind {
            Kind::Tool => keys(&self.tools).map(|name| self.client_name(name)).collect(),
            Kind::Prompt => keys(&self.prompts).map(|name| self.client_name(name)).collect(),
            Kind::Resource => keys(&self.resources).map(str::to_owned).collect(),
            Kind::Template => keys(&self.templates).map(str::to_owned).collect(),
        }
    }

    fn client_name(&self, own: &str) -> String {
        format!("{}{own}", self.prefix.as_deref().unwrap_or_default())
    }
}

/// Asks for the description and then for each list that is offered.
pub(crate) async fn introspect<P: Provider>(named: &NamedProvider<P>, ctx: &Context) -> Result<Inventory, BuildError> {
    let provider = || named.name.clone();
    let described = named.provider.describe(ctx).await;
    let info = described.map_err(|error| BuildError::Describe { provider: provider(), reason: error.explanation() })?;
    let mut inventory = Inventory {
        name: provider(),
        prefix: named.prefix.clone().filter(|prefix| !prefix.is_empty()),
        info,
        tools: Pages(Vec::new()),
        prompts: Pages(Vec::new()),
        resources: Pages(Vec::new()),
        templates: Pages(Vec::new()),
    };
    inventory.tools = read_list(named, &inventory, ctx, check_tool).await?;
    inventory.prompts = read_list(named, &inventory, ctx, |_, _| Ok(())).await?;
    inventory.resources = read_list(named, &inventory, ctx, |_, _| Ok(())).await?;
    inventory.templates = read_list(named, &inventory, ctx, |_, _| Ok(())).await?;
    Ok(inventory)
}

async fn read_list<T: Listed, P: Provider>(
    named: &NamedProvider<P>,
    inventory: &Inventory,
    ctx: &Context,
    check: fn(&Inventory, &T) -> Result<(), BuildError>,
) -> Result<Pages<T>, BuildError> {
    let mut pages = Pages(Vec::new());
    if !T::KIND.is_offered(inventory.info.offers) {
        return Ok(pages);
    }
    let provider = || inventory.name.clone();
    let read = read_pages(&named.provider, ctx, |cursor, page: ProviderPage<T>| {
        let fault = page.items.iter().try_for_each(|item| check(inventory, item));
        pages.0.push((cursor, page));
        fault.map_or_else(ControlFlow::Break, ControlFlow::Continue)
    });
    match read.await {
        Ok(None) => reject_duplicates(inventory, pages),
        Ok(Some(fault)) => Err(fault),
        // The list is for principals only. Each is asked for at the time of a call, with the caller's principal.
        Err(ReadError::Provider(McpError::Forbidden(_) | McpError::InsufficientScope(_)))
            if !inventory.info.catalogue_static =>
        {
            Ok(pages)
        }
        Err(ReadError::Provider(error)) => {
            Err(BuildError::List { provider: provider(), kind: T::KIND, reason: error.explanation() })
        }
        Err(ReadError::Fault(fault)) => Err(BuildError::Endless { provider: provider(), fault }),
    }
}

fn reject_duplicates<T: Listed>(inventory: &Inventory, pages: Pages<T>) -> Result<Pages<T>, BuildError> {
    let mut keys = BTreeSet::new();
    let twice = pages.items().find(|item| !keys.insert(item.key())).map(|item| item.key().to_owned());
    match twice {
        None => Ok(pages),
        Some(name) => Err(BuildError::Twice { provider: inventory.name.clone(), kind: T::KIND, name }),
    }
}

/// Checks that every template is one of RFC 6570, also those of a provider whose catalogue can change.
pub(crate) fn check_templates(inventory: &Inventory) -> Result<(), InvalidTemplate> {
    inventory.templates.items().map(|template| &template.uri_template).try_for_each(|text| {
        Template::parse(text).map(drop).map_err(|reason| InvalidTemplate {
            provider: inventory.name.clone(),
            template: text.clone(),
            reason,
        })
    })
}

fn check_tool(inventory: &Inventory, tool: &Tool) -> Result<(), BuildError> {
    check_tool_name(inventory, &tool.name)?;
    check_schema(inventory, tool)
}

/// MCP 2026-07-28, server/tools: tool names. The prefix counts, since clients see it.
fn check_tool_name(inventory: &Inventory, own: &str) -> Result<(), BuildError> {
    let name = inventory.client_name(own);
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if (1..=128).contains(&name.len()) && name.bytes().all(is_allowed) {
        return Ok(());
    }
    Err(BuildError::ToolName { provider: inventory.name.clone(), name })
}

/// The root of an input schema is `{"type": "object", …}` (MCP 2026-07-28, `Tool.inputSchema`).
fn check_schema(inventory: &Inventory, tool: &Tool) -> Result<(), BuildError> {
    let expected = match serde_json::from_str::<Value>(&tool.input_schema) {
        Err(_) => "JSON",
        Ok(Value::Object(members)) if members.get("type").and_then(Value::as_str) == Some("object") => return Ok(()),
        Ok(Value::Object(_)) => "of type `object`",
        Ok(_) => "a JSON object",
    };
    Err(BuildError::InputSchema { provider: inventory.name.clone(), tool: tool.name.clone(), expected })
}
