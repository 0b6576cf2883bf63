//! The description of the server as a whole: what all its providers say of themselves, merged.

use std::collections::HashSet;
use std::sync::Arc;

use contract::Provider;
use contract::model::{Context, McpError, ProviderInfo};
use futures_util::future::join_all;

use crate::catalog::{Catalog, Entry};
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
            let described =
                self.entries.iter().filter_map(|entry| Some((entry, entry.section.as_ref()?.description()?)));
            let (entries, mut infos): (Vec<_>, Vec<_>) = described.unzip();
            let is_single = matches!(self.entries.as_slice(), [entry] if entry.prefix.is_none());
            let is_whole = entries.len() == self.entries.len();
            Some(match infos.pop_if(|_| is_single) {
                Some(only) => only.map(Arc::new),
                None if infos.is_empty() => return None,
                None => merge_descriptions(&entries, infos, false).map(|mut info| {
                    info.catalogue_static &= is_whole;
                    Arc::new(info)
                }),
            })
        };
        self.known_description.get_or_init(merge).clone()
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
        let entries: Vec<_> = self.entries.iter().collect();
        merge_descriptions(&entries, join_all(asked).await, self.partial_results)
    }
}

/// One description of all. Where two providers say different things of the same, the first one counts.
fn merge_descriptions(
    entries: &[&Entry],
    answers: Vec<Result<ProviderInfo, McpError>>,
    partial_results: bool,
) -> Result<ProviderInfo, McpError> {
    let mut partial = PartialResult::new(partial_results);
    let (mut present, mut infos) = (Vec::new(), Vec::new());
    for (entry, info) in entries.iter().zip(answers) {
        let info = info.and_then(|mut info| {
            check_info(&info).map_err(|fault| McpError::Internal(format!("provider `{}` {fault}", entry.name)))?;
            merge_metadata::separate(&entry.name, &mut info.cache, &mut info.extra).map(|()| info)
        });
        if let Some(info) = partial.tolerate(&entry.name, info)? {
            present.push(*entry);
            infos.push(info);
        }
    }

    let extras: Vec<_> = present.iter().zip(&infos).map(|(entry, info)| (&*entry.name, info.extra.clone())).collect();
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
fn merge_instructions(entries: &[&Entry], infos: &[ProviderInfo]) -> Option<String> {
    let sections: Vec<String> = entries
        .iter()
        .zip(infos)
        .filter_map(|(entry, info)| {
            let text = info.instructions.as_ref().filter(|text| !text.is_empty())?;
            Some(if entries.len() == 1 { text.clone() } else { format!("# {}\n\n{text}", entry.name) })
        })
        .collect();
    (!sections.is_empty()).then(|| sections.join("\n\n"))
}

fn add_entries(all: &mut Vec<(String, String)>, more: Vec<(String, String)>) {
    let mut known: HashSet<String> = all.iter().map(|(name, _)| name.clone()).collect();
    all.extend(more.into_iter().filter(|(name, _)| known.insert(name.clone())));
}
