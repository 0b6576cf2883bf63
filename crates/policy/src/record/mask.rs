//! Takes secrets out of what is logged.

use regorus::Value as Argument;
use serde_json::{Map, Value};

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

/// A copy of arguments without secrets. Masked are the values of all members whose name says that they are secret, at any depth, and what a policy
/// redacts: the names on the way to it, with `/` between them and none before the first. An array on the way means each of its items.
///
/// None if the copy takes more than `room` bytes as JSON, of which it takes its own. No more is copied than fits.
pub(super) fn masked(argument: &Argument, redact: &[&str], room: &mut usize) -> Option<Value> {
    Some(match argument {
        Argument::Object(members) => {
            take(room, 2)?;
            let mut copy = Map::new();
            for (name, member) in members.iter() {
                let name: &str = name.as_string().ok()?;
                take(room, name.len() + 3)?;
                // A name may have a `/` in it.
                let member = if redact.contains(&name) || is_secret_name(name) {
                    take(room, MASK.len() + 2)?;
                    Value::from(MASK)
                } else {
                    masked(member, &below(redact, name), room)?
                };
                copy.insert(name.to_owned(), member);
            }
            Value::Object(copy)
        }
        Argument::Array(items) => {
            take(room, 2)?;
            Value::Array(items.iter().map(|item| masked(item, redact, room)).collect::<Option<_>>()?)
        }
        Argument::String(text) => {
            take(room, text.len() + 2)?;
            Value::String(text.to_string())
        }
        other => {
            take(room, 1)?;
            serde_json::to_value(other).ok()?
        }
    })
}

/// The paths that lead through this member, from there.
fn below<'a>(redact: &[&'a str], name: &str) -> Vec<&'a str> {
    let through = redact.iter().filter_map(|path| path.split_once('/')).filter(|(first, _)| *first == name);
    through.map(|(_, rest)| rest.trim_start_matches('/')).collect()
}

/// Takes the least that something needs as JSON.
fn take(room: &mut usize, bytes: usize) -> Option<()> {
    *room = room.checked_sub(bytes)?;
    Some(())
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
