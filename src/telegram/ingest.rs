//! Takes updates in: an update is written into the inbox, dropped if it was received before or if
//! its sender exceeds the flood limit, and put into the queue of its chat.
//!
//! Both polling and the webhook use this module. While the store fails, polled updates are answered
//! nevertheless. They are kept in memory, and Telegram is not told to forget them until their
//! answers have been sent. Updates that arrive at the webhook are refused then, so that Telegram
//! delivers them again, to this replica or another one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use teloxide::dptree::{self, di::DependencyMap};
use teloxide::types::UpdateKind;
use tracing::Instrument;

use super::arrival::Arrival;
use super::chat_queue::{Bounds, ChatQueues, Slot};
use super::context::BotContext;
use super::effects::Effects;
use super::flood::{Admission, Flood};
use super::pacing::PacingLimits;
use super::sanitize::{self, BotUpdate};
use super::schema::{Schema, schema};
use super::user_request::{concerns_bot, mention, queue_key, sender_id, user_id};
use crate::store::{BatchId, CompletedUpdate, Error, Journal, LeftUpdate};

/// How long after a failed write the store may still turn out to have done it.
const DOUBT_FOR: Duration = Duration::from_secs(30);
/// An update is set aside after the program has died this many times while it handled the update
/// alone. Any update that an earlier replica has left is handled so, because it is not known which
/// of them were being handled when that replica died: to store this for each new update would cost
/// a write. So an update that ends the program does so three times. An update that only waits is
/// never blamed, and one that happens to be handled alone when the program is killed is tried again.
const SET_ASIDE_AFTER: i64 = 2;
/// How many times more buttons than questions a user may press, because looking
/// around takes many presses.
const PRESSES_A_QUESTION: u32 = 3;

/// An update in the queue of its chat.
struct QueuedUpdate {
    update: BotUpdate,
    arrival: Arrival,
    admission: Admission,
}

/// An update that asks something of the bot.
struct Incoming<'u> {
    update: BotUpdate,
    /// The JSON of the update, as it was received.
    body: &'u str,
}

/// Takes updates in. It is a handle that is cheap to clone.
#[derive(Clone)]
pub(super) struct Ingest {
    shared: Arc<IngestState>,
    queues: Arc<ChatQueues<QueuedUpdate>>,
}

struct IngestState {
    context: Arc<BotContext>,
    schema: Schema,
    journal: Journal,
    questions: Mutex<Flood>,
    presses: Mutex<Flood>,
    unstored: UnstoredUpdates,
    /// Locked while an update that an earlier replica has left is handled.
    alone: tokio::sync::Mutex<()>,
    /// The writes that failed, with the time. If the store has done one nevertheless, no other
    /// replica would handle its updates.
    doubtful: Mutex<Vec<(BatchId, Instant)>>,
}

/// Updates that could not be stored, with whether they have been answered.
#[derive(Default)]
struct UnstoredUpdates(Mutex<BTreeMap<i64, bool>>);

impl Incoming<'_> {
    fn id(&self) -> i64 {
        self.update.id()
    }
}

impl Ingest {
    pub(super) fn new(context: Arc<BotContext>, journal: Journal) -> Self {
        let options = &context.options;
        let unlimited = options.limits == PacingLimits::Off;
        let bounds = Bounds {
            in_all: options.max_in_hand,
            in_a_chat: if unlimited { usize::MAX } else { options.max_in_a_chat },
        };
        let questions = if unlimited { u32::MAX } else { options.flood_questions };
        let presses = questions.saturating_mul(PRESSES_A_QUESTION);
        let period = Duration::from_secs(options.flood_seconds.into());
        let shared = Arc::new(IngestState {
            context,
            schema: schema(),
            journal,
            questions: Mutex::new(Flood::new(questions, period)),
            presses: Mutex::new(Flood::new(presses, period)),
            unstored: UnstoredUpdates::default(),
            alone: tokio::sync::Mutex::default(),
            doubtful: Mutex::default(),
        });
        let queues = {
            let shared = Arc::clone(&shared);
            ChatQueues::new(bounds, move |queued| handle(Arc::clone(&shared), queued))
        };
        Self { shared, queues: Arc::new(queues) }
    }

