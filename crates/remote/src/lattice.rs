use std::future::Future;

use wire::Function;

/// What a shell brings: a way to other components, and time.
pub trait Lattice: Send + Sync + 'static {
    /// A call that the other side has taken.
    type Call: Call;

    /// Calls a function of the component behind this link. Done when the other side has taken the call, which on its own has no
    /// deadline. The parameters may be none yet: they then follow by [`Call::send`].
    fn open(
        &self,
        link: &str,
        function: Function,
        params: Vec<u8>,
    ) -> impl Future<Output = Result<Self::Call, Fault>> + Send;

    /// Milliseconds since some fixed moment. Never goes back.
    fn now_ms(&self) -> u64;

    /// Done after so many milliseconds.
    fn sleep_ms(&self, ms: u32) -> impl Future<Output = ()> + Send;
}

/// A call that the other side has taken.
pub trait Call: Send {
    /// Sends the parameters of a call that was opened without.
    fn send(&mut self, params: Vec<u8>) -> impl Future<Output = Result<(), Fault>> + Send;

    /// The whole answer, of so many bytes at most.
    fn answer(self, limit: usize) -> impl Future<Output = Result<Vec<u8>, Fault>> + Send;
}

/// What went wrong between here and there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no link of this name.
    #[error("it is not linked")]
    NoLink,
    /// Nobody serves the function.
    #[error("nobody serves it now")]
    Absent,
    /// Nobody confirmed the call in time.
    #[error("nobody took the call")]
    NotTaken,
    /// There was no answer in time.
    #[error("it did not answer in time")]
    Late,
    /// The answer ended before it began or before it was whole: a trap, or a host that stopped.
    #[error("it broke off without an answer")]
    Cut,
    /// The answer is longer than it may be.
    #[error("its answer has more than {0} bytes")]
    TooLarge(usize),
    /// What the transport of the lattice says.
    #[error("{0}")]
    Other(String),
}
