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
//! use server::{Admission, Engine, Response};
//!
//! async fn serve<P: Provider>(engine: &Arc<Engine<P>>, request: http::Request<Bytes>) -> Response {
//!     let (head, body) = request.into_parts();
//!     match engine.admit(&head).await {
//!         Admission::Answered(response) => response,
//!         Admission::Body(admitted) => engine.answer(admitted, &head.headers, body).await,
//!     }
//! }
//! ```
//!
//! # Design
//! - A request passes the same stages whatever its method is: Host and Origin, route, authentication, HTTP method and size (`http`),
//!   body, era and headers (`era`), authorization, provider, encoding (`pipeline`). A provider learns of a request only after a policy
//!   has allowed exactly what will run.
//! - A method is a row of one table and a file for its family (`methods`). Calls that take several legs are the same for tools,
//!   resources and prompts (`calls`).
//! - An item that a policy hides and one that does not exist are answered with the same bytes.
//! - Every error becomes a response in one place, which sees the configuration (`error`).
//! - The engine reaches the outside world through small traits alone (`ports`), which a shell implements.

mod authentication;
mod authorization;
mod calls;
mod catalog_ports;
mod combined_authorizer;
mod config;
mod context;
mod description;
mod engine;
mod era;
mod error;
mod http;
mod invocation;
mod methods;
mod observer;
mod pipeline;
mod ports;
mod recent_cache;
mod result_limit;
mod shutdown;
mod time_limit;
mod views;
mod visible_items;
mod yield_once;

pub use ::settings::SettingError;
pub use ::state::{Entry, StoreError};
pub use authentication::{Anonymous, AuthError, Authenticator, Caller, Derived, ProtectedResource};
pub use authorization::{
    AccessRequest, AllowAll, Authorizer, ClientAddress, Decision, EngineDenial, Item, Limits, ListRequest, ListedItems,
    RequestHead, Verdict, Visibility,
};
pub use calls::stream::CallStream;
pub use combined_authorizer::AllOf;
pub use config::Config;
pub use engine::{Admission, Admitted, Engine};
pub use error::{BodyError, is_scope_token};
pub use http::disconnect::OnDisconnect;
pub use http::gateway::{GatewayError, PageAccess};
pub use http::probes::unready;
pub use http::response::{Body, Response};
#[doc(hidden)]
pub use methods::served_methods;
pub use observer::{Called, Ended, Incomplete, NoObserver, Observer, Refusal, Started, UnusableKeys};
pub use ports::{BoxFuture, Clock, Fetch, FetchError, FetchLimits, Ports, Random, Store};
pub use recent_cache::Recent;
pub use yield_once::yield_once;
