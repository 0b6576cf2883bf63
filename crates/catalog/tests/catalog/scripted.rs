//! A provider with scripted answers, and the catalogues made of such providers.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use catalog::{BuildError, Catalog, CatalogueSnapshot, NamedProvider};
use contract::model::*;
use contract::{Events, Provider};

use crate::records::{context, prompt, resource, template, tool};

/// Which function of which provider was called, in order.
pub(crate) type Log = Arc<Mutex<Vec<String>>>;

/// A provider with the items of its fields. The cursors of its lists are the empty text, then `2`, `3` and so on.
#[derive(Clone)]
pub(crate) struct Scripted {
    pub(crate) name: String,
    pub(crate) info: ProviderInfo,
    pub(crate) tools: Vec<Vec<Tool>>,
    pub(crate) prompts: Vec<Vec<Prompt>>,
    pub(crate) resources: Vec<Vec<ResourceInfo>>,
    pub(crate) templates: Vec<Vec<ResourceTemplate>>,
    pub(crate) cache: Option<CacheHint>,
    pub(crate) extra: Option<String>,
    pub(crate) changed: Vec<Change>,
    /// The function that fails, and its error.
    pub(crate) fails: Option<(&'static str, McpError)>,
    /// Whether its lists never end.
    pub(crate) endless: bool,
    /// Whether the second page is followed by itself.
    pub(crate) circles: bool,
    /// Whether it lists nothing now.
    pub(crate) hidden: Arc<AtomicBool>,
    /// How many of its own cursors it refuses before it accepts one.
    pub(crate) refuses: Arc<AtomicUsize>,
    pub(crate) log: Log,
}

impl Scripted {
    pub(crate) fn new(name: &str) -> Self {
        let implementation = Implementation {
            name: format!("the {name}"),
            version: "1".into(),
            title: Some("A title".into()),
            description: None,
            website_url: None,
            icons: vec![],
            extra: None,
        };
        let info = ProviderInfo {
            implementation,
            instructions: None,
            offers: Offers::empty(),
            extensions: vec![],
            experimental: vec![],
            cache: None,
            catalogue_revision: "r".into(),
            catalogue_static: true,
            extra: None,
        };
        Self {
            name: name.into(),
            info,
            tools: vec![vec![]],
            prompts: vec![vec![]],
            resources: vec![vec![]],
            templates: vec![vec![]],
            cache: None,
            extra: None,
            changed: vec![],
            fails: None,
            endless: false,
            circles: false,
            hidden: Arc::default(),
            refuses: Arc::default(),
            log: Log::default(),
        }
    }

    pub(crate) fn tools(mut self, pages: &[&[&str]]) -> Self {
        self.tools = pages.iter().map(|page| page.iter().map(|name| tool(name)).collect()).collect();
        self.offering(Offers::TOOLS)
    }

    pub(crate) fn prompts(mut self, names: &[&str]) -> Self {
        self.prompts = vec![names.iter().map(|name| prompt(name)).collect()];
        self.offering(Offers::PROMPTS)
    }

    pub(crate) fn resources(mut self, uris: &[&str], templates: &[&str]) -> Self {
        self.resources = vec![uris.iter().map(|uri| resource(uri)).collect()];
        self.templates = vec![templates.iter().map(|text| template(text)).collect()];
        self.offering(Offers::RESOURCES)
    }

    pub(crate) fn offering(mut self, offers: Offers) -> Self {
        self.info.offers |= offers;
        self
    }

    pub(crate) fn dynamic(mut self) -> Self {
        self.info.catalogue_static = false;
        self
    }

    pub(crate) fn failing(mut self, function: &'static str, error: McpError) -> Self {
        self.fails = Some((function, error));
        self
    }

    pub(crate) fn set(mut self, set: impl FnOnce(&mut Self)) -> Self {
        set(&mut self);
        self
    }

    /// Logs the call. Every answer takes two polls, so that calls at once differ from calls one after the other.
    async fn asked(&self, function: &'static str, detail: &str) -> Result<(), McpError> {
        self.log.lock().unwrap().push(format!("{} {function} {detail}", self.name).trim_end().to_owned());
        let mut polled = false;
        poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
        match &self.fails {
            Some((failing, error)) if *failing == function => Err(error.clone()),
            _ => Ok(()),
        }
    }

    async fn page<T: Clone>(
        &self,
        function: &'static str,
        pages: &[Vec<T>],
        cursor: Option<&str>,
    ) -> Result<(Vec<T>, Option<String>), McpError> {
        self.asked(function, &cursor.map(|cursor| format!("at `{cursor}`")).unwrap_or_default()).await?;
        if self.hidden.load(Ordering::Relaxed) {
            return Ok((vec![], None));
        }
        let one_less = |left: usize| left.checked_sub(1);
        if cursor.is_some() && self.refuses.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
            return Err(McpError::InvalidCursor);
        }
        let place = match cursor {
            None => 0,
            Some("") => 1,
            Some(cursor) => cursor.parse().map_err(|_| McpError::InvalidCursor)?,
        };
        let items = pages.get(if self.endless { 0 } else { place }).ok_or(McpError::InvalidCursor)?.clone();
        let next = if place == 0 || self.circles { String::new() } else { (place + 1).to_string() };
        Ok((items, (self.endless || place + 1 < pages.len()).then_some(next)))
    }
}

