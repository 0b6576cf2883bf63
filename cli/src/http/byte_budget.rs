//! How many bytes the host holds for clients, over all connections: bodies that are still being read, and answers that are not sent yet.
//! Limits of one message alone would allow `--max-connections` times as much.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many bytes of request bodies are held at once.
const MAX_BODY_BYTES: usize = 256 << 20;
/// How many bytes of answers are held at once.
const MAX_ANSWER_BYTES: usize = 512 << 20;
/// How many bytes of answers may wait for room, beside those that have it.
const MAX_WAITING_ANSWER_BYTES: usize = 128 << 20;
/// How many bytes of each message count for nothing: the number of connections is limited, and most messages are smaller. A client that
/// fills a budget does not touch them.
const UNCOUNTED_BYTES: usize = 64 << 10;
/// How long a message waits for room.
const ROOM_TIMEOUT: Duration = Duration::from_secs(5);

/// The budgets of a listener.
pub(super) struct ByteBudgets {
    pub(super) bodies: ByteBudget,
    pub(super) answers: ByteBudget,
}

/// How many bytes may be held at once. They are counted in units of [`UNCOUNTED_BYTES`].
pub(super) struct ByteBudget {
    room: Arc<Semaphore>,
    /// How much may wait for room. A part of a body that waits is in the buffer of its connection.
    waiting: Semaphore,
    /// The permit to wait for more room than a message has.
    growing: Semaphore,
    timeout: Duration,
}

/// Bytes that are held. They are given back when this is dropped.
#[derive(Default)]
pub(super) struct Held(Option<OwnedSemaphorePermit>);

/// There was no room in time.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server holds too much for other clients")]
pub(super) struct NoRoom;

impl Default for ByteBudgets {
    fn default() -> Self {
        Self {
            bodies: ByteBudget::new(MAX_BODY_BYTES, MAX_BODY_BYTES, ROOM_TIMEOUT),
            answers: ByteBudget::new(MAX_ANSWER_BYTES, MAX_WAITING_ANSWER_BYTES, ROOM_TIMEOUT),
        }
    }
}

impl ByteBudget {
    fn new(bytes: usize, waiting: usize, timeout: Duration) -> Self {
        let semaphore = |bytes: usize| Semaphore::new(bytes / UNCOUNTED_BYTES);
        Self { room: Arc::new(semaphore(bytes)), waiting: semaphore(waiting), growing: Semaphore::new(1), timeout }
    }

