//! What a server says of itself.

use contract::model::{Implementation, Offers, ProviderInfo};
use serde_json::{Value, json};

use super::content::icons;
use crate::tree::{
    Member, Peers, V2025_11_25, cacheable, entries, is_modern, object, object_of, optional, result, text,
};

/// An `Implementation`.
pub fn implementation(of: &Implementation, version: &str) -> Value {
    let Implementation { name, version: release, title, description, website_url, icons: images, extra } = of;
    let later = |member: Option<Value>| member.filter(|_| version >= V2025_11_25);
    object(
        extra,
        [
            ("name", text(name)),
            ("version", text(release)),
            ("title", optional(title)),
            ("description", later(optional(description))),
            ("websiteUrl", later(optional(website_url))),
            ("icons", icons(images, version)),
        ],
    )
}

/// The result of `server/discover`, or of `initialize` before.
pub fn provider_info(info: &ProviderInfo, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    // The revision and whether the catalogue is static are for hosts.
    let ProviderInfo {
        implementation: program,
        instructions,
        offers,
        extensions,
        experimental,
        cache,
        catalogue_revision: _,
        catalogue_static: _,
        extra,
    } = info;
    let flag = |offer| offers.contains(offer).then_some(json!(true));
    let offered = |offer, members: Vec<Member>| offers.contains(offer).then(|| object_of(json!({}), members));
    let capabilities = object(
        &None,
        [
            ("tools", offered(Offers::TOOLS, vec![("listChanged", flag(Offers::TOOLS_CHANGES))])),
            (
                "resources",
                offered(
                    Offers::RESOURCES,
                    vec![
                        ("subscribe", flag(Offers::RESOURCE_SUBSCRIPTIONS)),
                        ("listChanged", flag(Offers::RESOURCES_CHANGES)),
                    ],
                ),
            ),
            ("prompts", offered(Offers::PROMPTS, vec![("listChanged", flag(Offers::PROMPTS_CHANGES))])),
            ("completions", offered(Offers::COMPLETION, vec![])),
            ("logging", offered(Offers::LOGGING, vec![])),
            ("experimental", entries(experimental)),
            ("extensions", entries(extensions).filter(|_| is_modern(version))),
        ],
    );
    match is_modern(version) {
        true => cacheable(
            extra,
            cache,
            peers,
            [
                ("supportedVersions", Some(json!(["2026-07-28"]))),
                ("capabilities", Some(capabilities)),
                ("instructions", optional(instructions)),
            ],
        ),
        false => result(
            extra,
            peers,
            [
                ("protocolVersion", text(version)),
                ("capabilities", Some(capabilities)),
                ("serverInfo", Some(implementation(program, version))),
                ("instructions", optional(instructions)),
            ],
        ),
    }
}
