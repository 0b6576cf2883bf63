//! Asks the MCP server itself over HTTP whether it is ready and has the tools of all providers.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use protocol::{Version, envelope};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// How long the server may take to answer: the first call may wait until a component is compiled.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// The version of MCP of the driver's request.
const VERSION: &str = Version::MODERN.as_str();
/// The pointer to the providers whose tools a list lacks.
const GAPS: &str = "/result/_meta/wasmcp~1gaps";

/// Checks that the server at a URL that ends with `/mcp` is ready and lists the tools of all providers, or asks for a token first. The
/// error has what it answers instead.
pub(super) async fn check(url: &str) -> Result<()> {
    readyz(&(url.strip_suffix("/mcp").unwrap_or(url).to_owned() + "/readyz")).await?;
    let Some(list) = tools(url).await? else { return Ok(()) };
    match (list.get("result"), list.pointer(GAPS)) {
        (None, _) => bail!("its list of tools is {list}"),
        (Some(_), Some(gaps)) => bail!("its list of tools lacks those of {gaps}"),
        (Some(_), None) => Ok(()),
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

/// The list of tools. None where the server asks for a token (RFC 6750 §3), of which the driver has none.
async fn tools(url: &str) -> Result<Option<Value>> {
    let meta = json!({
        envelope::PROTOCOL_VERSION: VERSION,
        envelope::CLIENT_CAPABILITIES: {},
    });
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
    let answer = client()?
        .post(url)
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", VERSION)
        .header("mcp-method", "tools/list")
        .json(&request)
        .send()
        .await
        .map_err(|error| anyhow!(cause(&error)))
        .context("no list of tools")?;
    if answer.status() == 401 && answer.headers().contains_key("www-authenticate") {
        return Ok(None);
    }
    if answer.status() != 200 {
        bail!("its list of tools is {}", summary(answer).await);
    }
    answer.json().await.map(Some).map_err(|error| anyhow!(cause(&error))).context("its list of tools is not JSON")
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
