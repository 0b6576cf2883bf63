//! The engine: an HTTP request in, a response head and body chunks out. It knows MCP and nothing of sockets, executors or
//! WebAssembly; a shell brings those.
//!
//! A shell asks [`Engine::admit`] with the head of a request, reads the body if it is asked to, and passes it to
//! [`Engine::answer`]:
//!
//! ```
//! use std::sync::Arc;
//! use bytes::Bytes;
//! use contract::Provider;
//! use server::{Admission, Engine, Response, Surroundings};
//!
//! async fn serve<P: Provider, S: Surroundings>(engine: &Arc<Engine<P, S>>, request: http::Request<Bytes>) -> Response {
//!     let (head, body) = request.into_parts();
//!     match engine.admit(&head).await {
//!         Admission::Answered(response) => response,
//!         Admission::Body(admitted) => engine.answer(admitted, &head.headers, body).await,
//!     }
//! }
//! ```

mod access;
mod admission;
mod config;
mod context;
mod engine;
mod identity;
mod introduction;
mod known;
mod ladder;
mod legs;
mod methods;
mod on_disconnect;
mod policy;
mod problem;
mod response;
mod surroundings;
mod unserved;

pub use admission::{Admission, Admitted, BodyError};
pub use config::Config;
pub use engine::Engine;
pub use identity::{Anonymous, Identified, Identity, Refusal};
pub use known::{Known, KnownError};
pub use on_disconnect::OnDisconnect;
pub use policy::{AllowAll, Call, Policy};
pub use response::{Body, Response};
pub use surroundings::Surroundings;
pub use unserved::Unserved;

/// What a shell answers to every request where its configuration cannot be used.
pub fn unready(head: &http::request::Parts, reason: &str) -> Response {
    // Which other names the server has is part of what cannot be used.
    match access::Access::default().check(head) {
        Err(problem) => problem.respond(),
        Ok(()) if head.uri.path() == "/healthz" => admission::healthy(),
        Ok(()) => problem::Problem::Unready(reason.to_owned()).respond(),
    }
}
