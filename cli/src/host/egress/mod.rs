//! HTTP requests that a component sends: the rules of what it may reach, and the connections that carry them.

mod connect;
mod exchange;
mod hooks;
mod http_connection;
mod idle_connections;
mod resend;
mod rules;
mod special_addresses;
mod timed_body;

pub(crate) use exchange::{ExchangeError, connection_failure, exchange, is_timeout};
pub(crate) use hooks::{EgressHooks, MAX_TIMEOUT};
pub(crate) use idle_connections::{IdleConnections, MAX_IDLE};
pub(crate) use rules::{Egress, Rule};

use super::grant::Grant;

/// The component that sends a request.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) grant: &'a Grant,
    /// The id of the client's request in whose call it does so, where that is known.
    pub(crate) request: Option<&'a str>,
}
