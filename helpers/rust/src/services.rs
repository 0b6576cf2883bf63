//! The services of the host: settings, events while a call runs, and HTTP. Off wasm there is a host that offers none.

use serde::de::DeserializeOwned;

use crate::Call;
pub use crate::bindings::wasmcp::mcp::http::{Request, Response};
use crate::bindings::wasmcp::mcp::{http, live, settings};
use crate::contract::{Event, McpError};

const IS_COMPONENT: bool = cfg!(target_family = "wasm");
/// What is left for the answer when a request has taken all of its time.
const ANSWER_MS: u32 = 100;

pub(crate) fn emit(call_id: &str, event: &Event) -> Result<(), McpError> {
    if IS_COMPONENT { live::emit(call_id, event) } else { Err(McpError::NotOffered) }
}

/// What an operator has set by `--set NAME.KEY=VALUE`. An error is no unset key.
pub fn setting(key: &str) -> Result<Option<String>, String> {
    let value = if IS_COMPONENT { settings::get(key) } else { Ok(None) };
    value.map_err(|_| format!("the setting `{key}` cannot be read now"))
}

impl Response {
    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(|error| format!("the answer cannot be read: {error}"))
    }
}

impl Call<'_> {
    /// Gets a URL. The response may have any status. The text of an error has the words for the operator.
    pub fn get(&self, url: &str) -> Result<Response, String> {
        self.send(Request { method: "GET".into(), url: url.into(), ..Default::default() })
    }

    /// Sends a request.
    pub fn send(&self, request: Request) -> Result<Response, String> {
        self.send_all(vec![request]).pop().unwrap_or_else(|| Err("the host gave no response".into()))
    }

    /// Sends all requests at once. Each may take what is left of the call, as it was at its start, if it says nothing shorter: of several rounds
    /// each needs a `timeout_ms`.
    pub fn send_all(&self, mut requests: Vec<Request>) -> Vec<Result<Response, String>> {
        let left = self.context.remaining_ms.saturating_sub(ANSWER_MS);
        for request in &mut requests {
            request.timeout_ms = Some(request.timeout_ms.map_or(left, |wanted| wanted.min(left)));
        }
        let urls: Vec<_> = requests.iter().map(|request| request.url.clone()).collect();
        let results = if IS_COMPONENT {
            http::send(&requests)
        } else {
            requests.iter().map(|_| Err(http::Failure::NotOffered)).collect()
        };
        results.into_iter().zip(urls).map(|(result, url)| result.map_err(|failure| explain(&url, failure))).collect()
    }
}

fn explain(url: &str, failure: http::Failure) -> String {
    use http::Failure;
    // What follows `?` may be a secret.
    let url = url.split('?').next().unwrap_or_default();
    match failure {
        Failure::NotOffered => "this server offers its tools no HTTP requests".into(),
        Failure::Denied(reason) => format!("this server may not ask `{url}`: {reason}"),
        Failure::Timeout => format!("`{url}` did not answer in time"),
        Failure::TooLarge => format!("`{url}` answered with more than this server lets a tool have"),
        Failure::Connection(reason) => format!("`{url}` cannot be reached: {reason}"),
        Failure::InvalidRequest(reason) | Failure::Other(reason) => format!("`{url}` cannot be asked: {reason}"),
    }
}
