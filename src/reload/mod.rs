//! A changed corpus picked up without a gap: built beside what is served, checked, switched to.

mod watch;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::corpus::{self, Folder, Loaded, repair};
use crate::index::{self, Generations, Index};
use crate::service::Service;
pub use watch::watch;

/// Why what was served is served still.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The corpus cannot be used.
    #[error("the corpus cannot be used: {0}")]
    Corpus(#[from] corpus::Error),
    /// The index cannot be built.
    #[error(transparent)]
    Index(#[from] index::Error),
    /// The corpus folder cannot be watched.
    #[error("cannot watch `{0}`: {1}")]
    Watch(PathBuf, notify::Error),
    /// The system does not hand out signals.
    #[error("cannot listen for signals: {0}")]
    Signals(std::io::Error),
}

/// What came of a reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reloaded {
    /// The corpus is what is served already.
    Unchanged,
    /// The new corpus is served, with so many passages.
    Switched(usize),
}

/// Builds what is served anew.
pub struct Reloader {
    service: Arc<Service>,
    corpus: corpus::Options,
    repair: repair::Options,
    generations: Generations,
    /// Held while building: a second reload waits and then finds nothing changed.
    building: Mutex<()>,
}

impl Reloader {
    /// Serves through `service` what is in the folder of `corpus`, with generations in `index`.
    pub fn new(
        service: Arc<Service>,
        corpus: &corpus::Options,
        repair: &repair::Options,
        index: &index::Options,
    ) -> Self {
        let generations = Generations::new(&index.dir);
        Self {
            service,
            corpus: corpus.clone(),
            repair: repair.clone(),
            generations,
            building: Mutex::new(()),
        }
    }

    /// Builds the corpus as it is now and switches to it. Takes as long as a build; readers are
    /// answered meanwhile from the generation before, and go on being so where this one fails.
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
        let folder = Folder::read(&self.corpus)?;
        let fingerprint = folder.fingerprint(&self.repair);
        if self.service.host().index().manifest().fingerprint == fingerprint {
            return Ok(Reloaded::Unchanged);
        }
        let Loaded { corpus, diagnostics, .. } = folder.load(&self.repair, false)?;
        diagnostics.iter().for_each(|diagnostic| tracing::warn!("{diagnostic}"));
        let index: Index = self.generations.build(&corpus, &fingerprint, &mut |_| {})?;
        let passages = index.passages().len();
        self.service.switch_to(index);
        Ok(Reloaded::Switched(passages))
    }
}
