//! What the provider says of itself: its description and its tools.

use crate::bindings::wasmcp::mcp::model::{
    CacheHint, CacheScope, Icon, Implementation, Offers, ProviderInfo, Tool, ToolAnnotations, ToolPage,
};

/// A sun behind a cloud, URL-encoded SVG: `data:` needs no request and no trust in another host.
const ICON: &str = concat!(
    "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2024%2024'%20fill='none'%20stroke='%231d6fb8'%20",
    "stroke-width='2'%3E%3Cpath%20d='M12%202v2M4.9%204.9l1.4%201.4M2%2012h2M19.1%204.9l-1.4%201.4M8%2012a4%204%200%200%201%207.5-2'/%3E",
    "%3Cpath%20d='M9%2022a4%204%200%201%201%20.9-7.9A5%205%200%200%201%2019.4%2016%203%203%200%200%201%2019%2022z'/%3E%3C/svg%3E",
);

/// Everything here changes only with the program, so that clients may keep it for an hour.
const CACHE: CacheHint = CacheHint { ttl_ms: 3_600_000, scope: CacheScope::Public };

pub(crate) fn provider() -> ProviderInfo {
    ProviderInfo {
        implementation: Implementation {
            name: "weather".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            title: Some("Weather".to_owned()),
            description: Some("The weather now, by the name of a place.".to_owned()),
            website_url: None,
            icons: icons(),
            extra: None,
        },
        instructions: Some(
            "For several places call `multi_weather` once: it asks for them at the same time.".to_owned(),
        ),
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
    let tools = vec![
        Tool {
            input_schema: include_str!("../schemas/echo.input.json").to_owned(),
            annotations: Some(annotations(false)),
            ..tool("echo", "Echo", "Says the message back.")
        },
        Tool {
            input_schema: include_str!("../schemas/get_weather.input.json").to_owned(),
            output_schema: Some(include_str!("../schemas/get_weather.output.json").to_owned()),
            annotations: Some(annotations(true)),
            ..tool("get_weather", "Weather at a place", "Conditions, temperature, humidity and wind at one place now.")
        },
        Tool {
            input_schema: include_str!("../schemas/multi_weather.input.json").to_owned(),
            output_schema: Some(include_str!("../schemas/multi_weather.output.json").to_owned()),
            annotations: Some(annotations(true)),
            ..tool(
                "multi_weather",
                "Weather at several places",
                "The same for one to five places at once. A place that fails does not fail the others.",
            )
        },
    ];
    ToolPage { tools, next_cursor: None, cache: Some(CACHE), extra: None }
}

fn tool(name: &str, title: &str, description: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        title: Some(title.to_owned()),
        description: Some(description.to_owned()),
        input_schema: String::new(),
        output_schema: None,
        annotations: None,
        task_support: None,
        icons: icons(),
        extra: None,
    }
}

/// No tool here changes anything. In an open world it answers what others say.
fn annotations(open_world: bool) -> ToolAnnotations {
    ToolAnnotations {
        title: None,
        read_only_hint: Some(true),
        destructive_hint: Some(false),
        idempotent_hint: Some(true),
        open_world_hint: Some(open_world),
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
