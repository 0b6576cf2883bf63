use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};
use contract::{Events, Provider};

use crate::kept::Kept;
use crate::lists::{Listed, Page};
use crate::table::Table;
use crate::{Kind, Route, Routes, RoutesError};

/// A provider and what it is called here.
#[derive(Debug, Clone)]
pub struct Member<P> {
    /// What the operator calls it, unique among the members.
    pub name: String,
    /// What is put before the names of its tools and prompts, for example `foo.`.
    pub prefix: Option<String>,
    /// The provider.
    pub provider: P,
}

/// Several providers as one. See [`gather`](crate::gather) for how to come by one.
#[derive(Debug)]
pub struct Catalog<P> {
    pub(crate) parts: Vec<Part<P>>,
    pub(crate) table: Table,
    /// How many tools there were when all were asked.
    pub(crate) tools: usize,
    /// Whether a member that is lost leaves a gap, instead of failing what is asked of all.
    pub(crate) gaps: bool,
}

/// A provider and what is known of it.
#[derive(Debug)]
pub(crate) struct Part<P> {
    pub(crate) provider: P,
    pub(crate) route: Route,
    /// What it said, if it always says the same and was asked before.
    pub(crate) kept: Option<Kept>,
}

impl<P: Provider> Catalog<P> {
    /// A catalogue of members that were gathered before, in the same order. Asks nobody.
    pub fn with_routes(members: Vec<Member<P>>, routes: Routes) -> Result<Self, RoutesError> {
        if members.is_empty() || members.len() != routes.members.len() {
            return Err(RoutesError::Count { providers: members.len(), routes: routes.members.len() });
        }
        let table = Table::new(&routes.members)?;
        let mut parts = Vec::with_capacity(members.len());
        for (member, route) in members.into_iter().zip(routes.members) {
            if member.name != route.name
                || member.prefix.unwrap_or_default() != *route.prefix.as_deref().unwrap_or_default()
            {
                return Err(RoutesError::Other { provider: member.name, route: route.name });
            }
            parts.push(Part { provider: member.provider, route, kept: None });
        }
        let tools = parts.iter().map(|part| part.route.tools.len()).sum();
        Ok(Self { parts, table, tools, gaps: false })
    }

    /// A catalogue whose members can be lost while the others are served: what is asked of all is then answered without them, and
    /// says whose part is missing, in `_meta` under [`GAPS`](crate::GAPS).
    #[must_use]
    pub fn with_gaps(self) -> Self {
        Self { gaps: true, ..self }
    }

    /// What [`with_routes`](Self::with_routes) needs to make this catalogue again.
    pub fn routes(&self) -> Routes {
        Routes { members: self.parts.iter().map(|part| part.route.clone()).collect() }
    }

    /// How many tools the members listed for nobody in particular when they were gathered. With routes alone, how many
    /// stand there.
    pub fn tool_count(&self) -> usize {
        self.tools
    }

    /// The provider that is all there is, under its own names.
    fn only(&self) -> Option<&P> {
        self.only_part().map(|part| &part.provider)
    }

    fn only_part(&self) -> Option<&Part<P>> {
        match self.parts.as_slice() {
            [part] if part.route.prefix.is_none() => Some(part),
            _ => None,
        }
    }

    /// One page for a client.
    async fn page<T: Listed>(&self, ctx: &Context, cursor: Option<&str>) -> Result<Page<T>, McpError> {
        match self.only_part() {
            Some(part) => part.page(ctx, cursor).await,
            None => self.list(ctx, cursor).await,
        }
    }

    /// The members that have such a list.
    pub(crate) fn offering(&self, kind: Kind) -> Result<Vec<&Part<P>>, McpError> {
        let parts: Vec<_> = self.parts.iter().filter(|part| kind.is_offered(&part.route.offered)).collect();
        if parts.is_empty() { Err(McpError::NotOffered) } else { Ok(parts) }
    }
}

impl<P: Provider> Provider for Catalog<P> {
    async fn describe(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        match self.only_part() {
            Some(part) => part.info(ctx).await,
            None => self.describe_all(ctx).await,
        }
    }

    async fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> Result<ToolPage, McpError> {
        Ok(self.page(ctx, cursor).await?.into())
    }

    async fn call_tool(&self, ctx: &Context, call: &ToolCall, events: &Events) -> Result<ToolLeg, McpError> {
        match self.only() {
            Some(provider) => provider.call_tool(ctx, call, events).await,
            None => self.call_owner(ctx, call, events).await,
        }
    }

    async fn list_resources(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourcePage, McpError> {
        Ok(self.page(ctx, cursor).await?.into())
    }

    async fn list_templates(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        Ok(self.page(ctx, cursor).await?.into())
    }

    async fn read_resource(
        &self,
        ctx: &Context,
        read: &ResourceRead,
        events: &Events,
    ) -> Result<ResourceLeg, McpError> {
        match self.only() {
            Some(provider) => provider.read_resource(ctx, read, events).await,
            None => self.read_owner(ctx, read, events).await,
        }
    }

    async fn list_prompts(&self, ctx: &Context, cursor: Option<&str>) -> Result<PromptPage, McpError> {
        Ok(self.page(ctx, cursor).await?.into())
    }

    async fn get_prompt(&self, ctx: &Context, get: &PromptGet, events: &Events) -> Result<PromptLeg, McpError> {
        match self.only() {
            Some(provider) => provider.get_prompt(ctx, get, events).await,
            None => self.get_from_owner(ctx, get, events).await,
        }
    }

    async fn complete(&self, ctx: &Context, request: &CompletionRequest) -> Result<CompletionValues, McpError> {
        match self.only() {
            Some(provider) => provider.complete(ctx, request).await,
            None => self.complete_by_owner(ctx, request).await,
        }
    }

    async fn list_changes(&self, ctx: &Context, since: Option<&str>) -> Result<ChangePage, McpError> {
        match self.only() {
            Some(provider) => provider.list_changes(ctx, since).await,
            None => self.changes_of_all(ctx, since).await,
        }
    }
}
