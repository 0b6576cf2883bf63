//! The description of the server as a whole: what all its providers say of themselves, merged.

use std::collections::HashSet;
use std::sync::Arc;

use contract::Provider;
use contract::model::{Context, McpError, ProviderInfo};
use futures_util::future::join_all;

use crate::CatalogueSnapshot;
use crate::catalog::Catalog;
use crate::partial::PartialResult;
use crate::provider_rules::check_info;
use crate::{lookup_context, merge_metadata};

impl<P: Provider> Catalog<P> {
    /// The description of the server. It is cached where every provider is static, which a snapshot tells without a call;
    /// first calls at the same moment then ask once. Otherwise every caller asks, as providers may answer each with
    /// another description.
    pub async fn description(&self, ctx: &Context) -> Result<Arc<ProviderInfo>, McpError> {
        if self.is_static()
            && let Some(known) = self.merged_snapshot()
        {
            return known;
        }
        let ask = async {
            let info = self.ask_for_description(ctx).await?;
            let is_static = info.catalogue_static;
            Ok((info, is_static))
        };
        self.description.get(ask).await
    }

    /// What the snapshot says of the server, without asking any provider; `None` where it describes none of them. Where that is not `catalogue_static`, [`description`](Self::description) may say something else.
    pub fn known_description(&self) -> Option<Arc<ProviderInfo>> {
        match self.description.cached() {
            Some(cached) => Some(Arc::clone(cached)),
            None => self.merged_snapshot()?.ok(),
        }
    }

    fn merged_snapshot(&self) -> Option<Result<Arc<ProviderInfo>, McpError>> {
        let merge = || {
            if let [entry] = self.entries.as_slice()
                && entry.prefix.is_none()
            {
                return entry.section.as_ref()?.description();
            }
            let described = self.entries.iter().filter_map(|it| Some((&*it.name, it.section.as_ref()?.description()?)));
            let of_all = self.whole_snapshot().and_then(CatalogueSnapshot::description);
            of_all.or_else(|| merge_known_descriptions(described.unzip(), self.entries.len()))
        };
        self.known_description.get_or_init(|| Some(merge()?.map(Arc::new))).clone()
    }

    /// The snapshot, if the providers are those that it has, in its order.
    fn whole_snapshot(&self) -> Option<&CatalogueSnapshot> {
        let snapshot = self.snapshot()?;
        let mut both = self.entries.iter().zip(snapshot.sections());
        let are_equal = both.all(|(entry, section)| entry.section.as_ref().is_some_and(|it| Arc::ptr_eq(it, section)));
        (are_equal && self.entries.len() == snapshot.sections().len()).then_some(snapshot)
    }

    async fn ask_for_description(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        let ctx = &lookup_context::of(ctx);
        if self.is_single()
            && let Some(provider) = self.providers.first()
        {
            return provider.describe(ctx).await;
        }
        let asked = self.entries.iter().zip(&self.providers).map(async |(entry, provider)| match &entry.section {
            Some(section)
                if section.is_static
                    && let Some(known) = section.description() =>
            {
                known
            }
            _ => provider.describe(ctx).await,
        });
        let names: Vec<_> = self.entries.iter().map(|entry| &*entry.name).collect();
        merge_descriptions(&names, join_all(asked).await, self.partial_results)
    }
}

/// One description of all that is known of so many providers: some names, each with what its provider says. It is none where that is
/// nothing.
pub(crate) fn merge_known_descriptions(
    (names, infos): (Vec<&str>, Vec<Result<ProviderInfo, McpError>>),
    providers: usize,
) -> Option<Result<ProviderInfo, McpError>> {
    let is_whole = names.len() == providers;
    let merge = || {
        let mut info = merge_descriptions(&names, infos, false)?;
        info.catalogue_static &= is_whole;
        Ok(info)
    };
    (!names.is_empty()).then(merge)
}

/// One description of all. Where two providers say different things of the same, the first one counts.
fn merge_descriptions(
    names: &[&str],
    answers: Vec<Result<ProviderInfo, McpError>>,
    partial_results: bool,
) -> Result<ProviderInfo, McpError> {
    let mut partial = PartialResult::new(partial_results);
    let (mut present, mut infos) = (Vec::new(), Vec::new());
    for (name, info) in names.iter().zip(answers) {
        let info = info.and_then(|mut info| {
            check_info(&info).map_err(|fault| McpError::Internal(format!("provider `{name}` {fault}")))?;
            merge_metadata::separate(name, &mut info.cache, &mut info.extra).map(|()| info)
        });
        if let Some(info) = partial.tolerate(name, info)? {
            present.push(*name);
            infos.push(info);
        }
    }

    let extras: Vec<_> = present.iter().zip(&infos).map(|(name, info)| (*name, info.extra.clone())).collect();
    let is_whole = partial.is_whole();
    let hint = merge_metadata::merge_cache_hint(infos.iter().map(|info| info.cache));
    let (cache, extra) = partial.into_meta(hint, merge_metadata::merge_extra(&extras)?)?;
    let catalogue_revision = merge_metadata::merge_revisions(infos.iter().map(|info| info.catalogue_revision.as_str()));
    let catalogue_static = is_whole && infos.iter().all(|info| info.catalogue_static);
    let instructions = merge_instructions(&present, &infos);

    let merged = infos.into_iter().reduce(|mut all, info| {
        all.implementation = merge_metadata::merge_implementation(all.implementation, info.implementation);
        all.offers |= info.offers;
        add_entries(&mut all.extensions, info.extensions);
        add_entries(&mut all.experimental, info.experimental);
        all
    });
    let merged = merged.ok_or(McpError::NotOffered)?;
    Ok(ProviderInfo { instructions, cache, catalogue_revision, catalogue_static, extra, ..merged })
}

/// The instructions, each under the name of its provider: a model has to know whose tools are meant.
fn merge_instructions(names: &[&str], infos: &[ProviderInfo]) -> Option<String> {
    let sections: Vec<String> = names
        .iter()
        .zip(infos)
        .filter_map(|(name, info)| {
            let text = info.instructions.as_ref().filter(|text| !text.is_empty())?;
            Some(if names.len() == 1 { text.clone() } else { format!("# {name}\n\n{text}") })
        })
        .collect();
    (!sections.is_empty()).then(|| sections.join("\n\n"))
}

fn add_entries(all: &mut Vec<(String, String)>, more: Vec<(String, String)>) {
    let mut known: HashSet<String> = all.iter().map(|(name, _)| name.clone()).collect();
    all.extend(more.into_iter().filter(|(name, _)| known.insert(name.clone())));
}
