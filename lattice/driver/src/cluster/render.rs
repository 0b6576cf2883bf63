//! The inventory as text, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::inventory::Inventory;
use crate::process::Process;

/// Renders an inventory. Hosts that the driver started have its names instead of their ids.
pub fn text(inventory: &Inventory, processes: &[Process]) -> String {
    let mut text = String::new();
    let names: BTreeMap<&str, &str> = processes
        .iter()
        .filter_map(|process| process.host_id.as_deref().map(|id| (id, process.name.as_str())))
        .collect();
    // Writing to a string cannot fail.
    let _ = write(&mut text, inventory, &names);
    text
}

fn write(out: &mut String, inventory: &Inventory, names: &BTreeMap<&str, &str>) -> std::fmt::Result {
    if let Some(application) = &inventory.application {
        let url = inventory.url.as_deref().unwrap_or_default();
        writeln!(out, "application {} is {} {url}", application.name, application.status)?;
        if application.status != "deployed" {
            writeln!(out, "  {}", application.message)?;
        }
    }
    writeln!(out, "\nhosts")?;
    for host in &inventory.hosts {
        let name = names.get(host.id.as_str()).copied().unwrap_or(&host.id);
        let labels: Vec<String> = host.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        writeln!(out, "  {name:<12} {}", labels.join(" "))?;
        for (component, instances) in &host.components {
            writeln!(out, "    {component:<28} {instances:>4} at once")?;
        }
        for capability in &host.capabilities {
            writeln!(out, "    {capability:<28}  capability provider")?;
        }
    }
    writeln!(out, "\nlinks")?;
    for link in &inventory.links {
        writeln!(out, "  {} → {} as `{}`: {}", link.source, link.target, link.name, link.interfaces.join(" "))?;
    }
    if !inventory.providers.is_empty() {
        writeln!(out, "\nproviders")?;
    }
    for provider in &inventory.providers {
        let tools = match provider.tools.as_deref() {
            None => "tools unknown".to_owned(),
            Some([]) => "no tools".to_owned(),
            Some(tools) => tools.join(", "),
        };
        writeln!(out, "  {:<12} on {} host(s): {tools}", provider.name, provider.hosts)?;
    }
    if !inventory.missing.is_empty() {
        writeln!(out, "\nmissing")?;
    }
    inventory.missing.iter().try_for_each(|each| writeln!(out, "  {each}"))
}
