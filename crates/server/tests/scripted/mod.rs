//! A provider that answers as it is told, and a server over it that is spoken to without a socket.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use contract::model::*;
use contract::{Events, Provider};
use futures_util::StreamExt;
use serde_json::Value;
use server::{Admission, Body, Config, Engine, Surroundings};

type Answer<T> = Result<T, McpError>;
type CallTool = dyn Fn(&Context, &ToolCall) -> Answer<ToolLeg> + Send + Sync;

pub(crate) struct Scripted {
    pub(crate) info: ProviderInfo,
    pub(crate) tools: Vec<Tool>,
    pub(crate) call_tool: Box<CallTool>,
    pub(crate) describes: Arc<AtomicU64>,
}

impl Scripted {
    pub(crate) fn new(call_tool: impl Fn(&Context, &ToolCall) -> Answer<ToolLeg> + Send + Sync + 'static) -> Self {
        Self {
            info: ProviderInfo {
                implementation: Implementation {
                    name: "scripted".into(),
                    version: "1.0.0".into(),
                    title: None,
                    description: None,
                    website_url: None,
                    icons: vec![],
                    extra: None,
                },
                instructions: None,
                offers: Offers::TOOLS | Offers::LOGGING | Offers::PROMPTS,
                extensions: vec![],
                experimental: vec![],
                cache: None,
                catalogue_revision: "1".into(),
                catalogue_static: true,
                extra: None,
            },
            tools: vec![tool("say", r#"{"type":"object"}"#)],
            call_tool: Box::new(call_tool),
            describes: Arc::default(),
        }
    }
}

pub(crate) fn tool(name: &str, schema: &str) -> Tool {
    Tool {
        name: name.into(),
        title: None,
        description: None,
        input_schema: schema.into(),
        output_schema: None,
        annotations: None,
        task_support: None,
        icons: vec![],
        extra: None,
    }
}

pub(crate) fn complete(text: &str) -> ToolOutcome {
    ToolOutcome::Complete(ToolOutput {
        content: vec![ContentBlock::Text(TextContent { text: text.into(), annotations: None, extra: None })],
        structured_content: None,
        is_error: false,
        extra: None,
    })
}

pub(crate) fn leg(outcome: ToolOutcome) -> Answer<ToolLeg> {
    Ok(ToolLeg { events: vec![], outcome })
}

/// The context of a question that no client caused.
pub(crate) fn nobody() -> Context {
    Context {
        call_id: "start".into(),
        attempt: 1,
        protocol_version: "2026-07-28".into(),
        client: None,
        capabilities: ClientCapabilities {
            features: ClientFeatures::empty(),
            extensions: vec![],
            experimental: vec![],
            extra: None,
        },
        principal: None,
        trace: None,
        log_level: None,
        progress_wanted: false,
        remaining_ms: 10_000,
        meta: None,
        extra: None,
    }
}

impl Provider for Scripted {
    async fn describe(&self, _ctx: &Context) -> Answer<ProviderInfo> {
        self.describes.fetch_add(1, Ordering::Relaxed);
        Ok(self.info.clone())
    }
    async fn list_tools(&self, _ctx: &Context, cursor: Option<&str>) -> Answer<ToolPage> {
        match cursor {
            None => Ok(ToolPage { tools: self.tools.clone(), next_cursor: None, cache: None, extra: None }),
            Some(_) => Err(McpError::InvalidCursor),
        }
    }
    async fn call_tool(&self, ctx: &Context, call: &ToolCall, _: &Events) -> Answer<ToolLeg> {
        if !self.info.offers.contains(Offers::TOOLS) {
            return Err(McpError::NotOffered);
        }
        (self.call_tool)(ctx, call)
    }
    async fn list_resources(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<ResourcePage> {
        Err(McpError::NotOffered)
    }
    async fn list_templates(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<ResourceTemplatePage> {
        Err(McpError::NotOffered)
    }
    async fn read_resource(&self, _ctx: &Context, _read: &ResourceRead, _: &Events) -> Answer<ResourceLeg> {
        Err(McpError::NotOffered)
    }
    async fn list_prompts(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<PromptPage> {
        Err(McpError::NotOffered)
    }
    async fn get_prompt(&self, _ctx: &Context, _get: &PromptGet, _: &Events) -> Answer<PromptLeg> {
        Err(McpError::NotOffered)
    }
    async fn complete(&self, _ctx: &Context, _request: &CompletionRequest) -> Answer<CompletionValues> {
        Err(McpError::NotOffered)
    }
    async fn list_changes(&self, _ctx: &Context, _since: Option<&str>) -> Answer<ChangePage> {
        Err(McpError::NotOffered)
    }
}

/// A clock that only sleeping moves.
#[derive(Default)]
pub(crate) struct Stopped(AtomicU64);

impl Surroundings for Stopped {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
    async fn sleep_ms(&self, ms: u32) {
        self.0.fetch_add(u64::from(ms), Ordering::Relaxed);
    }
    fn random(&self) -> u64 {
        7
    }
}

pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    /// The chunks as they were sent.
    pub(crate) chunks: Vec<String>,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.chunks.concat()).unwrap_or_else(|error| panic!("{error}: {:?}", self.chunks))
    }
    /// The messages of an event stream.
    pub(crate) fn events(&self) -> Vec<Value> {
        assert_eq!(self.headers["content-type"], "text/event-stream");
        let text = self.chunks.concat();
        text.lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .map(|data| serde_json::from_str(data).expect(data))
            .collect()
    }
}

pub(crate) struct Spoken(pub(crate) Arc<Engine<Scripted, Stopped>>);

impl Spoken {
    pub(crate) fn to(provider: Scripted) -> Self {
        Self::configured(provider, &[])
    }
    pub(crate) fn configured(provider: Scripted, settings: &[(&str, &str)]) -> Self {
        let config = Config::from_settings(|key| {
            settings.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned())
        });
        Self(Arc::new(Engine::new(provider, config.expect("settings"), Stopped::default())))
    }
    pub(crate) fn send(&self, request: http::Request<Bytes>) -> Answered {
        futures_executor::block_on(async {
            let (head, body) = request.into_parts();
            let response = match self.0.admit(&head).await {
                Admission::Answered(response) => response,
                Admission::Body(admitted) => self.0.answer(admitted, &head.headers, body).await,
            };
            let (head, body) = response.into_parts();
            let chunks = match body {
                Body::Full(bytes) => vec![bytes],
                Body::Events(events) => events.collect().await,
            };
            let chunks = chunks.iter().map(|chunk| String::from_utf8(chunk.to_vec()).expect("text")).collect();
            Answered { status: head.status.as_u16(), headers: head.headers, chunks }
        })
    }
    /// A request of the legacy era.
    pub(crate) fn legacy(&self, body: &str) -> Answered {
        self.send(post(&[("mcp-protocol-version", "2025-11-25")], body))
    }
    /// A call of a tool in the modern era, with these members in `params._meta` besides.
    pub(crate) fn call(&self, name: &str, arguments: &str, meta: &str) -> Answered {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{name}","arguments":{arguments},"_meta":{{
            "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}{meta}}}}}}}"#
        );
        self.send(post(
            &[("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/call"), ("mcp-name", name)],
            &body,
        ))
    }
}

pub(crate) fn post(headers: &[(&str, &str)], body: &str) -> http::Request<Bytes> {
    let mut request = http::Request::post("/mcp").header("host", "localhost");
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::copy_from_slice(body.as_bytes())).expect("request")
}
