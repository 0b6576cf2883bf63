//! The events of a call whose client may read slowly, or not at all: the call goes on whatever its client does, so that it ends within its
//! own limits, and what waits for the client has a bound.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use server::CallStream;
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::JoinSet;

use super::byte_budget::{ByteBudgets, NoRoom};
use super::monitored_stream::Disconnected;

/// The items of a stream, each of which has room until it has been sent. The call runs in a task of its own, which ends with this stream.
pub(super) fn run(events: CallStream, budgets: Arc<ByteBudgets>) -> impl Stream<Item = Result<Bytes, NoRoom>> + Send {
    // One item waits for the connection, beside the one that is being passed on.
    let (sender, mut receiver) = channel(1);
    let mut task = JoinSet::new();
    task.spawn(async move {
        let _ = pass_on(events, CallStream::poll_call, &budgets, &sender).await;
    });
    stream::poll_fn(move |context| {
        let _ends_with_the_stream = &task;
        receiver.poll_recv(context)
    })
}

/// Passes the items on, and lets the call go on while the client does not take them. What a call has said that can go no further is counted
/// before the client takes it; then the call waits.
async fn pass_on<S: Stream<Item = Bytes> + Unpin>(
    mut events: S,
    poll_call: fn(&mut S, &mut Context<'_>) -> Poll<()>,
    budgets: &ByteBudgets,
    sender: &Sender<Result<Bytes, NoRoom>>,
) -> Result<(), Disconnected> {
    while let Some(event) = events.next().await {
        let mut sent = pin!(send(event, budgets, sender));
        let goes_no_further = tokio::select! {
            biased;
            sent = sent.as_mut() => {
                sent?;
                false
            }
            () = poll_fn(|context| poll_call(&mut events, context)) => true,
        };
        if goes_no_further {
            // None after the last one, which is still to be sent.
            let next = match events.next().await {
                Some(event) => Some(budgets.answers.hold_bytes(event).await),
                None => None,
            };
            sent.await?;
            if let Some(event) = next {
                sender.send(event).await.map_err(|_| Disconnected)?;
            }
        }
    }
    Ok(())
}

async fn send(event: Bytes, budgets: &ByteBudgets, sender: &Sender<Result<Bytes, NoRoom>>) -> Result<(), Disconnected> {
    sender.send(budgets.answers.hold_bytes(event).await).await.map_err(|_| Disconnected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_item_arrives_though_the_client_reads_when_the_call_has_ended() {
        for count in 0..6 {
            let items: Vec<_> = (0..count).map(|item: u8| Bytes::from(vec![item])).collect();
            let (sender, mut receiver) = channel(1);
            let budgets = ByteBudgets::default();
            let passed_on = async {
                let has_ended = |_: &mut _, _: &mut Context<'_>| Poll::Ready(());
                let passed_on = pass_on(stream::iter(items.clone()), has_ended, &budgets, &sender).await.is_ok();
                drop(sender);
                passed_on
            };
            let received = async {
                let mut received = Vec::new();
                while let Some(item) = receiver.recv().await {
                    received.push(item.expect("room"));
                }
                received
            };
            assert_eq!(tokio::join!(biased; passed_on, received), (true, items));
        }
    }
}
