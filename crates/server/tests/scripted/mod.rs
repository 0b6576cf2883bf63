//! A provider with scripted answers, the records that it answers with, and a server over it that needs no socket.

#![allow(dead_code, unused_imports, reason = "each test file uses its own part")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod gated;
mod methods;
mod policies;
mod records;
mod server;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use contract::model::*;
use contract::{Events, Provider};

pub(crate) use self::gated::*;
pub(crate) use self::methods::*;
pub(crate) use self::policies::*;
pub(crate) use self::records::*;
pub(crate) use self::server::*;

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
    /// How long a function takes, in milliseconds: one that is not here takes no time.
    pub(crate) takes_ms: Vec<(&'static str, u64)>,
    /// The function that never answers.
    pub(crate) hangs: Arc<Mutex<Option<&'static str>>>,
    /// The function that fails, and its error.
    pub(crate) fails: Arc<Mutex<Option<(&'static str, McpError)>>>,
    /// The tools that it lists besides.
    pub(crate) more_tools: Arc<Mutex<Vec<Tool>>>,
    /// Whether its list of tools has no end.
    pub(crate) endless: Arc<AtomicBool>,
    /// What it says of itself besides, as the member `experimental`.
    pub(crate) experimental: Arc<Mutex<Vec<(String, String)>>>,
    /// Whether it answers what it lists by `unavailable`.
    pub(crate) away: Option<Arc<Mutex<bool>>>,
    /// The clock that the functions move.
    pub(crate) clock: StoppedClock,
    /// The functions that were called, in order.
    pub(crate) calls: Arc<Mutex<Vec<&'static str>>>,
    /// The same with the context of each.
    pub(crate) contexts: Arc<Mutex<Vec<(&'static str, Context)>>>,
}

impl Scripted {
    pub(crate) fn new(call_tool: impl Fn(&Context, &ToolCall) -> Answer<ToolLeg> + Send + Sync + 'static) -> Self {
        Self {
            info: test_records::info("scripted", Offers::TOOLS | Offers::LOGGING),
            tools: vec![tool("say", r#"{"type":"object"}"#)],
            resources: vec![],
            templates: vec![],
            prompts: vec![],
            cache: None,
            call_tool: Box::new(call_tool),
            read_resource: Box::new(|_, read| Err(McpError::ResourceNotFound(read.uri.clone()))),
            get_prompt: Box::new(|_, get| Err(McpError::UnknownName(get.name.clone()))),
            complete: Box::new(|_, _| Err(McpError::NotOffered)),
            takes_ms: vec![],
            hangs: Arc::default(),
            fails: Arc::default(),
            more_tools: Arc::default(),
            endless: Arc::default(),
            experimental: Arc::default(),
            away: None,
            clock: StoppedClock::default(),
            calls: Arc::default(),
            contexts: Arc::default(),
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

    async fn called(&self, function: &'static str, ctx: &Context) -> Answer<()> {
        self.calls.lock().expect("lock").push(function);
        self.contexts.lock().expect("lock").push((function, ctx.clone()));
        self.takes_ms.iter().filter(|(slow, _)| *slow == function).for_each(|(_, ms)| self.clock.advance(*ms));
        let hangs = *self.hangs.lock().expect("lock");
        if hangs == Some(function) {
            std::future::pending::<()>().await;
        }
        match &*self.fails.lock().expect("lock") {
            Some((failing, error)) if *failing == function => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn offering(&self, offer: Offers) -> Answer<()> {
        if self.info.offers.contains(offer) { Ok(()) } else { Err(McpError::NotOffered) }
    }
}

/// The only page of a list.
fn first_page<T: Clone>(items: &[T], cursor: Option<&str>) -> Answer<Vec<T>> {
    if cursor.is_some() { Err(McpError::InvalidCursor) } else { Ok(items.to_vec()) }
}

impl Provider for Scripted {
    async fn describe(&self, ctx: &Context) -> Answer<ProviderInfo> {
        self.called("describe", ctx).await?;
        let mut info = self.info.clone();
        info.experimental.extend(self.experimental.lock().expect("lock").iter().cloned());
        Ok(info)
    }
    async fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> Answer<ToolPage> {
        self.called("list-tools", ctx).await?;
        if self.away.as_ref().is_some_and(|away| *away.lock().expect("lock")) {
            return Err(McpError::Unavailable(None));
        }
        self.offering(Offers::TOOLS)?;
        if self.endless.load(Ordering::Relaxed) {
            let next = cursor.unwrap_or_default().len() + 1;
            return Ok(ToolPage { tools: vec![], next_cursor: Some("x".repeat(next)), cache: None, extra: None });
        }
        let mut tools = first_page(&self.tools, cursor)?;
        tools.extend(self.more_tools.lock().expect("lock").iter().cloned());
        Ok(ToolPage { tools, next_cursor: None, cache: self.cache, extra: None })
    }
    async fn call_tool(&self, ctx: &Context, call: &ToolCall, _: &Events) -> Answer<ToolLeg> {
        self.called("call-tool", ctx).await?;
        self.offering(Offers::TOOLS)?;
        (self.call_tool)(ctx, call)
    }
    async fn list_resources(&self, ctx: &Context, cursor: Option<&str>) -> Answer<ResourcePage> {
        self.called("list-resources", ctx).await?;
        self.offering(Offers::RESOURCES)?;
        let resources = first_page(&self.resources, cursor)?;
        Ok(ResourcePage { resources, next_cursor: None, cache: self.cache, extra: None })
    }
    async fn list_templates(&self, ctx: &Context, cursor: Option<&str>) -> Answer<ResourceTemplatePage> {
        self.called("list-templates", ctx).await?;
        self.offering(Offers::RESOURCES)?;
        let templates = first_page(&self.templates, cursor)?;
        Ok(ResourceTemplatePage { templates, next_cursor: None, cache: self.cache, extra: None })
    }
    async fn read_resource(&self, ctx: &Context, read: &ResourceRead, _: &Events) -> Answer<ResourceLeg> {
        self.called("read-resource", ctx).await?;
        self.offering(Offers::RESOURCES)?;
        (self.read_resource)(ctx, read)
    }
    async fn list_prompts(&self, ctx: &Context, cursor: Option<&str>) -> Answer<PromptPage> {
        self.called("list-prompts", ctx).await?;
        self.offering(Offers::PROMPTS)?;
        let prompts = first_page(&self.prompts, cursor)?;
        Ok(PromptPage { prompts, next_cursor: None, cache: self.cache, extra: None })
    }
    async fn get_prompt(&self, ctx: &Context, get: &PromptGet, _: &Events) -> Answer<PromptLeg> {
        self.called("get-prompt", ctx).await?;
        self.offering(Offers::PROMPTS)?;
        (self.get_prompt)(ctx, get)
    }
    async fn complete(&self, ctx: &Context, request: &CompletionRequest) -> Answer<CompletionValues> {
        self.called("complete", ctx).await?;
        self.offering(Offers::COMPLETION)?;
        (self.complete)(ctx, request)
    }
}
