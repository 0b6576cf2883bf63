//! Everything about one request that is read once and that later stages need.

use std::pin::pin;
use std::sync::Arc;

use catalog::{Catalog, ItemFacts, Resolved, ToolFacts};
use contract::Provider;
use contract::model::{Context, McpError};
use protocol::jsonrpc::Id;
use protocol::result::ServerInfoMeta;
use protocol::version::Version;
use serde_json::value::RawValue;
use settings::View;

use crate::authentication::Caller;
use crate::authorization::{AccessRequest, Authorizer, EngineDenial, Item};
use crate::calls::mcp_param_headers::McpParamHeaders;
use crate::description::ServerIdentity;
use crate::engine::Engine;
use crate::error::{MessageError, RequestError};
use crate::methods::Method;
use crate::observer::Observation;
use crate::pipeline::{Granted, authorize, deny};
use crate::views;

/// A request that is authorized. It owns what it has, since a response stream outlives the request's body.
pub(crate) struct Invocation<P> {
    pub(crate) engine: Arc<Engine<P>>,
    /// What decides about this request.
    pub(crate) authorizer: Arc<dyn Authorizer>,
    /// What the authorizer lets it do.
    pub(crate) granted: Granted,
    pub(crate) method: &'static Method,
    pub(crate) id: Id<'static>,
    pub(crate) version: Version,
    pub(crate) caller: Option<Arc<Caller>>,
    /// The context that providers get.
    pub(crate) context: Context,
    /// The description of the server. A legacy request needs it only for `initialize`.
    pub(crate) server: Option<Arc<ServerIdentity>>,
    pub(crate) progress_token: Option<Box<RawValue>>,
    pub(crate) events_accepted: bool,
    /// The headers that repeat arguments. None where the client does not know the tool that it calls by another, and so not its headers.
    pub(crate) mcp_param_headers: Option<McpParamHeaders>,
    /// The place of the view that the request came to.
    pub(crate) view: Option<usize>,
    pub(crate) observation: Arc<Observation>,
    /// When the message was read, by the monotonic clock.
    pub(crate) began_ms: u64,
    /// When the time is up that the provider was told which is called now.
    pub(crate) call_ends_ms: u64,
}

impl<P: Provider> Invocation<P> {
    pub(crate) fn catalog(&self) -> &Catalog<P> {
        &self.engine.catalog
    }

    /// The view that the request came to.
    pub(crate) fn view(&self) -> Option<&View> {
        self.engine.config.views.get(self.view?)
    }

    /// Finds the owner of what is called, which the authorizer may have to decide about.
    pub(crate) async fn resolve<R: catalog::Request>(
        &mut self,
        request: &R,
        item: &Item<'_>,
    ) -> Result<Resolved, RequestError> {
        let resolved = self.resolve_authorized(request, item).await;
        if resolved.is_err() && self.granted.needs_facts {
            self.deny(item, EngineDenial::FactsUnknown, &|| None);
        }
        resolved
    }

    async fn resolve_authorized<R: catalog::Request>(
        &mut self,
        request: &R,
        item: &Item<'_>,
    ) -> Result<Resolved, RequestError> {
        let resolved = {
            let resolving = pin!(self.catalog().resolve(&self.context, request.item()));
            self.in_total_time(resolving).await?
        };
        let resolved = resolved.map_err(|error| RequestError::of_provider(error, self.method.name, item))?;
        self.check_view(item, &resolved).await?;
        self.authorize_owner(*item, &resolved).await?;
        self.update_remaining_time()?;
        Ok(resolved)
    }

    /// Denies what the authorizer has not decided about.
    fn deny(
        &mut self,
        item: &Item<'_>,
        denial: EngineDenial,
        facts: &(dyn Fn() -> Option<ItemFacts> + Send + Sync),
    ) -> RequestError {
        self.granted.needs_facts = false;
        let (method, caller) = (self.method.name, self.caller.as_deref());
        let request = AccessRequest { method, item: *item, caller, context: &self.context, view: self.view(), facts };
        deny(&*self.authorizer, &self.observation, &request, denial)
    }

