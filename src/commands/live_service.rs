//! What `wenjian serve` and `wenjian web` answer from: the corpus folder, overlaid with what operators
//! added in the chat, and kept up to date.

use std::sync::Arc;

use anyhow::Result;

use super::open_index;
use crate::config::Config;
use crate::reload::{Follower, Reloader, watch};
use crate::service::Service;
use crate::store::{self, Store};
use transcript::Overlay;

/// A service, and what keeps it up to date.
pub(super) struct LiveService {
    pub(super) service: Arc<Service>,
    reloader: Arc<Reloader>,
    /// The revision of the overlay that is served.
    revision: Option<i64>,
}

impl LiveService {
    /// Serves the corpus folder with the overlay from `store`, or the folder alone if there is no store
    /// or it fails. Changes of the folder are picked up from now on.
    pub(super) async fn start(config: &Config, store: Option<&Store>) -> Result<Self> {
        let read = match store {
            Some(store) => read(store).await.ok(),
            None => None,
        };
        let (revision, overlay) = read.unzip();
        let overlay = overlay.unwrap_or_default();
        let service = Arc::new(open_index::service_over(config, &overlay)?);
        let reloader = Arc::new(Reloader::new(
            Arc::clone(&service),
            &config.corpus,
            &config.repair,
            &config.index,
            overlay,
        ));
        let folder = config.corpus.watch.then_some(config.corpus.dir.as_path());
        tokio::spawn(watch(Arc::clone(&reloader), folder)?);
        Ok(Self { service, reloader, revision })
    }

    /// Picks up changes of the overlay in `store` from now on.
    pub(super) fn follow(&self, store: Store) -> Arc<Follower> {
        let follower = Follower::new(store, Arc::clone(&self.reloader), self.revision);
        let follower = Arc::new(follower);
        tokio::spawn({
            let follower = Arc::clone(&follower);
            async move { follower.follow().await }
        });
        follower
    }
}

async fn read(store: &Store) -> store::Result<(i64, Overlay)> {
    // The revision is read first, so that a change in between is read again later.
    Ok((store.overlay_revision().await?, store.overlay().await?))
}
