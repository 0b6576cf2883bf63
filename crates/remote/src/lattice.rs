use std::future::Future;

use contract::FunctionName;

/// What a shell brings: a way to other components, and time.
pub trait Lattice: Send + Sync + 'static {
    /// A call that is on its way.
    type Offer: Offer;

    /// Calls a function of the component behind this link. Done when the call is on its way. The parameters may be none yet: they
    /// then follow by [`Call::send`].
    fn offer(
        &self,
        link: &str,
        function: FunctionName,
        params: Vec<u8>,
    ) -> impl Future<Output = Result<Self::Offer, Fault>> + Send;

    /// Milliseconds since some fixed moment. Never goes back.
    fn now_ms(&self) -> u64;

    /// Done after so many milliseconds.
    fn sleep_ms(&self, ms: u32) -> impl Future<Output = ()> + Send;
}

/// A call that is on its way.
pub trait Offer: Send {
    /// What comes of it.
    type Call: Call;

    /// Done when the other side has taken the call, which on its own has no deadline.
    fn taken(self) -> impl Future<Output = Result<Self::Call, Fault>> + Send;
}

/// A call that the other side has taken. One that is dropped without its parameters does not run.
pub trait Call: Send {
    /// Sends the parameters of a call that was offered without.
    fn send(&mut self, params: Vec<u8>) -> impl Future<Output = Result<(), Fault>> + Send;

    /// The whole answer, of so many bytes at most.
    fn answer(self, limit: usize) -> impl Future<Output = Result<Vec<u8>, Fault>> + Send;
}

/// What went wrong between here and there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no link of this name.
    #[error("there is no link of its name: add one to the manifest")]
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
    /// What was answered is not of the contract.
    #[error("its answer is not of this contract ({0})")]
    Garbled(wire::DecodeError),
    /// The lattice failed in some other way, which the shell has logged.
    #[error("the lattice did not carry the call")]
    Broken,
}
