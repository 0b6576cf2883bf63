//! What the driver asks the server itself, over HTTP.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// How long the server has for an answer: a first call may have to wait for a component to be compiled.
const PATIENCE: Duration = Duration::from_secs(15);

/// The version of MCP in which the driver asks.
const VERSION: &str = "2026-07-28";
/// Says for which providers the server has no tools.
const GAPS: &str = "/result/_meta/wasmcp~1gaps";

/// Whether the server whose `/mcp` that is says that it is ready, and has the tools of all providers; the error has what it says
/// instead.
pub(crate) async fn ready(url: &str) -> Result<()> {
    let ready = url.strip_suffix("/mcp").unwrap_or(url).to_owned() + "/readyz";
    let answer = match client()?.get(&ready).send().await {
        Ok(answer) => answer,
        Err(error) if error.is_connect() || error.is_timeout() => bail!("{ready} does not answer: {}", why(&error)),
        Err(_) => bail!(
            "{ready} breaks off without an answer: so it is where the host of the transport is without rpc-interface in \
             WASMCLOUD_EXPERIMENTAL_FEATURES; else its log says why"
        ),
    };
    if answer.status() != 200 {
        bail!("{ready} answers {}", short(answer).await);
    }
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": VERSION,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let asked = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
    let answer = client()?
        .post(url)
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", VERSION)
        .header("mcp-method", "tools/list")
        .json(&asked)
        .send()
        .await
        .map_err(|error| anyhow!(why(&error)))
        .context("no list of tools")?;
    if answer.status() != 200 {
        bail!("its list of tools is {}", short(answer).await);
    }
    let list: Value =
        answer.json().await.map_err(|error| anyhow!(why(&error))).context("its list of tools is not JSON")?;
    match (list.get("result"), list.pointer(GAPS)) {
        (None, _) => bail!("its list of tools is {list}"),
        (Some(_), Some(gaps)) => bail!("its list of tools lacks those of {gaps}"),
        (Some(_), None) => Ok(()),
    }
}

fn client() -> Result<Client> {
    // Never by a proxy: it is this machine.
    Client::builder().timeout(PATIENCE).no_proxy().build().context("no HTTP client")
}

/// The innermost reason, which reqwest keeps to itself.
fn why(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

async fn short(answer: Response) -> String {
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    format!("{}: {}", status.as_u16(), text.chars().take(300).collect::<String>())
}
