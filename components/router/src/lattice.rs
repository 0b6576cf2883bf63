use std::pin::{Pin, pin};

use contract::FunctionName;
use futures_util::future::{Either, select};
use guest::ready;
use guest::streams::{ReadError, flush, read_to_end, write_all};
use remote::{Call, Fault, Lattice, Offer};
use wasi::io::streams::{InputStream, OutputStream, StreamError};
use wasmcloud_component::wasi::logging::logging::{Level, log};
use wasmcloud_component::wasmcloud::bus::lattice::{CallTargetInterface, set_link_name};

use crate::bindings::wrpc::rpc::context::Context;
use crate::bindings::wrpc::rpc::error::Error;
use crate::bindings::wrpc::rpc::invoker::invoke;
use crate::bindings::wrpc::rpc::transport::{IncomingChannel, Invocation, OutgoingChannel};
use crate::turn::Turns;

/// How long a turn to name a link takes at most.
const TURN_MS: u32 = 5;

/// After which pauses parameters are sent once more.
const SEND_AGAIN_MS: [u32; 3] = [50, 200, 800];

/// What the host sends as one message, in bytes. Of more pieces one alone could be lost.
const PIECE: usize = 8 << 10;

/// The lattice of this host.
#[derive(Debug, Default)]
pub(crate) struct Host {
    turns: Turns,
}

impl Lattice for Host {
    type Offer = Offered;

    async fn offer(&self, link: &str, function: FunctionName, params: Vec<u8>) -> Result<Offered, Fault> {
        let turn = self.turns.next().await;
        set_link_name(link, vec![target(function)]).map_err(|_| Fault::NoLink)?;
        let invocation = invoke(Context::default(), function.interface, function.function, &params, &[]);
        // The host reads the link's name when it begins, which it does when it is first asked how far it is. It has then waited for
        // nothing but locks of its own: long before this turn is over.
        select(pin!(ready(invocation.subscribe())), pin!(self.sleep_ms(TURN_MS))).await;
        drop(turn);
        Ok(Offered(invocation))
    }

    fn now_ms(&self) -> u64 {
        guest::now_ms()
    }

    async fn sleep_ms(&self, ms: u32) {
        guest::sleep_ms(ms).await;
    }
}

/// A call that is on its way.
pub(crate) struct Offered(Invocation);

impl Offer for Offered {
    type Call = Taken;

    async fn taken(self) -> Result<Taken, Fault> {
        // The pollable is gone before the invocation is.
        ready(self.0.subscribe()).await;
        let (outgoing, incoming) = Invocation::finish(self.0).map_err(|error| fault(&error))?;
        Ok(Taken { outgoing, incoming, sent: Vec::new() })
    }
}

/// A call that a host has taken.
pub(crate) struct Taken {
    outgoing: OutgoingChannel,
    incoming: IncomingChannel,
    /// Parameters that went out after the call was taken.
    sent: Vec<u8>,
}

impl Call for Taken {
    async fn send(&mut self, params: Vec<u8>) -> Result<(), Fault> {
        let stream = self.outgoing.data().ok_or(Fault::Cut)?;
        write(&stream, &params).await.map_err(|_| Fault::Cut)?;
        self.sent = params;
        Ok(())
    }

    async fn answer(self, limit: usize) -> Result<Vec<u8>, Fault> {
        let Self { outgoing, incoming, sent } = self;
        let stream = incoming.data().ok_or(Fault::Cut)?;
        if sent.is_empty() || sent.len() > PIECE {
            // That no more parameters come is said by closing the channel.
            drop(outgoing);
            return read(&stream, limit).await;
        }
        again(&outgoing, &sent, pin!(read(&stream, limit))).await
    }
}

/// Waits for the answer, and sends the parameters anew while there is none. A host can lose what comes before it has noted down that it
/// expects it, and then waits for ever. A call reads its parameters once, so that those it does not need are never read.
async fn again(
    outgoing: &OutgoingChannel,
    sent: &[u8],
    mut answer: Pin<&mut impl Future<Output = Result<Vec<u8>, Fault>>>,
) -> Result<Vec<u8>, Fault> {
    for wait_ms in SEND_AGAIN_MS {
        if let Either::Left((answer, _)) = select(answer.as_mut(), pin!(guest::sleep_ms(wait_ms))).await {
            return answer;
        }
        // That it cannot be sent again says nothing of the answer.
        if let Some(stream) = outgoing.data() {
            let _ = write(&stream, sent).await;
        }
    }
    answer.await
}

async fn write(stream: &OutputStream, bytes: &[u8]) -> Result<(), StreamError> {
    write_all(stream, bytes).await?;
    flush(stream).await
}

async fn read(stream: &InputStream, limit: usize) -> Result<Vec<u8>, Fault> {
    read_to_end(stream, limit).await.map_err(|error| match error {
        ReadError::TooLarge => Fault::TooLarge(limit),
        ReadError::Failed(_) => Fault::Cut,
    })
}

/// The interface of a function, `NAMESPACE:PACKAGE/INTERFACE@VERSION`, as links name it: without its version.
fn target(function: FunctionName) -> CallTargetInterface {
    let name = function.interface;
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    let (package, interface) = name.split_once('/').unwrap_or_default();
    let (namespace, package) = package.split_once(':').unwrap_or_default();
    CallTargetInterface::new(namespace, package, interface)
}

/// The error is text for people; these are the words of the host's NATS transport. Others are for whoever reads the host's log, and no
/// client's business.
fn fault(error: &Error) -> Fault {
    let text = error.to_debug_string();
    match text.as_str() {
        text if text.contains("not connected") => Fault::Absent,
        text if text.contains("unexpected end of file") => Fault::Cut,
        _ => {
            log(Level::Warn, "router", &text);
            Fault::Broken
        }
    }
}
