//! Several providers as one, and everything that is known of them without asking.
//!
//! [`Catalog::build`] asks each provider once what it has and refuses what would be ambiguous. The [`Catalog`] merges
//! the lists and sends every call to the one provider that owns the name. Its [`CatalogueSnapshot`] has what the
//! providers said, and makes the same catalogue again elsewhere.
//!
//! ```
//! use catalog::{BuildError, Catalog, NamedProvider};
//! use contract::{Provider, model::Context};
//!
//! async fn two<P: Provider>(first: P, second: P, ctx: &Context) -> Result<Catalog<P>, BuildError> {
//!     let first = NamedProvider { name: "first".into(), prefix: None, provider: first };
//!     let second = NamedProvider { name: "second".into(), prefix: Some("two.".into()), provider: second };
//!     Catalog::build(vec![first, second], ctx).await
//! }
//! ```
//!
//! # Design
//! - A call goes to the owner of its name only: no other provider sees its arguments. The owner is known from the
//!   snapshot for providers whose catalogue is static, and for a URI that no provider that changes could list (`known_owners.rs`). Else those
//!   that change are listed at the time of the call (`search_owners.rs`), and once for the whole call: [`Resolved`] carries what was learned.
//!   They cannot take over the name of a static provider, a name that another had when the catalogue was built, nor one with
//!   the prefix of another: such an item is left out of their lists.
//! - Such a list, and a description, is read for the principal of the caller, and gets of the call only what a list may
//!   depend on: neither its `_meta` nor its wishes for events (`lookup_context.rs`).
//! - [`Catalog::facts`] names the owner that will run, or none: a policy decides by it. Where there is none,
//!   [`Catalog::found_facts`] has it after [`Catalog::resolve`].
//! - Two static providers never share a name, since `build` refuses them. Where two providers that change come to share
//!   one, the first in the configured order owns it.
//! - A provider that is listed has limits of pages and items, and may refuse a cursor of its own once, since its list can
//!   have changed between two pages (`read_pages.rs`).
//! - A prefix changes the names of tools and prompts, in both directions. URIs and the texts of a provider stay as they are.
//! - One provider without a prefix is passed through: its answers are not looked at, and a call costs nothing more.
//! - What a static provider says of itself and lists is answered from the snapshot without a call, so a provider that
//!   is busy or lost does not fail the list of all. The error of a provider that changes is the error of the whole
//!   list, unless the server was told that providers can be away ([`Catalog::with_partial_results`], [`BuildOptions`]).
//! - What is kept, and where: what static providers say and list, in the snapshot; the merged description, in
//!   `description.rs`; what a call needs of a tool, in `resolve.rs`; each once for all callers (`single_flight.rs`). Nothing that differs by
//!   caller is kept, but the owners that were found for the latest calls (`recent_owners.rs`).
//! - An instance that lives for one request reads only the index of a snapshot: sorted names and the lengths of the
//!   records. It parses the one record that a call needs.
//! - A catalogue is a provider, so catalogues nest. The inner one is asked for each leg anew, and knows by the id of the
//!   call which owner the first leg reached: it lists once for all legs. The outer one may list before that, for the
//!   headers that repeat arguments.
//! - What a provider's `extra` says of caching holds for its own items, and a merged answer that lacks some is not cached.
//! - A catalogue has a clock where a server is around it ([`Ports`]): then what several providers are asked together ends in time, all pages
//!   of a list that is read for an owner too, and a description that did not come is not waited for again at once
//!   (`lost_descriptions.rs`). The time for listing is not taken from the `remaining-ms` of the call that follows.
//! - What goes into a merged answer is checked before, so that no provider spoils it for its neighbours: at the start where it is static,
//!   else for each page (`merged_items.rs`).

mod build;
mod calls;
mod catalog;
mod changes;
mod collisions;
mod deadline;
mod description;
mod error;
mod facts;
mod kind;
mod known_owners;
mod length_prefixed;
mod lists;
mod lookup_context;
mod lost_descriptions;
mod merge_metadata;
mod merged_items;
mod partial_results;
mod ports;
mod provider_name;
mod provider_rules;
mod read_pages;
mod read_provider;
mod recent_owners;
mod resolve;
mod search_owners;
mod single_flight;
mod snapshot;
mod template;

pub use build::{BuildOptions, Warning};
pub use calls::Request;
pub use catalog::{Catalog, NamedProvider};
pub use error::{BuildError, InvalidTemplate, SnapshotError};
pub use facts::{ItemFacts, ItemRef, ToolFacts, is_repeatable};
pub use kind::Kind;
pub use lists::{Owned, Page};
pub use partial_results::MISSING_PROVIDERS;
pub use ports::Ports;
pub use provider_name::{NameError, check_name, check_names};
pub use provider_rules::InfoFault;
pub use read_pages::{ListFault, MAX_PAGES};
pub use resolve::Resolved;
pub use snapshot::{CatalogueSnapshot, SnapshotParts};
pub use template::TemplateError;
