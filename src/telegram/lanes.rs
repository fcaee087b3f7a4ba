//! Work in lanes: one after another within a lane, side by side across lanes, bounded in both.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Does one piece of work.
type Worker<T> = dyn Fn(T) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// A lane: what waits behind the piece in hand.
type Lane<T> = VecDeque<(T, OwnedSemaphorePermit)>;

/// The lanes. A lane exists while it has work.
pub(super) struct Lanes<T> {
    shared: Arc<Shared<T>>,
    in_hand: Arc<Semaphore>,
    bounds: Bounds,
}

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// In all lanes together; beyond, [`Lanes::push`] waits.
    pub(super) in_all: u32,
    /// In one lane; beyond, [`Lanes::push`] refuses.
    pub(super) in_a_lane: usize,
}

struct Shared<T> {
    worker: Box<Worker<T>>,
    lanes: Mutex<HashMap<i64, Lane<T>>>,
}

impl<T: Send + 'static> Lanes<T> {
    pub(super) fn new<F>(bounds: Bounds, worker: impl Fn(T) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let worker: Box<Worker<T>> = Box::new(move |work| Box::pin(worker(work)));
        Self {
            shared: Arc::new(Shared { worker, lanes: Mutex::default() }),
            in_hand: Arc::new(Semaphore::new(bounds.in_all as usize)),
            bounds,
        }
    }

    /// Puts work at the end of a lane; gives it back if the lane is full. Waits while all lanes
    /// together are.
    pub(super) async fn push(&self, lane: i64, work: T) -> Result<(), T> {
        let Ok(permit) = Arc::clone(&self.in_hand).acquire_owned().await else {
            return Err(work);
        };
        match self.shared.lanes().entry(lane) {
            Entry::Occupied(lane) if lane.get().len() >= self.bounds.in_a_lane => Err(work),
            Entry::Occupied(mut lane) => {
                lane.get_mut().push_back((work, permit));
                Ok(())
            }
            Entry::Vacant(entry) => {
                entry.insert(VecDeque::new());
                tokio::spawn(Arc::clone(&self.shared).run(lane, (work, permit)));
                Ok(())
            }
        }
    }

    /// How many pieces are in hand or waiting.
    pub(super) fn in_hand(&self) -> usize {
        self.bounds.in_all as usize - self.in_hand.available_permits()
    }

    /// Waits until nothing is in hand. Nothing may be pushed meanwhile.
    pub(super) async fn drain(&self) {
        let all = self.in_hand.acquire_many(self.bounds.in_all).await;
        drop(all);
    }
}

impl<T> Shared<T> {
    /// Works a lane off.
    async fn run(self: Arc<Self>, lane: i64, first: (T, OwnedSemaphorePermit)) {
        let mut next = Some(first);
        while let Some((work, permit)) = next {
            (self.worker)(work).await;
            drop(permit);
            next = self.next(lane);
        }
    }

    /// The next piece of a lane; the lane goes with its last.
    fn next(&self, lane: i64) -> Option<(T, OwnedSemaphorePermit)> {
        let mut lanes = self.lanes();
        let next = lanes.get_mut(&lane)?.pop_front();
        if next.is_none() {
            lanes.remove(&lane);
        }
        next
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<i64, Lane<T>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    const BOUNDS: Bounds = Bounds { in_all: 100, in_a_lane: 3 };

    /// Lanes whose work tells its name when it is allowed to go on.
    fn lanes() -> (Lanes<&'static str>, Arc<Semaphore>, mpsc::UnboundedReceiver<&'static str>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let slow = Arc::new(Semaphore::new(0));
        let gate = Arc::clone(&slow);
        let lanes = Lanes::new(BOUNDS, move |name: &'static str| {
            let (gate, sender) = (Arc::clone(&gate), sender.clone());
            async move {
                if name.starts_with("slow") {
                    gate.acquire().await.unwrap().forget();
                }
                sender.send(name).unwrap();
            }
        });
        (lanes, slow, receiver)
    }

    #[tokio::test]
    async fn a_slow_lane_keeps_its_order_and_delays_no_other() {
        let (lanes, gate, mut done) = lanes();
        for name in ["slow 1", "slow 2", "quick after slow"] {
            lanes.push(1, name).await.unwrap();
        }
        lanes.push(2, "other").await.unwrap();
        assert_eq!(done.recv().await, Some("other"));
        gate.add_permits(2);
        lanes.drain().await;
        let mut rest = Vec::new();
        done.recv_many(&mut rest, 9).await;
        assert_eq!(rest, ["slow 1", "slow 2", "quick after slow"]);
        assert!(lanes.shared.lanes().is_empty(), "an idle lane takes no room");
    }

    #[tokio::test]
    async fn a_full_lane_refuses() {
        let (lanes, gate, _done) = lanes();
        for _ in 0..=BOUNDS.in_a_lane {
            lanes.push(1, "slow").await.unwrap();
        }
        assert_eq!(lanes.push(1, "too much").await, Err("too much"));
        assert_eq!(lanes.in_hand(), BOUNDS.in_a_lane + 1);
        gate.add_permits(9);
        lanes.drain().await;
        assert_eq!(lanes.in_hand(), 0);
    }
}