impl Provider for Scripted {
    async fn describe(&self, _: &Context) -> Result<ProviderInfo, McpError> {
        self.asked("describe", "").await?;
        Ok(self.info.clone())
    }

    async fn list_tools(&self, _: &Context, cursor: Option<&str>) -> Result<ToolPage, McpError> {
        let (tools, next_cursor) = self.page("list-tools", &self.tools, cursor).await?;
        Ok(ToolPage { tools, next_cursor, cache: self.cache, extra: self.extra.clone() })
    }

    async fn call_tool(&self, _: &Context, call: &ToolCall, _: &Events) -> Result<ToolLeg, McpError> {
        self.asked("call-tool", &format!("{} {}", call.name, call.arguments)).await?;
        if !self.tools.iter().flatten().any(|tool| tool.name == call.name) {
            return Err(McpError::UnknownName(call.name.clone()));
        }
        Ok(ToolLeg { events: vec![], outcome: ToolOutcome::Unnamed(self.name.clone()) })
    }

    async fn list_resources(&self, _: &Context, cursor: Option<&str>) -> Result<ResourcePage, McpError> {
        let (resources, next_cursor) = self.page("list-resources", &self.resources, cursor).await?;
        Ok(ResourcePage { resources, next_cursor, cache: self.cache, extra: self.extra.clone() })
    }

    async fn list_templates(&self, _: &Context, cursor: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        let (templates, next_cursor) = self.page("list-templates", &self.templates, cursor).await?;
        Ok(ResourceTemplatePage { templates, next_cursor, cache: self.cache, extra: self.extra.clone() })
    }

    async fn read_resource(&self, _: &Context, read: &ResourceRead, _: &Events) -> Result<ResourceLeg, McpError> {
        self.asked("read-resource", &read.uri).await?;
        Ok(ResourceLeg { events: vec![], outcome: ResourceOutcome::Unnamed(self.name.clone()) })
    }

    async fn list_prompts(&self, _: &Context, cursor: Option<&str>) -> Result<PromptPage, McpError> {
        let (prompts, next_cursor) = self.page("list-prompts", &self.prompts, cursor).await?;
        Ok(PromptPage { prompts, next_cursor, cache: self.cache, extra: self.extra.clone() })
    }

    async fn get_prompt(&self, _: &Context, get: &PromptGet, _: &Events) -> Result<PromptLeg, McpError> {
        self.asked("get-prompt", &get.name).await?;
        Ok(PromptLeg { events: vec![], outcome: PromptOutcome::Unnamed(self.name.clone()) })
    }

    async fn complete(&self, _: &Context, request: &CompletionRequest) -> Result<CompletionValues, McpError> {
        let what = match &request.ref_ {
            CompletionRef::Prompt(text) | CompletionRef::ResourceTemplate(text) | CompletionRef::Unnamed(text) => text,
        };
        self.asked("complete", what).await?;
        Ok(CompletionValues { values: vec![self.name.clone()], total: None, has_more: None, extra: None })
    }

    async fn list_changes(&self, _: &Context, since: Option<&str>) -> Result<ChangePage, McpError> {
        self.asked("list-changes", since.unwrap_or("-")).await?;
        let changes = if since.is_some() { self.changed.clone() } else { vec![] };
        Ok(ChangePage { changes, next_cursor: format!("{}:now", self.name) })
    }
}

/// A provider of that name and prefix, where an empty prefix is none.
pub(crate) fn named(provider: Scripted, prefix: &str) -> NamedProvider<Scripted> {
    let prefix = (!prefix.is_empty()).then(|| prefix.to_owned());
    NamedProvider { name: provider.name.clone(), prefix, provider }
}

/// Builds a catalogue of the providers, which share one log. The calls of `build` are not in it.
pub(crate) fn built(providers: Vec<NamedProvider<Scripted>>) -> (Catalog<Scripted>, Log) {
    let (result, log) = try_build(providers);
    log.lock().unwrap().clear();
    (result.unwrap(), log)
}

pub(crate) fn try_build(mut providers: Vec<NamedProvider<Scripted>>) -> (Result<Catalog<Scripted>, BuildError>, Log) {
    let log = Log::default();
    for named in &mut providers {
        named.provider.log = log.clone();
    }
    (now(Catalog::build(providers, &context())), log)
}

/// Takes what was logged since the last time.
pub(crate) fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().unwrap())
}

/// Polls the future to its end. No future here waits for anything else.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut task = std::task::Context::from_waker(Waker::noop());
    for _ in 0..100_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
    }
    panic!("the future never ends");
}

/// The catalogue that another process makes of a snapshot: these providers, and the snapshot as text.
pub(crate) fn remade(
    catalog: &Catalog<Scripted>,
    mut providers: Vec<NamedProvider<Scripted>>,
) -> (Catalog<Scripted>, Log) {
    let log = Log::default();
    for named in &mut providers {
        named.provider.log = log.clone();
    }
    let parts = catalog.snapshot().unwrap().to_parts().unwrap();
    (Catalog::from_snapshot(providers, CatalogueSnapshot::from_parts(parts).unwrap()).unwrap(), log)
}
