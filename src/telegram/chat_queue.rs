//! A queue for each chat: updates are handled one after another within a chat and side by side across
//! chats, with a bound on how many may wait in each.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Handles one item of a queue.
type Worker<T> = dyn Fn(T) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// The items of a chat that wait for the one that is being handled.
type ChatQueue<T> = VecDeque<(T, Slot)>;

/// The right to have one item in the queues, until it is dropped.
pub(super) struct Slot {
    _permit: OwnedSemaphorePermit,
    gauge: metrics::Gauge,
}

impl Slot {
    fn new(permit: OwnedSemaphorePermit) -> Self {
        let gauge = metrics::gauge!("wenjian_updates_in_hand");
        gauge.increment(1);
        Self { _permit: permit, gauge }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.gauge.decrement(1);
    }
}

/// The queues of all chats. A chat has a queue only while there is something in it.
pub(super) struct ChatQueues<T> {
    shared: Arc<QueueState<T>>,
    in_hand: Arc<Semaphore>,
    bounds: Bounds,
}

/// How many items may be handled or wait at the same time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// The limit for all queues together. If it is reached, there is no [`Slot`].
    pub(super) in_all: u32,
    /// The limit for one queue. If it is reached, [`ChatQueues::push`] refuses.
    pub(super) in_a_chat: usize,
}

struct QueueState<T> {
    worker: Box<Worker<T>>,
    queues: Mutex<HashMap<i64, ChatQueue<T>>>,
}

impl<T: Send + 'static> ChatQueues<T> {
    pub(super) fn new<F>(bounds: Bounds, worker: impl Fn(T) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let worker: Box<Worker<T>> = Box::new(move |work| Box::pin(worker(work)));
        Self {
            shared: Arc::new(QueueState { worker, queues: Mutex::default() }),
            in_hand: Arc::new(Semaphore::new(bounds.in_all as usize)),
            bounds,
        }
    }

    /// Waits for a slot.
    pub(super) async fn slot(&self) -> Option<Slot> {
        let permit = Arc::clone(&self.in_hand).acquire_owned().await;
        permit.ok().map(Slot::new)
    }

    /// Returns a slot if one is free now.
    pub(super) fn slot_now(&self) -> Option<Slot> {
        let permit = Arc::clone(&self.in_hand).try_acquire_owned();
        permit.ok().map(Slot::new)
    }

    /// Appends an item to a chat's queue. Returns the item if the queue is full.
    pub(super) fn push(&self, chat: i64, work: T, slot: Slot) -> Result<(), T> {
        match self.shared.queues().entry(chat) {
            Entry::Occupied(chat) if chat.get().len() >= self.bounds.in_a_chat => Err(work),
            Entry::Occupied(mut chat) => {
                chat.get_mut().push_back((work, slot));
                Ok(())
            }
            Entry::Vacant(entry) => {
                entry.insert(VecDeque::new());
                tokio::spawn(Arc::clone(&self.shared).run(chat, (work, slot)));
                Ok(())
            }
        }
    }

    /// Returns how many items are being handled or wait.
    pub(super) fn in_hand(&self) -> usize {
        self.bounds.in_all as usize - self.in_hand.available_permits()
    }

    /// Waits until all queues are empty. Nothing may be pushed meanwhile.
    pub(super) async fn drain(&self) {
        let all = self.in_hand.acquire_many(self.bounds.in_all).await;
        drop(all);
    }
}

impl<T> QueueState<T> {
    /// Handles the items of a chat, one after another.
    async fn run(self: Arc<Self>, chat: i64, first: (T, Slot)) {
        let mut next = Some(first);
        while let Some((work, slot)) = next {
            (self.worker)(work).await;
            drop(slot);
            next = self.next(chat);
        }
    }

    /// Returns the next item of a chat. The queue is removed when it is empty.
    fn next(&self, chat: i64) -> Option<(T, Slot)> {
        let mut queues = self.queues();
        let next = queues.get_mut(&chat)?.pop_front();
        if next.is_none() {
            queues.remove(&chat);
        }
        next
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<i64, ChatQueue<T>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    const BOUNDS: Bounds = Bounds { in_all: 100, in_a_chat: 3 };

    /// Queues whose work reports its name once it is allowed to go on.
    fn queues() -> (ChatQueues<&'static str>, Arc<Semaphore>, mpsc::UnboundedReceiver<&'static str>)
    {
        let (sender, receiver) = mpsc::unbounded_channel();
        let slow = Arc::new(Semaphore::new(0));
        let gate = Arc::clone(&slow);
        let queues = ChatQueues::new(BOUNDS, move |name: &'static str| {
            let (gate, sender) = (Arc::clone(&gate), sender.clone());
            async move {
                if name.starts_with("slow") {
                    gate.acquire().await.unwrap().forget();
                }
                sender.send(name).unwrap();
            }
        });
        (queues, slow, receiver)
    }

    fn push(
        queues: &ChatQueues<&'static str>,
        chat: i64,
        name: &'static str,
    ) -> Result<(), &'static str> {
        queues.push(chat, name, queues.slot_now().unwrap())
    }

    #[tokio::test]
    async fn a_slow_chat_keeps_its_order_and_delays_no_other() {
        let (queues, gate, mut done) = queues();
        for name in ["slow 1", "slow 2", "quick after slow"] {
            push(&queues, 1, name).unwrap();
        }
        push(&queues, 2, "other").unwrap();
        assert_eq!(done.recv().await, Some("other"));
        gate.add_permits(2);
        queues.drain().await;
        let mut rest = Vec::new();
        done.recv_many(&mut rest, 9).await;
        assert_eq!(rest, ["slow 1", "slow 2", "quick after slow"]);
        assert!(queues.shared.queues().is_empty(), "an idle chat takes no room");
    }

    #[tokio::test]
    async fn a_full_queue_refuses() {
        let (queues, gate, _done) = queues();
        for _ in 0..=BOUNDS.in_a_chat {
            push(&queues, 1, "slow").unwrap();
        }
        assert_eq!(push(&queues, 1, "too much"), Err("too much"));
        assert_eq!(queues.in_hand(), BOUNDS.in_a_chat + 1);
        gate.add_permits(9);
        queues.drain().await;
        assert_eq!(queues.in_hand(), 0);
    }

    #[tokio::test]
    async fn what_is_in_hand_takes_a_slot_until_it_is_done() {
        let (queues, gate, _done) = queues();
        let slots: Vec<Slot> = (1..BOUNDS.in_all).filter_map(|_| queues.slot_now()).collect();
        push(&queues, 1, "slow").unwrap();
        assert!(queues.slot_now().is_none());
        drop(slots);
        assert!(queues.slot_now().is_some());
        gate.add_permits(1);
        queues.drain().await;
        assert_eq!(queues.in_hand(), 0);
    }
}
