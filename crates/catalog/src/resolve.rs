//! Finds the provider that owns what a client names.

use std::sync::Arc;

use contract::Provider;
use contract::model::{
    CompletionRef, Context, ErrorDetail, McpError, Offers, Prompt, ResourceInfo, ResourceTemplate, Tool,
};
use futures_util::future::join_all;

use crate::catalog::{Catalog, Entry};
use crate::lists::Listed;
use crate::pages::{ReadError, find};
use crate::template::Template;
use crate::{ItemRef, Kind, ToolFacts};

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
    /// The facts of a tool that was found on a list.
    facts: Option<Arc<ToolFacts>>,
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

/// An item to find on a list.
#[derive(Clone, Copy)]
enum Lookup<'a> {
    /// The item with this name, as clients see it, or with this URI.
    Key(&'a str),
    /// A template that this URI matches.
    Match(&'a str),
}

/// Where an item was found: at the entry of this place, and the item itself if it was on a list.
type Found<T> = Option<(usize, Option<T>)>;

impl<P: Provider> Catalog<P> {
    /// Finds the provider that owns an item. One provider under its own names is not asked: it answers itself what it
    /// does not have. Nor is a provider that the snapshot has the item of. The others whose catalogue can change are
    /// listed, all at once, with the context of the caller.
    ///
    /// The errors are `unknown-name`, `resource-not-found`, `not-offered` where no provider has such items,
    /// `invalid-params` for a completion of an unknown kind that several providers could answer, and those of a
    /// provider that cannot be listed.
    pub async fn resolve(&self, ctx: &Context, item: ItemRef<'_>) -> Result<Resolved, McpError> {
        if self.is_single() {
            let owner = self.single_owner().cloned().or_else(|| self.facts(item).map(|facts| facts.owner));
            let name = name_of(item).to_owned();
            return Ok(Resolved { name, own_name: None, owner, target: Target::Provider(0), facts: None });
        }
        match item {
            ItemRef::Tool(name) => {
                let found = self.exact_owner::<Tool>(ctx, name).await?;
                let (entry, tool) = found.ok_or_else(|| McpError::UnknownName(name.to_owned()))?;
                let facts = tool.map(|tool| Arc::new(ToolFacts::new(tool)));
                self.resolved(entry, Kind::Tool, name).map(|resolved| Resolved { facts, ..resolved })
            }
            ItemRef::Prompt(name) => self.resolved(self.owner_of_prompt(ctx, name).await?, Kind::Prompt, name),
            ItemRef::Resource(uri) => self.resolved(self.owner_of_uri(ctx, uri).await?, Kind::Resource, uri),
            ItemRef::Template(text) => self.resolved(self.owner_of_template(ctx, text).await?, Kind::Template, text),
            ItemRef::Completion(of) => self.resolve_completion(ctx, of).await,
        }
    }

    /// The facts of a resolved tool; `None` where no provider lists it. Where neither the snapshot nor `resolve` found
    /// them, the provider is listed now, with the context of the caller, as far as the tool. The tools of a provider
    /// with a static catalogue are kept.
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
        if self.description.kept().is_none() {
            let found = Box::pin(find::<Tool, P>(provider, ctx, |tool| tool.name == resolved.name)).await;
            return Ok(found.map_err(|error| self.endless(error))?.map(|tool| Arc::new(ToolFacts::new(tool))));
        }
        let all = self.tool_facts.get(Box::pin(async {
            let mut all = std::collections::BTreeMap::new();
            // No tool is the one that is looked for, so that the list is read to its end.
            let read = find::<Tool, P>(provider, ctx, |tool| {
                all.insert(tool.name.clone(), Arc::new(ToolFacts::new(tool.clone())));
                false
            });
            read.await.map_err(|error| self.endless(error))?;
            Ok((all, true))
        }));
        Ok(all.await?.get(&resolved.name).cloned())
    }

    fn endless(&self, error: ReadError) -> McpError {
        let provider = self.single_owner().map(|name| format!(" `{name}`")).unwrap_or_default();
        error.into_mcp_error(&format!("provider{provider}"))
    }

    fn resolved(&self, entry: usize, kind: Kind, name: &str) -> Result<Resolved, McpError> {
        let owner = self.entries.get(entry).ok_or(McpError::NotOffered)?;
        let own_name = owner.own_key(kind, name).filter(|own| *own != name).map(str::to_owned);
        let (name, target) = (name.to_owned(), Target::Provider(entry));
        Ok(Resolved { name, own_name, owner: Some(Arc::clone(&owner.name)), target, facts: None })
    }

    async fn resolve_completion(&self, ctx: &Context, of: &CompletionRef) -> Result<Resolved, McpError> {
        let completes = |entry: &Entry| entry.offers.contains(Offers::COMPLETION);
        let mut completing = self.entries.iter().enumerate().filter(|(_, entry)| completes(entry));
        let (only, _) = completing.next().ok_or(McpError::NotOffered)?;
        let (entry, kind, name) = match of {
            CompletionRef::Prompt(name) => (self.owner_of_prompt(ctx, name).await?, Kind::Prompt, name),
            CompletionRef::ResourceTemplate(text) => (self.owner_of_template(ctx, text).await?, Kind::Template, text),
            CompletionRef::Unnamed(json) if completing.next().is_none() => (only, Kind::Template, json),
            CompletionRef::Unnamed(_) => {
                let message = "the reference is neither to a prompt nor to a resource".to_owned();
                return Err(McpError::InvalidParams(ErrorDetail { message, data: None }));
            }
        };
        let resolved = self.resolved(entry, kind, name)?;
        match self.entries.get(entry).is_some_and(completes) {
            true => Ok(resolved),
            false => Ok(Resolved { target: Target::NoCompletion, ..resolved }),
        }
    }

    async fn owner_of_prompt(&self, ctx: &Context, name: &str) -> Result<usize, McpError> {
        let owner = self.exact_owner::<Prompt>(ctx, name).await?;
        owner.map(|(entry, _)| entry).ok_or_else(|| McpError::UnknownName(name.to_owned()))
    }

    /// The provider that lists the URI, else the first that has a template of it.
    async fn owner_of_uri(&self, ctx: &Context, uri: &str) -> Result<usize, McpError> {
        if let Some((entry, _)) = self.exact_owner::<ResourceInfo>(ctx, uri).await? {
            return Ok(entry);
        }
        let known = self.place_of_match(uri);
        // Only a provider before the known one can still be the first.
        let before = known.unwrap_or(self.entries.len());
        let found = Box::pin(self.first_listing::<ResourceTemplate>(before, ctx, Lookup::Match(uri))).await?;
        found.map(|(entry, _)| entry).or(known).ok_or_else(|| McpError::ResourceNotFound(uri.to_owned()))
    }

    /// The provider that lists the template, else the owner of the URI: a reference may be either (MCP 2026-07-28,
    /// `ResourceTemplateReference`).
    async fn owner_of_template(&self, ctx: &Context, text: &str) -> Result<usize, McpError> {
        match self.exact_owner::<ResourceTemplate>(ctx, text).await? {
            Some((entry, _)) => Ok(entry),
            None => self.owner_of_uri(ctx, text).await,
        }
    }

    /// The provider that has exactly this: by the snapshot, or else because it lists it now.
    async fn exact_owner<T: Listed>(&self, ctx: &Context, key: &str) -> Result<Found<T>, McpError> {
        self.offering(T::KIND)?;
        match self.place(T::KIND, key) {
            Some(place) => Ok(Some((place.entry, None))),
            // On the heap, as lists are the exception: the future of a call need not have room for them.
            None => Box::pin(self.first_listing(self.entries.len(), ctx, Lookup::Key(key))).await,
        }
    }

    /// The first provider, of those before `end` whose catalogue can change, that lists it now. One that cannot be
    /// listed is an error, unless a provider before it lists the item: it might be the owner, and the call must not
    /// reach another.
    async fn first_listing<T: Listed>(
        &self,
        end: usize,
        ctx: &Context,
        lookup: Lookup<'_>,
    ) -> Result<Found<T>, McpError> {
        let entries = self.entries.iter().zip(&self.providers).enumerate().take(end);
        let asked: Vec<_> = entries.filter(|(_, (entry, _))| may_list::<T>(entry, lookup)).collect();
        let answers = asked.iter().map(|(_, (entry, provider))| listed::<T, P>(entry, provider, ctx, lookup));
        for ((place, _), answer) in asked.iter().zip(join_all(answers).await) {
            if let Some(item) = answer? {
                return Ok(Some((*place, Some(item))));
            }
        }
        Ok(None)
    }
}

