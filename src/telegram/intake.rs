//! How an update becomes work: kept, known if it came before, stopped if it is one of a flood, and
//! put into its lane.
//!
//! Polling and webhooks hand updates in here. While the store fails, updates are answered all the
//! same, remembered in memory, and left with Telegram until their answers are out.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::flood::{Admission, Flood};
use super::handler::Handler;
use super::lanes::{Bounds, Lanes};
use super::pacing::Limits;
use super::read::{Wish, read};
use super::update;
use crate::store::{Done, Journal};

/// A piece of work.
pub(super) struct Job {
    pub(super) update_id: i64,
    /// When it came in, in the order of updates.
    pub(super) arrival: u64,
    pub(super) admission: Admission,
    pub(super) wish: Wish,
}

/// An update that asks something of us.
struct Asking<'u> {
    update_id: i64,
    /// As received.
    body: &'u Value,
    /// Whose turn it is.
    lane: i64,
    wish: Wish,
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

    /// Takes updates in, as received. What asks nothing of us is dropped and written nowhere.
    pub(super) async fn take(&self, updates: &[Value]) {
        let mut asking: Vec<Asking<'_>> =
            updates.iter().filter_map(|update| self.asking(update)).collect();
        asking.retain(|asking| !self.0.unkept.has(asking.update_id));
        let bodies: Vec<_> =
            asking.iter().map(|asking| (asking.update_id, asking.body.to_string())).collect();
        match self.0.handler.store.admit(&bodies).await {
            Ok(new) => asking.retain(|asking| new.contains(&asking.update_id)),
            Err(_) => asking.retain(|asking| self.0.unkept.add(asking.update_id)),
        }
        let places: Vec<i64> = asking.iter().map(|asking| asking.lane).collect();
        self.0.handler.chats.refresh(&places).await;
        for asking in asking {
            let arrival = self.0.handler.chats.next_arrival();
            self.dispatch(asking, arrival).await;
        }
    }

    /// Goes on with what an earlier run left in the inbox.
    pub(super) async fn resume(&self) {
        let pending = self.0.handler.store.pending().await.unwrap_or_default();
        for (update_id, body) in pending {
            let update = serde_json::from_str(&body).unwrap_or_default();
            match self.asking(&update) {
                Some(asking) => self.dispatch(asking, 0).await,
                None => self.strike(update_id).await,
            }
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

    /// How many updates are in hand.
    pub(super) fn in_hand(&self) -> usize {
        self.0.lanes.in_hand()
    }

    /// Forgets senders who asked nothing lately.
    pub(super) fn tidy(&self) {
        self.flood().tidy(Instant::now());
        self.0.handler.chats.tidy();
    }

    /// What an update asks of us, if anything.
    fn asking<'u>(&self, update: &'u Value) -> Option<Asking<'u>> {
        let update_id = update_id(update)?;
        let event = update::event(update)
            .inspect_err(|error| tracing::warn!(update_id, %error, "an update cannot be read"))
            .ok()??;
        let lane = event.lane();
        let wish = read(event, &self.0.handler.me)?;
        Some(Asking { update_id, body: update, lane, wish })
    }

    /// Puts an update into its lane, or strikes it if it is one of a flood.
    async fn dispatch(&self, asking: Asking<'_>, arrival: u64) {
        let Asking { update_id, lane, wish, .. } = asking;
        let admission = match &wish {
            Wish::Reply { place, .. } | Wish::Correct { place, .. } => {
                self.flood().admit(place.sender_id, Instant::now())
            }
            _ => Admission::Answer,
        };
        if admission == Admission::Ignore {
            return self.strike(update_id).await;
        }
        let job = Job { update_id, arrival, admission, wish };
        if self.0.lanes.push(lane, job).await.is_err() {
            tracing::warn!(update_id, "a chat is too far behind; an update was dropped");
            self.strike(update_id).await;
        }
    }

    /// Notes that nothing is to be done about an update; the writer does so in its own time.
    async fn strike(&self, update_id: i64) {
        self.0.unkept.finish(update_id);
        self.0.journal.note_later(Done { update_id, ..Done::default() }).await;
    }

    fn flood(&self) -> MutexGuard<'_, Flood> {
        self.0.flood.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of an update.
pub(super) fn update_id(update: &Value) -> Option<i64> {
    update.get("update_id")?.as_i64()
}

/// Handles an update and notes that it is done. A panic costs no more than this one answer.
async fn work(handler: Arc<Handler>, journal: Journal, unkept: Arc<Unkept>, job: Job) {
    let update_id = job.update_id;
    let done = caught(handler.handle(job)).await.unwrap_or_else(|| {
        tracing::error!(update_id, "an update was given up");
        Done { update_id, ..Done::default() }
    });
    journal.note(done).await;
    unkept.finish(update_id);
}

/// What a future comes to; `None` if it panics, which the panic hook has reported.
async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let poll = AssertUnwindSafe(|| future.as_mut().poll(context));
        match catch_unwind(poll) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}

impl Unkept {
    /// False if it is there already.
    fn add(&self, id: i64) -> bool {
        self.lock().insert(id, false).is_none()
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
