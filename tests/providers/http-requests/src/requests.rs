//! Requests as a client of the test writes them, and their outcomes as the test reads them.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::bindings::wasmcp::mcp::http::{Failure, Request, Response};

#[derive(Deserialize)]
struct Arguments {
    requests: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    url: String,
    #[serde(default = "get")]
    method: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
    timeout_ms: Option<u32>,
}

fn get() -> String {
    "GET".to_owned()
}

/// The requests of the arguments.
pub(crate) fn read(arguments: &str) -> serde_json::Result<Vec<Request>> {
    let Arguments { requests } = serde_json::from_str(arguments)?;
    let request = |item: Item| Request {
        method: item.method,
        url: item.url,
        headers: item.headers,
        body: item.body.into_bytes(),
        timeout_ms: item.timeout_ms,
    };
    Ok(requests.into_iter().map(request).collect())
}

/// A JSON array with the status and the size of the body of each response, or the name of the failure and its text.
pub(crate) fn write(results: &[Result<Response, Failure>]) -> String {
    results.iter().map(written).collect::<Value>().to_string()
}

fn written(result: &Result<Response, Failure>) -> Value {
    let failure = |name: &str, text: &str| json!({ "failure": name, "text": text });
    match result {
        Ok(response) => {
            let header = response.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value);
            json!({ "status": response.status, "type": header, "bytes": response.body.len() })
        }
        Err(Failure::NotOffered) => failure("not-offered", ""),
        Err(Failure::Denied(text)) => failure("denied", text),
        Err(Failure::InvalidRequest(text)) => failure("invalid-request", text),
        Err(Failure::Timeout) => failure("timeout", ""),
        Err(Failure::TooLarge) => failure("too-large", ""),
        Err(Failure::Connection(text)) => failure("connection", text),
        Err(Failure::Other(text)) => failure("other", text),
    }
}
