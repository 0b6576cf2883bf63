//! Who may do what on the lattice: keys and signatures that are made anew for every lattice.
//!
//! NATS trusts one operator, the operator signs one account for the lattice, and the account signs a user for every process, with
//! the permissions of its role in `lattice/nats/permissions.yaml`. The operator's key is forgotten at once; the account's stays in the
//! run directory, for hosts that are added later, until the lattice ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::private;
use crate::reach::Reach;

/// What hosts, wadm and the driver may do; the comments there say why.
const PERMISSIONS: &str = include_str!("../../nats/permissions.yaml");

/// What a process is on the lattice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Runs the HTTP server and the transport.
    EdgeHost,
    /// Runs providers.
    ProviderHost,
    /// Keeps what runs as the manifest says.
    Wadm,
    /// Deploys and looks.
    Driver,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::EdgeHost => "edge-host",
            Self::ProviderHost => "provider-host",
            Self::Wadm => "wadm",
            Self::Driver => "driver",
        }
    }
}

#[derive(Deserialize)]
struct Permissions {
    publish: Vec<String>,
    subscribe: Vec<String>,
}

/// A user of the lattice: what a process shows to the NATS server.
pub struct User {
    /// What the account says of it, signed.
    pub jwt: String,
    /// The key by which it proves that it is the one.
    pub seed: String,
}

/// Makes users. Its key is the root of all trust inside the lattice.
pub struct Issuer {
    account: KeyPair,
}

impl Issuer {
    /// A new operator and account. Returns also what the NATS server has to trust, a piece of its configuration.
    pub fn new() -> Result<(Self, String)> {
        let operator = KeyPair::new_operator();
        let account = KeyPair::new_account();
        // JetStream under an operator refuses to start without one. Nobody gets a user in it.
        let system = KeyPair::new_account();
        let system_id = system.public_key();
        let unlimited = json!({
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
            "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1
        });
        let no_streams = json!({
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1
        });
        let signed = |subject: &str, name: &str, nats: Value| sign(&operator, subject, name, nats);
        let operator_jwt = signed(
            &operator.public_key(),
            "wasmcp",
            json!({"type": "operator", "version": 2, "system_account": system_id}),
        )?;
        let account_jwt =
            signed(&account.public_key(), "lattice", json!({"type": "account", "version": 2, "limits": unlimited}))?;
        let system_jwt = signed(&system_id, "system", json!({"type": "account", "version": 2, "limits": no_streams}))?;
        let trust = format!(
            "operator: {operator_jwt}\nsystem_account: {system_id}\nresolver: MEMORY\nresolver_preload: {{\n  {}: {account_jwt}\n  \
             {system_id}: {system_jwt}\n}}\n",
            account.public_key(),
        );
        Ok((Self { account }, trust))
    }

    /// The one that was kept.
    pub fn load(path: &Path) -> Result<Self> {
        let seed = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { account: KeyPair::from_seed(seed.trim()).context("the account's key is damaged")? })
    }

    /// Keeps it, for its owner only.
    pub fn save(&self, path: &Path) -> Result<()> {
        private::write(path, &self.account.seed().context("the account has no key")?)
    }

    /// A user with the permissions of the role, as far as the application needs them, and no others.
    pub fn user(&self, name: &str, role: Role, reach: &Reach) -> Result<User> {
        let mut roles: BTreeMap<String, Permissions> =
            serde_yaml::from_str(PERMISSIONS).context("lattice/nats/permissions.yaml")?;
        let permissions = roles.remove(role.name()).with_context(|| format!("no permissions for {}", role.name()))?;
        let allow = |lines: Vec<String>| lines.iter().flat_map(|line| reach.fill(line)).collect::<Vec<_>>();
        let key = KeyPair::new_user();
        let jwt = sign(
            &self.account,
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
    /// As NATS clients, `wash` and wadm read it.
    pub fn text(&self) -> String {
        format!(
            "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n\
             -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
            self.jwt, self.seed
        )
    }

    /// Keeps it in a file, for its owner only.
    pub fn save(&self, folder: &Path, name: &str) -> Result<PathBuf> {
        let path = folder.join(format!("{name}.creds"));
        private::write(&path, &self.text())?;
        Ok(path)
    }
}

/// A JWT as NATS wants it (its version 2): signed by an Ed25519 key in NATS' own spelling.
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
