//! Takes secrets out of what is logged.

use serde_json::Value;

/// What stands in the place of a secret.
const MASK: &str = "[masked]";

/// Parts of names of arguments that are secret, in lower case and without what is no letter or digit.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
    "authorization",
    "bearer",
    "cookie",
    "session",
    "signature",
    "otp",
    "pin",
    "cvv",
    "ssn",
];
/// Those of them that are also parts of other words: they count as whole names.
const WHOLE_NAMES: &[&str] = &["otp", "pin", "pwd", "ssn", "cvv"];

/// Whether an argument of this name is secret.
fn is_secret_name(name: &str) -> bool {
    let letters: String = name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let counts =
        |secret: &&str| if WHOLE_NAMES.contains(secret) { letters == **secret } else { letters.contains(*secret) };
    SECRET_NAMES.iter().any(counts)
}

/// Masks the values of all members whose name says that they are secret, at any depth.
pub(super) fn secrets(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if is_secret_name(name) { *member = MASK.into() } else { secrets(member) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(secrets),
        _ => {}
    }
}

/// Masks what a policy redacts: the names on the way to it, with `/` between them. An array on the way means each of its items.
pub(super) fn redact(value: &mut Value, path: &str) {
    let path = path.trim_start_matches('/');
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, path)),
        Value::Object(members) => {
            // A name may have a `/` in it.
            if let Some(member) = members.get_mut(path) {
                *member = MASK.into();
            }
            if let Some((first, rest)) = path.split_once('/')
                && let Some(member) = members.get_mut(first)
            {
                redact(member, rest);
            }
        }
        _ => {}
    }
}

/// A URI without what may be secret in it: the user, and the query.
pub(super) fn uri(uri: Value) -> Value {
    let Some(text) = uri.as_str() else { return uri };
    let (before, query) = text.split_once('?').map_or((text, ""), |(before, _)| (before, "?[masked]"));
    let masked = match before.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            format!("{scheme}://{host}{path}{query}")
        }
        None => format!("{before}{query}"),
    };
    Value::from(masked)
}
