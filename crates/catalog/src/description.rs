//! The description of the server as a whole: what all its providers say of themselves, merged.

use std::collections::HashSet;
use std::sync::Arc;

use contract::Provider;
use contract::model::{Context, McpError, ProviderInfo};
use futures_util::future::{join_all, select_ok};

use crate::CatalogueSnapshot;
use crate::catalog::{Catalog, Entry};
use crate::partial_results::PartialResult;
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

    /// What the snapshot says of the server, without asking any provider; `None` where it describes none of them. Where that is not
    /// `catalogue_static`, [`description`](Self::description) may say something else.
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

    /// Whether the providers answer. Where one may be lost, it is enough that another describes itself, as a static one did when it was
    /// asked at first; those that change are asked all at once, and have this time for it. One that hangs is no reason to take the others
    /// out of service.
    pub async fn readiness(&self, ctx: &Context, time_ms: u32) -> Result<(), McpError> {
        if self.is_single() || self.entries.len() < 2 || !self.partial_results {
            let info = self.description(ctx).await?;
            // Several were checked before they were merged.
            return self.entries.first().filter(|_| self.is_single()).map_or(Ok(()), |entry| check(entry, &info));
        }
        if self.entries.iter().any(|entry| matches!(entry.known_description(), Some(Ok(_)))) {
            return Ok(());
        }
        let ctx = lookup_context::of(ctx);
        let ctx = &Context { remaining_ms: ctx.remaining_ms.min(time_ms), ..ctx };
        let asked = self.entries.iter().zip(&self.providers).map(|(entry, provider)| {
            Box::pin(self.ports.limit(time_ms, async move { checked(entry, provider.describe(ctx).await) }))
        });
        select_ok(asked).await.map(drop)
    }

    async fn ask_for_description(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        let ctx = &lookup_context::of(ctx);
        if self.is_single()
            && let Some(provider) = self.providers.first()
        {
            return provider.describe(ctx).await;
        }
        let entries = self.entries.iter().zip(&self.providers).enumerate();
        let asked = entries.map(|(place, (entry, provider))| self.describe_one(place, entry, provider, ctx));
        let names: Vec<_> = self.entries.iter().map(|entry| &*entry.name).collect();
        let answers = join_all(asked).await;
        let tell = |partial: &PartialResult| partial.tell(&self.ports, &ctx.call_id);
        merge_descriptions(&names, answers, PartialResult::new(self.partial_results), tell)
    }

    /// What one of several providers says of itself. That it did not answer in time is remembered for a while.
    async fn describe_one(
        &self,
        place: usize,
        entry: &Entry,
        provider: &P,
        ctx: &Context,
    ) -> Result<ProviderInfo, McpError> {
        if let Some(known) = entry.known_description() {
            return known;
        }
        let turn = match self.ports.now_ms() {
            Some(now_ms) if self.partial_results => Some(self.lost_descriptions.turn(place, now_ms)?),
            _ => None,
        };
        let described = self.ports.limit(ctx.remaining_ms, provider.describe(ctx)).await;
        let described = match turn.zip(self.ports.now_ms()) {
            Some((turn, now_ms)) => turn.end(described, now_ms),
            None => described,
        };
        checked(entry, described)
    }
}

/// A description that can be merged with others.
fn checked(entry: &Entry, described: Result<ProviderInfo, McpError>) -> Result<ProviderInfo, McpError> {
    let info = described?;
    check(entry, &info)?;
    Ok(info)
}

/// Checks that a description can be written.
fn check(entry: &Entry, info: &ProviderInfo) -> Result<(), McpError> {
    check_info(info).map_err(|fault| McpError::Internal(format!("provider `{}` {fault}", entry.name)))
}

/// One description of all that is known of so many providers: some names, each with what its provider says. It is none where that is
/// nothing.
pub(crate) fn merge_known_descriptions(
    (names, infos): (Vec<&str>, Vec<Result<ProviderInfo, McpError>>),
    providers: usize,
) -> Option<Result<ProviderInfo, McpError>> {
    let is_whole = names.len() == providers;
    let merge = || {
        let mut info = merge_descriptions(&names, infos, PartialResult::new(false), |_| ())?;
        info.catalogue_static &= is_whole;
        Ok(info)
    };
    (!names.is_empty()).then(merge)
}

/// One description of all, without those that are lost, of which `tell` is told. Where two providers say different things of the same, the
/// first one counts.
fn merge_descriptions(
    names: &[&str],
    answers: Vec<Result<ProviderInfo, McpError>>,
    mut partial: PartialResult,
    tell: impl FnOnce(&PartialResult),
) -> Result<ProviderInfo, McpError> {
    let (mut present, mut infos) = (Vec::new(), Vec::new());
    for (name, info) in names.iter().zip(answers) {
        let info =
            info.and_then(|mut info| merge_metadata::separate(name, &mut info.cache, &mut info.extra).map(|()| info));
        if let Some(info) = partial.tolerate(name, info)? {
            present.push(*name);
            infos.push(info);
        }
    }
    tell(&partial);

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

/// The instructions, each under the name of its provider: a model has to know whose tools are meant. A line of a provider that would be such
/// a heading is one level lower, so that none speaks in the name of another.
fn merge_instructions(names: &[&str], infos: &[ProviderInfo]) -> Option<String> {
    let sections: Vec<String> = names
        .iter()
        .zip(infos)
        .filter_map(|(name, info)| {
            let text = info.instructions.as_ref().filter(|text| !text.is_empty())?;
            Some(if names.len() == 1 { text.clone() } else { format!("# {name}\n\n{}", without_headings(text)) })
        })
        .collect();
    (!sections.is_empty()).then(|| sections.join("\n\n"))
}

/// The text with each heading of Markdown lowered below those of providers: `# x` is `## x`, and `x` above a line of `=` is above one of `-`.
fn without_headings(text: &str) -> String {
    let mut lowered = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        let words = line.trim_start();
        let rest = words.trim_start_matches('#');
        let is_heading = words.len() != rest.len() && (rest.is_empty() || rest.starts_with(char::is_whitespace));
        let underline = line.trim();
        if is_heading {
            lowered.push_str(line.get(..line.len() - words.len()).unwrap_or_default());
            lowered.push('#');
            lowered.push_str(words);
        } else if !underline.is_empty() && underline.bytes().all(|byte| byte == b'=') {
            lowered.push_str(&line.replace('=', "-"));
        } else {
            lowered.push_str(line);
        }
    }
    lowered
}

fn add_entries(all: &mut Vec<(String, String)>, more: Vec<(String, String)>) {
    let mut known: HashSet<String> = all.iter().map(|(name, _)| name.clone()).collect();
    all.extend(more.into_iter().filter(|(name, _)| known.insert(name.clone())));
}
