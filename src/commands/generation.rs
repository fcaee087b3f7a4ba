//! The generation to serve: the one that is there, or a new one where that is missing, stale or damaged.

use std::io::Write;

use anyhow::{Context, Result};

use crate::config::Config;
use crate::corpus;
use crate::index::{Error, Generations, Index};
use crate::search;
use crate::service::Service;
use crate::text::{Script, Segmenter};

/// A service for the corpus as it is now. The dictionaries load meanwhile.
pub(crate) fn service(config: &Config) -> Result<Service> {
    let warm_up = std::thread::spawn(|| {
        Segmenter::warm_up();
        Script::warm_up();
    });
    let embedder = search::embedder(&config.search)?;
    let index = open_or_build(config)?;
    let service = Service::with_embedder(index, config.search.clone(), embedder);
    // A panic in there would show again at the first question, with its message.
    let _ = warm_up.join();
    Ok(service)
}

/// Opens the generation that is served, or builds one and says why on standard error.
pub(crate) fn open_or_build(config: &Config) -> Result<Index> {
    let generations = Generations::new(&config.index.dir);
    let (corpus, fingerprint) =
        corpus::load(&config.corpus.dir).context("the corpus cannot be used")?;
    let why = match generations.open() {
        Ok(index) if index.manifest().fingerprint == fingerprint => return Ok(index),
        Ok(_) => "the corpus has changed since the index was built".to_owned(),
        Err(error @ (Error::Missing(_) | Error::Unusable { .. } | Error::Engine(_))) => {
            error.to_string()
        }
        Err(error) => return Err(error.into()),
    };
    let mut stderr = std::io::stderr().lock();
    writeln!(stderr, "{why}; building it")?;
    Ok(generations.build(&corpus, &fingerprint, &mut |_| {})?)
}
