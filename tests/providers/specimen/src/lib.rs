//! A provider with one of everything that a tool may answer, for the tests of what becomes of it on the wire.

mod content;
mod legs;

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::model::{
    CacheHint, CacheScope, Context, Icon, IconTheme, Implementation, McpError, Offers, ProviderInfo, TaskSupport, Tool,
    ToolAnnotations, ToolCall, ToolLeg, ToolPage,
};

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "wasmcp:specimen/specimen", generate_all });
}

struct Specimen;

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(Specimen with_types_in super::bindings);
    use super::Specimen;
}

type Run = fn(&Context, &ToolCall) -> Result<ToolLeg, McpError>;

const TOOLS: [(&str, Run); 5] = [
    ("show", content::show),
    ("count", legs::count),
    ("forever", legs::forever),
    ("ask", legs::ask),
    ("refuse", legs::refuse),
];

/// So that there are several pages.
const PAGE: usize = 2;

impl provider::Guest for Specimen {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        // For whoever counts how often it is asked.
        eprintln!("specimen described");
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "specimen".to_owned(),
                version: "1.2.3".to_owned(),
                title: Some("Specimen".to_owned()),
                description: Some("One of everything.".to_owned()),
                website_url: Some("https://specimen.test/".to_owned()),
                icons: vec![icon()],
                extra: Some(r#"{"later":"kept"}"#.to_owned()),
            },
            instructions: Some("Look, do not touch.".to_owned()),
            offers: Offers::TOOLS | Offers::LOGGING,
            extensions: Vec::new(),
            experimental: Vec::new(),
            cache: None,
            catalogue_revision: "1".to_owned(),
            catalogue_static: true,
            extra: None,
        })
    }
}

impl tools::Guest for Specimen {
    fn list_tools(_ctx: Context, cursor: Option<String>) -> Result<ToolPage, McpError> {
        let start = match cursor {
            None => 0,
            Some(cursor) => {
                cursor.parse().ok().filter(|start| (1..TOOLS.len()).contains(start)).ok_or(McpError::InvalidCursor)?
            }
        };
        let tools = TOOLS.iter().skip(start).take(PAGE).map(|(name, _)| tool(name)).collect();
        let next_cursor = (start + PAGE < TOOLS.len()).then(|| (start + PAGE).to_string());
        Ok(ToolPage {
            tools,
            next_cursor,
            cache: Some(CacheHint { ttl_ms: 5000, scope: CacheScope::Private }),
            extra: None,
        })
    }

    fn call_tool(ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        eprintln!("specimen called");
        match TOOLS.iter().find(|(name, _)| *name == call.name) {
            Some((_, run)) => run(&ctx, &call),
            None => Err(McpError::UnknownName(call.name)),
        }
    }
}

fn tool(name: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        title: Some("A title".to_owned()),
        description: Some("A description.".to_owned()),
        input_schema: r#"{"type":"object","properties":{"n":{"type":"integer","x-mcp-extra":"kept"}}}"#.to_owned(),
        output_schema: None,
        annotations: Some(ToolAnnotations {
            title: None,
            read_only_hint: Some(true),
            destructive_hint: None,
            idempotent_hint: Some(false),
            open_world_hint: None,
            extra: Some(r#"{"laterHint":true}"#.to_owned()),
        }),
        task_support: Some(TaskSupport::Forbidden),
        icons: vec![icon()],
        extra: Some(r#"{"_meta":{"test.specimen/key":"kept"},"later":[1]}"#.to_owned()),
    }
}

fn icon() -> Icon {
    Icon {
        src: "https://specimen.test/icon.png".to_owned(),
        mime_type: Some("image/png".to_owned()),
        sizes: vec!["48x48".to_owned(), "any".to_owned()],
        theme: Some(IconTheme::Dark),
        extra: None,
    }
}
