//! What the provider says of itself: its description and its tools.

use crate::arithmetic::{OPERATIONS, Operation};
use crate::bindings::exports::wasmcp::mcp::model::{
    CacheHint, CacheScope, Icon, Implementation, Offers, ProviderInfo, Tool, ToolAnnotations, ToolPage,
};

const INPUT: &str = include_str!("../schemas/input.json");
const OUTPUT: &str = include_str!("../schemas/output.json");

/// A calculator's outline, URL-encoded SVG: `data:` needs no request and no trust in another host.
const ICON: &str = concat!(
    "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2024%2024'%20fill='none'%20stroke='%230a7d5a'%20",
    "stroke-width='2'%3E%3Crect%20x='4'%20y='2'%20width='16'%20height='20'%20rx='2'/%3E",
    "%3Cpath%20d='M8%207h8M8%2013h2m4%200h2M8%2017h2m4%200h2'/%3E%3C/svg%3E",
);

/// Everything here changes only with the program, so that clients may keep it for an hour.
const CACHE: CacheHint = CacheHint { ttl_ms: 3_600_000, scope: CacheScope::Public };

pub(crate) fn provider() -> ProviderInfo {
    ProviderInfo {
        implementation: Implementation {
            name: "calculator".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            title: Some("Calculator".to_owned()),
            description: Some("Basic arithmetic with two numbers.".to_owned()),
            website_url: None,
            icons: icons(),
            extra: None,
        },
        instructions: Some("Use these tools for arithmetic instead of computing yourself.".to_owned()),
        offers: Offers::TOOLS,
        extensions: Vec::new(),
        experimental: Vec::new(),
        cache: Some(CACHE),
        catalogue_revision: env!("CARGO_PKG_VERSION").to_owned(),
        catalogue_static: true,
        extra: None,
    }
}

pub(crate) fn tools() -> ToolPage {
    ToolPage { tools: OPERATIONS.iter().map(tool).collect(), next_cursor: None, cache: Some(CACHE), extra: None }
}

fn tool(operation: &Operation) -> Tool {
    Tool {
        name: operation.name.to_owned(),
        title: Some(operation.title.to_owned()),
        description: Some(operation.description.to_owned()),
        input_schema: INPUT.to_owned(),
        output_schema: Some(OUTPUT.to_owned()),
        annotations: Some(ToolAnnotations {
            title: Some(operation.title.to_owned()),
            read_only_hint: Some(true),
            destructive_hint: Some(false),
            idempotent_hint: Some(true),
            open_world_hint: Some(false),
            extra: None,
        }),
        task_support: None,
        icons: icons(),
        extra: None,
    }
}

fn icons() -> Vec<Icon> {
    vec![Icon {
        src: ICON.to_owned(),
        mime_type: Some("image/svg+xml".to_owned()),
        sizes: vec!["any".to_owned()],
        theme: None,
        extra: None,
    }]
}
