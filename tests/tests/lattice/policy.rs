//! A policy in a manifest: it decides with the tokens of the same manifest, and a redeployed one changes a live answer.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};
use serde_json::json;
use test_tokens::Issuer;
use wasmcp_tests::{Reply, Request, component, program};

use crate::canary::Messages;
use crate::wash::{Wash, text, until};

/// The name of the transport's configuration in wadm.yaml.
const CONFIGURATION: &str = "- name: transport\n            properties:";
/// The first lines of the settings in wadm.yaml.
const PROVIDERS: &str = "router.providers: calculator,weather\n";

/// Readers may use what these rules name, writers all.
fn rules(tool: &str) -> String {
    format!(
        "package wasmcp

allow if not input.tool

allow if input.tool.name == \"{tool}\"

allow if \"writer\" in input.identity.roles
"
    )
}

/// Deploys the manifest with tokens and a policy, then with another policy while calls run. No message between the hosts has a token.
pub(crate) fn redeployed(wash: &Wash, manifest: &Path) -> Result<()> {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let issuer = Issuer { now_s, ..Issuer::example() };
    let (reader, writer) =
        (issuer.token().claim("roles", ["reader"]).signed(), issuer.token().claim("roles", ["writer"]).signed());
    let messages = Messages::listen(wash.nats)?;
    let parts = wash.home.join("secured");
    let files = ["calculator", "weather"].map(component).into_iter().collect::<Result<Vec<_>>>()?;
    let mut compose = Command::new(program("wasmcp")?);
    text(compose.args(["compose", "--for", "lattice", "--auth"]).args(files).arg("-o").arg(&parts))?;
    let request =
        |tool: &str| Request::of("2026-07-28", "tools/call", json!({ "name": tool, "arguments": { "a": 6, "b": 3 } }));
    let call = |tool: &str, token: &str| -> Result<Reply> { request(tool).bearer(token).send(wash.http) };
    let is_called = |reply: &Reply| reply.text().contains("structuredContent");

    wash.run(&["app", "deploy"], &[&secured(wash, manifest, &parts, &issuer, "add")?])?;
    until("the policy decides", || {
        let (allowed, denied) = (call("add", &reader)?, call("divide", &reader)?);
        let anonymous = request("add").send(wash.http)?.status;
        ensure!(
            is_called(&allowed) && !is_called(&denied) && anonymous == 401,
            "{} {} {anonymous}",
            allowed.text(),
            denied.text()
        );
        Ok(true)
    })?;
    ensure!(is_called(&call("divide", &writer)?), "a writer may");

    let (manifest, is_over) = (secured(wash, manifest, &parts, &issuer, "divide")?, AtomicBool::new(false));
    thread::scope(|scope| {
        let calls = scope.spawn(|| {
            let mut wrong = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let reply = call("add", &writer);
                if !reply.as_ref().is_ok_and(is_called) {
                    wrong.push(format!("{reply:?}"));
                }
            }
            wrong
        });
        let changed = wash.run(&["app", "deploy"], &[&manifest]).and_then(|_| {
            until("the new policy decides", || {
                let (allowed, denied) = (call("divide", &reader)?, call("add", &reader)?);
                ensure!(is_called(&allowed) && !is_called(&denied), "{} {}", allowed.text(), denied.text());
                Ok(true)
            })
        });
        is_over.store(true, Ordering::Relaxed);
        let wrong = calls.join().map_err(|_| anyhow::anyhow!("the calls panicked"))?;
        changed?;
        ensure!(wrong.is_empty(), "{} calls failed while the policy changed: {:?}", wrong.len(), wrong.first());
        Ok(())
    })?;
    // A provider gets the claims of the caller, among them the roles.
    messages.have_none_of(&[&reader, &writer], "writer")
}

/// The manifest with the transport that asks for tokens, whose keys are pinned, and a policy that names this tool.
fn secured(wash: &Wash, manifest: &Path, parts: &Path, issuer: &Issuer, tool: &str) -> Result<PathBuf> {
    let indented = |text: &str| text.lines().map(|line| format!("                {line}\n")).collect::<String>();
    let settings = format!(
        "{PROVIDERS}              auth.issuers: {}\n              auth.resource: {}\n              auth.jwks: |\n{}              policy.rego: |\n{}",
        issuer.issuer,
        issuer.audience,
        indented(&issuer.jwks()),
        indented(&rules(tool)),
    );
    let folder = wash.home.join("lattice").display().to_string();
    let transport = |folder: &str| format!("file://{folder}/transport.wasm");
    wash.rewrite(
        "secured.yaml",
        manifest,
        // Where the image and the values of one configuration change at once, a host of wasmCloud 1.9 may keep the old values, without which
        // this transport does not serve. A configuration of another name is always read.
        &[
            (CONFIGURATION, "- name: secured\n            properties:"),
            (PROVIDERS, &settings),
            (&transport(&folder), &transport(&parts.display().to_string())),
        ],
    )
}
