//! What a shell implements for the router: calls of functions of other components, and a clock.

use std::future::Future;

use contract::FunctionName;

/// Sends calls to other components, and tells the time.
pub trait Rpc: Send + Sync + 'static {
    /// A call that was sent.
    type Pending: PendingCall;

    /// Sends a call of a function of the component behind a link, and completes when it is sent. `params` are all parameters of the
    /// function, encoded by the crate `wire`; or none, which then follow by [`AcceptedCall::send_params`].
    fn send(
        &self,
        link: &str,
        function: FunctionName,
        params: Vec<u8>,
    ) -> impl Future<Output = Result<Self::Pending, RpcError>> + Send;

    /// Milliseconds since some fixed moment. It never goes back.
    fn now_ms(&self) -> u64;

    /// Completes after this number of milliseconds.
    fn sleep_ms(&self, ms: u32) -> impl Future<Output = ()> + Send;
}

/// A call that was sent, and that no host has accepted yet.
pub trait PendingCall: Send {
    /// The call after a host has accepted it.
    type Accepted: AcceptedCall;

    /// Completes when a host has accepted the call. It has no timeout of its own.
    fn accepted(self) -> impl Future<Output = Result<Self::Accepted, RpcError>> + Send;
}

/// A call that a host has accepted. The function does not run if the call is dropped before its parameters are sent.
pub trait AcceptedCall: Send {
    /// Sends the parameters of a call that was sent without them.
    fn send_params(&mut self, params: Vec<u8>) -> impl Future<Output = Result<(), RpcError>> + Send;

    /// The encoded result, of at most `limit` bytes.
    fn result(self, limit: usize) -> impl Future<Output = Result<Vec<u8>, RpcError>> + Send;
}

/// Why a call has no result. The text completes the sentence "provider `NAME`: …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RpcError {
    /// No link has the name of the provider.
    #[error("no link has its name: add the link to the manifest")]
    NoLink,
    /// No instance of the component runs that could serve the function.
    #[error("no instance is running")]
    NoInstance,
    /// No host accepted the call in time.
    #[error("no host accepted the call")]
    NotAccepted,
    /// The result did not come in time.
    #[error("there was no result in time")]
    TimedOut,
    /// The connection ended before the result was complete, because the component trapped or its host stopped.
    #[error("the connection closed before a result")]
    ConnectionClosed,
    /// The result is longer than the limit.
    #[error("its result has more than {0} bytes")]
    TooLarge(usize),
    /// The result is not what the contract says.
    #[error("its result is not of this contract ({0})")]
    Malformed(wire::DecodeError),
    /// The network failed in another way, which the shell has logged.
    #[error("the lattice failed to carry the call: the log of the host says why")]
    Failed,
}
