//! The owners that were found on lists for calls that may have more legs to come.
//!
//! A catalogue that is called as a provider is not told which legs are of one call but by the id of the call. Without
//! this it would list the providers for each leg, and the legs could reach different owners.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Kind;
use crate::resolve::Resolved;

/// How many are kept. The one that was used least recently makes room: its call then lists the providers once more.
const MAX_CALLS: usize = 64;

/// What was found lately, the most recently used last.
#[derive(Debug, Default)]
pub(crate) struct RecentOwners(Mutex<Vec<Found>>);

#[derive(Debug)]
struct Found {
    call_id: String,
    kind: Kind,
    resolved: Resolved,
}

impl RecentOwners {
    /// What was found for this item of this call.
    pub(crate) fn get(&self, call_id: &str, item: (Kind, &str)) -> Option<Resolved> {
        get(&mut self.lock(), call_id, item)
    }

    /// Keeps what was found, without the facts of a tool, which no further leg needs. Of two attempts of one leg that run
    /// at once, both get what the first one keeps.
    pub(crate) fn keep(&self, call_id: &str, kind: Kind, resolved: Resolved) -> Resolved {
        let mut recent = self.lock();
        if let Some(kept) = get(&mut recent, call_id, (kind, &resolved.name)) {
            return kept;
        }
        if recent.len() >= MAX_CALLS {
            recent.remove(0);
        }
        let resolved = Resolved { facts: None, ..resolved };
        recent.push(Found { call_id: call_id.to_owned(), kind, resolved: resolved.clone() });
        resolved
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Found>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was found for this item of this call, which makes it the most recently used.
fn get(recent: &mut Vec<Found>, call_id: &str, (kind, name): (Kind, &str)) -> Option<Resolved> {
    let is_it = |found: &Found| found.kind == kind && found.call_id == call_id && found.resolved.name == name;
    let place = recent.iter().position(is_it)?;
    let found = recent.remove(place);
    let resolved = found.resolved.clone();
    recent.push(found);
    Some(resolved)
}

#[cfg(test)]
mod tests {
    use super::{MAX_CALLS, RecentOwners};
    use crate::Kind;
    use crate::resolve::{Resolved, Target};

    #[test]
    fn an_owner_is_known_for_its_item_and_call_until_others_need_the_room() {
        let recent = RecentOwners::default();
        let keep = |call_id: &str, place| {
            let (name, target) = ("draw".to_owned(), Target::Provider(place));
            let found = Resolved { name, own_name: None, owner: None, target, searched: true, facts: None };
            recent.keep(call_id, Kind::Tool, found).target
        };
        let target = |call_id: &str, kind, name| recent.get(call_id, (kind, name)).map(|resolved| resolved.target);
        let known = Some(Target::Provider(3));
        assert_eq!((keep("first", 3), keep("second", 3)), (Target::Provider(3), Target::Provider(3)));
        assert_eq!(keep("first", 4), Target::Provider(3), "the other attempt was faster");
        assert_eq!(target("first", Kind::Tool, "draw"), known);
        assert_eq!(target("first", Kind::Prompt, "draw"), None);
        assert_eq!(target("first", Kind::Tool, "roll"), None);
        assert_eq!(target("third", Kind::Tool, "draw"), None);

        for call in 1..MAX_CALLS {
            keep(&call.to_string(), 5);
        }
        assert_eq!(target("second", Kind::Tool, "draw"), None, "it was used least recently");
        assert_eq!(target("first", Kind::Tool, "draw"), known);
    }
}
