//! The transport and its providers: the configuration that names them, and the links that reach them, say the same.

use std::collections::BTreeMap;

use super::Finding;
use crate::model::{Application, PROVIDERS, Part};
use crate::yaml::Spot;

/// All of the contract that the router may call: it asks the provider which of them it has.
const INTERFACES: [&str; 6] = ["provider", "tools", "resources", "prompts", "completion", "changes"];

pub(super) fn check(application: &Application<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for part in &application.parts {
        let name = part.name.text().unwrap_or("?");
        keys(part, &mut findings);
        values(part, &mut findings);
        let linked: BTreeMap<&str, Spot<'_>> = part.provider_links().map(|link| (link.name(), link.spot)).collect();
        match part.setting(PROVIDERS) {
            None if linked.is_empty() => continue,
            None => {
                let reason = format!(
                    "`{name}` is linked to providers, and no configuration of it has the key `{PROVIDERS}`, by which it \
                                      knows them"
                );
                findings.push(Finding::error(part.name.place(), reason));
            }
            Some(setting) => agree(part, setting, &linked, &mut findings),
        }
        interfaces(part, &mut findings);
        role(part, &mut findings);
    }
    findings
}

/// A key that nobody reads changes nothing, and nobody says so. What begins with another name is a provider's own.
fn keys(part: &Part<'_>, findings: &mut Vec<Finding>) {
    for (key, _) in part.config.iter().flat_map(|config| config.properties.entries()) {
        let Some((whose, setting)) = key.text().and_then(|key| key.split_once('.')) else { continue };
        let known = settings::names(whose);
        let is_router = part.provider_links().next().is_some();
        if known.is_empty() || (whose == "router" && !is_router) {
            continue;
        }
        if !known.contains(&setting) {
            let reason = format!("`{whose}` has no setting `{setting}`, only {}", known.join(", "));
            findings.push(Finding::error(key.place(), reason));
        }
    }
}

/// The transport reads its settings itself, so that they are good if it says so.
fn values(part: &Part<'_>, findings: &mut Vec<Finding>) {
    let setting = |key: &str| part.setting(&format!("transport.{key}"));
    let get = |key: &str| setting(key).and_then(|value| value.text()).map(str::to_owned);
    if let Err(error) = server::Config::from_settings(get) {
        let place = part.setting(error.key()).map_or(part.name.place(), |value| value.place());
        findings.push(Finding::error(place, error.to_string()));
    }
}

fn agree(part: &Part<'_>, setting: Spot<'_>, linked: &BTreeMap<&str, Spot<'_>>, findings: &mut Vec<Finding>) {
    // The router reads its settings itself, so that they are good if it says so.
    let get = |key: &str| part.setting(&format!("router.{key}")).and_then(|value| value.text()).map(str::to_owned);
    let config = match router::Config::from_settings(get) {
        Ok(config) => config,
        Err(error) => {
            let place = part.setting(error.key()).map_or(setting.place(), |value| value.place());
            findings.push(Finding::error(place, error.to_string()));
            return;
        }
    };
    let named: Vec<&str> = config.links().collect();
    for name in named.iter().filter(|name| !linked.contains_key(*name)) {
        let part = part.name.text().unwrap_or("?");
        let reason = format!("`{PROVIDERS}` has `{name}`, and `{part}` has no link of that name with wasmcp:mcp");
        findings.push(Finding::error(setting.place(), reason));
    }
    for (name, link) in linked.iter().filter(|(name, _)| !named.contains(name)) {
        let line = setting.place().line;
        let reason = format!("the link `{name}` leads to a provider that `{PROVIDERS}` does not name (line {line})");
        findings.push(Finding::error(link.get("name").place(), reason));
    }
}

fn interfaces(part: &Part<'_>, findings: &mut Vec<Finding>) {
    for link in part.provider_links() {
        let here: Vec<&str> = link.interfaces.items().filter_map(|each| each.text()).collect();
        for each in link.interfaces.items().filter(|each| each.text().is_some_and(|text| !INTERFACES.contains(&text))) {
            let reason = format!(
                "wasmcp:mcp has no interface `{}`: there are {}",
                each.text().unwrap_or_default(),
                INTERFACES.join(", ")
            );
            findings.push(Finding::error(each.place(), reason));
        }
        let missing: Vec<&str> = INTERFACES.into_iter().filter(|each| !here.contains(each)).collect();
        if !missing.is_empty() && !here.is_empty() {
            let reason = format!("the router may call {} of the provider, too: add to the list", missing.join(", "));
            findings.push(Finding::error(link.interfaces.place(), reason));
        }
    }
}

/// What calls providers needs `rpc-interface`, and hosts for providers are without it.
fn role(part: &Part<'_>, findings: &mut Vec<Finding>) {
    for scaler in &part.scalers {
        for role in
            scaler.requirements.iter().map(|each| each.get("role")).filter(|role| role.text() == Some("provider"))
        {
            let reason = format!(
                "`{}` calls providers with the host's feature `rpc-interface`, which hosts with `role: provider` do not have: use `edge`",
                part.name.text().unwrap_or("?")
            );
            findings.push(Finding::error(role.place(), reason));
        }
    }
}
