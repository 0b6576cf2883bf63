//! Descriptions that did not come: the next callers do not wait for them once more.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use contract::model::McpError;

use crate::deadline;
use crate::ports::beginning;

/// For how long a description that did not come is taken as missing. One that failed sooner than this is asked for again as soon.
const REMEMBERED_MS: u64 = 5000;

/// The descriptions that did not come, by the places of their providers.
#[derive(Debug, Default)]
pub(crate) struct LostDescriptions(Mutex<BTreeMap<usize, Lost>>);

#[derive(Debug)]
struct Lost {
    error: McpError,
    /// Until when the error is the answer.
    until_ms: u64,
}

/// The turn of a caller to ask a provider for its description.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    lost: &'a LostDescriptions,
    place: usize,
    began_ms: u64,
    /// Until when other callers get the error that is remembered, unless this turn ends sooner; `None` where there is none, or the turn is over.
    held_until_ms: Option<u64>,
}

impl LostDescriptions {
    /// The turn to ask a provider, or the error that it gave a moment ago. While one caller asks a provider again that failed, that
    /// error is still the answer for others.
    pub(crate) fn turn(&self, place: usize, now_ms: u64) -> Result<Turn<'_>, McpError> {
        let mut held_until_ms = None;
        if let Some(lost) = self.all().get_mut(&place) {
            if now_ms < lost.until_ms {
                return Err(lost.error.clone());
            }
            lost.until_ms = now_ms.saturating_add(u64::from(deadline::MAX_MS));
            held_until_ms = Some(lost.until_ms);
        }
        Ok(Turn { lost: self, place, began_ms: now_ms, held_until_ms })
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<usize, Lost>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Remembers an error for as long as it took, and no longer than [`REMEMBERED_MS`]: one that came at once kept no caller waiting. What a
    /// provider says about the caller is for this caller alone.
    pub(crate) fn end<T>(mut self, answer: Result<T, McpError>, now_ms: u64) -> Result<T, McpError> {
        self.held_until_ms = None;
        let mut all = self.lost.all();
        match &answer {
            Ok(_) | Err(McpError::NotOffered | McpError::Forbidden(_) | McpError::InsufficientScope(_)) => {
                all.remove(&self.place);
            }
            Err(error) => {
                let took_ms = now_ms.saturating_sub(self.began_ms);
                let until_ms = now_ms.saturating_add(took_ms.min(REMEMBERED_MS));
                all.insert(self.place, Lost { error: short(error), until_ms });
            }
        }
        drop(all);
        answer
    }
}

impl Drop for Turn<'_> {
    /// A caller that has gone leaves its turn to the next one, unless another turn has ended with an error meanwhile.
    fn drop(&mut self) {
        if let Some(held_until_ms) = self.held_until_ms
            && let Some(lost) = self.lost.all().get_mut(&self.place)
            && lost.until_ms == held_until_ms
        {
            lost.until_ms = 0;
        }
    }
}

/// The error without what a provider could make long.
fn short(error: &McpError) -> McpError {
    match error {
        McpError::DeadlineExceeded => McpError::DeadlineExceeded,
        McpError::Unavailable(after_ms) => McpError::Unavailable(*after_ms),
        error => McpError::Internal(beginning(&error.explanation()).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a caller at this time gets without asking.
    fn known(lost: &LostDescriptions, now_ms: u64) -> Option<McpError> {
        lost.turn(0, now_ms).err()
    }

    #[test]
    fn an_error_is_remembered_for_as_long_as_it_took_and_what_is_said_about_the_caller_is_not() {
        let late = McpError::DeadlineExceeded;
        let trap = McpError::Internal("trap".to_owned());
        let cases = [
            (late.clone(), 10_000, REMEMBERED_MS),
            (trap.clone(), 10_000, REMEMBERED_MS),
            (trap.clone(), 300, 300),
            (trap, 0, 0),
            (McpError::Forbidden("no".to_owned()), 10_000, 0),
            (McpError::InsufficientScope(vec![]), 10_000, 0),
        ];
        for (error, took_ms, remembered_ms) in cases {
            let lost = LostDescriptions::default();
            let turn = lost.turn(0, 0).expect("nothing is known");
            assert_eq!(turn.end::<()>(Err(error.clone()), took_ms), Err(error.clone()));
            if remembered_ms > 0 {
                assert_eq!(known(&lost, took_ms + remembered_ms - 1), Some(error.clone()));
            }
            assert_eq!(known(&lost, took_ms + remembered_ms), None, "{error:?}");
            assert_eq!(lost.turn(1, 0).err(), None, "of another provider");
        }
        let lost = LostDescriptions::default();
        let turn = lost.turn(0, 0).expect("nothing is known");
        assert_eq!(turn.end(Err::<(), _>(late.clone()), 10_000), Err(late));
        let again = lost.turn(0, 15_000).expect("its time is up");
        assert_eq!(again.end(Ok(1), 15_001), Ok(1));
        assert_eq!(known(&lost, 15_001), None, "it answers");
    }

    #[test]
    fn while_one_caller_asks_again_the_others_do_not_wait() {
        let lost = LostDescriptions::default();
        let first = lost.turn(0, 0).expect("nothing is known");
        let at_once = lost.turn(0, 0);
        assert!(at_once.is_ok(), "no caller knows yet that it fails");
        assert!(first.end::<()>(Err(McpError::DeadlineExceeded), 10_000).is_err());
        drop(at_once);
        assert_eq!(known(&lost, 10_001), Some(McpError::DeadlineExceeded), "the other caller held no caller up");

        let asking = lost.turn(0, 15_000).expect("its time is up");
        assert_eq!(known(&lost, 15_001), Some(McpError::DeadlineExceeded));
        drop(asking);
        let next = lost.turn(0, 15_001).expect("the caller that asked has gone");

        // The next one takes longer than it may keep the others from asking.
        let late = 15_001 + u64::from(deadline::MAX_MS);
        let fresher = lost.turn(0, late).expect("its time is up");
        assert!(fresher.end::<()>(Err(McpError::DeadlineExceeded), late + 5000).is_err());
        drop(next);
        assert_eq!(known(&lost, late + 5001), Some(McpError::DeadlineExceeded), "the error of the later turn stays");
    }
}