    /// Makes room for a message that has so many bytes now. Of those that have room and need more, one waits: the others would keep from it
    /// what they have, and give it back instead.
    pub(super) async fn hold(&self, held: &mut Held, bytes: usize) -> Result<(), NoRoom> {
        let units = bytes.saturating_sub(1) / UNCOUNTED_BYTES;
        let more = units.saturating_sub(held.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).map_err(|_| NoRoom)?;
        let permit = match Arc::clone(&self.room).try_acquire_many_owned(more) {
            Ok(permit) => permit,
            Err(_) => {
                let _growing = match &held.0 {
                    Some(_) => Some(self.growing.try_acquire().map_err(|_| NoRoom)?),
                    None => None,
                };
                let _waiting = self.waiting.try_acquire_many(more).map_err(|_| NoRoom)?;
                let room = timeout(self.timeout, Arc::clone(&self.room).acquire_many_owned(more));
                // The semaphore is never closed.
                room.await.map_err(|_| NoRoom)?.map_err(|_| NoRoom)?
            }
        };
        match &mut held.0 {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        Ok(())
    }

    /// Makes room for bytes until they have been sent and dropped.
    pub(super) async fn hold_bytes(&self, bytes: Bytes) -> Result<Bytes, NoRoom> {
        if bytes.len() <= UNCOUNTED_BYTES {
            return Ok(bytes);
        }
        let mut held = Held::default();
        self.hold(&mut held, bytes.len()).await?;
        Ok(held.until_sent(bytes))
    }
}

impl Held {
    /// Bytes that have this room until they have been sent and dropped.
    pub(super) fn until_sent(self, bytes: Bytes) -> Bytes {
        match self {
            Self(None) => bytes,
            held => Bytes::from_owner(HeldBytes { bytes, _held: held }),
        }
    }
}

struct HeldBytes {
    bytes: Bytes,
    _held: Held,
}

impl AsRef<[u8]> for HeldBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
impl ByteBudgets {
    /// Budgets of so many units for bodies and for answers, in which nothing waits for long.
    pub(super) fn of_units(units: usize) -> Self {
        let budget = || ByteBudget::new(units * UNCOUNTED_BYTES, units * UNCOUNTED_BYTES, Duration::from_secs(1));
        Self { bodies: budget(), answers: budget() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRIEF: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(60);

    fn budget(units: usize, waiting: usize, timeout: Duration) -> ByteBudget {
        ByteBudget::new(units * UNCOUNTED_BYTES, waiting * UNCOUNTED_BYTES, timeout)
    }

    #[tokio::test]
    async fn a_message_counts_from_its_65537th_byte_on_and_is_given_back() {
        let budget = budget(4, 4, BRIEF);
        for (bytes, left) in [
            (0, 4),
            (1, 4),
            (UNCOUNTED_BYTES, 4),
            (UNCOUNTED_BYTES + 1, 3),
            (2 * UNCOUNTED_BYTES, 3),
            (5 * UNCOUNTED_BYTES, 0),
        ] {
            let mut held = Held::default();
            assert_eq!(budget.hold(&mut held, bytes).await, Ok(()), "{bytes}");
            assert_eq!(budget.room.available_permits(), left, "{bytes}");
            drop(held);
            let bytes = budget.hold_bytes(vec![1; bytes].into()).await.expect("room");
            assert_eq!(budget.room.available_permits(), left, "{}", bytes.len());
            let part = bytes.slice(..bytes.len() / 2);
            drop(bytes);
            assert_eq!(budget.room.available_permits(), if part.is_empty() { 4 } else { left }, "a part is left");
            drop(part);
            assert_eq!(budget.room.available_permits(), 4);
        }
    }

    #[tokio::test]
    async fn a_message_that_grows_holds_the_whole_of_itself() {
        let (budget, mut held) = (budget(4, 4, BRIEF), Held::default());
        for (bytes, left) in [(UNCOUNTED_BYTES, 4), (2 * UNCOUNTED_BYTES, 3), (4 * UNCOUNTED_BYTES, 1)] {
            assert_eq!(budget.hold(&mut held, bytes).await, Ok(()));
            assert_eq!(budget.room.available_permits(), left);
        }
        assert_eq!(budget.hold(&mut held, 9 * UNCOUNTED_BYTES).await, Err(NoRoom));
    }

    #[tokio::test]
    async fn messages_that_grow_do_not_keep_each_other_waiting() {
        let budget = budget(4, 4, LONG);
        let (mut one, mut other) = (Held::default(), Held::default());
        for held in [&mut one, &mut other] {
            assert_eq!(budget.hold(held, 3 * UNCOUNTED_BYTES).await, Ok(()));
        }
        let given_back = async {
            let grown = budget.hold(&mut other, 4 * UNCOUNTED_BYTES).await;
            drop(std::mem::take(&mut other));
            grown
        };
        let grown = tokio::join!(budget.hold(&mut one, 4 * UNCOUNTED_BYTES), given_back);
        assert_eq!(grown, (Ok(()), Err(NoRoom)));
    }

    #[tokio::test]
    async fn what_finds_no_room_waits_for_a_while_and_small_messages_never() {
        let full = budget(1, 1, BRIEF);
        let first = full.hold_bytes(vec![1; UNCOUNTED_BYTES + 1].into()).await.expect("room");
        assert_eq!(full.hold_bytes(vec![1; UNCOUNTED_BYTES + 1].into()).await, Err(NoRoom));
        assert!(full.hold_bytes(vec![1; UNCOUNTED_BYTES].into()).await.is_ok());
        assert_eq!(first.len(), UNCOUNTED_BYTES + 1);

        let patient = budget(1, 1, LONG);
        let first = patient.hold_bytes(vec![1; UNCOUNTED_BYTES + 1].into()).await.expect("room");
        let (second, third, ()) = tokio::join!(
            patient.hold_bytes(vec![2; UNCOUNTED_BYTES + 1].into()),
            patient.hold_bytes(vec![3; UNCOUNTED_BYTES + 1].into()),
            async { drop(first) },
        );
        assert!(second.is_ok(), "it waited");
        assert_eq!(third, Err(NoRoom), "one waits already");
    }
}
