//! What is logged at most, of a provider that prints without end and where nothing reads the log.

use std::io::pipe;

use serde_json::json;
use wasmcp_tests::{Connection, Request, Server, Setup, Shell};

use super::{PROVIDERS, Walk, beside, start, sum, text, until};

/// The last line of a second in which a provider has said too much.
const TOO_MANY: &str = "hostile: too many lines: the rest of this second is not logged\n";

/// More lines than a second may have, and few bytes; then the same the other way round. A second can end between two of these lines, so that there
/// may have to be more of them. What the host reports about the provider is logged nevertheless.
pub(crate) fn rate(_: &Walk) {
    for arguments in [json!({ "times": 300 }), json!({ "times": 16, "text": "x".repeat(1000) })] {
        let server = start(&Setup::of(&PROVIDERS));
        let call = Request::call("print", &arguments.to_string());
        beside(&server, "print", || {
            let mut connection = Connection::open(server.addr).unwrap();
            until("no second has too many lines", || {
                assert_eq!(connection.send(&call).unwrap().status, 200);
                server.log().contains(TOO_MANY)
            });
        });
        let trap = Request::call("print", r#"{"text":"the end","times":300,"trap":true}"#);
        beside(&server, "print", || server.send(&trap).unwrap());
        server.wait_for_log("hostile: trapped: wasm `unreachable` instruction executed").unwrap();
    }
}

/// The line is split where it is too long.
pub(crate) fn line(walk: &Walk) {
    let before = walk.default.log().len();
    text(&walk.default, "print", &json!({ "text": "y".repeat(1025), "times": 1 }));
    let first = format!("hostile: {}\n", "y".repeat(1 << 10));
    let log = walk.default.wait_for_log_after(before, &format!("{first}wasmcp: hostile: y\n")).unwrap();
    assert_eq!(log.matches(&first).count(), 1);
}

/// Each line has a kilobyte with its end. The first sixteen are logged.
pub(crate) fn output_of_a_call(_: &Walk) {
    let server = start(&Setup::of(&PROVIDERS));
    text(&server, "print", &json!({ "text": "z".repeat(1023), "times": 20 }));
    let log = server.wait_for_log("hostile: printed 16 KiB in one call: the rest is not logged\n").unwrap();
    assert_eq!(log.matches(&"z".repeat(1023)).count(), 16, "{log}");
}

/// Nothing reads the log, of which more waits than a pipe holds: the end of the server waits for that only so long.
pub(crate) fn last_lines(_: &Walk) {
    const CALLS: usize = 1000;
    let (reader, writer) = pipe().unwrap();
    let setup = Setup::of(&PROVIDERS).flags(&["--log-level", "debug"]);
    let server = Server::with_log(Shell::Native, &setup, writer).unwrap();
    let mut connection = Connection::open(server.addr).unwrap();
    for _ in 0..CALLS {
        assert_eq!(connection.send(&sum()).unwrap().status, 200);
    }
    let (status, _) = server.stop().unwrap();
    assert_eq!(status.code(), Some(0), "{status}");
    drop(reader);
}
