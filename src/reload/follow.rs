//! What operators add in the chat, picked up from the store by every replica.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::sleep;

use super::{Error, Reloaded, Reloader};
use crate::store::Store;
use retrieval::index;

/// How often the store is asked whether anything was added: one row read.
const EVERY: Duration = Duration::from_secs(2);

/// Keeps what is served in step with the store's overlay.
pub struct Follower {
    store: Store,
    reloader: Arc<Reloader>,
    /// The overlay's revision that was laid over last; `None` before the first.
    revision: Mutex<Option<i64>>,
}

impl Follower {
    /// Follows `store`, beginning after the overlay's `revision`, if that is served already.
    pub fn new(store: Store, reloader: Arc<Reloader>, revision: Option<i64>) -> Self {
        Self { store, reloader, revision: Mutex::new(revision) }
    }

    /// Returns the reloader that builds new generations.
    pub fn reloader(&self) -> &Arc<Reloader> {
        &self.reloader
    }

    /// Looks into the store for as long as it is polled. What fails is logged and tried again.
    pub async fn follow(&self) {
        loop {
            // The store and the reloader say themselves when they fail.
            let _ = self.catch_up().await;
            sleep(EVERY).await;
        }
    }

    /// Serves what was added since the last time; `None` where nothing was.
    pub async fn catch_up(&self) -> Result<Option<Reloaded>, Error> {
        let mut seen = self.revision.lock().await;
        let revision = self.store.overlay_revision().await?;
        if *seen == Some(revision) {
            return Ok(None);
        }
        // What is added after the revision was read is laid over now and looked at once more.
        self.reloader.lay_over(self.store.overlay().await?);
        let reloaded = self.build().await;
        // Where another process is building, this one's turn comes; all else would fail again.
        if !matches!(reloaded, Err(Error::Index(index::Error::Locked(_)))) {
            *seen = Some(revision);
        }
        reloaded.map(Some)
    }

    /// Reads folder and overlay anew, whether or not they seem to have changed.
    pub async fn reload(&self) -> Result<Reloaded, Error> {
        match self.catch_up().await? {
            Some(reloaded) => Ok(reloaded),
            None => self.build().await,
        }
    }

    async fn build(&self) -> Result<Reloaded, Error> {
        let reloader = Arc::clone(&self.reloader);
        let built = tokio::task::spawn_blocking(move || reloader.reload()).await;
        // A panic in there has been printed.
        built.unwrap_or(Err(Error::GivenUp))
    }
}
