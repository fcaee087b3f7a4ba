//! How an update becomes work: kept, known if it came before, stopped if it is one of a flood, and
//! put into its lane.
//!
//! Polling and webhooks hand updates in here. While the store fails, updates are answered all the
//! same, remembered in memory, and left with Telegram until their answers are out.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::flood::{Admission, Flood};
use super::handler::Handler;
use super::lanes::{Bounds, Lanes};
use super::pacing::Limits;
use super::read::{Wish, read};
use super::update::{self, Event};
use crate::store::{Done, Journal};

/// A piece of work.
pub(super) struct Job {
    pub(super) update_id: i64,
    /// When it came in, in the order of updates.
    pub(super) arrival: u64,
    pub(super) admission: Admission,
    pub(super) wish: Wish,
}

/// The way in. Cheap to clone.
#[derive(Clone)]
pub(super) struct Intake(Arc<Inner>);

struct Inner {
    handler: Arc<Handler>,
    journal: Journal,
    lanes: Lanes<Job>,
    flood: Mutex<Flood>,
    unkept: Arc<Unkept>,
}

/// Updates that the store could not take, and whether they are done.
#[derive(Default)]
struct Unkept(Mutex<BTreeMap<i64, bool>>);

impl Intake {
    pub(super) fn new(handler: Arc<Handler>, journal: Journal) -> Self {
        let options = &handler.options;
        let unlimited = options.limits == Limits::Off;
        let bounds = Bounds {
            in_all: options.max_in_hand,
            in_a_lane: if unlimited { usize::MAX } else { options.max_in_a_chat },
        };
        let questions = if unlimited { u32::MAX } else { options.flood_questions };
        let period = Duration::from_secs(options.flood_seconds.into());
        let unkept = Arc::new(Unkept::default());
        let lanes = {
            let (handler, journal) = (Arc::clone(&handler), journal.clone());
            let unkept = Arc::clone(&unkept);
            Lanes::new(bounds, move |job: Job| {
                work(Arc::clone(&handler), journal.clone(), Arc::clone(&unkept), job)
            })
        };
        let flood = Mutex::new(Flood::new(questions, period));
        Self(Arc::new(Inner { handler, journal, lanes, flood, unkept }))
    }

    /// Takes updates in, as received. False if they are kept in memory only.
    pub(super) async fn take(&self, updates: Vec<Value>) -> bool {
        let mut updates: Vec<(i64, Value)> = updates
            .into_iter()
            .filter_map(|update| Some((update.get("update_id")?.as_i64()?, update)))
            .filter(|(id, _)| !self.0.unkept.has(*id))
            .collect();
        let bodies: Vec<_> = updates.iter().map(|(id, update)| (*id, update.to_string())).collect();
        let kept = self.0.handler.store.admit(&bodies).await;
        match &kept {
            Ok(new) => updates.retain(|(id, _)| new.contains(id)),
            Err(_) => {
                let mut seen = HashSet::new();
                updates.retain(|(id, _)| seen.insert(*id));
                self.0.unkept.add(&updates);
            }
        }
        for (id, update) in updates {
            let arrival = self.0.handler.chats.next_arrival();
            self.dispatch(id, arrival, update).await;
        }
        kept.is_ok()
    }

    /// Goes on with what an earlier run left in the inbox.
    pub(super) async fn resume(&self) {
        let pending = self.0.handler.store.pending().await.unwrap_or_default();
        for (id, body) in pending {
            let update = serde_json::from_str(&body).unwrap_or_default();
            self.dispatch(id, 0, update).await;
        }
    }

    /// The first update that Telegram must not forget yet, of those that the store did not take.
    pub(super) fn first_unkept(&self) -> Option<i64> {
        self.0.unkept.first_open()
    }

    /// Telegram forgot all updates before `offset`.
    pub(super) fn forget_before(&self, offset: i64) {
        self.0.unkept.forget_before(offset);
    }

    /// Waits until nothing is in hand.
    pub(super) async fn drain(&self) {
        self.0.lanes.drain().await;
    }

    /// Forgets senders who asked nothing lately.
    pub(super) fn tidy(&self) {
        self.flood().tidy(Instant::now());
    }

    /// Puts an update into its lane, or strikes it at once if it asks nothing of us.
    async fn dispatch(&self, update_id: i64, arrival: u64, update: Value) {
        let job = self.job(update_id, arrival, update);
        let refused = match job {
            Some((lane, job)) => self.0.lanes.push(lane, job).await.is_err(),
            None => true,
        };
        if refused {
            // Struck by the writer in its own time; nobody waits for it.
            let (journal, unkept) = (self.0.journal.clone(), Arc::clone(&self.0.unkept));
            unkept.finish(update_id);
            journal.note_later(Done { update_id, ..Done::default() }).await;
        }
    }

    fn job(&self, update_id: i64, arrival: u64, update: Value) -> Option<(i64, Job)> {
        let event: Event = update::event(update)
            .inspect_err(|error| tracing::warn!(update_id, %error, "an update cannot be read"))
            .ok()??;
        let lane = event.lane();
        let wish = read(event, &self.0.handler.me)?;
        let admission = match &wish {
            Wish::Reply { place, .. } | Wish::Correct { place, .. } => {
                self.flood().admit(place.sender_id, Instant::now())
            }
            _ => Admission::Answer,
        };
        if admission == Admission::Ignore {
            return None;
        }
        Some((lane, Job { update_id, arrival, admission, wish }))
    }

    fn flood(&self) -> MutexGuard<'_, Flood> {
        self.0.flood.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Handles an update and notes that it is done. In a task of its own, so that a panic costs no more
/// than the answer to this update.
async fn work(handler: Arc<Handler>, journal: Journal, unkept: Arc<Unkept>, job: Job) {
    let update_id = job.update_id;
    let done = match tokio::spawn(async move { handler.handle(job).await }).await {
        Ok(done) => done,
        Err(error) => {
            tracing::error!(update_id, %error, "an update was given up");
            Done { update_id, ..Done::default() }
        }
    };
    journal.note(done).await;
    unkept.finish(update_id);
}

impl Unkept {
    fn add(&self, updates: &[(i64, Value)]) {
        self.lock().extend(updates.iter().map(|(id, _)| (*id, false)));
    }

    fn has(&self, id: i64) -> bool {
        self.lock().contains_key(&id)
    }

    fn finish(&self, id: i64) {
        if let Some(is_done) = self.lock().get_mut(&id) {
            *is_done = true;
        }
    }

    fn first_open(&self) -> Option<i64> {
        self.lock().iter().find(|(_, is_done)| !**is_done).map(|(id, _)| *id)
    }

    fn forget_before(&self, offset: i64) {
        let mut updates = self.lock();
        *updates = updates.split_off(&offset);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i64, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
