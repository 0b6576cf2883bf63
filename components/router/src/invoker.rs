//! Calls of other components by `wrpc:rpc/invoker`, as the router's [`Rpc`].

use std::pin::{Pin, pin};

use contract::FunctionName;
use futures_util::future::{Either, select};
use guest::ready;
use guest::streams::{ReadError, flush, read_to_end, write_all};
use router::{AcceptedCall, LinkTarget, PendingCall, Rpc, RpcError};
use wasi::io::streams::{InputStream, OutputStream, StreamError};
use wasmcloud_component::wasi::logging::logging::{Level, log};
use wasmcloud_component::wasmcloud::bus::lattice::{CallTargetInterface, set_link_name};

use crate::bindings::wrpc::rpc::context::Context;
use crate::bindings::wrpc::rpc::error::Error;
use crate::bindings::wrpc::rpc::invoker::invoke;
use crate::bindings::wrpc::rpc::transport::{IncomingChannel, Invocation, OutgoingChannel};
use crate::link_lock::LinkNameLock;

/// For how many milliseconds an invocation holds the lock on link names at most.
const LINK_NAME_LOCK_MS: u32 = 5;

/// After which pauses, in milliseconds, parameters are sent once more.
const RESEND_PAUSES_MS: [u32; 3] = [50, 200, 800];

/// How many bytes the host sends as one message at most. Longer parameters are several messages, of which one alone could be lost, so
/// that sending them again could join parts of two copies.
const MAX_MESSAGE: usize = 8 << 10;

/// The lattice, as the host of this component reaches it.
#[derive(Debug, Default)]
pub(crate) struct Invoker {
    link_names: LinkNameLock,
}

impl Rpc for Invoker {
    type Pending = Pending;

    async fn send(&self, link: &str, function: FunctionName, params: Vec<u8>) -> Result<Pending, RpcError> {
        let guard = self.link_names.lock().await;
        let LinkTarget { namespace, package, interface } = LinkTarget::of(function);
        let target = CallTargetInterface::new(namespace, package, interface);
        set_link_name(link, vec![target]).map_err(|_| RpcError::NoLink)?;
        let invocation = invoke(Context::default(), function.interface, function.function, &params, &[]);
        // The host begins an invocation when its state is first asked for, and reads the link name then. Before that it waits for nothing
        // but its own locks, which takes far less time than this timeout.
        select(pin!(ready(invocation.subscribe())), pin!(self.sleep_ms(LINK_NAME_LOCK_MS))).await;
        drop(guard);
        Ok(Pending(invocation))
    }

    fn now_ms(&self) -> u64 {
        guest::now_ms()
    }

    async fn sleep_ms(&self, ms: u32) {
        guest::sleep_ms(ms).await;
    }
}

/// A call that was sent.
pub(crate) struct Pending(Invocation);

impl PendingCall for Pending {
    type Accepted = AcceptedInvocation;

    async fn accepted(self) -> Result<AcceptedInvocation, RpcError> {
        // The pollable is dropped before the invocation that it was made from.
        ready(self.0.subscribe()).await;
        let (outgoing, incoming) = Invocation::finish(self.0).map_err(|error| rpc_error(&error))?;
        Ok(AcceptedInvocation { outgoing, incoming, sent: Vec::new() })
    }
}

/// An invocation that a host has accepted.
pub(crate) struct AcceptedInvocation {
    outgoing: OutgoingChannel,
    incoming: IncomingChannel,
    /// The parameters, if they were sent after the call was accepted.
    sent: Vec<u8>,
}

impl AcceptedCall for AcceptedInvocation {
    async fn send_params(&mut self, params: Vec<u8>) -> Result<(), RpcError> {
        let stream = self.outgoing.data().ok_or(RpcError::ConnectionClosed)?;
        write(&stream, &params).await.map_err(|_| RpcError::ConnectionClosed)?;
        self.sent = params;
        Ok(())
    }

    async fn result(self, limit: usize) -> Result<Vec<u8>, RpcError> {
        let Self { outgoing, incoming, sent } = self;
        let stream = incoming.data().ok_or(RpcError::ConnectionClosed)?;
        if sent.is_empty() || sent.len() > MAX_MESSAGE {
            // The closed channel tells the other side that no more parameters follow.
            drop(outgoing);
            return read(&stream, limit).await;
        }
        resend_until_answered(&outgoing, &sent, pin!(read(&stream, limit))).await
    }
}

/// Waits for the result, and sends the parameters again while there is none. A host can lose parameters that arrive before it has
/// registered that it expects them, and would then wait for them without end. A call reads its parameters once, so further copies are
/// never read.
async fn resend_until_answered(
    outgoing: &OutgoingChannel,
    params: &[u8],
    mut result: Pin<&mut impl Future<Output = Result<Vec<u8>, RpcError>>>,
) -> Result<Vec<u8>, RpcError> {
    for pause_ms in RESEND_PAUSES_MS {
        if let Either::Left((result, _)) = select(result.as_mut(), pin!(guest::sleep_ms(pause_ms))).await {
            return result;
        }
        // An error here is ignored: the first copy may have arrived, so the result may still come.
        if let Some(stream) = outgoing.data() {
            let _ = write(&stream, params).await;
        }
    }
    result.await
}

async fn write(stream: &OutputStream, bytes: &[u8]) -> Result<(), StreamError> {
    write_all(stream, bytes).await?;
    flush(stream).await
}

async fn read(stream: &InputStream, limit: usize) -> Result<Vec<u8>, RpcError> {
    read_to_end(stream, limit).await.map_err(|error| match error {
        ReadError::TooLarge => RpcError::TooLarge(limit),
        ReadError::Failed(_) => RpcError::ConnectionClosed,
    })
}

/// The error of an invocation. One whose wording is not known is logged by the host.
fn rpc_error(error: &Error) -> RpcError {
    let text = error.to_debug_string();
    RpcError::from_wording(&text).unwrap_or_else(|| {
        log(Level::Warn, "router", &text);
        RpcError::Failed
    })
}
