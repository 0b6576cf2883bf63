//! Finds the provider that owns what a client names.

use std::sync::Arc;

use contract::Provider;
use contract::model::{Context, McpError, Tool};

use crate::catalog::Catalog;
use crate::deadline::Deadline;
use crate::read_pages::{ReadError, find};
use crate::{ItemRef, Kind, ToolFacts, lookup_context};

/// The provider of an item, and what was learned when it was looked for. It is kept for all legs of a call, so that a
/// provider whose catalogue can change is listed once for the whole call.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The name or URI of the item as the client writes it.
    pub(crate) name: String,
    /// The provider's own name of the item, where a prefix makes it another one.
    pub(crate) own_name: Option<String>,
    pub(crate) owner: Option<Arc<str>>,
    pub(crate) target: Target,
    /// Whether the item was looked for on lists.
    pub(crate) searched: bool,
    /// The facts of a tool that was found on a list.
    pub(crate) facts: Option<Arc<ToolFacts>>,
}

/// Which provider is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// The one that is passed through, or the one of the entry of this place.
    Provider(usize),
    /// None: the owner of the prompt or template completes nothing.
    NoCompletion,
}

impl Resolved {
    /// The name of the provider. `None` where several providers are behind one import and the snapshot does not have
    /// the item.
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// The name or URI of the item as the client writes it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl<P: Provider> Catalog<P> {
    /// Finds the provider that owns an item. One provider under its own names is not asked: it answers itself what it
    /// does not have. Nor is any provider where [`facts`](Self::facts) knows the owner. Otherwise those whose catalogue
    /// can change are listed, all at once, for the principal of the caller.
    ///
    /// The errors are `unknown-name`, `resource-not-found`, `not-offered` where no provider has such items,
    /// `invalid-params` for a completion of an unknown kind that several providers could answer, and those of a
    /// provider that cannot be listed and could be the owner.
    pub async fn resolve(&self, ctx: &Context, item: ItemRef<'_>) -> Result<Resolved, McpError> {
        if self.is_single() {
            let known = || self.known_entry(item).and_then(|entry| self.entries.get(entry)).map(|entry| &entry.name);
            let owner = self.single_owner().or_else(known).cloned();
            let (name, target) = (item.key().1.to_owned(), Target::Provider(0));
            return Ok(Resolved { name, own_name: None, owner, target, searched: false, facts: None });
        }
        if matches!(item, ItemRef::Completion(_)) && !self.entries.iter().any(|entry| entry.completes()) {
            return Err(McpError::NotOffered);
        }
        if let Some(known) = self.known_entry(item) {
            return self.resolved(known, item);
        }
        // On the heap, as lists are the exception: the future of a call need not have room for them.
        let (entry, facts) = Box::pin(self.search(ctx, item)).await?;
        Ok(Resolved { searched: true, facts, ..self.resolved(entry, item)? })
    }

    fn resolved(&self, entry: usize, item: ItemRef<'_>) -> Result<Resolved, McpError> {
        let owner = self.entries.get(entry).ok_or(McpError::NotOffered)?;
        let (kind, name) = item.key();
        let target = match item {
            ItemRef::Completion(_) if !owner.completes() => Target::NoCompletion,
            _ => Target::Provider(entry),
        };
        Ok(Resolved {
            name: name.to_owned(),
            own_name: owner.own_key(kind, name).filter(|own| *own != name).map(str::to_owned),
            owner: Some(Arc::clone(&owner.name)),
            target,
            searched: false,
            facts: None,
        })
    }

    /// The facts of a resolved tool; `None` where no provider lists it. Where neither the snapshot nor `resolve` found
    /// them, the provider is listed now, for the principal of the caller, as far as the tool. The tools of a provider
    /// with a static catalogue are cached.
    pub async fn tool_facts(&self, ctx: &Context, resolved: &Resolved) -> Result<Option<Arc<ToolFacts>>, McpError> {
        if resolved.facts.is_some() {
            return Ok(resolved.facts.clone());
        }
        if let Some(place) = self.place(Kind::Tool, &resolved.name) {
            let section = self.entries.get(place.entry).and_then(|entry| entry.section.as_ref());
            return section.map_or(Ok(None), |section| section.tool_facts(place.item));
        }
        if !self.is_single() || self.is_static() {
            return Ok(None);
        }
        let Some(provider) = self.providers.first() else { return Ok(None) };
        if self.description.cached().is_none() {
            let ctx = lookup_context::of(ctx);
            let deadline = Deadline::of(&self.ports, &ctx);
            let found = Box::pin(find::<Tool, P>(provider, &ctx, &deadline, |tool| tool.name == resolved.name));
            return Ok(found.await.map_err(|error| self.unreadable(error))?.map(|tool| Arc::new(ToolFacts::new(tool))));
        }
        let all = self.tool_facts.get(Box::pin(async {
            let ctx = lookup_context::of(ctx);
            let mut all = std::collections::BTreeMap::new();
            // No tool is the one that is looked for, so that the list is read to its end.
            let deadline = Deadline::of(&self.ports, &ctx);
            let read = find::<Tool, P>(provider, &ctx, &deadline, |tool| {
                all.insert(tool.name.clone(), Arc::new(ToolFacts::new(tool.clone())));
                false
            });
            read.await.map_err(|error| self.unreadable(error))?;
            Ok((all, true))
        }));
        Ok(all.await?.get(&resolved.name).cloned())
    }

    fn unreadable(&self, error: ReadError) -> McpError {
        let provider = self.single_owner().map(|name| format!(" `{name}`")).unwrap_or_default();
        error.into_mcp_error(&format!("provider{provider}"))
    }
}
