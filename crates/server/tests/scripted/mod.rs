//! A provider with scripted answers, and a server over it that needs no socket.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use catalog::Catalog;
use contract::model::*;
use contract::{Events, Provider};
use futures_util::StreamExt;
use serde_json::Value;
use server::{Admission, Body, BoxFuture, Clock, Config, Engine, Ports, Random};

pub(crate) type Answer<T> = Result<T, McpError>;
type Script<P, T> = Box<dyn Fn(&Context, &P) -> Answer<T> + Send + Sync>;

/// A provider that answers from its fields. By default it offers tools and logging.
pub(crate) struct Scripted {
    pub(crate) info: ProviderInfo,
    pub(crate) tools: Vec<Tool>,
    pub(crate) resources: Vec<ResourceInfo>,
    pub(crate) templates: Vec<ResourceTemplate>,
    pub(crate) prompts: Vec<Prompt>,
    pub(crate) cache: Option<CacheHint>,
    pub(crate) call_tool: Script<ToolCall, ToolLeg>,
    pub(crate) read_resource: Script<ResourceRead, ResourceLeg>,
    pub(crate) get_prompt: Script<PromptGet, PromptLeg>,
    pub(crate) complete: Script<CompletionRequest, CompletionValues>,
    /// The functions that were called, in order.
    pub(crate) calls: Arc<Mutex<Vec<&'static str>>>,
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
                offers: Offers::TOOLS | Offers::LOGGING,
                extensions: vec![],
                experimental: vec![],
                cache: None,
                catalogue_revision: "1".into(),
                catalogue_static: true,
                extra: None,
            },
            tools: vec![tool("say", r#"{"type":"object"}"#)],
            resources: vec![],
            templates: vec![],
            prompts: vec![],
            cache: None,
            call_tool: Box::new(call_tool),
            read_resource: Box::new(|_, read| Err(McpError::ResourceNotFound(read.uri.clone()))),
            get_prompt: Box::new(|_, get| Err(McpError::UnknownName(get.name.clone()))),
            complete: Box::new(|_, _| Err(McpError::NotOffered)),
            calls: Arc::default(),
        }
    }

    /// A provider of everything that this server serves, with one item of each kind called `shown` and one called `secret`.
    pub(crate) fn everything() -> Self {
        let known = |name: &str| matches!(name.rsplit('/').next().unwrap_or(name), "shown" | "secret");
        let mut provider = Self::new(move |_, call| match known(&call.name) {
            true => leg(complete("done")),
            false => Err(McpError::UnknownName(call.name.clone())),
        });
        provider.info.offers = Offers::TOOLS
            | Offers::TOOLS_CHANGES
            | Offers::RESOURCES
            | Offers::RESOURCES_CHANGES
            | Offers::RESOURCE_SUBSCRIPTIONS
            | Offers::PROMPTS
            | Offers::PROMPTS_CHANGES
            | Offers::COMPLETION
            | Offers::LOGGING;
        provider.tools = ["shown", "secret"].map(|name| tool(name, r#"{"type":"object"}"#)).into();
        provider.resources = ["test:/shown", "test:/secret"].map(resource).into();
        provider.templates = ["test:/shown/{a}", "test:/secret/{a}"].map(template).into();
        provider.prompts = ["shown", "secret"].map(prompt).into();
        provider.read_resource = Box::new(move |_, read| match known(&read.uri) {
            true => Ok(ResourceLeg { events: vec![], outcome: contents(&read.uri, ResourceBody::Text("text".into())) }),
            false => Err(McpError::ResourceNotFound(read.uri.clone())),
        });
        provider.get_prompt = Box::new(move |_, get| match known(&get.name) {
            true => Ok(PromptLeg { events: vec![], outcome: message("hello") }),
            false => Err(McpError::UnknownName(get.name.clone())),
        });
        provider.complete = Box::new(move |_, request| match &request.ref_ {
            CompletionRef::Prompt(name) if !known(name) => Err(McpError::UnknownName(name.clone())),
            CompletionRef::ResourceTemplate(uri) if uri.contains("absent") => {
                Err(McpError::ResourceNotFound(uri.clone()))
            }
            _ => Ok(CompletionValues { values: vec![request.value.clone()], total: None, has_more: None, extra: None }),
        });
        provider
    }

    fn called(&self, function: &'static str) {
        self.calls.lock().expect("lock").push(function);
    }

    fn offering(&self, offer: Offers) -> Answer<()> {
        if self.info.offers.contains(offer) { Ok(()) } else { Err(McpError::NotOffered) }
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

pub(crate) fn resource(uri: &str) -> ResourceInfo {
    ResourceInfo {
        uri: uri.into(),
        name: uri.into(),
        title: None,
        description: None,
        mime_type: None,
        size: None,
        annotations: None,
        icons: vec![],
        extra: None,
    }
}

pub(crate) fn template(text: &str) -> ResourceTemplate {
    ResourceTemplate {
        uri_template: text.into(),
        name: text.into(),
        title: None,
        description: None,
        mime_type: None,
        annotations: None,
        icons: vec![],
        extra: None,
    }
}

pub(crate) fn prompt(name: &str) -> Prompt {
    Prompt { name: name.into(), title: None, description: None, arguments: vec![], icons: vec![], extra: None }
}

pub(crate) fn text(text: &str) -> ContentBlock {
    ContentBlock::Text(TextContent { text: text.into(), annotations: None, extra: None })
}

pub(crate) fn complete(result: &str) -> ToolOutcome {
    ToolOutcome::Complete(ToolOutput {
        content: vec![text(result)],
        structured_content: None,
        is_error: false,
        extra: None,
    })
}

pub(crate) fn contents(uri: &str, body: ResourceBody) -> ResourceOutcome {
    let contents = ResourceContents { uri: uri.into(), mime_type: None, body, extra: None };
    ResourceOutcome::Complete(ResourceOutput { contents: vec![contents], cache: None, extra: None })
}

pub(crate) fn message(said: &str) -> PromptOutcome {
    let message = PromptMessage { role: Role::User, content: text(said), extra: None };
    PromptOutcome::Complete(PromptOutput { description: None, messages: vec![message], extra: None })
}

pub(crate) fn leg(outcome: ToolOutcome) -> Answer<ToolLeg> {
    Ok(ToolLeg { events: vec![], outcome })
}

pub(crate) fn progress(progress: f64) -> Event {
    Event::Progress(Progress { progress, total: Some(2.0), message: None, extra: None })
}

/// The only page of a list.
fn first_page<T: Clone>(items: &[T], cursor: Option<&str>) -> Answer<Vec<T>> {
    if cursor.is_some() { Err(McpError::InvalidCursor) } else { Ok(items.to_vec()) }
}

impl Provider for Scripted {
    async fn describe(&self, _ctx: &Context) -> Answer<ProviderInfo> {
        self.called("describe");
        Ok(self.info.clone())
    }
    async fn list_tools(&self, _ctx: &Context, cursor: Option<&str>) -> Answer<ToolPage> {
        self.called("list-tools");
        self.offering(Offers::TOOLS)?;
        Ok(ToolPage { tools: first_page(&self.tools, cursor)?, next_cursor: None, cache: self.cache, extra: None })
    }
    async fn call_tool(&self, ctx: &Context, call: &ToolCall, _: &Events) -> Answer<ToolLeg> {
        self.called("call-tool");
        self.offering(Offers::TOOLS)?;
        (self.call_tool)(ctx, call)
    }
    async fn list_resources(&self, _ctx: &Context, cursor: Option<&str>) -> Answer<ResourcePage> {
        self.called("list-resources");
        self.offering(Offers::RESOURCES)?;
        let resources = first_page(&self.resources, cursor)?;
        Ok(ResourcePage { resources, next_cursor: None, cache: self.cache, extra: None })
    }
    async fn list_templates(&self, _ctx: &Context, cursor: Option<&str>) -> Answer<ResourceTemplatePage> {
        self.called("list-templates");
        self.offering(Offers::RESOURCES)?;
        let templates = first_page(&self.templates, cursor)?;
        Ok(ResourceTemplatePage { templates, next_cursor: None, cache: self.cache, extra: None })
    }
    async fn read_resource(&self, ctx: &Context, read: &ResourceRead, _: &Events) -> Answer<ResourceLeg> {
        self.called("read-resource");
        self.offering(Offers::RESOURCES)?;
        (self.read_resource)(ctx, read)
    }
    async fn list_prompts(&self, _ctx: &Context, cursor: Option<&str>) -> Answer<PromptPage> {
        self.called("list-prompts");
        self.offering(Offers::PROMPTS)?;
        let prompts = first_page(&self.prompts, cursor)?;
        Ok(PromptPage { prompts, next_cursor: None, cache: self.cache, extra: None })
    }
    async fn get_prompt(&self, ctx: &Context, get: &PromptGet, _: &Events) -> Answer<PromptLeg> {
        self.called("get-prompt");
        self.offering(Offers::PROMPTS)?;
        (self.get_prompt)(ctx, get)
    }
    async fn complete(&self, ctx: &Context, request: &CompletionRequest) -> Answer<CompletionValues> {
        self.called("complete");
        self.offering(Offers::COMPLETION)?;
        (self.complete)(ctx, request)
    }
}

/// A clock that only sleeping moves.
#[derive(Default)]
pub(crate) struct StoppedClock(AtomicU64);

impl Clock for StoppedClock {
    fn monotonic_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
    fn unix_ms(&self) -> u64 {
        self.monotonic_ms()
    }
    fn sleep_ms(&self, ms: u32) -> BoxFuture<'_, ()> {
        self.0.fetch_add(u64::from(ms), Ordering::Relaxed);
        Box::pin(std::future::ready(()))
    }
}

/// A source of randomness in which every byte is 7.
pub(crate) struct Seven;

impl Random for Seven {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
        if let Some(last) = bytes.last_mut() {
            *last = 7;
        }
    }
}

pub(crate) fn ports() -> Ports {
    Ports::new(StoppedClock::default(), Seven)
}

/// A response that was read to its end.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    /// The chunks as they were sent.
    pub(crate) chunks: Vec<String>,
}

