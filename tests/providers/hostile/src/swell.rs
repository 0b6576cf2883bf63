//! What the provider says of itself and lists beyond its tools, as its settings say: each is a number. By default the catalogue is static, and all
//! is said at the start. With `static=false` the provider behaves until the server has started.

use serde_json::{Value, json};

use crate::bindings::wasmcp::mcp::model::{Context, Tool};
use crate::bindings::wasmcp::mcp::settings;
use crate::tool;

/// Whether the catalogue is static.
pub(crate) fn is_static() -> bool {
    setting("static").is_none_or(|text| text != "false")
}

/// Whether this is the start, and the provider behaves until it is over.
pub(crate) fn behaves(ctx: &Context) -> bool {
    !is_static() && ctx.call_id == "start"
}

/// As many bytes of instructions as the setting `instructions` says.
pub(crate) fn instructions(ctx: &Context) -> Option<String> {
    let bytes = number(ctx, "instructions");
    (bytes > 0).then(|| "x".repeat(bytes))
}

/// As many entries of the description as a setting says.
pub(crate) fn entries(ctx: &Context, key: &str) -> Vec<(String, String)> {
    (0..number(ctx, key)).map(|at| (format!("com.example/{at}"), "{}".to_owned())).collect()
}

/// As many tools more as the setting `tools` says, and one called `large` where a setting says what is large about it.
pub(crate) fn tools(ctx: &Context) -> impl Iterator<Item = Tool> {
    (0..number(ctx, "tools")).map(|at| tool(&format!("tool{at}"))).chain(large(ctx))
}

/// The cursor of the next page, where there are as many pages as the setting `pages` says. Only the first one has tools.
pub(crate) fn next_cursor(ctx: &Context, cursor: Option<&str>) -> Option<String> {
    let next = cursor.and_then(|cursor| cursor.parse::<usize>().ok()).unwrap_or(0).saturating_add(1);
    (next < number(ctx, "pages")).then(|| next.to_string())
}

/// A tool with so long a description, so large a schema, so many annotations for headers or so long a name.
fn large(ctx: &Context) -> Option<Tool> {
    let [description, schema, headers, name] = ["description", "schema", "headers", "name"].map(|key| number(ctx, key));
    if description.max(schema).max(headers).max(name) == 0 {
        return None;
    }
    let property = |at: usize| (format!("p{at}"), json!({ "type": "string", "x-mcp-header": format!("P{at}") }));
    let properties: Value = (0..headers).map(property).collect();
    let schema = json!({ "type": "object", "description": "x".repeat(schema), "properties": properties });
    let name = if name == 0 { "large".to_owned() } else { "x".repeat(name) };
    Some(Tool { description: Some("x".repeat(description)), input_schema: schema.to_string(), ..tool(&name) })
}

fn number(ctx: &Context, key: &str) -> usize {
    let text = setting(key).filter(|_| !behaves(ctx));
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn setting(key: &str) -> Option<String> {
    settings::get(key).ok().flatten()
}
