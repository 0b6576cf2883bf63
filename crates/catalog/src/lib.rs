//! Several providers as one [`contract::Provider`].
//!
//! [`gather`] asks each provider once what it has, refuses what would be ambiguous, and gives a [`Catalog`], which merges
//! lists and sends every call to the one provider that owns the name.
//!
//! ```
//! use catalog::{Catalog, GatherError, Member, gather};
//! use contract::{Provider, model::Context};
//!
//! async fn both<P: Provider>(first: P, second: P, ctx: &Context) -> Result<Catalog<P>, GatherError> {
//!     let first = Member { name: "first".into(), prefix: None, provider: first };
//!     let second = Member { name: "second".into(), prefix: Some("two.".into()), provider: second };
//!     gather(vec![first, second], ctx).await
//! }
//! ```
//!
//! # Design
//! - A call goes to the owner of its name and to nobody else: no other provider sees its arguments. Whose a name is, is known
//!   from the [`Routes`] for providers whose catalogue is static. The others are asked for their lists at the time of the
//!   call, with the caller's own context. A name of a static catalogue is never theirs: they cannot take it over, and what they
//!   list under it is left out.
//! - Two providers with a static catalogue never share a name, for `gather` refuses them. Of two that change while they run and
//!   come to share one, the first in the configured order owns it.
//! - A prefix changes the names of tools and prompts, both ways. URIs and what a provider says in its texts stay as they are.
//! - One provider without a prefix is passed through: what it answers to a call is not looked at, and a call costs nothing
//!   more.
//! - [`gather`] keeps what providers with a static catalogue list and say of themselves, and that is answered without a call:
//!   one that is busy or lost later on does not fail the list of all. Of those that change, the error of one is the answer.
//!   Partial lists are for those who know that a member may be away.
//! - [`Catalog::with_routes`] keeps the routes only and asks for the rest, so a catalogue lives as well in a component that
//!   serves one request. A catalogue is a provider, so catalogues nest, and [`Routes::chain`] says how many are served by a
//!   chain of two each.
//! - No clock: what it takes to ask for lists is not taken from the `remaining-ms` of the call that follows.

mod calls;
mod catalog;
mod changes;
mod describe;
mod error;
mod gaps;
mod gather;
mod kept;
mod kind;
mod lists;
mod merge;
mod names;
mod netstring;
mod owner;
mod routes;
mod survey;
mod table;
mod template;

pub use catalog::{Catalog, Member};
pub use error::{BadTemplate, GatherError, RoutesError};
pub use gaps::GAPS;
pub use gather::gather;
pub use kind::Kind;
pub use names::{NameError, check_name, check_names};
pub use routes::{Offered, Route, Routes};
pub use survey::is_repeatable;
pub use template::TemplateError;
