//! The form of an input that a person writes, for `wasmcp policy eval`: what policies/input.schema.json says, so that a member that is misspelt,
//! missing or of another type is an error that names it.

#![expect(dead_code, reason = "what is read is dropped: only whether it can be read matters")]

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::error::WrittenInputError;

/// Checks that a text is an input.
pub(crate) fn check(json: &str) -> Result<(), WrittenInputError> {
    let read = serde_json::from_str::<Input>(json);
    read.map(drop).map_err(|error| WrittenInputError::Schema { detail: error.to_string() })
}

/// A member that may be left out, and cannot be null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(member: D) -> Result<Option<T>, D::Error> {
    T::deserialize(member).map(Some)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    version: u64,
    phase: Phase,
    method: String,
    path: String,
    #[serde(default, deserialize_with = "given")]
    view: Option<String>,
    #[serde(default, deserialize_with = "given")]
    server: Option<Program>,
    #[serde(default, deserialize_with = "given")]
    tool: Option<Tool>,
    #[serde(default, deserialize_with = "given")]
    resource: Option<Resource>,
    #[serde(default, deserialize_with = "given")]
    prompt: Option<Prompt>,
    #[serde(default, deserialize_with = "given")]
    completion: Option<Completion>,
    #[serde(default, deserialize_with = "given")]
    arguments: Option<BTreeMap<String, IgnoredAny>>,
    #[serde(default, deserialize_with = "given")]
    identity: Option<Identity>,
    request: Request,
    time: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Phase {
    Call,
    List,
}

/// A server or a client.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    name: String,
    version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    name: String,
    #[serde(default, deserialize_with = "given")]
    provider: Option<String>,
    #[serde(default, deserialize_with = "given")]
    annotations: Option<Annotations>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Annotations {
    #[serde(default, deserialize_with = "given")]
    read_only_hint: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    destructive_hint: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    idempotent_hint: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    open_world_hint: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resource {
    uri: String,
    template: bool,
    #[serde(default, deserialize_with = "given")]
    provider: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prompt {
    name: String,
    #[serde(default, deserialize_with = "given")]
    provider: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Completion {
    argument: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    issuer: String,
    subject: String,
    #[serde(default, deserialize_with = "given")]
    client: Option<String>,
    scopes: Vec<String>,
    roles: Vec<String>,
    groups: Vec<String>,
    claims: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Request {
    #[serde(default, deserialize_with = "given")]
    id: Option<String>,
    #[serde(default, deserialize_with = "given")]
    protocol_version: Option<String>,
    #[serde(default, deserialize_with = "given")]
    client: Option<Program>,
    headers: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "given")]
    address: Option<String>,
}
