//! One call of a function of a remote provider, and one attempt of it in the mode one-shot.

use contract::FunctionName;
use contract::model::Context;
use wire::Encode;

use crate::config::RetryPolicy;
use crate::deadline::Deadline;
use crate::failure::Failure;
use crate::parameters::Parameters;
use crate::rpc::{AcceptedCall, PendingCall, Rpc, RpcError};

/// The call of an [`Rpc`] after a host has accepted it.
pub(crate) type Accepted<R> = <<R as Rpc>::Pending as PendingCall>::Accepted;

/// All that an attempt of a call needs.
pub(crate) struct RemoteCall<'a, R, P> {
    pub(crate) rpc: &'a R,
    pub(crate) policy: &'a RetryPolicy,
    pub(crate) link: &'a str,
    pub(crate) function: FunctionName,
    /// When all attempts together have to be done.
    pub(crate) deadline: Deadline,
    /// The context, where the function takes one.
    pub(crate) ctx: Option<&'a Context>,
    /// The parameters after the context.
    pub(crate) params: P,
}

impl<R: Rpc, P: Parameters> RemoteCall<'_, R, P> {
    /// Milliseconds until the deadline.
    pub(crate) fn remaining_ms(&self) -> u32 {
        self.deadline.remaining_ms(self.rpc)
    }

    /// The number of the first attempt.
    pub(crate) fn first_attempt(&self) -> u32 {
        self.ctx.map_or(0, |ctx| ctx.attempt)
    }

    /// The encoded parameters of an attempt. A retry has the same call id and the next number (`context` in `wit/model.wit`), and every
    /// attempt is told the time that remains when it is sent.
    pub(crate) fn encode(&self, attempt: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let Some(ctx) = self.ctx {
            Context { attempt, remaining_ms: self.remaining_ms(), ..ctx.clone() }.encode(&mut bytes);
        }
        self.params.encode(&mut bytes);
        bytes
    }

    /// Sends the call with these bytes as its parameters, and completes when a host has accepted it.
    pub(crate) async fn send(&self, params: Vec<u8>) -> Result<Accepted<R>, RpcError> {
        self.rpc.send(self.link, self.function, params).await?.accepted().await
    }

    /// Sends the call with its parameters, and completes when a host has accepted it.
    pub(crate) async fn one_shot(&self, attempt: u32) -> Result<Accepted<R>, Failure> {
        self.send(self.encode(attempt)).await.map_err(|error| match error {
            RpcError::NoInstance | RpcError::NoLink => Failure::before_run(error),
            // The parameters were sent, so the function may have run although no host confirmed the call.
            error => Failure::unknown_outcome(error),
        })
    }

    /// The result of an accepted call whose parameters were sent.
    pub(crate) async fn result(&self, call: Accepted<R>) -> Result<Vec<u8>, Failure> {
        match call.result(self.policy.result_limit).await {
            // No result of the contract is empty: a host that stops and a component that traps end the stream so.
            Ok(bytes) if bytes.is_empty() => Err(Failure::unknown_outcome(RpcError::ConnectionClosed)),
            Ok(bytes) => Ok(bytes),
            Err(error) => Err(Failure::unknown_outcome(error)),
        }
    }
}
