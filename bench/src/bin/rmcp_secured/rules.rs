//! What a caller may do: `regorus` is asked about the message of each request before rmcp gets it.

use std::path::Path;

use regorus::{Engine, Value};
use serde::Deserialize;
use wasmcp_bench::policy_files;

use crate::callers::Caller;

/// A policy. Each request is decided by a copy of the engine, which shares what was compiled.
pub(crate) struct Rules(Engine);

/// What the policy sees of a message.
#[derive(Deserialize)]
struct Message {
    method: String,
    #[serde(default)]
    params: Params,
}

#[derive(Default, Deserialize)]
struct Params {
    name: Option<String>,
    arguments: Option<Value>,
}

impl Rules {
    /// Compiles the policy in a folder.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut engine = Engine::new();
        engine.set_strict_builtin_errors(true);
        for (name, text) in policy_files::read(folder)? {
            match name.ends_with(".json") {
                true => engine.add_data_json(&text)?,
                false => drop(engine.add_policy(name, text)?),
            }
        }
        engine.compile_with_entrypoint(&"data.wasmcp.allow".into())?;
        Ok(Self(engine))
    }

    /// Whether a caller may send this message. It is an error that it is none, or that the policy fails.
    pub(crate) fn allow(&self, caller: &Caller, body: &[u8]) -> anyhow::Result<bool> {
        let Message { method, params } = serde_json::from_slice(body)?;
        let tool = params.name.filter(|_| method == "tools/call").map(|name| object([("name", Some(name.into()))]));
        let mut engine = self.0.clone();
        engine.set_input(object([
            ("phase", Some("call".into())),
            ("method", Some(method.into())),
            ("tool", tool),
            ("arguments", params.arguments),
            ("identity", Some(caller.identity.clone())),
        ]));
        let is_denied = match engine.eval_rule("data.wasmcp.deny".to_owned())? {
            Value::Set(reasons) => !reasons.is_empty(),
            denied => denied != Value::Undefined,
        };
        Ok(!is_denied && engine.eval_rule("data.wasmcp.allow".to_owned())? == Value::from(true))
    }
}

/// An object of those members that are there.
pub(crate) fn object<const N: usize>(members: [(&'static str, Option<Value>); N]) -> Value {
    let mut value = Value::new_object();
    if let Ok(object) = value.as_object_mut() {
        for (name, member) in members {
            if let Some(member) = member {
                object.insert(name.into(), member);
            }
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_needs_its_scopes_and_a_long_text_the_role() {
        let rules = Rules::read(Path::new(policy_files::SECURED)).unwrap();
        let caller = |scope: &str, role: &str| {
            let list = |text: &str| Value::from(vec![Value::from(text)]);
            let identity = object([("scopes", Some(list(scope))), ("roles", Some(list(role)))]);
            Caller { identity, expires_s: u64::MAX }
        };
        let call = |tool: &str, message: &str| {
            let params = serde_json::json!({ "name": tool, "arguments": { "message": message } });
            serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
        };
        let long = "a".repeat(1001);
        for (what, caller, body, expected) in [
            ("a reader", caller("files:read", "reader"), call("echo", "hello"), Some(true)),
            ("no scope", caller("files:write", "reader"), call("echo", "hello"), Some(false)),
            ("an unknown tool", caller("files:read", "reader"), call("other", "hello"), Some(false)),
            ("a long text", caller("files:read", "reader"), call("echo", &long), Some(false)),
            ("a long text of an editor", caller("files:read", "editor"), call("echo", &long), Some(true)),
            ("another method", caller("none", "none"), r#"{"method":"tools/list"}"#.to_owned(), Some(true)),
            ("no message", caller("files:read", "reader"), "[]".to_owned(), None),
            ("two methods", caller("files:read", "reader"), r#"{"method":"a","method":"b"}"#.to_owned(), None),
        ] {
            assert_eq!(rules.allow(&caller, body.as_bytes()).ok(), expected, "{what}");
        }
    }
}
