//! The floor: what HTTP and JSON alone cost. A bare axum handler reads the same request, answers the same text, and checks nothing
//! that MCP requires. `axum_echo ADDRESS UPSTREAM`.

use anyhow::Context;
use axum::extract::{Json, State};
use axum::http::StatusCode;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use wasmcp_bench::weather::Weather;

#[derive(Deserialize)]
struct Call {
    id: u64,
    params: Params,
}

#[derive(Deserialize)]
#[serde(tag = "name", content = "arguments", rename_all = "snake_case")]
enum Params {
    Echo { message: String },
    GetWeather { location: String },
}

#[derive(Serialize)]
struct Answer {
    jsonrpc: &'static str,
    id: u64,
    result: Outcome,
}

#[derive(Serialize)]
struct Outcome {
    content: [Text; 1],
}

#[derive(Serialize)]
struct Text {
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let (address, upstream) = args.next().zip(args.next()).context("usage: axum_echo ADDRESS UPSTREAM")?;
    let app = axum::Router::new().route("/mcp", post(call)).with_state(Weather::new(&upstream));
    wasmcp_bench::serve(&address, app).await
}

async fn call(State(weather): State<Weather>, Json(call): Json<Call>) -> Result<Json<Answer>, StatusCode> {
    let text = match call.params {
        Params::Echo { message } => message,
        Params::GetWeather { location } => weather.report(&location).await.map_err(|_| StatusCode::BAD_GATEWAY)?,
    };
    let content = [Text { kind: "text", text }];
    Ok(Json(Answer { jsonrpc: "2.0", id: call.id, result: Outcome { content } }))
}
