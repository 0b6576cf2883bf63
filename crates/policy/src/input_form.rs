//! The form of an input that a person writes, for `wasmcp policy eval`: what policies/input.schema.json says, so that a member that is misspelt
//! or of another type is an error that names it. What most inputs have alike may be left out.

#![expect(dead_code, reason = "what is read is dropped: only whether it can be read matters")]

use std::collections::BTreeMap;

use regorus::Value;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::error::WrittenInputError;
use crate::input::VERSION;

/// Checks that a text is an input.
pub(crate) fn check(json: &str) -> Result<(), WrittenInputError> {
    let read = serde_json::from_str::<Input>(json);
    read.map(drop).map_err(|error| WrittenInputError::Schema { detail: error.to_string() })
}

/// Adds what was left out: a call that comes to `/mcp` now, without headers; the arguments of a tool or a prompt, of which there are none; and
/// what the caller has none of.
pub(crate) fn complete(document: &mut Value, now_ns: u64) {
    let member = |name: &str| document.as_object().ok()?.get(&Value::from(name));
    let has_arguments = ["tool", "prompt", "completion"].into_iter().any(|item| member(item).is_some());
    let is_call = member("phase").is_none_or(|phase| *phase != Value::from("list"));
    let is_given_arguments = has_arguments && is_call;
    add(document, "version", VERSION.into());
    add(document, "phase", "call".into());
    add(document, "path", "/mcp".into());
    add(document, "request", Value::new_object());
    add(document, "time", now_ns.into());
    if is_given_arguments {
        add(document, "arguments", Value::new_object());
    }
    let Ok(members) = document.as_object_mut() else { return };
    if let Some(identity) = members.get_mut(&Value::from("identity")) {
        for list in ["scopes", "roles", "groups"] {
            add(identity, list, Value::new_array());
        }
        add(identity, "claims", Value::new_object());
    }
    if let Some(request) = members.get_mut(&Value::from("request")) {
        add(request, "headers", Value::new_object());
    }
}

/// Adds a member to an object that lacks it.
fn add(object: &mut Value, name: &str, value: Value) {
    if let Ok(members) = object.as_object_mut() {
        let name = Value::from(name);
        if members.get(&name).is_none() {
            members.insert(name, value);
        }
    }
}

/// A member that may be left out, and cannot be null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(member: D) -> Result<Option<T>, D::Error> {
    T::deserialize(member).map(Some)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(default, deserialize_with = "given")]
    version: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    phase: Option<Phase>,
    method: String,
    #[serde(default, deserialize_with = "given")]
    path: Option<String>,
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
    #[serde(default, deserialize_with = "given")]
    request: Option<Request>,
    #[serde(default, deserialize_with = "given")]
    time: Option<u64>,
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
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
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
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "given")]
    address: Option<String>,
}
