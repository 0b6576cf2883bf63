//! The catalogue: how it is put together, and how it is a provider itself.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, Offers, PromptGet, PromptLeg, PromptPage,
    ProviderInfo, ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};
use contract::{Events, Provider};

use crate::lost_descriptions::LostDescriptions;
use crate::ports::{OptionalPorts, Ports};
use crate::recent_owners::RecentOwners;
use crate::single_flight::SingleFlight;
use crate::snapshot::Section;
use crate::{CatalogueSnapshot, Kind, SnapshotError, ToolFacts};

/// A provider with its name and prefix.
#[derive(Debug, Clone)]
pub struct NamedProvider<P> {
    /// The name that the operator gives it, unique among the providers.
    pub name: String,
    /// The text that is put before the names of its tools and prompts, for example `foo.`.
    pub prefix: Option<String>,
    /// The provider.
    pub provider: P,
}

/// Several providers as one. The crate's documentation says how it decides.
#[derive(Debug)]
pub struct Catalog<P> {
    /// One for each entry, or the only one, which is passed through.
    pub(crate) providers: Vec<P>,
    /// What is known of each provider, in the configured order. Of providers behind one import it is what the snapshot
    /// has of them.
    pub(crate) entries: Vec<Entry>,
    snapshot: Option<CatalogueSnapshot>,
    pass_through: bool,
    /// Whether lists and descriptions leave out a provider that is lost, instead of failing.
    pub(crate) partial_results: bool,
    /// The server around it.
    pub(crate) ports: OptionalPorts,
    /// The descriptions that did not come a moment ago.
    pub(crate) lost_descriptions: LostDescriptions,
    /// What the snapshot says of the server, merged.
    pub(crate) known_description: OnceLock<Option<Result<Arc<ProviderInfo>, McpError>>>,
    pub(crate) description: SingleFlight<ProviderInfo>,
    /// The tools of a provider with a static catalogue that no snapshot describes.
    pub(crate) tool_facts: SingleFlight<BTreeMap<String, Arc<ToolFacts>>>,
    /// What was found for calls of this catalogue as a provider.
    pub(crate) recent_owners: RecentOwners,
}

/// A provider without the provider itself.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: Arc<str>,
    pub(crate) prefix: Option<String>,
    /// What the provider offers; everything, where that is not known.
    pub(crate) offers: Offers,
    pub(crate) section: Option<Arc<Section>>,
}

impl Entry {
    /// Whether the snapshot has everything that the provider will ever list.
    pub(crate) fn is_static(&self) -> bool {
        self.section.as_ref().is_some_and(|section| section.is_static)
    }

    /// What a static provider says of itself, if the snapshot has it.
    pub(crate) fn known_description(&self) -> Option<Result<ProviderInfo, McpError>> {
        self.section.as_ref().filter(|section| section.is_static)?.description()
    }

    /// Whether the provider completes arguments.
    pub(crate) fn completes(&self) -> bool {
        self.offers.contains(Offers::COMPLETION)
    }

    /// The name of a tool or prompt as clients see it.
    pub(crate) fn client_name(&self, own: &str) -> String {
        format!("{}{own}", self.prefix.as_deref().unwrap_or_default())
    }

    /// The provider's own key of an item that clients identify so; `None` where the item cannot be of this provider.
    pub(crate) fn own_key<'a>(&self, kind: Kind, client_key: &'a str) -> Option<&'a str> {
        match &self.prefix {
            Some(prefix) if kind.is_prefixed() => client_key.strip_prefix(prefix.as_str()),
            _ => Some(client_key),
        }
    }
}

