//! Pages in Chromium that call a server: those of allowed origins and of this machine can, a foreign one gets nothing.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use wasmcp_tests::{Server, Setup, Shell, scratch};

use crate::client;
use crate::page::PageServer;

/// Names that the browser takes for this machine.
const ALLOWED: &str = "app.example";
const FOREIGN: &str = "evil.example";

/// What a page reports of a request that the browser does not send, or whose answer the page may not read.
const REFUSED: &str = "TypeError: Failed to fetch";

/// What a page calls a request of which the server reads only a part.
const TOO_LARGE: &str = "a body that is too large";

/// A browser without a window that shows one page. It has a profile of its own.
pub(crate) struct Browser {
    process: Child,
    profile: PathBuf,
}

impl Browser {
    pub(crate) fn open(url: &str, name: &str) -> Browser {
        let program = fs::canonicalize(client("browser/.chromium")).unwrap();
        let profile = scratch(name).unwrap();
        let _ = fs::remove_dir_all(&profile);
        let mut command = Command::new(&program);
        command
            // Root may not use the sandbox, and a container has no more than the software's graphics. The rest is for speed.
            .args(["--headless", "--no-sandbox", "--no-zygote", "--in-process-gpu"])
            .args(["--use-gl=angle", "--use-angle=swiftshader", "--disable-dev-shm-usage"])
            // Nothing is sent beside what the page sends.
            .args(["--disable-background-networking", "--disable-component-update", "--no-first-run"])
            .arg(format!("--host-resolver-rules=MAP {ALLOWED} 127.0.0.1, MAP {FOREIGN} 127.0.0.1"))
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(url)
            .env("LD_LIBRARY_PATH", program.with_file_name("lib"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            // It says much about what a machine without a screen lacks.
            .stderr(Stdio::null());
        let process = command.spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        Browser { process, profile }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

/// What a page reports that may call.
fn of_an_allowed_page() -> Value {
    let events = "notifications/progress notifications/progress notifications/progress counted";
    json!({
        "legacy initialize": "2025-11-25",
        "legacy call": "5",
        "legacy events": events,
        "modern discover": "true",
        "modern call": "5",
        "modern events": events,
        "headers of sessions": "200",
        "an error": "-32700",
        TOO_LARGE: "413",
        "a header that MCP does not have": REFUSED,
        "a plain text": "415",
        "an opaque answer": "opaque",
    })
}

/// What a foreign page reports: no answer that it can read. The last request is one that a browser sends for any page, and the page learns only that
/// there was an answer.
fn of_a_foreign_page() -> Value {
    let Value::Object(mut all) = of_an_allowed_page() else { unreachable!() };
    for (call, report) in &mut all {
        if call != "an opaque answer" {
            *report = REFUSED.into();
        }
    }
    Value::Object(all)
}

#[test]
fn pages_of_allowed_origins_call_in_both_eras_and_foreign_ones_get_nothing() {
    for shell in Shell::ALL {
        let pages = PageServer::start("page.html", None);
        let setup = Setup::of(&["calculator", "everything"]);
        let server = Server::start(shell, &setup.set("transport", "allowed-origins", &pages.origin(ALLOWED))).unwrap();
        let cases = [
            (FOREIGN, of_a_foreign_page()),
            (ALLOWED, of_an_allowed_page()),
            ("127.0.0.1", of_an_allowed_page()),
            ("localhost", of_an_allowed_page()),
        ];
        for (name, mut expected) in cases {
            let url = format!("{}/?server=http://{}", pages.origin(name), server.addr);
            let _browser = Browser::open(&url, &format!("profile-{shell}-{name}"));
            let mut report = pages.report();
            // `wasmtime serve` closes such a connection itself, so that the answer is lost now and then.
            if shell == Shell::Composed {
                report[TOO_LARGE] = Value::Null;
                expected[TOO_LARGE] = Value::Null;
            }
            assert_eq!(report, expected, "{shell}, a page of {name}\n{}", server.log());
            // The provider says when it is called. The foreign page comes first.
            let ran = server.log().contains("everything called");
            assert!(name != FOREIGN || !ran, "{shell}: a foreign page has called a tool");
        }
    }
}
