//! What a client is to see of providers behind one catalogue: a second implementation of the rules of `crates/catalog`, on whole pages.

use contract::model::*;
use serde_json::{Map, Value};

use super::provider::{Call, Page, Sampled};

/// A provider with its name and prefix.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) name: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) provider: &'a Sampled,
}

const NOT_CACHED: CacheHint = CacheHint { ttl_ms: 0, scope: CacheScope::Private };

/// One provider under its own names is seen as it is.
pub(crate) fn merged(parts: &[Part<'_>]) -> Sampled {
    if let [Part { prefix: "", provider, .. }] = parts {
        return (*provider).clone();
    }
    Sampled {
        info: info(parts),
        tools: pages(parts, true, |provider| &provider.tools),
        resources: pages(parts, false, |provider| &provider.resources),
        templates: pages(parts, false, |provider| &provider.templates),
        prompts: pages(parts, true, |provider| &provider.prompts),
        calls: calls(parts, |provider| &provider.calls, |prefix, call| call.name.insert_str(0, prefix)),
        reads: calls(parts, |provider| &provider.reads, |_, _| {}),
        gets: calls(parts, |provider| &provider.gets, |prefix, get| get.name.insert_str(0, prefix)),
        completions: parts.iter().flat_map(completions).collect(),
        is_known: false,
    }
}

fn calls<R: Clone, O: Clone>(
    parts: &[Part<'_>],
    of: fn(&Sampled) -> &Vec<Call<R, O>>,
    rename: fn(&str, &mut R),
) -> Vec<Call<R, O>> {
    let renamed = |part: &Part<'_>| {
        let mut calls = of(part.provider).clone();
        calls.iter_mut().for_each(|call| rename(part.prefix, &mut call.request));
        calls
    };
    parts.iter().flat_map(renamed).collect()
}

fn completions(part: &Part<'_>) -> Vec<(CompletionRequest, CompletionValues)> {
    let mut completions = part.provider.completions.clone();
    for (request, _) in &mut completions {
        if let CompletionRef::Prompt(name) = &mut request.ref_ {
            name.insert_str(0, part.prefix);
        }
    }
    completions
}

/// The members of `extra` that count for others too, and the hint, which may be among them.
fn separated(cache: Option<CacheHint>, extra: Option<&String>) -> (Option<CacheHint>, Map<String, Value>) {
    let mut members: Map<String, Value> =
        extra.map_or_else(Map::new, |extra| serde_json::from_str(extra).expect("object"));
    let (ttl_ms, scope) = (members.remove("ttlMs"), members.remove("cacheScope"));
    let of_extra = (ttl_ms.is_some() || scope.is_some()).then(|| CacheHint {
        ttl_ms: ttl_ms.map_or(0, |ttl_ms| ttl_ms.as_u64().expect("number").min(0x7fff_ffff) as u32),
        scope: if scope.is_some_and(|scope| scope == "public") { CacheScope::Public } else { CacheScope::Private },
    });
    (cache.or(of_extra), members)
}

/// The strictest hint, and of members of one name the first.
fn together(all: Vec<(Option<CacheHint>, Map<String, Value>)>) -> (Option<CacheHint>, Option<String>) {
    let hints: Option<Vec<CacheHint>> = all.iter().map(|(hint, _)| *hint).collect();
    let hint = hints.map(|hints| CacheHint {
        ttl_ms: hints.iter().map(|hint| hint.ttl_ms).min().expect("a provider"),
        scope: match hints.iter().all(|hint| hint.scope == CacheScope::Public) {
            true => CacheScope::Public,
            false => CacheScope::Private,
        },
    });
    let mut members = Map::new();
    for (name, value) in all.into_iter().flat_map(|(_, members)| members) {
        members.entry(name).or_insert(value);
    }
    (hint, Some(Value::Object(members).to_string()))
}

/// The pages one after the other: the last of a provider and the first of the next one are one page.
fn pages<P: Page>(parts: &[Part<'_>], is_prefixed: bool, of: fn(&Sampled) -> &Vec<P>) -> Vec<P> {
    let mut groups: Vec<Vec<P>> = vec![vec![]];
    for part in parts {
        for mut page in of(part.provider).clone() {
            if is_prefixed {
                page.items().iter_mut().for_each(|item| P::key(item).insert_str(0, part.prefix));
            }
            *page.next_cursor() = page.next_cursor().take().map(|own| format!("{}:{own}", part.name));
            let is_last = page.next_cursor().is_none();
            groups.last_mut().expect("a group").push(page);
            if !is_last {
                groups.push(vec![]);
            }
        }
    }
    let is_only = groups.len() == 1;
    let merge = |group: Vec<P>| {
        let metadata = group.iter().cloned().map(|mut page| separated(*page.cache(), page.extra().as_ref()));
        let (cache, extra) = together(metadata.collect());
        let page = group.into_iter().reduce(|mut all, mut page| {
            all.items().append(page.items());
            *all.next_cursor() = page.next_cursor().take();
            all
        });
        let mut page = page.expect("a page");
        *page.cache() = if is_only { cache } else { Some(NOT_CACHED) };
        *page.extra() = extra;
        page
    };
    groups.into_iter().map(merge).collect()
}

fn entries(parts: &[Part<'_>], of: fn(&ProviderInfo) -> &Vec<(String, String)>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = vec![];
    for (name, json) in parts.iter().flat_map(|part| of(&part.provider.info)) {
        if all.iter().all(|(known, _)| known != name) {
            all.push((name.clone(), json.clone()));
        }
    }
    all
}

fn info(parts: &[Part<'_>]) -> ProviderInfo {
    let infos: Vec<&ProviderInfo> = parts.iter().map(|part| &part.provider.info).collect();
    let (cache, extra) = together(infos.iter().map(|info| separated(info.cache, info.extra.as_ref())).collect());
    let joined = |of: fn(&ProviderInfo) -> &String| {
        let all: Vec<&str> = infos.iter().map(|info| of(info).as_str()).collect();
        all.join("+")
    };
    let instructions = parts.iter().filter_map(|part| {
        let text = part.provider.info.instructions.as_ref().filter(|text| !text.is_empty())?;
        Some(if parts.len() == 1 { text.clone() } else { format!("# {}\n\n{text}", part.name) })
    });
    let instructions: Vec<String> = instructions.collect();
    let implementation = match infos.as_slice() {
        [only] => only.implementation.clone(),
        _ => Implementation {
            name: joined(|info| &info.implementation.name),
            version: joined(|info| &info.implementation.version),
            title: None,
            description: None,
            website_url: None,
            icons: vec![],
            extra: None,
        },
    };
    ProviderInfo {
        implementation,
        instructions: (!instructions.is_empty()).then(|| instructions.join("\n\n")),
        offers: infos.iter().fold(Offers::empty(), |all, info| all | info.offers),
        extensions: entries(parts, |info| &info.extensions),
        experimental: entries(parts, |info| &info.experimental),
        cache,
        // Neither is on the wire.
        catalogue_revision: String::new(),
        catalogue_static: false,
        extra,
    }
}