    /// The description of the server.
    pub(crate) fn server(&self) -> Result<&ServerIdentity, RequestError> {
        let unknown = || MessageError::UnknownMethod(self.method.name.to_owned()).into();
        self.server.as_deref().ok_or_else(unknown)
    }

    /// The server's program, which each modern result has in its `_meta`.
    pub(crate) fn server_info(&self) -> Option<&ServerInfoMeta> {
        self.server.as_ref().filter(|_| self.version.is_modern()).map(|server| &server.meta)
    }

    /// Asks the authorizer once more where the owner of an item was not known before the providers were listed: now it is. Where it waits for
    /// that, it is told all that can be known.
    async fn authorize_owner(&mut self, item: Item<'_>, resolved: &Resolved) -> Result<(), RequestError> {
        let found = match self.granted.needs_facts {
            true => self.all_facts(&item, resolved).await?,
            false => match self.catalog().found_facts(resolved) {
                Some(found) => Some(found),
                None => return Ok(()),
            },
        };
        let facts = || found.clone();
        let (method, caller) = (self.method.name, self.caller.as_deref());
        let request = AccessRequest { method, item, caller, context: &self.context, view: self.view(), facts: &facts };
        // On the heap, since few calls need it.
        let granted = Box::pin(authorize(&*self.authorizer, &self.observation, request)).await;
        self.granted.needs_facts = false;
        let granted = granted?;
        if granted.needs_facts {
            return Err(self.deny(&item, EngineDenial::FactsUnknown, &facts));
        }
        let limits = self.granted.limits.and(granted.limits);
        self.granted = Granted { limits, needs_facts: false };
        Ok(())
    }

    /// Everything that can be known of an item: its owner, and what a tool says of itself, for which its provider may be listed.
    async fn all_facts(&self, item: &Item<'_>, resolved: &Resolved) -> Result<Option<ItemFacts>, RequestError> {
        let catalog = self.catalog();
        let known = || item.reference().and_then(|item| catalog.facts(item));
        let Some(mut facts) = catalog.found_facts(resolved).or_else(known) else { return Ok(None) };
        if facts.tool.is_none() && matches!(item, Item::Tool { .. }) {
            facts.tool = self.tool_facts(item, resolved).await?;
        }
        Ok(Some(facts))
    }

    async fn tool_facts(&self, item: &Item<'_>, resolved: &Resolved) -> Result<Option<Arc<ToolFacts>>, RequestError> {
        let facts = pin!(self.catalog().tool_facts(&self.context, resolved));
        let facts = self.in_total_time(facts).await?;
        facts.map_err(|error| RequestError::of_provider(error, self.method.name, item))
    }

    /// Checks that the view has what is called, where that depended on its owner or on what a tool says of itself.
    async fn check_view(&mut self, item: &Item<'_>, resolved: &Resolved) -> Result<(), RequestError> {
        let Some(view) = self.view() else { return Ok(()) };
        let catalog = self.catalog();
        let known = || item.reference().and_then(|item| catalog.facts(item));
        let has = match views::has(view, item, || catalog.found_facts(resolved).or_else(known)) {
            Some(has) => has,
            None if matches!(item, Item::Tool { .. }) => {
                let facts = self.tool_facts(item, resolved).await?;
                let said = facts.as_ref().and_then(|facts| facts.tool.annotations.as_ref());
                views::is_described(view, resolved.owner(), said)
            }
            None => false,
        };
        if has {
            return Ok(());
        }
        let facts = catalog.found_facts(resolved).or_else(known);
        Err(self.deny(item, EngineDenial::NotInView, &|| facts.clone()))
    }

    /// Runs a call of a provider and tells the observer.
    pub(crate) async fn observe<T>(
        &self,
        owner: Option<&str>,
        call: impl Future<Output = Result<T, McpError>> + Send,
    ) -> Result<T, McpError> {
        self.observation.observe(self.method.name, owner, call).await
    }
}
