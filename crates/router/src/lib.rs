//! Providers on the other side of a network, served as one [`contract::Provider`]: with deadlines and retries, and with an error for
//! every call that is lost.
//!
//! A shell implements [`Rpc`], which sends calls and tells the time. [`connect`] makes a [`Router`] of it and of the configuration.
//!
//! # Layout
//! - `rpc`: what a shell implements. `config`: the settings. `connect`: the start. `router`: the provider that is exported.
//! - `remote_provider`: one provider behind a link. `parameters`: what the router has to know of the parameters of a function.
//! - `remote_call` and `two_phase`: one attempt of a call. `retry`: attempts until one succeeds. `repeat_check`:
//!   whether there may be more than one. `failure`: the error if none does.
//! - `state`: the service `state` behind a link, for the transport.
//! - `deadline`: the time that a call has. `wrpc`: names and errors of the protocol on a lattice.
//!
//! # Design
//! - **A lost call is an error, never a hang.** Every wait in this crate ends with the deadline of the call.
//! - **A call has one deadline.** It is counted from the moment when the router receives the call, and includes the lists that are
//!   read to find the owner of a name. The next call has a deadline of its own.
//! - **A provider's current list decides what may run twice.** Lists and reads may. A tool may if its annotations say
//!   `idempotentHint` or `readOnlyHint`. The snapshot from composition only chooses the faster mode of a first attempt, since a provider
//!   may have been replaced after it was made.
//! - **There are two modes of a call.** In the mode *one-shot* the parameters go along with the request: if no host confirms it, it may
//!   have run all the same. In the mode *two-phase* the parameters follow after a host has accepted the call: until then the call can be
//!   sent again without running twice. This costs one more round trip, and is for tools that are not known to be repeatable.
//! - **A second attempt does not end the first.** After some time without a result it starts beside the first, and the first result
//!   wins. So a slow call is not cut short, and a call on a host that died is not waited for.
//! - **A host that is silent is avoided by asking again.** Who may serve a call is drawn by the network, which also draws a host that is
//!   frozen or cut off. So a call that may run twice is sent again until a host accepts it. Hosts that are only busy run each of these
//!   copies, so there are 12 at most, and of large parameters three.

mod config;
mod connect;
mod deadline;
mod failure;
mod parameters;
mod remote_call;
mod remote_provider;
mod repeat_check;
mod retry;
mod router;
mod rpc;
mod state;
mod two_phase;
mod wrpc;

/// What the providers offered when the server was composed: the parameter of [`connect`].
pub use catalog::{CatalogueSnapshot, SnapshotError};
pub use config::Config;
pub use connect::{ConnectError, connect};
pub use router::Router;
pub use rpc::{AcceptedCall, PendingCall, Rpc, RpcError};
pub use settings::SettingError;
pub use state::{RemoteState, StateEntry};
pub use wrpc::LinkTarget;
