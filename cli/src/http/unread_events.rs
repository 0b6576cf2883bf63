//! The events of a call whose client may read slowly, or not at all: the call goes on whatever its client does, so that it ends within its
//! own limits, and what waits for the client has a bound.

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use server::{CallStream, GatewayError};
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::JoinSet;

use super::byte_budget::{ByteBudget, ByteBudgets, NoRoom};

/// The stream of a call that can go on without being read.
pub(super) trait Events: Stream<Item = Bytes> + Unpin {
    /// Lets the call go on. It is ready when the call can go no further before the stream is read.
    fn poll_call(&mut self, context: &mut Context<'_>) -> Poll<()>;

    /// Ends the call with an error. This is the last event.
    fn end_with(&mut self, error: GatewayError) -> Bytes;
}

impl Events for CallStream {
    fn poll_call(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.poll_call(context)
    }

    fn end_with(&mut self, error: GatewayError) -> Bytes {
        self.end_with(error)
    }
}

/// Why an event was not passed on.
enum NotSent {
    NoRoom,
    Disconnected,
}

/// The items of a stream, each of which has room until it has been sent. The call runs in a task of its own, which ends with this stream. It
/// ends with an error where there is no room, and where it is given up.
pub(super) fn run(
    mut events: impl Events + Send + 'static,
    budgets: Arc<ByteBudgets>,
    given_up: Option<impl Future<Output = ()> + Send + 'static>,
) -> impl Stream<Item = Bytes> + Send {
    // One item waits for the connection, beside the one that is being passed on.
    let (sender, mut receiver) = channel(1);
    let mut task = JoinSet::new();
    task.spawn(async move {
        let given_up = async {
            match given_up {
                Some(given_up) => given_up.await,
                None => pending().await,
            }
        };
        let why = tokio::select! {
            biased;
            passed_on = pass_on(&mut events, &budgets.answers, &sender) => match passed_on {
                Err(NotSent::NoRoom) => GatewayError::EventsFull,
                Ok(()) | Err(NotSent::Disconnected) => return,
            },
            () = given_up => GatewayError::GivenUp,
        };
        // An error has room.
        let _ = sender.send(events.end_with(why)).await;
    });
    stream::poll_fn(move |context| {
        let _ends_with_the_stream = &task;
        receiver.poll_recv(context)
    })
}

/// Passes the items on, and lets the call go on while the client does not take them. What a call has said that can go no further is counted
/// before the client takes it; then the call waits.
async fn pass_on(events: &mut impl Events, room: &ByteBudget, sender: &Sender<Bytes>) -> Result<(), NotSent> {
    while let Some(event) = events.next().await {
        let mut sent = pin!(send(event, room, sender));
        let goes_no_further = tokio::select! {
            biased;
            sent = sent.as_mut() => {
                sent?;
                false
            }
            () = poll_fn(|context| events.poll_call(context)) => true,
        };
        if goes_no_further {
            // None after the last one, which is still to be sent.
            let next = match events.next().await {
                Some(event) => Some(room.hold_bytes(event).await),
                None => None,
            };
            sent.await?;
            if let Some(event) = next {
                let event = event.map_err(|NoRoom| NotSent::NoRoom)?;
                sender.send(event).await.map_err(|_| NotSent::Disconnected)?;
            }
        }
    }
    Ok(())
}

async fn send(event: Bytes, room: &ByteBudget, sender: &Sender<Bytes>) -> Result<(), NotSent> {
    let event = room.hold_bytes(event).await.map_err(|NoRoom| NotSent::NoRoom)?;
    sender.send(event).await.map_err(|_| NotSent::Disconnected)
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use super::*;

    /// The events of a call that has ended.
    struct Ended(std::vec::IntoIter<Bytes>);

    impl Ended {
        fn of(items: Vec<Bytes>) -> Self {
            Self(items.into_iter())
        }
    }

    impl Stream for Ended {
        type Item = Bytes;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Bytes>> {
            Poll::Ready(self.0.next())
        }
    }

    impl Events for Ended {
        fn poll_call(&mut self, _: &mut Context<'_>) -> Poll<()> {
            Poll::Ready(())
        }

        fn end_with(&mut self, error: GatewayError) -> Bytes {
            format!("{error:?}").into()
        }
    }

    #[tokio::test]
    async fn every_item_arrives_though_the_client_reads_when_the_call_has_ended() {
        for count in 0..6 {
            let items: Vec<_> = (0..count).map(|item: u8| Bytes::from(vec![item])).collect();
            let (sender, mut receiver) = channel(1);
            let budgets = ByteBudgets::default();
            let passed_on = async {
                let passed_on = pass_on(&mut Ended::of(items.clone()), &budgets.answers, &sender).await.is_ok();
                drop(sender);
                passed_on
            };
            let received = async {
                let mut received = Vec::new();
                while let Some(item) = receiver.recv().await {
                    received.push(item);
                }
                received
            };
            assert_eq!(tokio::join!(biased; passed_on, received), (true, items));
        }
    }

    #[tokio::test]
    async fn an_item_without_room_is_an_error_and_the_last_one() {
        const LARGE: usize = 100 << 10;
        for sizes in [&[LARGE][..], &[LARGE, 1], &[1, LARGE], &[1, 1, LARGE], &[1, LARGE, 1], &[1, 1, LARGE, 1, 1]] {
            let budgets = Arc::new(ByteBudgets::of_units(0));
            let items: Vec<_> = sizes.iter().map(|size| Bytes::from(vec![0; *size])).collect();
            let sent =
                run(Ended::of(items.clone()), budgets, None::<std::future::Pending<()>>).collect::<Vec<_>>().await;
            let mut expected: Vec<_> = items.into_iter().take_while(|item| item.len() < LARGE).collect();
            expected.push("EventsFull".into());
            assert_eq!(sent, expected, "{sizes:?}");
        }
    }

    #[tokio::test]
    async fn a_call_that_is_given_up_ends_with_an_error_after_what_it_has_said() {
        let budgets = Arc::new(ByteBudgets::default());
        let call = Running(Ended::of(vec!["begun".into()]));
        let given_up = Arc::new(tokio::sync::Notify::new());
        let mut events = pin!(run(call, budgets, Some(Arc::clone(&given_up).notified_owned())));
        assert_eq!(events.next().await, Some("begun".into()));
        given_up.notify_one();
        assert_eq!(events.next().await, Some("GivenUp".into()));
        assert_eq!(events.next().await, None);
    }

    /// The events of a call that never ends.
    struct Running(Ended);

    impl Stream for Running {
        type Item = Bytes;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Bytes>> {
            self.0.0.next().map_or(Poll::Pending, |event| Poll::Ready(Some(event)))
        }
    }

    impl Events for Running {
        fn poll_call(&mut self, _: &mut Context<'_>) -> Poll<()> {
            Poll::Pending
        }

        fn end_with(&mut self, error: GatewayError) -> Bytes {
            self.0.end_with(error)
        }
    }
}
