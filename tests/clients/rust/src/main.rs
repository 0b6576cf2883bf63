//! The official Rust client: lists the tools and calls three, or lists, reads, gets and completes everything else, and prints what it got.
//!
//! wasmcp-test-client URL legacy|auto|2026-07-28 tools|reads

use anyhow::{Context, Result, bail};
use rmcp::model::{
    CallToolRequestParams, ClientConfig, CompletionContext, GetPromptRequestParams, JsonObject, ProtocolVersion,
    ReadResourceRequestParams,
};
use rmcp::service::{RoleClient, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::{ClientLifecycleMode, ClientServiceExt, ServiceError};
use serde_json::{Value, json};

type Client = RunningService<RoleClient, ClientConfig>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, mode, what] = arguments.as_slice() else { bail!("give URL, MODE and `tools` or `reads`") };
    let modern = vec![ProtocolVersion::V_2026_07_28];
    let lifecycle = match mode.as_str() {
        "legacy" => ClientLifecycleMode::Initialize,
        "auto" => ClientLifecycleMode::Auto { preferred_versions: modern, legacy_version: None },
        _ => ClientLifecycleMode::Discover { preferred_versions: modern },
    };
    let transport = StreamableHttpClientTransport::from_uri(url.as_str());
    let client = ClientConfig::default().serve_with_lifecycle(transport, lifecycle).await?;
    let version = client.peer_info().context("the server did not say what it is")?.protocol_version.clone();
    println!("version: {version}");
    match what.as_str() {
        "tools" => call_tools(&client).await?,
        _ => read_everything(&client).await?,
    }
    client.cancel().await?;
    Ok(())
}

async fn call_tools(client: &Client) -> Result<()> {
    println!("tools: {}", joined(client.list_all_tools().await?.iter().map(|tool| &*tool.name)));
    let calls = [
        ("echo", json!({ "message": "grüß dich 🌍" })),
        ("add", json!({ "a": 2, "b": 3 })),
        ("get_weather", json!({ "location": "Berlin" })),
    ];
    for (name, arguments) in calls {
        let result = client.call_tool(CallToolRequestParams::new(name).with_arguments(object(arguments)?)).await?;
        let failed = if result.is_error == Some(true) { "failed: " } else { "" };
        println!("{name}: {failed}{}", member(&result.content, "/0/text")?);
    }
    Ok(())
}

async fn read_everything(client: &Client) -> Result<()> {
    println!("resources: {}", joined(client.list_all_resources().await?.iter().map(|resource| &*resource.uri)));
    let templates = client.list_all_resource_templates().await?;
    println!("templates: {}", joined(templates.iter().map(|template| &*template.uri_template)));
    println!("prompts: {}", joined(client.list_all_prompts().await?.iter().map(|prompt| &*prompt.name)));

    let reads = [("text", "text", "text"), ("bytes", "binary", "blob"), ("of a template", "greetings/Ada", "text")];
    for (name, path, body) in reads {
        let result = client.read_resource(ReadResourceRequestParams::new(format!("test:///{path}"))).await?;
        println!("{name}: {}", member(&result.contents, &format!("/0/{body}"))?);
    }
    match client.read_resource(ReadResourceRequestParams::new("test:///nothing")).await {
        Err(ServiceError::McpError(error)) => println!("missing: {}", error.code.0),
        other => bail!("a resource that does not exist: {other:?}"),
    }

    let arguments = object(json!({ "name": "Ada", "style": "formal" }))?;
    let prompt = client.get_prompt(GetPromptRequestParams::new("greet").with_arguments(arguments)).await?;
    println!("prompt: {}", member(&prompt.messages, "/0/content/text")?);
    let context: CompletionContext = serde_json::from_value(json!({ "arguments": { "style": "formal" } }))?;
    let of_prompt = client.complete_prompt_argument("greet", "name", "Dr. A", Some(context)).await?;
    println!("completion of a prompt: {}", of_prompt.values.join(", "));
    let of_template = client.complete_resource_simple("test:///greetings/{name}", "name", "G").await?;
    println!("completion of a template: {}", of_template.join(", "));
    Ok(())
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(" ")
}

fn object(value: Value) -> Result<JsonObject> {
    Ok(serde_json::from_value(value)?)
}

/// A text inside a result.
fn member(result: &impl serde::Serialize, pointer: &str) -> Result<String> {
    let result = serde_json::to_value(result)?;
    let text = result.pointer(pointer).and_then(Value::as_str);
    Ok(text.with_context(|| format!("no {pointer} in {result}"))?.to_owned())
}
