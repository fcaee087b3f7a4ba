//! One task that writes what is noted when an update is done.
//!
//! Whatever waits goes into one transaction, so that all answers given in the meantime share the cost
//! of one commit.

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Duration, sleep};

use super::asked::{self, Asked};
use super::inbox;
use super::question_log::{self, LoggedQuestion};
use super::{Result, Store};

/// The most updates that one transaction notes.
const BATCH: usize = 256;
/// How long to wait for more before a transaction begins. At full speed one transaction then serves
/// several answers. Nobody waits for it: the answers are out already.
const GATHER: Duration = Duration::from_millis(4);
/// How long to wait before updates that could not be struck are tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// The most updates that are remembered to be struck later. Those beyond may be answered again after a
/// restart.
const MAX_UNSTRUCK: usize = 100_000;

/// What is noted when an update is done.
#[derive(Debug, Default)]
pub struct Done {
    /// The id of the update.
    pub update_id: i64,
    /// The message that answers a question, if one was sent.
    pub asked: Option<Asked>,
    /// The line for the question log, if there is one.
    pub question: Option<LoggedQuestion>,
}

/// A handle to the writing task, which ends once all handles are dropped and everything is written.
#[derive(Debug, Clone)]
pub struct Journal {
    sender: mpsc::Sender<(Done, Option<oneshot::Sender<bool>>)>,
}

impl Journal {
    /// Starts the writing task.
    pub fn start(store: Store) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(BATCH);
        (Self { sender }, tokio::spawn(write(store, receiver)))
    }

    /// Notes that an update is done. Returns true once that is written, and false if the store failed:
    /// the update is struck later then, and the rest is lost.
    pub async fn note(&self, done: Done) -> bool {
        let (sender, receiver) = oneshot::channel();
        self.sender.send((done, Some(sender))).await.is_ok() && receiver.await.unwrap_or(false)
    }

    /// The same without waiting for it to be written.
    pub async fn note_later(&self, done: Done) {
        // The writing task ends after the last handle, so there is somebody to receive this.
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
            // The receiver may have been dropped while the program ends.
            let _ = sender.send(struck);
        }
    }
    // Otherwise they would be answered again after a restart.
    let _ = store.finish(&[], &unstruck).await;
}

impl Store {
    /// Strikes updates from the inbox and notes their outcomes, in one transaction.
    async fn finish(&self, done: &[Done], also_strike: &[i64]) -> Result<()> {
        let ids: Vec<i64> =
            done.iter().map(|done| done.update_id).chain(also_strike.iter().copied()).collect();
        let asked: Vec<&Asked> = done.iter().filter_map(|done| done.asked.as_ref()).collect();
        let questions: Vec<&LoggedQuestion> =
            done.iter().filter_map(|done| done.question.as_ref()).collect();
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                for ids in ids.chunks(BATCH) {
                    inbox::strike(&mut transaction, self.mark, ids).await?;
                }
                asked::remember(&mut transaction, self, &asked).await?;
                if self.options.log_questions {
                    question_log::append(&mut transaction, self.mark, &questions).await?;
                }
                transaction.commit().await
            })
            .await
    }
}
