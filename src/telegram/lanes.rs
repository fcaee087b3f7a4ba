//! Work in lanes: one after another within a lane, side by side across lanes, bounded in both.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Does one piece of work.
type Worker<T> = dyn Fn(T) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// A lane: what waits behind the piece in hand.
type Lane<T> = VecDeque<(T, Room)>;

/// Room for one piece of work.
pub(super) struct Room {
    _permit: OwnedSemaphorePermit,
    gauge: metrics::Gauge,
}

impl Room {
    fn new(permit: OwnedSemaphorePermit) -> Self {
        let gauge = metrics::gauge!("wenjian_updates_in_hand");
        gauge.increment(1);
        Self { _permit: permit, gauge }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.gauge.decrement(1);
    }
}

/// The lanes. A lane exists while it has work.
pub(super) struct Lanes<T> {
    shared: Arc<Shared<T>>,
    in_hand: Arc<Semaphore>,
    bounds: Bounds,
}

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// In all lanes together; beyond, there is no [`Room`].
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

    /// Waits for room.
    pub(super) async fn room(&self) -> Option<Room> {
        let permit = Arc::clone(&self.in_hand).acquire_owned().await;
        permit.ok().map(Room::new)
    }

    /// Room if there is any now.
    pub(super) fn room_now(&self) -> Option<Room> {
        let permit = Arc::clone(&self.in_hand).try_acquire_owned();
        permit.ok().map(Room::new)
    }

    /// Puts work at the end of a lane; gives it back if the lane is full.
    pub(super) fn push(&self, lane: i64, work: T, room: Room) -> Result<(), T> {
        match self.shared.lanes().entry(lane) {
            Entry::Occupied(lane) if lane.get().len() >= self.bounds.in_a_lane => Err(work),
            Entry::Occupied(mut lane) => {
                lane.get_mut().push_back((work, room));
                Ok(())
            }
            Entry::Vacant(entry) => {
                entry.insert(VecDeque::new());
                tokio::spawn(Arc::clone(&self.shared).run(lane, (work, room)));
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
    async fn run(self: Arc<Self>, lane: i64, first: (T, Room)) {
        let mut next = Some(first);
        while let Some((work, room)) = next {
            (self.worker)(work).await;
            drop(room);
            next = self.next(lane);
        }
    }

    /// The next piece of a lane; the lane goes with its last.
    fn next(&self, lane: i64) -> Option<(T, Room)> {
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

    fn push(
        lanes: &Lanes<&'static str>,
        lane: i64,
        name: &'static str,
    ) -> Result<(), &'static str> {
        lanes.push(lane, name, lanes.room_now().unwrap())
    }

    #[tokio::test]
    async fn a_slow_lane_keeps_its_order_and_delays_no_other() {
        let (lanes, gate, mut done) = lanes();
        for name in ["slow 1", "slow 2", "quick after slow"] {
            push(&lanes, 1, name).unwrap();
        }
        push(&lanes, 2, "other").unwrap();
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
            push(&lanes, 1, "slow").unwrap();
        }
        assert_eq!(push(&lanes, 1, "too much"), Err("too much"));
        assert_eq!(lanes.in_hand(), BOUNDS.in_a_lane + 1);
        gate.add_permits(9);
        lanes.drain().await;
        assert_eq!(lanes.in_hand(), 0);
    }

    #[tokio::test]
    async fn what_is_in_hand_takes_room_until_it_is_done() {
        let (lanes, gate, _done) = lanes();
        let rooms: Vec<Room> = (1..BOUNDS.in_all).filter_map(|_| lanes.room_now()).collect();
        push(&lanes, 1, "slow").unwrap();
        assert!(lanes.room_now().is_none());
        drop(rooms);
        assert!(lanes.room_now().is_some());
        gate.add_permits(1);
        lanes.drain().await;
        assert_eq!(lanes.in_hand(), 0);
    }
}