fn name_of<'a>(item: ItemRef<'a>) -> &'a str {
    match item {
        ItemRef::Tool(name) | ItemRef::Prompt(name) | ItemRef::Resource(name) | ItemRef::Template(name) => name,
        ItemRef::Completion(
            CompletionRef::Prompt(name) | CompletionRef::ResourceTemplate(name) | CompletionRef::Unnamed(name),
        ) => name,
    }
}

fn may_list<T: Listed>(entry: &Entry, lookup: Lookup<'_>) -> bool {
    !entry.is_static() && T::KIND.is_offered(entry.offers) && own_lookup(entry, T::KIND, lookup).is_some()
}

/// The lookup in the provider's own names; `None` where the item cannot be the provider's.
fn own_lookup<'a>(entry: &Entry, kind: Kind, lookup: Lookup<'a>) -> Option<Lookup<'a>> {
    match lookup {
        Lookup::Key(key) => entry.own_key(kind, key).map(Lookup::Key),
        Lookup::Match(_) => Some(lookup),
    }
}

/// The item, if the provider lists it now.
async fn listed<T: Listed, P: Provider>(
    entry: &Entry,
    provider: &P,
    ctx: &Context,
    lookup: Lookup<'_>,
) -> Result<Option<T>, McpError> {
    let Some(lookup) = own_lookup(entry, T::KIND, lookup) else { return Ok(None) };
    let found = find::<T, P>(provider, ctx, |item| match lookup {
        Lookup::Key(key) => item.key() == key,
        Lookup::Match(uri) => Template::parse(item.key()).is_ok_and(|template| template.matches(uri)),
    });
    found.await.map_err(|error| error.into_mcp_error(&format!("provider `{}`", entry.name)))
}