    /// Takes polled updates in, as JSON, and waits until the queues have room. Updates that ask
    /// nothing of the bot are dropped and not stored.
    pub(super) async fn take(&self, bodies: &[&str]) {
        let mut seen = HashSet::new();
        let mut incoming: Vec<Incoming<'_>> =
            bodies.iter().filter_map(|body| self.read(body)).collect();
        incoming.retain(|incoming| {
            seen.insert(incoming.id()) && !self.shared.unstored.has(incoming.id())
        });
        match self.shared.context.store.admit(BatchId::new(), &rows(&incoming)).await {
            Ok(new) => incoming.retain(|incoming| new.contains(&incoming.id())),
            Err(_) => incoming.retain(|incoming| self.shared.unstored.add(incoming.id())),
        }
        self.refresh_settings(&incoming).await;
        for incoming in incoming {
            let arrival = self.next_arrival();
            let Some(slot) = self.queues.slot().await else { return };
            self.queue(incoming.update, arrival, slot).await;
        }
    }

    /// Takes in updates that were delivered to the webhook, and returns for each whether it may be
    /// acknowledged. Does not wait until the queues have room.
    pub(super) async fn receive(&self, bodies: &[&str]) -> Vec<bool> {
        let mut may_forget = vec![true; bodies.len()];
        let mut accepted = Vec::new();
        let mut slots = HashMap::new();
        for (body, may_forget) in bodies.iter().zip(&mut may_forget) {
            let Some(incoming) = self.read(body) else { continue };
            match self.queues.slot_now() {
                Some(slot) => {
                    slots.insert(incoming.id(), slot);
                    accepted.push(incoming);
                }
                None => *may_forget = false,
            }
        }
        let batch = BatchId::new();
        match self.shared.context.store.admit(batch, &rows(&accepted)).await {
            Ok(new) => accepted.retain(|incoming| new.contains(&incoming.id())),
            Err(error) => {
                self.shared.doubt(batch, &error);
                return vec![false; bodies.len()];
            }
        }
        self.refresh_settings(&accepted).await;
        for incoming in accepted {
            let arrival = self.next_arrival();
            // An update that was delivered twice at the same time takes one slot,
            // and is handled once.
            let Some(slot) = slots.remove(&incoming.id()) else { continue };
            self.queue(incoming.update, arrival, slot).await;
        }
        may_forget
    }

    /// Takes over updates that replicas which ended or died have left in the inbox, and updates
    /// that the store has written although it reported a failure.
    pub(super) async fn take_over(&self) {
        let store = &self.shared.context.store;
        let doubtful = self.shared.doubtful().clone();
        for (batch, since) in doubtful {
            let Ok(found) = store.pending_in(batch).await else { return };
            if !found.is_empty() || since.elapsed() > DOUBT_FOR {
                self.shared.doubtful().retain(|(other, _)| *other != batch);
            }
            self.resume(found).await;
        }
        loop {
            let batch = BatchId::new();
            match store.take_over(batch).await {
                Ok(left) if left.is_empty() => return,
                Ok(left) => {
                    tracing::info!(
                        updates = left.len(),
                        "going on with what was left in the inbox"
                    );
                    self.resume(left).await;
                }
                Err(error) => return self.shared.doubt(batch, &error),
            }
        }
    }

    /// Returns the id of the first update that could not be stored and has not been answered yet.
    /// Telegram must not forget it.
    pub(super) fn first_unstored(&self) -> Option<i64> {
        self.shared.unstored.first_open()
    }

    /// Notes that Telegram has forgotten all updates before `offset`.
    pub(super) fn forget_before(&self, offset: i64) {
        self.shared.unstored.forget_before(offset);
    }

    /// Waits until no update is being handled.
    pub(super) async fn drain(&self) {
        self.queues.drain().await;
    }

    /// Returns how many updates are being handled or wait in the queues.
    pub(super) fn in_hand(&self) -> usize {
        self.queues.in_hand()
    }

    /// Forgets senders whose flood limits have expired.
    pub(super) fn tidy(&self) {
        for flood in [&self.shared.questions, &self.shared.presses] {
            lock(flood).tidy(Instant::now());
        }
        self.shared.context.chats.tidy();
    }

