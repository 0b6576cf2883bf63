//! What one call of a component, and all calls together, may use.

use std::fs::{self, File};

use serde_json::{Value, json};
use wasmcp_tests::{Request, Setup, scratch};

use super::{PROVIDERS, Walk, beside, call_with_progress, fails, refused, says, start, text};

pub(crate) fn time(walk: &Walk) {
    fails(&walk.small, "spin", &json!({}), "exceeded its time limit of 500ms");
}

pub(crate) fn memory(walk: &Walk) {
    fails(&walk.small, "grow", &json!({}), "exceeded its memory limit of 64 MiB");
}

pub(crate) fn transfer(walk: &Walk) {
    fails(&walk.small, "flood", &json!({ "bytes": 2 << 20 }), "passed more than 1 MiB to the host at once");
}

/// Each event has 64 KiB, and their client reads them.
pub(crate) fn events(_: &Walk) {
    let setup = Setup::of(&["calculator", "live-events"]).flags(&["--limit-result", "live-events=256KiB"]);
    let server = start(&setup);
    let reply = beside(&server, "events", || server.send(&call_with_progress("shout")).unwrap());
    says(&reply.json().unwrap(), "the events of this call exceed its result limit of 256 KiB");
}

/// A body that is never sent has three handles.
pub(crate) fn memory_of_handles(_: &Walk) {
    let server = start(&Setup::of(&PROVIDERS).flags(&["--limit-memory", "hostile=16MiB"]));
    fails(&server, "hold_bodies", &json!({ "bodies": 150 }), "exceeded its memory limit of 16 MiB");
}

/// A timer has two handles on the host's side: its end, and what waits for it.
pub(crate) fn handles(walk: &Walk) {
    fails(&walk.default, "hoard", &json!({ "handles": 257 }), "broke its contract with the host");
    assert_eq!(text(&walk.default, "hoard", &json!({ "handles": 250 })), "250");
}

pub(crate) fn random(walk: &Walk) {
    fails(&walk.default, "draw", &json!({ "bytes": (64 << 10) + 1 }), "broke its contract with the host");
    assert_eq!(text(&walk.default, "draw", &json!({ "bytes": 64 << 10 })), (64 << 10).to_string());
}

pub(crate) fn headers(walk: &Walk) {
    fails(&walk.default, "hold_headers", &json!({ "headers": 32 }), "broke its contract with the host");
    assert_eq!(text(&walk.default, "hold_headers", &json!({ "headers": 25 })), "25");
}

pub(crate) fn parts(walk: &Walk) {
    for (bytes, taken) in [(16 << 10, "[true,true,true]"), ((16 << 10) + 1, "[false,false,false]")] {
        assert_eq!(text(&walk.default, "hold_parts", &json!({ "bytes": bytes })), taken, "{bytes}");
    }
}

pub(crate) fn bodies(walk: &Walk) {
    let held: Value = serde_json::from_str(&text(&walk.default, "hold_bodies", &json!({ "bodies": 150 }))).unwrap();
    assert_eq!(held, json!({ "bodies": 150, "bytes": 150 * 2 * (16 << 10) }));
}

/// The place of a component is taken by a call that waits for an hour.
pub(crate) fn calls(_: &Walk) {
    let server = start(&Setup::of(&PROVIDERS).flags(&["--max-concurrent", "1"]));
    let _waits = Request::call("wait", "{}").begin(server.addr).unwrap();
    server.wait_for_log("waits").unwrap();
    fails(&server, "remember", &json!({}), "the provider cannot answer now: try again");
}

pub(crate) fn memory_of_all(_: &Walk) {
    let server = start(&Setup::of(&PROVIDERS).flags(&["--max-memory", "64MiB"]));
    fails(&server, "grow", &json!({}), "found no memory: all calls together may use 64 MiB (`--max-memory`)");
}

pub(crate) fn modules(_: &Walk) {
    let instances = "(core instance (instantiate $empty))".repeat(257);
    let component = wat::parse_str(format!("(component (core module $empty) {instances})")).unwrap();
    let file = scratch("many-modules.wasm").unwrap();
    fs::write(&file, component).unwrap();
    let setup = Setup::of(&["calculator", &format!("many={}", file.display())]);
    refused(&setup, "is made of more than 256 core modules");
}

/// The file takes no room on the disk.
pub(crate) fn component_bytes(_: &Walk) {
    let file = scratch("large.wasm").unwrap();
    File::create(&file).unwrap().set_len((256 << 20) + 1).unwrap();
    let setup = Setup::of(&["calculator", &format!("large={}", file.display())]);
    refused(&setup, "is larger than 256 MiB, the most that this host compiles");
}
