//! Serves a changed corpus without a gap: a new generation is built beside the current one,
//! checked, and switched to.
//!
//! The corpus is the folder with the store's overlay over it. While the store fails, the last
//! known overlay is used.

mod follow;
mod preview;
mod trial;
mod watch;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::service::Service;
use crate::store;
pub use follow::Follower;
pub use preview::{Preview, Refused};
use retrieval::index::{self, Generations};
use transcript::{self, Folder, Overlay, repair};
pub use trial::{TrialError, trial};
pub use watch::watch;

/// The reason why a reload failed and the current generation is still served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The corpus cannot be used.
    #[error("the corpus cannot be used: {0}")]
    Corpus(#[from] transcript::Error),
    /// The index cannot be built.
    #[error(transparent)]
    Index(#[from] index::Error),
    /// The corpus folder cannot be watched.
    #[error("cannot watch `{0}`: {1}")]
    Watch(PathBuf, notify::Error),
    /// The overlay cannot be read from the store.
    #[error("the store does not answer: {0}")]
    Store(#[from] store::Error),
    /// The build panicked or was cancelled.
    #[error("the build ended before it was done")]
    GivenUp,
    /// Signals of the system cannot be received.
    #[error("cannot listen for signals: {0}")]
    Signals(std::io::Error),
}

/// The result of a reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reloaded {
    /// The corpus is the same as the one that is served.
    Unchanged,
    /// The new corpus is served; it has this many passages.
    Switched(usize),
}

/// Builds new generations and switches to them.
pub struct Reloader {
    service: Arc<Service>,
    corpus: transcript::Options,
    repair: repair::Options,
    generations: Generations,
    overlay: Mutex<Overlay>,
    /// Locked while building: a second reload waits, and then finds nothing changed.
    building: Mutex<()>,
}

impl Reloader {
    /// Creates a reloader for `service`. It reads the folder of `corpus` with `overlay` over it,
    /// and builds generations in `index`.
    pub fn new(
        service: Arc<Service>,
        corpus: &transcript::Options,
        repair: &repair::Options,
        index: &index::Options,
        overlay: Overlay,
    ) -> Self {
        let encoder = service.engine().index().meaning().map(|(encoder, _)| encoder);
        let generations = Generations::new(&index.dir).with_encoder(encoder);
        Self {
            service,
            corpus: corpus.clone(),
            repair: repair.clone(),
            generations,
            overlay: Mutex::new(overlay),
            building: Mutex::new(()),
        }
    }

    /// Sets the overlay that is used from the next reload on.
    pub fn lay_over(&self, overlay: Overlay) {
        *self.overlay.lock().unwrap_or_else(PoisonError::into_inner) = overlay;
    }

    /// Returns the number of transcripts in the overlay, and that of questions and terms.
    pub fn laid_over(&self) -> (usize, usize) {
        let overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
        (overlay.transcripts().count(), overlay.additions.len())
    }

    /// Returns the size of the largest file that is read as a transcript, in bytes.
    pub fn max_bytes(&self) -> u64 {
        self.corpus.max_bytes
    }

    /// Builds a generation of the current corpus and switches to it. Meanwhile, and if this fails,
    /// questions are answered from the generation before.
    pub fn reload(&self) -> Result<Reloaded, Error> {
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let started = Instant::now();
        let reloaded = self.build();
        let result = match &reloaded {
            Ok(Reloaded::Unchanged) => "unchanged",
            Ok(Reloaded::Switched(_)) => "switched",
            Err(_) => "failed",
        };
        metrics::counter!("wenjian_reloads_total", "result" => result).increment(1);
        match &reloaded {
            Ok(Reloaded::Switched(passages)) => {
                let seconds = started.elapsed().as_secs_f64();
                tracing::info!(passages, seconds, "a new generation is served");
            }
            Ok(Reloaded::Unchanged) => tracing::info!("the corpus has not changed"),
            Err(error) => tracing::error!(%error, "the generation before is served still"),
        }
        reloaded
    }

    fn build(&self) -> Result<Reloaded, Error> {
        let folder = Folder::read(&self.corpus)?.lay_over(&self.overlay());
        let fingerprint = folder.fingerprint(&self.repair);
        if self.service.engine().index().manifest().fingerprint == fingerprint {
            return Ok(Reloaded::Unchanged);
        }
        let loaded = folder.load(&self.repair, false)?;
        loaded.diagnostics.iter().for_each(|diagnostic| tracing::warn!("{diagnostic}"));
        loaded.problems().for_each(|error| tracing::error!(%error, "left out"));
        // Another replica that shares the folder may have built it already.
        let index = match self.generations.open_built_from(&fingerprint) {
            Some(index) => index,
            None => self.generations.build(&loaded.corpus, &fingerprint, &mut |_| {})?,
        };
        let passages = index.library().passages().len();
        self.service.switch_to(index);
        Ok(Reloaded::Switched(passages))
    }

    fn overlay(&self) -> Overlay {
        self.overlay.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