impl Reply {
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
    pub(crate) fn code(&self) -> Option<i64> {
        self.json()["error"]["code"].as_i64()
    }
}

/// A server over one provider.
pub(crate) struct Server<P = Scripted>(pub(crate) Arc<Engine<P>>);

impl<P: Provider> Server<P> {
    pub(crate) fn of(provider: P) -> Self {
        Self::configured(provider, &[])
    }
    pub(crate) fn configured(provider: P, settings: &[(&str, &str)]) -> Self {
        let catalog = Catalog::pass_through(provider, None);
        Self(Arc::new(Engine::new(catalog, config(settings), ports())))
    }
    /// A server whose engine a test changes before it serves.
    pub(crate) fn with(provider: P, change: impl FnOnce(Engine<P>) -> Engine<P>) -> Self {
        let catalog = Catalog::pass_through(provider, None);
        Self(Arc::new(change(Engine::new(catalog, Config::default(), ports()))))
    }
    pub(crate) async fn response(&self, request: http::Request<Bytes>) -> server::Response {
        let (head, body) = request.into_parts();
        match self.0.admit(&head).await {
            Admission::Answered(response) => response,
            Admission::Body(admitted) => self.0.answer(admitted, &head.headers, body).await,
        }
    }
    pub(crate) fn send(&self, request: http::Request<Bytes>) -> Reply {
        futures_executor::block_on(async {
            let (head, body) = self.response(request).await.into_parts();
            let chunks = match body {
                Body::Full(bytes) => vec![bytes],
                Body::Events(events) => events.collect().await,
            };
            let chunks = chunks.iter().map(|chunk| String::from_utf8(chunk.to_vec()).expect("text")).collect();
            Reply { status: head.status.as_u16(), headers: head.headers, chunks }
        })
    }
    /// A request of the legacy era.
    pub(crate) fn legacy(&self, body: &str) -> Reply {
        self.send(post(&[("mcp-protocol-version", "2025-11-25")], body))
    }
    /// A call of a tool in the modern era, with these members in `params._meta` besides.
    pub(crate) fn call(&self, name: &str, arguments: &str, meta: &str) -> Reply {
        self.send(modern("tools/call", &format!(r#""name":"{name}","arguments":{arguments}"#), meta))
    }
    /// A request of this version, with these members in `params`.
    pub(crate) fn request(&self, version: &str, method: &str, params: &str) -> Reply {
        match version {
            "2026-07-28" => self.send(modern(method, params, "")),
            _ => {
                let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}}}}}"#);
                self.send(post(&[("mcp-protocol-version", version)], &body))
            }
        }
    }
}

pub(crate) fn config(settings: &[(&str, &str)]) -> Config {
    let value = |key: &str| settings.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned());
    Config::from_settings(value).expect("settings")
}

/// A request of the modern era, with all the headers that it must have.
pub(crate) fn modern(method: &str, params: &str, meta: &str) -> http::Request<Bytes> {
    let separator = if params.is_empty() { "" } else { "," };
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}{separator}"_meta":{{
        "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}{meta}}}}}}}"#
    );
    let value: Value = serde_json::from_str(&body).expect(&body);
    let named = match method {
        "tools/call" | "prompts/get" => value["params"]["name"].as_str(),
        "resources/read" => value["params"]["uri"].as_str(),
        _ => None,
    };
    let mut headers = vec![("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)];
    headers.extend(named.map(|name| ("mcp-name", name)));
    post(&headers, &body)
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
