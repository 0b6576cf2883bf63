//! Credentials of the processes of a lattice: keys and signatures that are generated for every lattice.
//!
//! NATS trusts one operator, the operator signs the accounts of `lattice/nats/accounts.yaml`, and an account signs a user for every
//! connection, with the permissions of its role in `lattice/nats/permissions.yaml`. The operator's key is dropped at once; the keys of
//! the accounts stay in the run directory until the lattice ends, for hosts that are added later.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{self, Keys};
use super::scope::Scope;
use crate::private_files;

/// What hosts, wadm and the driver may do; the comments of the file say why.
const PERMISSIONS: &str = include_str!("../../../nats/permissions.yaml");

/// The role of a process on the lattice, or of one of its two connections.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Runs the HTTP server and the transport.
    EdgeHost,
    /// The connection of such a host for calls.
    EdgeCalls,
    /// Runs providers.
    ProviderHost,
    /// The connection of such a host for calls.
    ProviderCalls,
    /// Keeps the running components in line with the manifest.
    Wadm,
    /// Deploys, and queries the state.
    Driver,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::EdgeHost => "edge-host",
            Self::EdgeCalls => "edge-host-calls",
            Self::ProviderHost => "provider-host",
            Self::ProviderCalls => "provider-host-calls",
            Self::Wadm => "wadm",
            Self::Driver => "driver",
        }
    }
}

#[derive(Deserialize)]
struct Permissions {
    account: String,
    publish: Vec<String>,
    subscribe: Vec<String>,
}

/// A user of the lattice: what a process presents to the NATS server.
pub struct User {
    /// Its claims, signed by the account.
    pub jwt: String,
    /// The key that proves its identity.
    pub seed: String,
}

/// The accounts that sign users. Their keys are the root of all trust inside the lattice.
pub struct Issuer {
    accounts: Keys,
}

impl Issuer {
    /// Generates an operator and the accounts, with what crosses between them for the components in the scope. Returns also the part of the
    /// NATS server's configuration that trusts them.
    pub fn new(scope: &Scope) -> Result<(Self, String)> {
        let operator = KeyPair::new_operator();
        // JetStream under an operator refuses to start without a system account. No user of it is ever made.
        let system = KeyPair::new_account();
        let system_id = system.public_key();
        let operator_jwt = sign(
            &operator,
            &operator.public_key(),
            "wasmcp",
            json!({"type": "operator", "version": 2, "system_account": system_id}),
        )?;
        let no_streams = json!({
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1
        });
        let system_claims = json!({"type": "account", "version": 2, "limits": no_streams});
        let mut preload = format!("  {system_id}: {}\n", sign(&operator, &system_id, "system", system_claims)?);
        let accounts = accounts::new_keys()?;
        for (name, claims) in accounts::claims(&accounts, scope)? {
            let id = accounts.get(&name).context("an account has no key")?.public_key();
            preload += &format!("  {id}: {}\n", sign(&operator, &id, &name, claims)?);
        }
        let trust = format!(
            "operator: {operator_jwt}\nsystem_account: {system_id}\nresolver: MEMORY\nresolver_preload: {{\n{preload}}}\n"
        );
        Ok((Self { accounts }, trust))
    }

    /// Loads the accounts that were saved.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let account = |line: &str| {
            let (name, seed) = line.split_once(' ')?;
            Some((name.to_owned(), KeyPair::from_seed(seed.trim()).ok()?))
        };
        let accounts: Option<Keys> = text.lines().map(account).collect();
        let accounts = accounts.with_context(|| format!("{} does not have the keys of accounts", path.display()))?;
        Ok(Self { accounts })
    }

    /// Saves the keys of the accounts, readable by their owner only.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut text = String::new();
        for (name, key) in &self.accounts {
            text += &format!("{name} {}\n", key.seed().context("an account has no key")?);
        }
        private_files::write(path, &text)
    }

    /// Makes a user with exactly the permissions of the role, for the components in the scope.
    pub fn user(&self, name: &str, role: Role, scope: &Scope) -> Result<User> {
        let mut roles: BTreeMap<String, Permissions> =
            serde_yaml::from_str(PERMISSIONS).context("cannot read lattice/nats/permissions.yaml")?;
        let permissions = roles
            .remove(role.name())
            .with_context(|| format!("lattice/nats/permissions.yaml has no role {}", role.name()))?;
        let account = self.accounts.get(&permissions.account);
        let account = account.with_context(|| format!("there is no account `{}`", permissions.account))?;
        let allow = |lines: Vec<String>| lines.iter().flat_map(|line| scope.expand(line)).collect::<Vec<_>>();
        let key = KeyPair::new_user();
        let jwt = sign(
            account,
            &key.public_key(),
            name,
            json!({
                "type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1,
                "pub": {"allow": allow(permissions.publish)},
                "sub": {"allow": allow(permissions.subscribe)},
            }),
        )?;
        Ok(User { jwt, seed: key.seed().context("the user has no key")? })
    }
}

impl User {
    /// The credentials file that NATS clients, `wash` and wadm read.
    pub fn text(&self) -> String {
        format!(
            "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n\
             -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
            self.jwt, self.seed
        )
    }

    /// Saves it in the folder as `NAME.creds`, readable by its owner only. Returns the path.
    pub fn save(&self, folder: &Path, name: &str) -> Result<PathBuf> {
        let path = folder.join(format!("{name}.creds"));
        private_files::write(&path, &self.text())?;
        Ok(path)
    }
}

/// A JWT in NATS' version 2: signed by an Ed25519 key, whose algorithm NATS calls `ed25519-nkey`.
fn sign(issuer: &KeyPair, subject: &str, name: &str, nats: Value) -> Result<String> {
    let issued = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let header = json!({"typ": "JWT", "alg": "ed25519-nkey"});
    let claims =
        json!({"jti": subject, "iat": issued, "iss": issuer.public_key(), "sub": subject, "name": name, "nats": nats});
    let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let text = format!("{}.{}", encode(&header), encode(&claims));
    let signature = issuer.sign(text.as_bytes()).context("cannot sign")?;
    Ok(format!("{text}.{}", BASE64URL_NOPAD.encode(&signature)))
}