    /// Parses an update. Returns `None` if it asks nothing of the bot.
    fn read<'u>(&self, body: &'u str) -> Option<Incoming<'u>> {
        let update = sanitize::parse(body).unwrap_or_else(|error| {
            let update_id = sanitize::update_id(body);
            tracing::warn!(update_id, %error, "an update cannot be read; it is skipped");
            None
        })?;
        concerns_bot(&update, &self.shared.context.bot).then_some(Incoming { update, body })
    }

    /// Reads the settings of all chats of these updates in one query.
    async fn refresh_settings(&self, incoming: &[Incoming<'_>]) {
        let chats: Vec<i64> = incoming.iter().map(|incoming| queue_key(&incoming.update)).collect();
        self.shared.context.chats.refresh(&chats).await;
    }

    fn next_arrival(&self) -> Arrival {
        Arrival { number: self.shared.context.chats.next_arrival(), received: Instant::now() }
    }

    /// Puts updates from the inbox into their queues.
    async fn resume(&self, updates: Vec<LeftUpdate>) {
        for left in updates {
            let Some(incoming) = self.read(&left.body) else {
                self.shared.strike(left.id).await;
                continue;
            };
            if left.attempts >= SET_ASIDE_AFTER {
                self.set_aside(&left, &incoming.update).await;
                continue;
            }
            let Some(slot) = self.queues.slot().await else { return };
            let received = Instant::now().checked_sub(left.age).unwrap_or_else(Instant::now);
            let arrival = Arrival { number: 0, received };
            self.queue(incoming.update, arrival, slot).await;
        }
    }

    /// Sets an update aside that has ended the program several times, and tells the operators.
    async fn set_aside(&self, left: &LeftUpdate, update: &BotUpdate) {
        let (update_id, kind) = (left.id, kind(update));
        tracing::error!(
            update_id,
            kind,
            attempts = left.attempts,
            "the program died of an update again and again; the update is set aside"
        );
        self.shared.strike(update_id).await;
        let file = match &update.update.kind {
            UpdateKind::Message(message) => message.document(),
            _ => None,
        };
        let file = file.and_then(|document| document.file_name.clone()).unwrap_or_default();
        let context = Arc::clone(&self.shared.context);
        // Nothing waits for this message, which may take long if Telegram cannot be reached.
        tokio::spawn(async move { context.tell_of_set_aside(update_id, kind, &file).await });
    }

    /// Puts an update into the queue of its chat, or marks it as done if its sender
    /// exceeds the flood limit.
    async fn queue(&self, update: BotUpdate, arrival: Arrival, slot: Slot) {
        let update_id = update.id();
        metrics::counter!("wenjian_updates_total", "kind" => kind(&update)).increment(1);
        let admission = self.shared.admit(&update);
        if admission == Admission::Ignore {
            return self.shared.strike(update_id).await;
        }
        let key = queue_key(&update);
        let queued = QueuedUpdate { update, arrival, admission };
        if self.queues.push(key, queued, slot).is_err() {
            tracing::warn!(update_id, "a chat is too far behind; an update was dropped");
            self.shared.strike(update_id).await;
        }
    }
}

impl IngestState {
    /// Counts an update towards the flood limits of its sender.
    fn admit(&self, update: &BotUpdate) -> Admission {
        let now = Instant::now();
        match &update.update.kind {
            UpdateKind::Message(message)
            | UpdateKind::EditedMessage(message)
            | UpdateKind::ChannelPost(message)
            | UpdateKind::EditedChannelPost(message)
                if message.migrate_to_chat_id().is_none() =>
            {
                lock(&self.questions).admit(sender_id(message), now)
            }
            UpdateKind::CallbackQuery(query) => {
                lock(&self.presses).admit(user_id(&query.from), now)
            }
            _ => Admission::Answer,
        }
    }

    /// Runs the handler of an update and returns its effects.
    async fn dispatch(&self, dependencies: DependencyMap) -> Effects {
        match self.schema.dispatch(dependencies).await {
            ControlFlow::Break(effects) => effects,
            ControlFlow::Continue(_) => Effects::new(),
        }
    }

    /// Like [`Self::dispatch`], but waits until no other suspected update is handled, so that it is
    /// clear which one is to blame if the program dies. Only the computation is done alone, not the
    /// sending of the answer, which takes longer: Telegram limits how many messages a bot may send.
    async fn dispatch_alone(&self, update_id: i64, dependencies: DependencyMap) -> Effects {
        let _alone = self.alone.lock().await;
        // If this fails, the store logs it, and the update will not be blamed.
        let _ = self.context.store.mark_alone(update_id, true).await;
        let effects = self.dispatch(dependencies).await;
        let _ = self.context.store.mark_alone(update_id, false).await;
        effects
    }

