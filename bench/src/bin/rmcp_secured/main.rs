//! The native server to compare with that asks for tokens and has a policy: rmcp behind a middleware of axum, as a native author would write
//! it with the crates that `wasmcp serve` uses. `rmcp_secured ADDRESS UPSTREAM POLICY ISSUER RESOURCE JWKS`.

mod callers;
mod rules;
/// What verifies signatures in `wasmcp serve`.
#[path = "../../../../cli/src/http/signatures.rs"]
mod signatures;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use wasmcp_bench::rmcp_tools;

use callers::Callers;
use rules::Rules;

/// How long the body of a request may be, in bytes.
const MAX_BODY: usize = 4 << 20;

struct Guard {
    callers: Callers,
    rules: Rules,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let [address, upstream, policy, issuer, resource, jwks] = args.as_slice() else {
        anyhow::bail!("usage: rmcp_secured ADDRESS UPSTREAM POLICY ISSUER RESOURCE JWKS");
    };
    signatures::install_signatures();
    let guard = Guard {
        callers: Callers::new(issuer, resource, jwks).context("JWKS")?,
        rules: Rules::read(Path::new(policy)).context("POLICY")?,
    };
    let app = rmcp_tools::router(upstream).layer(from_fn_with_state(Arc::new(guard), check));
    wasmcp_bench::serve(address, app).await
}

/// Lets a request pass whose token is valid and whose message the policy allows.
async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Some(caller) = guard.callers.of(&head.headers) else {
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)]).into_response();
    };
    let Ok(body) = to_bytes(body, MAX_BODY).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    match guard.rules.allow(&caller, &body) {
        Ok(true) => next.run(Request::from_parts(head, Body::from(body))).await,
        Ok(false) => StatusCode::FORBIDDEN.into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}
