//! The manifest of a lattice that asks for tokens: `wadm.hosts.yaml` with the other transport and with its settings.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use wasmcp_bench::policy_files;

use super::deployment::Security;
use crate::servers::Places;
use crate::tokens;

/// What is replaced in `wadm.hosts.yaml`.
const IMAGES: &str = "file://./target/lattice/";
const CONFIGURATION: &str = "- name: transport\n            properties:\n";
/// After the links of the transport.
const NEXT_COMPONENT: &str = "    # Has no link to anything: it can only answer.\n";

/// The links of a transport to what it needs for keys that are not pinned.
const LINKS: &str = "        - type: link
          properties: { namespace: wasmcp, package: mcp, interfaces: [state], target: { name: state } }
        - type: link
          properties: { namespace: wasi, package: http, interfaces: [outgoing-handler], target: { name: issuer-client } }

";

/// Writes the manifest of a lattice whose components are in this folder, and returns its path.
pub(crate) fn write(
    security: Security,
    (workspace, places): (&Path, &Places),
    parts: &Path,
    keys: SocketAddr,
) -> anyhow::Result<PathBuf> {
    let manifest = fs::read_to_string(workspace.join("wadm.hosts.yaml"))?;
    ensure!(manifest.contains(IMAGES), "wadm.hosts.yaml has no image `{IMAGES}`");
    let mut manifest = manifest.replace(IMAGES, &format!("file://{}/", parts.display()));
    let mut replace = |old: &str, new: &str| {
        ensure!(manifest.matches(old).count() == 1, "wadm.hosts.yaml has `{old}` not once");
        manifest = manifest.replace(old, new);
        Ok(())
    };
    let settings: String = settings(security, keys)?
        .into_iter()
        // A text of JSON is one of YAML, too.
        .map(|(key, value)| format!("              {key}: {}\n", serde_json::Value::from(value)))
        .collect();
    replace(CONFIGURATION, &format!("- name: secured\n            properties:\n{settings}"))?;
    if security == Security::Store {
        replace(NEXT_COMPONENT, &format!("{LINKS}{NEXT_COMPONENT}"))?;
        let archive = workspace.join("target/lattice/state.par");
        ensure!(archive.exists(), "`{}` does not exist: run `make driver`", archive.display());
        for (name, image) in [
            ("state", format!("file://{}", archive.display())),
            ("issuer-client", "wasmcloud+builtin://http-client".to_owned()),
        ] {
            manifest.push_str(&on_the_edge(name, &image));
        }
    }
    let file = places.scratch().join(format!("{security:?}.yaml").to_lowercase());
    fs::write(&file, manifest).with_context(|| format!("cannot write `{}`", file.display()))?;
    Ok(file)
}

/// A capability provider that runs beside the transport.
fn on_the_edge(name: &str, image: &str) -> String {
    format!(
        "
    - name: {name}
      type: capability
      properties:
        image: {image}
      traits:
        - type: daemonscaler
          properties: {{ instances: 1, spread: [{{ name: edge, requirements: {{ role: edge }} }}] }}
"
    )
}

fn settings(security: Security, keys: SocketAddr) -> anyhow::Result<Vec<(String, String)>> {
    let mut settings =
        vec![("auth.issuers", tokens::ISSUER.to_owned()), ("auth.resource", tokens::RESOURCE.to_owned())];
    match security {
        Security::Pinned | Security::Policy => settings.push(("auth.jwks", tokens::keys())),
        Security::Store => settings
            .extend([("auth.jwks-uri", format!("http://{keys}/jwks")), ("auth.loopback-http", "true".to_owned())]),
    }
    if security == Security::Policy {
        for (name, text) in policy_files::read(Path::new(policy_files::SECURED))? {
            let key = if name == "data.json" { "policy.data" } else { "policy.rego" };
            ensure!(settings.iter().all(|(other, _)| *other != key), "a setting has one policy: `{name}` is another");
            settings.push((key, text));
        }
    }
    Ok(settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
