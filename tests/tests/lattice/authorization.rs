//! Authorization on a lattice: clients that log in, and keys of the issuer that instances of one request share through the store.

use std::thread;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use wasmcp_tests::{Lattice, LoginClient, OidcProvider, Registration, Reply, Request, free_address, load, scratch};

use crate::canary::no_file_has;
use crate::state::{archive, child_of, signal};
use crate::wash::until;

pub(crate) const NAME: &str =
    "authorization: clients log in, and the keys of the issuer are fetched once for all instances";

pub(crate) fn asked_for() -> Result<()> {
    let oidc = OidcProvider::start(&json!({ "registration": Registration::Dynamic.option() }))?;
    let addr = free_address()?;
    let resource = format!("http://{addr}/mcp");
    let parts = Lattice::compose_secured("secured-parts", &["calculator"])?;
    let manifest = include_str!("../../lattice/secured.yaml")
        .replace("{parts}", &parts.display().to_string())
        .replace("{state}", &archive()?)
        .replace("{issuer}", &oidc.issuer())
        .replace("{resource}", &resource);
    let file = scratch("secured.yaml")?;
    std::fs::write(&file, manifest)?;
    let port = addr.port().to_string();
    let lattice = Lattice::up("secured", &file, &["--hosts", "1", "--port", &port, "--deadline", crate::DEADLINE])?;
    ensure!(lattice.url == resource, "{}", lattice.url);
    let refused = Request::call("add", r#"{"a":2,"b":3}"#).send(addr)?;
    let challenge = refused.header("www-authenticate").unwrap_or_default();
    ensure!(refused.status == 401 && challenge.contains("resource_metadata="), "{refused:?}");
    let token = oidc.token("files:read", &resource)?;
    fetched_once(&lattice, &oidc, &token)?;
    // The store has the keys of the issuer, in the files of NATS beside the logs.
    no_file_has(&[&token], lattice.folder(), "kty")?;
    thread::scope(|scope| {
        let clients = LoginClient::ALL.map(|client| {
            let mode = if client == LoginClient::McpRemote { "auto" } else { "2026-07-28" };
            let url = &lattice.url;
            (client, scope.spawn(move || client.run(url, mode, Registration::Dynamic)))
        });
        clients.into_iter().try_for_each(|(client, run)| {
            run.join().map_err(|_| anyhow::anyhow!("{client:?} panicked"))?.with_context(|| format!("{client:?}"))
        })
    })?;
    closed_without_a_store(&lattice, &oidc, &resource)
}

fn add_with(token: &str) -> Request {
    Request::of("2026-07-28", "tools/call", json!({ "name": "add", "arguments": { "a": 2, "b": 3 } })).bearer(token)
}

fn is_sum(reply: &Reply) -> bool {
    reply.status == 200 && reply.json().is_ok_and(|answer| answer.pointer("/result/structuredContent/result").is_some())
}

/// Each request is an instance of its own.
fn fetched_once(lattice: &Lattice, oidc: &OidcProvider, token: &str) -> Result<()> {
    const CALLS: usize = 100;
    let answers = load(lattice.address()?, 8, CALLS, |_| add_with(token), |_| ());
    let wrong: Vec<_> = answers
        .iter()
        .filter(|answer| answer.message.as_ref().map_or(true, |message| message.pointer("/result").is_none()))
        .collect();
    ensure!(answers.len() == CALLS && wrong.is_empty(), "{} of {}: {:?}", wrong.len(), answers.len(), wrong.first());
    let fetches = oidc.requests("/jwks")?;
    ensure!(fetches == 1, "the keys were fetched {fetches} times");
    Ok(())
}

/// While the state provider does not answer, no token can be verified, and no call is let through.
fn closed_without_a_store(lattice: &Lattice, oidc: &OidcProvider, resource: &str) -> Result<()> {
    let token = oidc.token("files:read", resource)?;
    let edge = lattice.processes()?.into_iter().find(|process| process.name.starts_with("edge")).context("no edge")?;
    let pid = child_of(edge.pid)?;
    signal("STOP", pid)?;
    let answer = add_with(&token).send(lattice.address()?);
    signal("CONT", pid)?;
    let answer = answer?;
    ensure!(answer.status == 503, "{answer:?}");
    until("it answers again", || Ok(is_sum(&add_with(&token).send(lattice.address()?)?)))
}
