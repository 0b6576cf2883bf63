//! Makes a catalogue by asking its providers.

use contract::Provider;
use contract::model::Context;
use futures_util::future::{BoxFuture, join_all};

use crate::catalog::{Catalog, NamedProvider};
use crate::collisions::{check_collisions, check_prefixes};
use crate::read_provider::{Inventory, check_templates, read_provider};
use crate::{BuildError, CatalogueSnapshot, Kind, check_names};

/// What [`Catalog::build_with`] does about providers that cannot be asked now. By default each has to answer.
#[derive(Default)]
pub struct BuildOptions {
    /// The names of providers that are not asked before a client is served.
    pub ask_later: Vec<String>,
    /// Whether a provider that cannot be asked now is asked later, if its catalogue can change or if it says itself that it is
    /// unavailable. Lists then lack it until it answers.
    pub absence_allowed: bool,
    /// Completes when the lists of one provider have taken too long.
    pub timer: Option<fn() -> BoxFuture<'static, ()>>,
}

/// What an operator should know of a provider that is served all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// The provider did not answer, and is asked again.
    #[error(
        "provider `{provider}` is missing until it answers, and is asked again for every list: at the start, {reason}"
    )]
    Absent {
        /// The name of the provider.
        provider: String,
        /// Its error in words.
        reason: String,
    },
    /// An item that a static provider must not have. This one may mend it.
    #[error("{0}; until that is mended, lists of several providers are without it, and a list of this one alone fails")]
    Unlisted(String),
    /// MCP 2026-07-28, server/tools: tool names.
    #[error(
        "provider `{provider}` has a tool called `{name}`: some clients refuse names that are not 1 to 128 ASCII letters, digits, \
         `_`, `.` and `-`"
    )]
    ToolName {
        /// The name of the provider.
        provider: String,
        /// The name of the tool, as clients see it.
        name: String,
    },
}

impl<P: Provider> Catalog<P> {
    /// Asks all providers at once what they have, and makes one catalogue of them in the order given. This is done when
    /// a server starts or is composed, so that the context is that of no principal. Of several faults the first in that
    /// order is the error.
    ///
    /// A provider with a static catalogue is asked for its description and its lists never again.
    pub async fn build(providers: Vec<NamedProvider<P>>, ctx: &Context) -> Result<Self, BuildError> {
        Self::build_with(providers, ctx, &BuildOptions::default()).await.map(|(catalog, _)| catalog)
    }

    /// The same where some providers may be asked later. Warns of what an operator should know.
    pub async fn build_with(
        providers: Vec<NamedProvider<P>>,
        ctx: &Context,
        options: &BuildOptions,
    ) -> Result<(Self, Vec<Warning>), BuildError> {
        if providers.is_empty() {
            return Err(BuildError::Empty);
        }
        check_names(providers.iter().map(|named| named.name.as_str()))?;
        let inventories = join_all(providers.iter().map(|named| read_provider(named, ctx, options))).await;
        let inventories = inventories.into_iter().collect::<Result<Vec<_>, _>>()?;
        for kind in Kind::ALL {
            check_collisions(&inventories, kind)?;
            check_prefixes(&inventories, kind)?;
        }
        inventories.iter().try_for_each(check_templates)?;
        let snapshot = CatalogueSnapshot::of(&inventories)?;
        let warnings = inventories.into_iter().flat_map(|Inventory { warnings, .. }| warnings).collect();
        let catalog = Self::from_snapshot(providers, snapshot)?;
        Ok((if options.absence_allowed { catalog.with_partial_results() } else { catalog }, warnings))
    }
}
