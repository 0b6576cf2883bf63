//! The transport and its providers: the configuration that names the providers has to agree with the links to them.

use std::collections::BTreeMap;

use super::Finding;
use crate::manifest::ast::{Application, Component, LinkTrait};
use crate::manifest::contract::provider_interfaces;
use crate::manifest::document::Node;
use crate::manifest::settings::{self, PROVIDERS, SettingError};

pub(super) fn check(application: &Application<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for component in &application.components {
        keys(component, &mut findings);
        if let Err(error) = settings::transport_timeouts(component) {
            findings.push(refused(component, error));
        }
        match settings::authorization(component) {
            Ok(true) => asks_issuers(application, component, &mut findings),
            Ok(false) => {}
            Err(error) => findings.push(refused(component, error)),
        }
        if let Err(error) = settings::policy(component) {
            findings.push(refused(component, error));
        }
        let links: BTreeMap<&str, &LinkTrait<'_>> =
            component.provider_links().map(|link| (link.name(), link)).collect();
        match component.setting(PROVIDERS) {
            None if links.is_empty() => continue,
            None => {
                let name = component.name.text().unwrap_or("?");
                let reason = format!(
                    "`{name}` is linked to providers, and no configuration of it has the key `{PROVIDERS}`, which names them"
                );
                findings.push(Finding::error(component.name.position(), reason));
            }
            Some(setting) => agreement(component, setting, &links, &mut findings),
        }
        component.provider_links().for_each(|link| interfaces(link, &mut findings));
        role(component, &mut findings);
    }
    findings
}

/// Unknown keys: neither the transport nor the router would report them. Keys with another prefix are those of a provider.
fn keys(component: &Component<'_>, findings: &mut Vec<Finding>) {
    let has_router = component.provider_links().next().is_some();
    for (key, _) in component.settings() {
        let Some((prefix, setting)) = key.text().and_then(|key| key.split_once('.')) else { continue };
        let Some(known) = settings::keys(prefix).filter(|_| prefix != "router" || has_router) else { continue };
        if !known.contains(&setting) {
            let reason = format!("`{prefix}` has no setting `{setting}`, only {}", known.join(", "));
            findings.push(Finding::error(key.position(), reason));
        }
    }
}

/// The finding for a setting that its reader refuses. It is at the component if the setting is required and absent.
fn refused(component: &Component<'_>, error: SettingError) -> Finding {
    let at = component.setting(&error.key).unwrap_or(component.name);
    Finding::error(at.position(), error.message)
}

fn agreement(
    component: &Component<'_>,
    setting: Node<'_>,
    links: &BTreeMap<&str, &LinkTrait<'_>>,
    findings: &mut Vec<Finding>,
) {
    let declared = match settings::router_providers(component) {
        Ok(declared) => declared,
        Err(error) => return findings.push(refused(component, error)),
    };
    for provider in declared.iter().filter(|provider| !links.contains_key(provider.link.as_str())) {
        let reason = format!(
            "`{PROVIDERS}` has `{}`, and `{}` has no link of that name with wasmcp:mcp",
            provider.link,
            component.name.text().unwrap_or("?")
        );
        findings.push(Finding::error(setting.position(), reason));
    }
    for (name, link) in links.iter().filter(|(name, _)| declared.iter().all(|provider| provider.link != **name)) {
        let line = setting.position().line;
        let reason = format!("the link `{name}` leads to a provider that `{PROVIDERS}` does not name (line {line})");
        findings.push(Finding::error(link.node.get("name").position(), reason));
    }
}

fn interfaces(link: &LinkTrait<'_>, findings: &mut Vec<Finding>) {
    let known = provider_interfaces();
    let listed: Vec<(&str, Node<'_>)> =
        link.interfaces.items().filter_map(|each| each.text().map(|text| (text, each))).collect();
    for (name, node) in listed.iter().filter(|(name, _)| !known.contains(name)) {
        let reason = format!("wasmcp:mcp has no interface `{name}`: there are {}", known.join(", "));
        findings.push(Finding::error(node.position(), reason));
    }
    let is_listed = |interface: &str| listed.iter().any(|(name, _)| *name == interface);
    let missing: Vec<&str> = known.into_iter().filter(|interface| !is_listed(interface)).collect();
    if !missing.is_empty() && !listed.is_empty() {
        let reason = format!("the router may call {} of the provider, too: add to the list", missing.join(", "));
        findings.push(Finding::error(link.interfaces.position(), reason));
    }
}

/// A transport that asks authorization servers sends requests, and by no HTTP client to which hosts for providers could answer in its place.
fn asks_issuers(application: &Application<'_>, component: &Component<'_>, findings: &mut Vec<Finding>) {
    let (at, name) = (component.name.position(), component.name.text().unwrap_or("?"));
    let Some(link) = component.links.iter().find(|link| link.is_of("wasi", "http", "outgoing-handler")) else {
        let reason = format!(
            "`{name}` asks authorization servers, and has no link to an HTTP client: link it with wasi:http/outgoing-handler, or pin \
             the keys by `auth.jwks`"
        );
        return findings.push(Finding::error(at, reason));
    };
    let roles = |component: &Component<'_>| {
        component.roles().filter_map(|role| role.text().map(str::to_owned)).collect::<Vec<_>>()
    };
    let target = link.target.text().and_then(|name| application.component(name));
    if target.is_some_and(|target| roles(target) != roles(component)) {
        let reason = format!(
            "`{name}` asks authorization servers by this HTTP client, and it has to be one on its own hosts, with the same `requirements`"
        );
        findings.push(Finding::error(link.target.position(), reason));
    }
}

/// A component that calls providers needs the host's feature `rpc-interface`, which hosts for providers do not have.
fn role(component: &Component<'_>, findings: &mut Vec<Finding>) {
    for role in component.roles().filter(|role| role.text() == Some("provider")) {
        let reason = format!(
            "`{}` calls providers with the host's feature `rpc-interface`, which hosts with `role: provider` do not have: use `edge`",
            component.name.text().unwrap_or("?")
        );
        findings.push(Finding::error(role.position(), reason));
    }
}
