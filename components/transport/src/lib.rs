//! The engine of the crate `server` as a component: HTTP by `wasi:http`, the providers and the settings by the contract.
//!
//! # Design
//! - Everything about the protocol is in `server`; here requests, answers and time are translated.
//! - It imports only what the engine calls today, so that a composed file fills and asks for no more.
//! - The engine lives as long as the instance. Hosts may use an instance once or often.
//! - A policy is compiled for the first caller that is admitted. One that cannot be compiled answers every such request with why, as settings do
//!   that cannot be used.

#[cfg(feature = "auth")]
mod authorization;
mod bindings;
#[cfg(feature = "auth")]
mod decision_log;
mod imports;
mod ports;
mod request;
mod response;
mod start_error;
#[cfg(feature = "auth")]
mod state_store;

use std::sync::{Arc, OnceLock};

use server::{Admission, Engine, Response};
use wasi::http::types::{ErrorCode, IncomingRequest, ResponseOutparam};

use imports::ImportedProvider;
use start_error::StartError;

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
    let shell = match shell() {
        Ok(shell) => shell,
        Err(error) => return Ok(server::unready(&head, &error.to_string())),
    };
    let admitted = match shell.engine.admit(&head).await {
        Admission::Answered(response) => return Ok(response),
        Admission::Body(admitted) => admitted,
    };
    #[cfg(feature = "auth")]
    if let Err(reason) = shell.policy_is_usable() {
        return Ok(server::unready(&head, &reason));
    }
    Ok(match request::body(&request, admitted.body_limit()).await {
        Ok(body) => shell.engine.answer(admitted, &head.headers, body).await,
        Err(error) => admitted.refuse(error),
    })
}

/// What serves the requests of an instance.
struct Shell {
    engine: Arc<Engine<ImportedProvider>>,
    #[cfg(feature = "auth")]
    policy: Option<Arc<policy::LazyAuthorizer>>,
}

impl Shell {
    /// Whether the policy can be compiled. It is asked after a caller was admitted, so that `/healthz`, a preflight or a
    /// request without a token costs no compilation. `/readyz` compiles it, since it says whether it can be used.
    #[cfg(feature = "auth")]
    fn policy_is_usable(&self) -> Result<(), String> {
        self.policy.as_ref().map_or(Ok(()), |policy| server::Authorizer::ready(&**policy))
    }
}

/// The shell of this instance, made by its first request. Settings that cannot be used are read again by the next one: the
/// host may have been unable to read them for a moment.
fn shell() -> Result<&'static Shell, StartError> {
    static SHELL: OnceLock<Shell> = OnceLock::new();
    if let Some(shell) = SHELL.get() {
        return Ok(shell);
    }
    let ports = ports::ports();
    #[cfg(feature = "auth")]
    authorization::check_names()?;
    #[cfg(feature = "auth")]
    let (authenticator, policy) = (authorization::authenticator(&ports)?, authorization::policy(&ports)?);
    #[cfg(not(feature = "auth"))]
    refuse_authorization()?;
    let engine = Engine::new(imports::catalog()?, imports::config()?, ports);
    #[cfg(feature = "auth")]
    let engine = {
        let mut authorizers: Vec<Arc<dyn server::Authorizer>> = Vec::new();
        authorizers.extend(policy.clone().map(|policy| policy as Arc<dyn server::Authorizer>));
        let engine = match authenticator {
            None => engine,
            Some((authenticator, scopes)) => {
                authorizers.push(Arc::new(scopes));
                engine.with_authenticator(authenticator)
            }
        };
        engine.with_authorizers(authorizers)
    };
    Ok(SHELL.get_or_init(|| Shell {
        engine: Arc::new(engine),
        #[cfg(feature = "auth")]
        policy,
    }))
}

/// Refuses to serve with settings of authorization, as this component would not obey them. One question is for all of a section, since each
/// costs every request.
#[cfg(not(feature = "auth"))]
fn refuse_authorization() -> Result<(), StartError> {
    for section in ["auth.*", "policy.*"] {
        if imports::setting(section)?.is_some() {
            return Err(StartError::Open(section));
        }
    }
    Ok(())
}