    /// Notes that a write failed, although the store may have done it.
    fn doubt(&self, batch: BatchId, error: &Error) {
        if !matches!(error, Error::Resting) {
            self.doubtful().push((batch, Instant::now()));
        }
    }

    /// Notes that an update needs no answer. This is written later, together with others.
    async fn strike(&self, update_id: i64) {
        self.unstored.finish(update_id);
        self.journal.note_later(CompletedUpdate { update_id, ..CompletedUpdate::default() }).await;
    }

    fn doubtful(&self) -> MutexGuard<'_, Vec<(BatchId, Instant)>> {
        lock(&self.doubtful)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the rows for the inbox.
fn rows(incoming: &[Incoming<'_>]) -> Vec<(i64, String)> {
    incoming.iter().map(|incoming| (incoming.id(), incoming.body.to_owned())).collect()
}

/// Returns the name of an update's kind for the metrics.
fn kind(update: &BotUpdate) -> &'static str {
    match update.update.kind {
        UpdateKind::Message(_) if update.guest_query.is_some() => "guest_message",
        UpdateKind::Message(_) => "message",
        UpdateKind::EditedMessage(_) => "edited_message",
        UpdateKind::ChannelPost(_) => "channel_post",
        UpdateKind::EditedChannelPost(_) => "edited_channel_post",
        UpdateKind::InlineQuery(_) => "inline_query",
        UpdateKind::ChosenInlineResult(_) => "chosen_inline_result",
        UpdateKind::CallbackQuery(_) => "callback_query",
        UpdateKind::MyChatMember(_) => "my_chat_member",
        _ => "other",
    }
}

/// Handles an update and notes that it is done. If the handler panics, only this answer is lost.
async fn handle(shared: Arc<IngestState>, queued: QueuedUpdate) {
    let QueuedUpdate { update, arrival, admission } = queued;
    let update_id = update.id();
    let span = tracing::info_span!("update", id = update_id);
    let work = async {
        let context = Arc::clone(&shared.context);
        if !context.claims(&update).await {
            return CompletedUpdate { update_id, ..CompletedUpdate::default() };
        }
        let BotUpdate { update, guest_query } = update;
        let dependencies = dptree::deps![update, guest_query, arrival, admission, context];
        let effects = if arrival.is_left() {
            shared.dispatch_alone(update_id, dependencies).await
        } else {
            shared.dispatch(dependencies).await
        };
        shared.context.perform(effects, update_id, arrival.received).await
    };
    let done = Box::pin(caught(work.instrument(span))).await.unwrap_or_else(|| {
        tracing::error!(update_id, "an update was given up");
        CompletedUpdate { update_id, ..CompletedUpdate::default() }
    });
    metrics::histogram!("wenjian_update_seconds").record(arrival.received.elapsed());
    shared.journal.note(done).await;
    shared.unstored.finish(update_id);
}

impl BotContext {
    /// Returns whether an update is the first with its mention of the bot, or has none. While the store
    /// fails, every update counts as the first.
    async fn claims(&self, update: &BotUpdate) -> bool {
        let Some(mention) = mention(update, &self.bot) else { return true };
        self.store.claim_mention(&mention, update.id()).await.unwrap_or(true)
    }
}

/// Returns the output of a future, or `None` if it panics. The panic hook has
/// logged the panic then.
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

impl UnstoredUpdates {
    /// Adds an update. Returns false if it is there already.
    fn add(&self, id: i64) -> bool {
        lock(&self.0).insert(id, false).is_none()
    }

    fn has(&self, id: i64) -> bool {
        lock(&self.0).contains_key(&id)
    }

    fn finish(&self, id: i64) {
        if let Some(is_done) = lock(&self.0).get_mut(&id) {
            *is_done = true;
        }
    }

    fn first_open(&self) -> Option<i64> {
        lock(&self.0).iter().find(|(_, is_done)| !**is_done).map(|(id, _)| *id)
    }

    fn forget_before(&self, offset: i64) {
        let mut updates = lock(&self.0);
        *updates = updates.split_off(&offset);
    }
}
