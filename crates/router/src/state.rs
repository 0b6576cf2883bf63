//! The service `state` of the contract behind a link, for the transport. A plain import would end the request without an answer if the
//! state provider were away, and would take no deadline.

use std::sync::Arc;

use contract::FunctionName;
use contract::model::McpError;
use wire::{Decode, DecodeError, Encode, Input};

use crate::config::{Config, RetryPolicy};
use crate::deadline::Deadline;
use crate::failure::Failure;
use crate::parameters::Parameters;
use crate::remote_call::RemoteCall;
use crate::repeat_check::{AlwaysRepeatable, NeverRepeatable, RepeatCheck};
use crate::retry::{CallMode, RetryLoop};
use crate::rpc::{Rpc, RpcError};

/// The interface with the version of the contract.
const INTERFACE: &str = "wasmcp:mcp/state@0.1.0";
/// The link of a manifest that has no name.
const LINK: &str = "default";
/// How long a call may take, in milliseconds, with all its attempts. The state provider gives the store two seconds.
const TIMEOUT_MS: u32 = 4000;
/// After how many milliseconds a store may be there again.
const TRY_AGAIN_MS: u32 = 1000;

/// A value and its revision.
pub type StateEntry = (Vec<u8>, String);

/// The store of a component that is linked to a state provider.
#[derive(Debug)]
pub struct RemoteState<R> {
    rpc: Arc<R>,
    policy: RetryPolicy,
}

impl<R: Rpc> RemoteState<R> {
    /// The store behind the link without a name, with the timeouts that calls of providers have.
    pub fn new(rpc: &Arc<R>, config: &Config) -> Self {
        Self { rpc: Arc::clone(rpc), policy: config.policy }
    }

    /// The entry of a key.
    ///
    /// # Errors
    /// Those of the service (`wit/services.wit`): `not-offered` without a link, `unavailable` where no state provider answers in time.
    pub async fn get(&self, key: &str) -> Result<Option<StateEntry>, McpError> {
        self.repeatable("get", key).await
    }

    /// Writes an entry, which takes a time to live in seconds.
    ///
    /// # Errors
    /// As [`get`](Self::get), and those of values that do not fit. An entry whose write is `unavailable` may have been written.
    pub async fn set(&self, key: &str, value: &[u8], ttl_s: Option<u32>) -> Result<(), McpError> {
        self.repeatable("set", (key, (value, ttl_s))).await.map(|Done| ())
    }

    /// Writes an entry where the key has this revision, or none. The answer is whether it wrote.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: &[u8],
        ttl_s: Option<u32>,
    ) -> Result<bool, McpError> {
        // A second run would find what the first one wrote.
        let params = ((key, expected), (value, ttl_s));
        self.call("compare-and-set", params, CallMode::TwoPhase, &NeverRepeatable).await
    }

    /// Removes the entry of a key.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn delete(&self, key: &str) -> Result<(), McpError> {
        self.repeatable("delete", key).await.map(|Done| ())
    }

    async fn repeatable<P: Parameters, T: Decode>(&self, function: &'static str, params: P) -> Result<T, McpError> {
        self.call(function, params, CallMode::OneShot, &AlwaysRepeatable).await
    }

    async fn call<P: Parameters, T: Decode, C: RepeatCheck>(
        &self,
        function: &'static str,
        params: P,
        mode: CallMode,
        check: &C,
    ) -> Result<T, McpError> {
        let rpc = &*self.rpc;
        let call = RemoteCall {
            rpc,
            policy: &self.policy,
            link: LINK,
            function: FunctionName { interface: INTERFACE, function },
            deadline: Deadline::after(rpc, TIMEOUT_MS),
            ctx: None,
            params,
        };
        let answer = RetryLoop::new(&call, mode, check).run().await.map_err(lost)?;
        wire::decode_all(&answer.result).map_err(|error| lost(Failure::unknown_outcome(RpcError::Malformed(error))))?
    }
}

/// The error of a call that has no answer of the service.
fn lost(failure: Failure) -> McpError {
    match failure.error {
        RpcError::NoLink => McpError::NotOffered,
        RpcError::Malformed(_) | RpcError::TooLarge(_) => {
            McpError::Internal(format!("the state provider: {}", failure.error))
        }
        _ => McpError::Unavailable(Some(TRY_AGAIN_MS)),
    }
}

/// The answer of a function that has nothing to say.
struct Done;

impl Decode for Done {
    fn decode(_: &mut Input<'_>) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

impl Parameters for &str {}
impl<A: Encode + Copy + Send + Sync, B: Encode + Copy + Send + Sync> Parameters for (A, B) {}
