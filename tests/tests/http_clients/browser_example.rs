//! `examples/browser`: a provider that imports nothing answers in Node and in a page as it does on `wasmcp serve`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use wasmcp_tests::{Request, Server, Setup, Shell, component, scratch};

use crate::browser::Browser;
use crate::page::PageServer;
use crate::{client, printed};

const MESSAGES: [&str; 8] = [
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#,
    r#"{"jsonrpc":"2.0","id":"two","method":"tools/call","params":{"name":"add","arguments":{"a":2,"b":3}}}"#,
    r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"divide","arguments":{"a":1,"b":0}}}"#,
    r#"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"add"}}"#,
    r#"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"add","arguments":[1,2]}}"#,
    r#"{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"absent","arguments":{}}}"#,
    r#"{"jsonrpc":"2.0","id":7,"method":"absent"}"#,
    "{",
];

/// A copy of the example, built. The installed packages are linked there, so that the folder of the example stays as it is.
fn built() -> PathBuf {
    let folder = scratch("browser-example").unwrap();
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/browser");
    for entry in fs::read_dir(example).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
    symlink(fs::canonicalize(client("browser/.jco")).unwrap(), folder.join("node_modules")).unwrap();
    let provider = format!("PROVIDER={}", component("calculator").unwrap().display());
    let said = printed(Command::new("make").arg("-C").arg(&folder).args(["test", &provider]));
    assert!(said.contains(r#""structuredContent":{"result":3}"#), "{said}");
    folder
}

/// Of an error the id and the code: its text may differ.
fn compared(mut answer: Value) -> Value {
    if let Some(error) = answer.get_mut("error") {
        *error = error["code"].take();
    }
    answer
}

fn same(place: &str, answers: &[Value], expected: &[Value]) {
    for (message, (answer, expected)) in MESSAGES.iter().zip(answers.iter().zip(expected)) {
        assert_eq!(answer, expected, "{place}: {message}");
    }
    assert_eq!(answers.len(), expected.len(), "{place}");
}

#[test]
fn a_provider_in_node_and_in_a_page_answers_as_on_the_server() {
    let server = Server::start(Shell::Native, &Setup::of(&["calculator"])).unwrap();
    let expected: Vec<Value> = MESSAGES
        .iter()
        .map(|message| compared(server.send(&Request::legacy(*message)).unwrap().json().unwrap()))
        .collect();
    assert_eq!(expected[1]["result"]["structuredContent"], json!({ "result": 5 }));

    let folder = built();
    let said = printed(Command::new("node").arg(folder.join("call.mjs")).args(MESSAGES));
    let in_node: Vec<Value> = said.lines().map(|line| compared(serde_json::from_str(line).unwrap())).collect();
    same("Node", &in_node, &expected);

    let pages = PageServer::start("frame.html", Some(&folder));
    let messages = json!(MESSAGES).to_string();
    let url = format!("{}/?messages={}", pages.origin("127.0.0.1"), utf8_percent_encode(&messages, NON_ALPHANUMERIC));
    let _browser = Browser::open(&url, "profile-example");
    let Value::Array(in_page) = pages.report() else { panic!("the page reports no list") };
    same("Chromium", &in_page.into_iter().map(compared).collect::<Vec<_>>(), &expected);
}
