//! The engine of the crate `server` as a component: HTTP by `wasi:http`, the providers and the settings by the contract.
//!
//! # Design
//! - Everything about the protocol is in `server`; here requests, answers and time are translated.
//! - It imports only what the engine calls today, so that a composed file fills and asks for no more.
//! - The engine lives as long as the instance. Hosts may use an instance once or often.

#[cfg(feature = "auth")]
mod authorization;
mod bindings;
mod imports;
mod ports;
mod request;
mod response;
#[cfg(feature = "auth")]
mod state_store;

use std::sync::{Arc, OnceLock};

use catalog::SnapshotError;
use server::{Admission, Engine, Response, SettingError};
use wasi::http::types::{ErrorCode, IncomingRequest, ResponseOutparam};

use imports::ImportedProvider;

/// It uses the memory that an instance starts with. The allocator of the standard library would let every call grow it.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

struct Transport;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Transport;
    wasi::http::proxy::export!(Transport);
}

impl wasi::exports::http::incoming_handler::Guest for Transport {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let answered = guest::block_on(answer(request));
        match answered.unwrap_or_else(|deadlock| Err(ErrorCode::InternalError(Some(deadlock.to_string())))) {
            Ok(response) => {
                // A deadlock drops the body before its end, so that the host tells the client that it is not whole.
                let _ = guest::block_on(response::send(response, out));
            }
            // The host answers instead, as `wasi:http/incoming-handler` has it.
            Err(code) => ResponseOutparam::set(out, Err(code)),
        }
    }
}

async fn answer(request: IncomingRequest) -> Result<Response, ErrorCode> {
    let head = request::head(&request)?;
    let engine = match engine() {
        Ok(engine) => engine,
        Err(error) => return Ok(server::unready(&head, &error.to_string())),
    };
    let admitted = match engine.admit(&head).await {
        Admission::Answered(response) => return Ok(response),
        Admission::Body(admitted) => admitted,
    };
    Ok(match request::body(&request, admitted.body_limit()).await {
        Ok(body) => engine.answer(admitted, &head.headers, body).await,
        Err(error) => admitted.refuse(error),
    })
}

/// Why this instance cannot serve.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[cfg(feature = "auth")]
    #[error(transparent)]
    Authenticator(#[from] auth::AuthenticatorError),
    /// There are settings of authorization, which this component cannot enforce.
    #[cfg(not(feature = "auth"))]
    #[error(
        "there are settings `auth.*`, and this file was composed without authorization: compose it again with `--auth`"
    )]
    Open,
}

/// The engine of this instance, made by its first request. Settings that cannot be used are read again by the next one: the
/// host may have been unable to read them for a moment.
fn engine() -> Result<&'static Arc<Engine<ImportedProvider>>, StartError> {
    static ENGINE: OnceLock<Arc<Engine<ImportedProvider>>> = OnceLock::new();
    if let Some(engine) = ENGINE.get() {
        return Ok(engine);
    }
    let ports = ports::ports();
    #[cfg(feature = "auth")]
    let authorization = authorization::authorization(&ports)?;
    #[cfg(not(feature = "auth"))]
    refuse_authorization()?;
    let engine = Engine::new(imports::catalog()?, imports::config()?, ports);
    #[cfg(feature = "auth")]
    let engine = engine.with_authenticator(authorization.0).with_authorizer(authorization.1);
    Ok(ENGINE.get_or_init(|| Arc::new(engine)))
}

/// Refuses to serve with settings of authorization, as this component would not obey them. One question is for all of them, since each costs
/// every request.
#[cfg(not(feature = "auth"))]
fn refuse_authorization() -> Result<(), StartError> {
    match imports::setting("auth.*")? {
        None => Ok(()),
        Some(_) => Err(StartError::Open),
    }
}
