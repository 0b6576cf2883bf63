//! The NATS accounts of a lattice by `lattice/nats/accounts.yaml`: which there are, and what each takes from another.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use nkeys::KeyPair;
use serde::Deserialize;
use serde_json::{Value, json};

use super::scope::Scope;

const ACCOUNTS: &str = include_str!("../../../nats/accounts.yaml");

/// The keys of the accounts by their names.
pub(super) type Keys = BTreeMap<String, KeyPair>;

/// What an account takes from another one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Import {
    stream: Option<String>,
    service: Option<String>,
    from: String,
}

/// A subject of an import, and its kind as JWTs name it.
type Crossing = (String, &'static str);

/// The accounts with their claims: limits, and the imports and exports of the file.
pub(super) fn claims(keys: &Keys, scope: &Scope) -> Result<BTreeMap<String, Value>> {
    let accounts = read()?;
    let mut claims = BTreeMap::new();
    for (name, imports) in &accounts {
        let imports =
            imports.iter().flat_map(|import| crossings(import, scope).map(move |crossing| (crossing, import)));
        let imports: Vec<Value> = imports
            .map(|((subject, kind), import)| {
                let from = keys.get(&import.from).with_context(|| format!("there is no account `{}`", import.from))?;
                Ok(json!({ "name": subject, "subject": subject, "account": from.public_key(), "type": kind }))
            })
            .collect::<Result<_>>()?;
        let of_others = accounts.values().flatten().filter(|import| import.from == *name);
        let exports: Vec<Value> = of_others
            .flat_map(|import| crossings(import, scope))
            // Several hosts may answer one command.
            .map(|(subject, kind)| match kind {
                "service" => json!({ "name": subject, "subject": subject, "type": kind, "response_type": "Stream" }),
                _ => json!({ "name": subject, "subject": subject, "type": kind }),
            })
            .collect();
        let nats = json!({
            "type": "account", "version": 2, "imports": imports, "exports": exports,
            "limits": {
                "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
                "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1
            },
        });
        claims.insert(name.clone(), nats);
    }
    Ok(claims)
}

/// New keys for all accounts.
pub(super) fn new_keys() -> Result<Keys> {
    Ok(read()?.into_keys().map(|name| (name, KeyPair::new_account())).collect())
}

fn read() -> Result<BTreeMap<String, Vec<Import>>> {
    serde_yaml::from_str(ACCOUNTS).context("cannot read lattice/nats/accounts.yaml")
}

fn crossings(import: &Import, scope: &Scope) -> impl Iterator<Item = Crossing> + use<> {
    let of = |subject: &Option<String>, kind| {
        let subjects = subject.iter().flat_map(|subject| scope.expand(subject)).map(move |subject| (subject, kind));
        subjects.collect::<Vec<_>>()
    };
    of(&import.stream, "stream").into_iter().chain(of(&import.service, "service"))
}