impl<P: Provider> Catalog<P> {
    /// Makes a catalogue of these providers, in this order, without asking any of them. What the snapshot has of a
    /// provider, by its name, is known; a provider that it does not describe counts as one that offers everything, and
    /// is asked when needed. The prefix is that of the provider, not of the snapshot.
    pub fn from_snapshot(providers: Vec<NamedProvider<P>>, snapshot: CatalogueSnapshot) -> Result<Self, SnapshotError> {
        if providers.is_empty() {
            return Err(SnapshotError::Empty);
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(providers.len());
        let mut unnamed = Vec::with_capacity(providers.len());
        for NamedProvider { name, prefix, provider } in providers {
            if entries.iter().any(|entry| *entry.name == *name) {
                return Err(SnapshotError::SameName(name));
            }
            let section = snapshot.section(&name).cloned();
            let offers = section.as_ref().map_or(Offers::all(), |section| section.offers);
            let prefix = prefix.filter(|prefix| !prefix.is_empty());
            entries.push(Entry { name: name.into(), prefix, offers, section });
            unnamed.push(provider);
        }
        Ok(Self::new(unnamed, entries, Some(snapshot), false))
    }

    /// Makes a catalogue of one provider under its own names, which may be several providers behind one import. Calls
    /// are never routed. With a snapshot, facts and descriptions come from it, and so do the lists where all providers
    /// in it are static; without one the provider is asked when needed.
    pub fn pass_through(provider: P, snapshot: Option<CatalogueSnapshot>) -> Self {
        let sections = snapshot.iter().flat_map(CatalogueSnapshot::sections);
        let entries = sections.map(|section| Entry {
            name: Arc::clone(&section.name),
            prefix: section.prefix.clone(),
            offers: section.offers,
            section: Some(Arc::clone(section)),
        });
        Self::new(vec![provider], entries.collect(), snapshot, true)
    }

    fn new(providers: Vec<P>, entries: Vec<Entry>, snapshot: Option<CatalogueSnapshot>, pass_through: bool) -> Self {
        Self {
            providers,
            entries,
            snapshot,
            pass_through,
            partial_results: false,
            ports: OptionalPorts::default(),
            lost_descriptions: LostDescriptions::default(),
            known_description: OnceLock::new(),
            description: SingleFlight::default(),
            tool_facts: SingleFlight::default(),
            recent_owners: RecentOwners::default(),
        }
    }

    /// The same catalogue for providers that can be lost while the others are served: lists and descriptions are then
    /// answered without them, and name them in `_meta` under [`MISSING_PROVIDERS`](crate::MISSING_PROVIDERS).
    #[must_use]
    pub fn with_partial_results(self) -> Self {
        Self { partial_results: true, ..self }
    }

    /// The same catalogue with a clock, by which a provider that is late costs others a bounded time, and with an observer that is told what
    /// answers lack.
    #[must_use]
    pub fn with_ports(self, ports: impl Ports) -> Self {
        Self { ports: OptionalPorts::of(ports), ..self }
    }

    /// What is known of the providers; `None` only of one that is passed through without a snapshot.
    pub fn snapshot(&self) -> Option<&CatalogueSnapshot> {
        self.snapshot.as_ref()
    }

    /// How many tools the snapshot has: those that the providers listed when the catalogue was built, for a caller without a principal.
    pub fn tool_count(&self) -> usize {
        self.entries.iter().flat_map(|entry| &entry.section).map(|section| section.tool_count()).sum()
    }

    pub(crate) fn is_pass_through(&self) -> bool {
        self.pass_through
    }

    /// Whether there is one provider, under its own names.
    pub(crate) fn is_single(&self) -> bool {
        self.pass_through || matches!(self.entries.as_slice(), [entry] if entry.prefix.is_none())
    }

    /// Whether the snapshot has everything that any provider will ever list.
    pub(crate) fn is_static(&self) -> bool {
        !self.entries.is_empty() && self.entries.iter().all(Entry::is_static)
    }

    /// The name of the one provider, where it is known.
    pub(crate) fn single_owner(&self) -> Option<&Arc<str>> {
        match self.entries.as_slice() {
            [entry] => Some(&entry.name),
            _ => None,
        }
    }

    /// The provider of an entry. Providers behind one import cannot be called one by one.
    pub(crate) fn provider(&self, entry: usize) -> Option<&P> {
        if self.pass_through { None } else { self.providers.get(entry) }
    }

    /// The entries that have a list of this kind, each with its place.
    pub(crate) fn offering(&self, kind: Kind) -> Result<Vec<(usize, &Entry)>, McpError> {
        let entries = self.entries.iter().enumerate();
        let entries: Vec<_> = entries.filter(|(_, entry)| kind.is_offered(entry.offers)).collect();
        if entries.is_empty() { Err(McpError::NotOffered) } else { Ok(entries) }
    }
}

impl<P: Provider> Provider for Catalog<P> {
    async fn describe(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        self.description(ctx).await.map(Arc::unwrap_or_clone)
    }

    async fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> Result<ToolPage, McpError> {
        Ok(self.tools(ctx, cursor).await?.into())
    }

    async fn call_tool(&self, ctx: &Context, call: &ToolCall, events: &Events) -> Result<ToolLeg, McpError> {
        self.route(ctx, call, events).await
    }

    async fn list_resources(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourcePage, McpError> {
        Ok(self.resources(ctx, cursor).await?.into())
    }

    async fn list_templates(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        Ok(self.templates(ctx, cursor).await?.into())
    }

    async fn read_resource(
        &self,
        ctx: &Context,
        read: &ResourceRead,
        events: &Events,
    ) -> Result<ResourceLeg, McpError> {
        self.route(ctx, read, events).await
    }

    async fn list_prompts(&self, ctx: &Context, cursor: Option<&str>) -> Result<PromptPage, McpError> {
        Ok(self.prompts(ctx, cursor).await?.into())
    }

    async fn get_prompt(&self, ctx: &Context, get: &PromptGet, events: &Events) -> Result<PromptLeg, McpError> {
        self.route(ctx, get, events).await
    }

    async fn complete(&self, ctx: &Context, request: &CompletionRequest) -> Result<CompletionValues, McpError> {
        self.route(ctx, request, &Events::NONE).await
    }

    async fn list_changes(&self, ctx: &Context, since: Option<&str>) -> Result<ChangePage, McpError> {
        match self.providers.first() {
            Some(provider) if self.is_single() => provider.list_changes(ctx, since).await,
            _ => self.changes_of_all(ctx, since).await,
        }
    }
}
