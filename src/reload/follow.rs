//! Serves what operators add in the chat: every replica reads it from the store.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::sleep;

use super::{Error, Reloaded, Reloader};
use crate::store::Store;
use retrieval::index;

/// How often the store is asked whether anything was added. This reads one row.
const EVERY: Duration = Duration::from_secs(2);

/// Serves the changes of the store's overlay.
pub struct Follower {
    store: Store,
    reloader: Arc<Reloader>,
    /// The revision of the overlay that is served; `None` before the first.
    revision: Mutex<Option<i64>>,
}

impl Follower {
    /// Creates a follower of `store`. If a revision of the overlay is served already,
    /// it begins after that.
    pub fn new(store: Store, reloader: Arc<Reloader>, revision: Option<i64>) -> Self {
        Self { store, reloader, revision: Mutex::new(revision) }
    }

    /// Returns the store that is followed.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the reloader that builds new generations.
    pub fn reloader(&self) -> &Arc<Reloader> {
        &self.reloader
    }

    /// Asks the store again and again, as long as this future is polled. Failures are
    /// logged and tried again.
    pub async fn follow(&self) {
        loop {
            // The store and the reloader log their failures themselves.
            let _ = self.catch_up().await;
            sleep(EVERY).await;
        }
    }

    /// Serves what was added since the last time. Returns `None` if nothing was.
    pub async fn catch_up(&self) -> Result<Option<Reloaded>, Error> {
        let mut seen = self.revision.lock().await;
        let revision = self.store.overlay_revision().await?;
        if *seen == Some(revision) {
            return Ok(None);
        }
        // Changes that are made after the revision was read are served now, and read once
        // more the next time.
        self.reloader.lay_over(self.store.overlay().await?);
        let reloaded = self.build().await;
        // If another process is building, this is tried again. Any other failure
        // would only happen again.
        if !matches!(reloaded, Err(Error::Index(index::Error::Locked(_)))) {
            *seen = Some(revision);
        }
        reloaded.map(Some)
    }

    /// Reads the folder and the overlay again, whether they have changed or not.
    pub async fn reload(&self) -> Result<Reloaded, Error> {
        match self.catch_up().await? {
            Some(reloaded) => Ok(reloaded),
            None => self.build().await,
        }
    }

    async fn build(&self) -> Result<Reloaded, Error> {
        let reloader = Arc::clone(&self.reloader);
        let built = tokio::task::spawn_blocking(move || reloader.reload()).await;
        // The panic hook has logged a panic.
        built.unwrap_or(Err(Error::GivenUp))
    }
}
