//! Two tasks that write the results of updates: one removes them from the inbox, the other writes
//! which questions were asked.
//!
//! An update is removed from the inbox as soon as its answer was sent, because the answer is sent
//! again if the program is killed before that. So this waits only for the statement before it,
//! which may have removed many updates at once. The questions can wait until several of them share
//! the cost of one commit.

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Duration, sleep};

use super::answer_messages::{self, AnswerMessage};
use super::inbox;
use super::question_log::{self, LoggedQuestion};
use super::{Result, Store};

/// The most updates that one transaction removes or writes.
const BATCH: usize = 256;
/// How long to wait for more questions before they are written, so that one transaction serves
/// several. Nobody waits for it, because the answers have been sent.
const GATHER: Duration = Duration::from_millis(4);
/// How long to wait before the removal of updates is tried again after it failed.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// The most updates that are kept in memory to be removed later. Any others may be answered
/// again after a restart.
const MAX_UNSTRUCK: usize = 100_000;

/// The results of an update that is done.
#[derive(Debug, Default)]
pub struct CompletedUpdate {
    /// The id of the update.
    pub update_id: i64,
    /// The message that answers a question, if one was sent.
    pub answer: Option<AnswerMessage>,
    /// The line for the question log, if there is one.
    pub question: Option<LoggedQuestion>,
}

/// The results of an update, and where to report that they were written.
type Entry = (CompletedUpdate, Option<oneshot::Sender<bool>>);

/// A handle to the writing tasks, which end once all handles are dropped and everything is written.
#[derive(Debug, Clone)]
pub struct Journal {
    sender: mpsc::Sender<Entry>,
}

impl Journal {
    /// Starts the writing tasks, and returns the one that ends last.
    pub fn start(store: Store) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(BATCH);
        let (struck, to_note) = mpsc::channel(BATCH);
        tokio::spawn(strike(store.clone(), receiver, struck));
        (Self { sender }, tokio::spawn(note(store, to_note)))
    }

    /// Notes that an update is done. Returns true when that is written. Returns false if the store
    /// failed; then the update is removed later, and its other results are lost.
    pub async fn note(&self, done: CompletedUpdate) -> bool {
        let (sender, receiver) = oneshot::channel();
        self.sender.send((done, Some(sender))).await.is_ok() && receiver.await.unwrap_or(false)
    }

    /// Like [`Self::note`], but does not wait until it is written.
    pub async fn note_later(&self, done: CompletedUpdate) {
        // The task that receives this ends only after all handles were dropped.
        let _ = self.sender.send((done, None)).await;
    }
}

/// Removes updates from the inbox, all that have arrived meanwhile at once, and passes them on.
async fn strike(store: Store, mut receiver: mpsc::Receiver<Entry>, struck: mpsc::Sender<Entry>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut unstruck: Vec<i64> = Vec::new();
    loop {
        tokio::select! {
            taken = receiver.recv_many(&mut batch, BATCH) => if taken == 0 { break },
            () = sleep(RETRY_AFTER), if !unstruck.is_empty() => {}
        }
        let done = batch.iter().map(|(done, _): &Entry| done.update_id);
        let ids: Vec<i64> = done.chain(unstruck.iter().copied()).collect();
        let is_struck = store.strike(&ids).await.is_ok();
        if is_struck {
            unstruck.clear();
        } else {
            let room = MAX_UNSTRUCK.saturating_sub(unstruck.len());
            unstruck.extend(batch.iter().map(|(done, _)| done.update_id).take(room));
        }
        for (done, waiting) in batch.drain(..) {
            let has_more = done.answer.is_some() || done.question.is_some();
            if is_struck && has_more {
                // The task that receives this ends only after this one.
                let _ = struck.send((done, waiting)).await;
            } else if let Some(waiting) = waiting {
                // The receiver may have been dropped while the program ends.
                let _ = waiting.send(is_struck);
            }
        }
    }
    // Updates that are still in the inbox would be answered again after a restart.
    let _ = store.strike(&unstruck).await;
}

/// Writes the questions of updates that were removed from the inbox.
async fn note(store: Store, mut receiver: mpsc::Receiver<Entry>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        sleep(GATHER).await;
        while batch.len() < BATCH
            && let Ok(more) = receiver.try_recv()
        {
            batch.push(more);
        }
        let (done, waiting): (Vec<CompletedUpdate>, Vec<_>) = batch.drain(..).unzip();
        let is_noted = store.note(&done).await.is_ok();
        for sender in waiting.into_iter().flatten() {
            let _ = sender.send(is_noted);
        }
    }
}

impl Store {
    /// Removes updates from the inbox.
    async fn strike(&self, ids: &[i64]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.health
            .write(async {
                let mut connection = self.writers.acquire().await?;
                for ids in ids.chunks(BATCH) {
                    inbox::strike(&mut connection, self.mark, ids).await?;
                }
                Ok(())
            })
            .await
    }

    /// Writes the questions of updates in one transaction.
    async fn note(&self, done: &[CompletedUpdate]) -> Result<()> {
        let answers: Vec<&AnswerMessage> =
            done.iter().filter_map(|done| done.answer.as_ref()).collect();
        let questions: Vec<&LoggedQuestion> =
            done.iter().filter_map(|done| done.question.as_ref()).collect();
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                answer_messages::remember(&mut transaction, self, &answers).await?;
                if self.options.log_questions {
                    question_log::append(&mut transaction, self.mark, &questions).await?;
                }
                transaction.commit().await
            })
            .await
    }
}
