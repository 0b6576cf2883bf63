//! The events of a call whose client may read slowly, or not at all: the call goes on whatever its client does, so that it ends within its
//! own limits, and what waits for the client has a bound.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use server::CallStream;
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::JoinSet;

use super::byte_budget::{ByteBudgets, NoRoom};

/// The client has gone.
struct Gone;

/// The items of a stream, each of which has room until it has been sent. The call runs in a task of its own, which ends with this stream.
pub(super) fn run(events: CallStream, budgets: Arc<ByteBudgets>) -> impl Stream<Item = Result<Bytes, NoRoom>> + Send {
    // One item waits for the connection, beside the one that is being passed on.
    let (sender, mut receiver) = channel(1);
    let mut task = JoinSet::new();
    task.spawn(async move {
        let _ = pass_on(events, &budgets, &sender).await;
    });
    stream::poll_fn(move |context| {
        let _ends_with_the_stream = &task;
        receiver.poll_recv(context)
    })
}

/// Passes the items on, and lets the call go on while the client does not take them. What a call has said that can go no further is counted
/// before the client takes it; then the call waits.
async fn pass_on(
    mut events: CallStream,
    budgets: &ByteBudgets,
    sender: &Sender<Result<Bytes, NoRoom>>,
) -> Result<(), Gone> {
    while let Some(event) = events.next().await {
        let mut sent = pin!(send(event, budgets, sender));
        let goes_no_further = tokio::select! {
            biased;
            sent = sent.as_mut() => {
                sent?;
                false
            }
            () = poll_fn(|context| events.poll_call(context)) => true,
        };
        if goes_no_further && let Some(event) = events.next().await {
            let event = budgets.answers.hold_bytes(event).await;
            sent.await?;
            sender.send(event).await.map_err(|_| Gone)?;
        }
    }
    Ok(())
}

async fn send(event: Bytes, budgets: &ByteBudgets, sender: &Sender<Result<Bytes, NoRoom>>) -> Result<(), Gone> {
    sender.send(budgets.answers.hold_bytes(event).await).await.map_err(|_| Gone)
}
