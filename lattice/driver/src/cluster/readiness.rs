//! Asks the MCP server itself over HTTP whether it is ready and describes all providers, and lists the tools of all that offer some.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use protocol::{Version, envelope, lifecycle, tools};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// How long the server may take to answer: the first call may wait until a component is compiled.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// The version of MCP of the driver's request.
const VERSION: &str = Version::MODERN.as_str();
/// The code of a method that the server does not have (JSON-RPC 2.0 §5.1).
const METHOD_NOT_FOUND: i64 = -32601;
/// The pointer to the providers that a result lacks.
const GAPS: &str = "/result/_meta/wasmcp~1gaps";

/// Checks that the server at a URL that ends with `/mcp` is ready, describes all providers, and lists the tools of all providers if any
/// offers some; or that it asks for a token first. The error has what it answers instead.
pub(super) async fn check(url: &str) -> Result<()> {
    readyz(&(url.strip_suffix("/mcp").unwrap_or(url).to_owned() + "/readyz")).await?;
    let Some(description) = answer(url, lifecycle::DISCOVER).await? else { return Ok(()) };
    // A policy may hide the description, as if the server had no such method. Then the list alone decides.
    let is_hidden = description.pointer("/error/code").is_some_and(|code| *code == METHOD_NOT_FOUND);
    if is_hidden || whole(lifecycle::DISCOVER, &description)?.pointer("/capabilities/tools").is_some() {
        let Some(list) = answer(url, tools::LIST).await? else { return Ok(()) };
        whole(tools::LIST, &list)?;
    }
    Ok(())
}

/// The result of an answer, in which no provider is missing.
fn whole<'a>(method: &str, answer: &'a Value) -> Result<&'a Value> {
    match (answer.get("result"), answer.pointer(GAPS)) {
        (None, _) => bail!("its answer to {method} is {answer}"),
        (Some(_), Some(gaps)) => bail!("its answer to {method} lacks the providers {gaps}"),
        (Some(result), None) => Ok(result),
    }
}

async fn readyz(url: &str) -> Result<()> {
    let answer = match client()?.get(url).send().await {
        Ok(answer) => answer,
        Err(error) if error.is_connect() || error.is_timeout() => bail!("{url} does not answer: {}", cause(&error)),
        Err(_) => bail!(
            "{url} closes the connection without an answer: the host of the transport may be without rpc-interface in \
             WASMCLOUD_EXPERIMENTAL_FEATURES; otherwise its log has the reason"
        ),
    };
    if answer.status() != 200 {
        bail!("{url} answers {}", summary(answer).await);
    }
    Ok(())
}

/// The answer to a request of 2026-07-28. None where the server asks for a token (RFC 6750 §3), of which the driver has none.
async fn answer(url: &str, method: &str) -> Result<Option<Value>> {
    let meta = json!({
        envelope::PROTOCOL_VERSION: VERSION,
        envelope::CLIENT_CAPABILITIES: {},
    });
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"_meta": meta}});
    let answer = client()?
        .post(url)
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", VERSION)
        .header("mcp-method", method)
        .json(&request)
        .send()
        .await
        .map_err(|error| anyhow!(cause(&error)))
        .with_context(|| format!("no answer to {method}"))?;
    if answer.status() == 401 && answer.headers().contains_key("www-authenticate") {
        return Ok(None);
    }
    // A method that the server does not have is answered with 404 and an error of JSON-RPC.
    let is_message = answer.status() == 404 && method == lifecycle::DISCOVER;
    if answer.status() != 200 && !is_message {
        bail!("its answer to {method} is {}", summary(answer).await);
    }
    let body = answer.json().await.map_err(|error| anyhow!(cause(&error)));
    body.map(Some).with_context(|| format!("its answer to {method} is not JSON"))
}

fn client() -> Result<Client> {
    // The server runs on this machine, so that no proxy is used.
    Client::builder().timeout(ANSWER_TIMEOUT).no_proxy().build().context("cannot create an HTTP client")
}

/// The innermost cause, which reqwest does not print.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// The status and the beginning of the body.
async fn summary(answer: Response) -> String {
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    format!("{}: {}", status.as_u16(), text.chars().take(300).collect::<String>())
}
