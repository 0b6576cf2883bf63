//! A provider that answers when a test lets it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use contract::model::*;
use contract::{Events, Provider};
use futures_util::future::poll_fn;

use super::{Answer, Scripted, complete, contents, message};

/// Answers each call once the gate is open.
#[derive(Default)]
pub(crate) struct Gated {
    pub(crate) gate: Arc<AtomicBool>,
}

impl Gated {
    async fn open(&self) {
        poll_fn(|_| if self.gate.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

impl Provider for Gated {
    async fn describe(&self, _ctx: &Context) -> Answer<ProviderInfo> {
        Ok(Scripted::everything().info)
    }
    async fn list_tools(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<ToolPage> {
        Ok(ToolPage { tools: vec![], next_cursor: None, cache: None, extra: None })
    }
    async fn list_prompts(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<PromptPage> {
        self.open().await;
        Ok(PromptPage { prompts: vec![], next_cursor: None, cache: None, extra: None })
    }
    async fn call_tool(&self, _ctx: &Context, _call: &ToolCall, _events: &Events) -> Answer<ToolLeg> {
        self.open().await;
        Ok(ToolLeg { events: vec![], outcome: complete("done") })
    }
    async fn read_resource(&self, _ctx: &Context, read: &ResourceRead, _events: &Events) -> Answer<ResourceLeg> {
        self.open().await;
        Ok(ResourceLeg { events: vec![], outcome: contents(&read.uri, ResourceBody::Text("done".into())) })
    }
    async fn get_prompt(&self, _ctx: &Context, _get: &PromptGet, _events: &Events) -> Answer<PromptLeg> {
        self.open().await;
        Ok(PromptLeg { events: vec![], outcome: message("done") })
    }
}
