mod breaches;
mod events;
mod extra;
mod frame;
mod sample;
mod server;
mod tools;

use super::{EncodeError, Stamp};

/// What a function of this module writes. It must be JSON.
fn written(write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    text(out)
}

fn text(json: Vec<u8>) -> String {
    serde_json::from_slice::<serde_json::Value>(&json).unwrap();
    String::from_utf8(json).unwrap()
}

fn stamp() -> Stamp {
    Stamp::new(&sample::implementation()).unwrap()
}

/// `_meta` as the stamp alone writes it.
const META: &str = r#""_meta":{"io.modelcontextprotocol/serverInfo":{"name":"calc","version":"1.0.0"}}"#;
