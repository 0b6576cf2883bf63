//! A call whose parameters are sent after a host has accepted it, so that the function cannot run twice.

use std::future::{Future, pending};
use std::pin::pin;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;

use crate::deadline::within;
use crate::failure::Failure;
use crate::parameters::Parameters;
use crate::remote_call::{Accepted, RemoteCall};
use crate::retry::NO_INSTANCE_PAUSES_MS;
use crate::rpc::{AcceptedCall, Rpc, RpcError};

/// How often a call is sent without its parameters: at the start, and again after each pause. If no host accepts one of them, more would
/// not help.
const MAX_SENDS: u32 = 3;

impl<R: Rpc, P: Parameters> RemoteCall<'_, R, P> {
    /// Sends the call without its parameters, if need be more than once. The first host that accepts it receives the parameters, and
    /// until then the function cannot have run.
    pub(crate) async fn two_phase(&self) -> Result<Vec<u8>, Failure> {
        let send = |pause_ms| self.send_without_params(pause_ms);
        let mut sent = FuturesUnordered::from_iter([send(0)]);
        let mut call = self.first_accepted(&mut sent, send).await.map_err(Failure::before_run)?;
        let result = async {
            call.send_params(self.encode(self.first_attempt())).await.map_err(Failure::unknown_outcome)?;
            self.result(call).await
        };
        // A host that accepts one of the other calls would wait for its parameters: these calls are closed as soon as they are accepted.
        let close_others = async {
            while sent.next().await.is_some() {}
            pending::<()>().await;
        };
        match select(pin!(result), pin!(close_others)).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => Err(Failure::unknown_outcome(RpcError::Failed)),
        }
    }

    async fn send_without_params(&self, pause_ms: u32) -> Result<Accepted<R>, RpcError> {
        if pause_ms > 0 {
            self.rpc.sleep_ms(pause_ms).await;
        }
        self.send(Vec::new()).await
    }

    /// The first call that a host accepts. `send` sends it once more, after a pause.
    async fn first_accepted<F>(
        &self,
        sent: &mut FuturesUnordered<F>,
        send: impl Fn(u32) -> F,
    ) -> Result<Accepted<R>, RpcError>
    where
        F: Future<Output = Result<Accepted<R>, RpcError>>,
    {
        let mut pauses = NO_INSTANCE_PAUSES_MS.into_iter();
        let (mut sends, mut timeout_ms) = (1, self.policy.accept_timeout_ms);
        loop {
            // This wait ends one millisecond before the wait for the whole call, whose error would have to say that the tool may have run.
            let left_ms = self.remaining_ms().saturating_sub(1);
            let wait_ms = if sends < MAX_SENDS { timeout_ms.min(left_ms) } else { left_ms };
            match within(self.rpc, wait_ms, sent.next()).await {
                Some(Some(Ok(call))) => return Ok(call),
                Some(Some(Err(RpcError::NoInstance))) if let Some(pause_ms) = pauses.next() => {
                    sent.push(send(pause_ms));
                    (sends, timeout_ms) = (1, pause_ms.saturating_add(self.policy.accept_timeout_ms));
                }
                Some(Some(Err(error))) => return Err(error),
                None if wait_ms < left_ms => {
                    sent.push(send(0));
                    (sends, timeout_ms) = (sends + 1, timeout_ms.saturating_mul(4));
                }
                Some(None) | None => return Err(RpcError::NotAccepted),
            }
        }
    }
}
