//! One writer for all that is noted when an update is done.
//!
//! Whatever is waiting goes into one transaction, so that the cost of a commit is shared by all the
//! answers that were given meanwhile.

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Duration, sleep};

use super::asked::{self, Asked};
use super::inbox;
use super::question_log::{self, LoggedQuestion};
use super::{Result, Store};

/// The most that goes into one transaction.
const BATCH: usize = 256;
/// How long more is waited for before a transaction begins: at full speed one then serves several
/// answers, and nobody waits for it who was not answered already.
const GATHER: Duration = Duration::from_millis(4);
/// How long to wait before updates that could not be struck are tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// The most updates that are kept to be struck later: beyond, an update may be answered again after
/// a restart.
const MAX_UNSTRUCK: usize = 100_000;

/// What is noted when an update is done.
#[derive(Debug, Default)]
pub struct Done {
    /// The update.
    pub update_id: i64,
    /// The question that our message answers.
    pub asked: Option<Asked>,
    /// The line for the question log.
    pub question: Option<LoggedQuestion>,
}

/// The way to the writer. It ends once all of these are gone and everything is written.
#[derive(Debug, Clone)]
pub struct Journal {
    sender: mpsc::Sender<(Done, Option<oneshot::Sender<bool>>)>,
}

impl Journal {
    /// Starts the writer.
    pub fn start(store: Store) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(BATCH);
        (Self { sender }, tokio::spawn(write(store, receiver)))
    }

    /// Notes that an update is done. True once that is written; false when the store failed (the
    /// update is then struck later, the rest is lost).
    pub async fn note(&self, done: Done) -> bool {
        let (sender, receiver) = oneshot::channel();
        self.sender.send((done, Some(sender))).await.is_ok() && receiver.await.unwrap_or(false)
    }

    /// The same without waiting for it to be written.
    pub async fn note_later(&self, done: Done) {
        // The writer ends after the last of those who note.
        let _ = self.sender.send((done, None)).await;
    }
}

async fn write(store: Store, mut receiver: mpsc::Receiver<(Done, Option<oneshot::Sender<bool>>)>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut unstruck: Vec<i64> = Vec::new();
    loop {
        tokio::select! {
            taken = receiver.recv_many(&mut batch, BATCH) => if taken == 0 { break },
            () = sleep(RETRY_AFTER), if !unstruck.is_empty() => {}
        }
        sleep(GATHER).await;
        while batch.len() < BATCH
            && let Ok(more) = receiver.try_recv()
        {
            batch.push(more);
        }
        let (done, waiting): (Vec<Done>, Vec<_>) = batch.drain(..).unzip();
        let struck = store.finish(&done, &unstruck).await.is_ok();
        if struck {
            unstruck.clear();
        } else {
            let room = MAX_UNSTRUCK.saturating_sub(unstruck.len());
            unstruck.extend(done.iter().map(|done| done.update_id).take(room));
        }
        for sender in waiting.into_iter().flatten() {
            // Whoever asked may have gone: shutting down.
            let _ = sender.send(struck);
        }
    }
    // Without this a restart would answer them again.
    let _ = store.finish(&[], &unstruck).await;
}

impl Store {
    /// Strikes updates from the inbox and notes what came of them, in one transaction.
    async fn finish(&self, done: &[Done], also_strike: &[i64]) -> Result<()> {
        let ids: Vec<i64> =
            done.iter().map(|done| done.update_id).chain(also_strike.iter().copied()).collect();
        let asked: Vec<&Asked> = done.iter().filter_map(|done| done.asked.as_ref()).collect();
        let questions: Vec<&LoggedQuestion> =
            done.iter().filter_map(|done| done.question.as_ref()).collect();
        self.health
            .watch(async {
                let mut transaction = self.writers.begin().await?;
                for ids in ids.chunks(BATCH) {
                    inbox::strike(&mut transaction, self.mark, ids).await?;
                }
                asked::remember(&mut transaction, self.mark, &asked, self.options.remember_hours)
                    .await?;
                if self.options.log_questions {
                    question_log::append(&mut transaction, self.mark, &questions).await?;
                }
                transaction.commit().await
            })
            .await
    }
}
