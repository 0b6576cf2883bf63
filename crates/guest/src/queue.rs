//! The futures that wait for events of the host, and how they are woken.

use std::mem;
use std::sync::{Arc, Weak};
use std::task::Waker;

/// Events, and for each the waker of the future that waits for it.
///
/// The references are weak, since a pollable must be dropped before the resource that it was made from, and a future that is
/// dropped before its event comes takes its pollable with it.
#[derive(Debug)]
pub(crate) struct WaitQueue<E> {
    waiting: Vec<(Weak<E>, Waker)>,
}

impl<E> WaitQueue<E> {
    pub(crate) const fn new() -> Self {
        Self { waiting: Vec::new() }
    }

    /// Adds an event. A future that is polled again while it waits replaces its waker.
    pub(crate) fn add(&mut self, event: &Arc<E>, waker: &Waker) {
        match self.waiting.iter_mut().find(|(waiting, _)| std::ptr::eq(waiting.as_ptr(), Arc::as_ptr(event))) {
            Some((_, known)) => known.clone_from(waker),
            None => self.waiting.push((Arc::downgrade(event), waker.clone())),
        }
    }

    /// The events that futures still wait for. The queue forgets those whose future was dropped.
    pub(crate) fn events(&mut self) -> Vec<Arc<E>> {
        let mut events = Vec::with_capacity(self.waiting.len());
        self.waiting.retain(|(event, _)| event.upgrade().map(|event| events.push(event)).is_some());
        events
    }

    /// Takes out the events with these indices of what [`events`](Self::events) gave, and returns their wakers.
    pub(crate) fn take(&mut self, ready: &[u32]) -> Vec<Waker> {
        let mut wakers = Vec::with_capacity(ready.len());
        for (index, (event, waker)) in (0..).zip(mem::take(&mut self.waiting)) {
            match ready.contains(&index) {
                true => wakers.push(waker),
                false => self.waiting.push((event, waker)),
            }
        }
        wakers
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn events_are_in_the_order_in_which_they_were_added() {
        let events = ["a", "b", "c"].map(Arc::new);
        let mut queue = WaitQueue::new();
        events.iter().for_each(|event| queue.add(event, Waker::noop()));
        assert_eq!(queue.events(), events);
        assert_eq!(queue.take(&[0, 2]).len(), 2);
        assert_eq!(queue.events(), [Arc::new("b")], "an event that is not ready stays");
    }

    #[test]
    fn an_event_whose_future_was_dropped_is_forgotten() {
        let (kept, dropped) = (Arc::new(1), Arc::new(2));
        let mut queue = WaitQueue::new();
        queue.add(&dropped, Waker::noop());
        queue.add(&kept, Waker::noop());
        drop(dropped);
        assert_eq!(queue.events(), [Arc::clone(&kept)]);
        assert_eq!(queue.take(&[0]).len(), 1, "indices are those of the events that are left");
        assert!(queue.events().is_empty());
    }

    #[test]
    fn an_event_that_is_added_twice_is_there_once_and_wakes_who_added_it_last() {
        let counts = [Arc::new(Count::default()), Arc::new(Count::default())];
        let event = Arc::new(());
        let mut queue = WaitQueue::new();
        counts.iter().for_each(|count| queue.add(&event, &Waker::from(Arc::clone(count))));
        assert_eq!(queue.events().len(), 1);
        queue.take(&[0]).into_iter().for_each(Waker::wake);
        assert_eq!(counts.map(|count| count.0.load(Ordering::Relaxed)), [0, 1]);
    }
}
