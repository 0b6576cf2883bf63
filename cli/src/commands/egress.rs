//! What the server's own requests may reach.

use auth::AuthConfig;

use crate::host::{Egress, Rule};

/// The places of this machine, for issuers in tests.
const LOOPBACK: [&str; 3] = ["localhost:*", "127.0.0.0/8:*", "[::1]:*"];

/// The authorization servers, which may be at any public address; at a private one only where the operator says so by these rules.
pub(super) fn egress_of_server(auth: &AuthConfig, own: impl Iterator<Item = Rule>) -> anyhow::Result<Egress> {
    let loopback = LOOPBACK.into_iter().filter(|_| auth.allows_loopback());
    let mut rules = ["*:*"].into_iter().chain(loopback).map(str::parse).collect::<Result<Vec<Rule>, _>>()?;
    rules.extend(own);
    Ok(Egress::new(rules))
}
