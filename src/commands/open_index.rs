//! Opens the current generation of the index, or builds a new one if it is missing, stale or damaged.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use encoder::Encoder;

use super::repair::counts;
use crate::config::Config;
use crate::service::Service;
use retrieval::index::{Error, Generations, Index};
use transcript::text::{Script, Segmenter};
use transcript::{Folder, Loaded, Overlay};

/// Where `models/fetch` puts the default encoder, and what `search.encoder` names unless it is set. Only this
/// folder may be missing.
const DEFAULT_ENCODER: &str = "models/default";

/// The folder of the encoder that is used, if one is. The default folder is looked for in the working folder
/// and in all folders above the program, so that a program in `target/release` or `bin` finds it wherever it
/// is started from.
pub(crate) fn encoder_folder(config: &Config) -> Option<PathBuf> {
    let folder = &config.search.encoder;
    if folder.as_os_str().is_empty() {
        return None;
    }
    if folder != Path::new(DEFAULT_ENCODER) || folder.exists() {
        return Some(folder.clone());
    }
    let program = std::env::current_exe().ok()?;
    program.ancestors().skip(1).map(|above| above.join(folder)).find(|folder| folder.exists())
}

/// Loads the encoder that `search.encoder` names, if it names one.
pub(crate) fn encoder(config: &Config) -> Result<Option<Arc<Encoder>>> {
    let Some(folder) = encoder_folder(config) else { return Ok(None) };
    let encoder = Encoder::load(&folder).context("`search.encoder` cannot be used")?;
    Ok(Some(Arc::new(encoder)))
}

/// The generations of the index, with the encoder.
pub(crate) fn generations(config: &Config) -> Result<Generations> {
    Ok(Generations::new(&config.index.dir).with_encoder(encoder(config)?))
}

/// Creates a service for the corpus folder as it is now.
pub(crate) fn service(config: &Config) -> Result<Service> {
    service_over(config, &Overlay::default())
}

/// Creates a service for the corpus folder with `overlay` over it. The dictionaries are loaded meanwhile in
/// another thread. If the overlay cannot be used, the folder is served without it.
pub(crate) fn service_over(config: &Config, overlay: &Overlay) -> Result<Service> {
    let warm_up = std::thread::spawn(|| {
        Segmenter::warm_up();
        Script::warm_up();
    });
    let index = match open_over(config, overlay) {
        Err(error) if !overlay.is_empty() => {
            writeln!(std::io::stderr(), "{error:#}; going on without what operators added")?;
            open_or_build(config)?
        }
        index => index?,
    };
    let service = Service::new(index, config.search.clone());
    // If loading has panicked, the first question will panic with the same message.
    let _ = warm_up.join();
    Ok(service)
}

/// Opens the current generation of the corpus folder, or builds one and prints the reason on standard error.
pub(crate) fn open_or_build(config: &Config) -> Result<Index> {
    open_over(config, &Overlay::default())
}

/// Opens or builds the generation of the corpus folder with `overlay` over it.
fn open_over(config: &Config, overlay: &Overlay) -> Result<Index> {
    let generations = generations(config)?;
    let folder = Folder::read(&config.corpus).context("the corpus cannot be used")?;
    let folder = folder.lay_over(overlay);
    let fingerprint = folder.fingerprint(&config.repair);
    let why = match generations.open() {
        Ok(index) if index.manifest().fingerprint == fingerprint => return Ok(index),
        Ok(_) => "the corpus has changed since the index was built".to_owned(),
        Err(error @ (Error::Missing(_) | Error::Unusable { .. } | Error::Engine(_))) => {
            error.to_string()
        }
        Err(error) => return Err(error.into()),
    };
    writeln!(std::io::stderr(), "{why}; building it")?;
    let corpus = load(folder, config, false)?.corpus;
    Ok(generations.build(&corpus, &fingerprint, &mut |_| {})?)
}

/// Reads the files of the corpus folder without parsing them, and returns them with their fingerprint.
pub(crate) fn folder(config: &Config) -> Result<(Folder, String)> {
    let folder = Folder::read(&config.corpus).context("the corpus cannot be used")?;
    let fingerprint = folder.fingerprint(&config.repair);
    Ok((folder, fingerprint))
}

/// Parses the files of the corpus folder. Diagnostics, the number of repairs, and files that were left out
/// are printed on standard error.
pub(crate) fn load(folder: Folder, config: &Config, keep_going: bool) -> Result<Loaded> {
    let loaded = folder.load(&config.repair, keep_going).context("the corpus cannot be used")?;
    let mut stderr = std::io::stderr().lock();
    for diagnostic in &loaded.diagnostics {
        writeln!(stderr, "{diagnostic}")?;
    }
    if !loaded.repairs.is_empty() {
        let counts = counts(loaded.repairs.iter().map(|(_, repair)| repair));
        writeln!(
            stderr,
            "repaired while reading: {counts}; hint: `wenjian index --repairs` lists each"
        )?;
    }
    for error in loaded.problems() {
        writeln!(stderr, "left out: {error}")?;
    }
    Ok(loaded)
}
