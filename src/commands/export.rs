//! `wenjian export`: writes operators' additions from the store into the corpus folder.

use std::io::Write;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::config::Config;
use crate::store::Store;
use transcript::import::{repair_log_name, replace};
use transcript::{Folder, Loaded, Overlay};

/// Write operators' additions from the store into the corpus folder
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// Write into this folder instead of the corpus folder
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Remove the written additions from the store; use it only once every replica has the files
    #[arg(long)]
    clear: bool,
}

pub(crate) fn run(args: &ExportArgs, config: &Config) -> Result<()> {
    tokio::runtime::Runtime::new().context("no threads can be started")?.block_on(async {
        let store = Store::open(&config.store).await.context("the store cannot be opened")?;
        let overlay = store.overlay().await?;
        let dir = args.dir.as_deref().unwrap_or(&config.corpus.dir);
        let written = write(dir, overlay, config)?;
        if args.clear {
            store
                .clear_overlay(&written)
                .await
                .context("the additions were written, but cannot be removed from the store")?;
        }
        store.close().await;
        Ok(())
    })
}

/// Writes the usable part of `overlay` into `dir`, prints the paths, and returns this part. Prints why the
/// rest cannot be used.
fn write(dir: &Path, mut overlay: Overlay, config: &Config) -> Result<Overlay> {
    if overlay.is_empty() {
        writeln!(std::io::stderr(), "there are no additions")?;
        return Ok(overlay);
    }
    let folder = Folder::read(&config.corpus).context("the corpus cannot be used")?;
    let loaded = folder.lay_over(&overlay).load(&config.repair, false);
    let loaded: Loaded = loaded.context("the corpus cannot be used")?;
    for problem in loaded.problems() {
        writeln!(std::io::stderr(), "left in the store: {problem}")?;
    }
    overlay.retain_transcripts(|slug| !loaded.refused.contains_key(slug));
    let passages = loaded.corpus.passages();
    overlay
        .additions
        .retain(|addition| passages.iter().any(|passage| passage.id.as_str() == addition.passage));
    for slug in overlay.transcripts() {
        let log = repair_log_name(slug);
        if !overlay.files.contains_key(&log) && dir.join(&log).exists() {
            // This log belongs to the transcript that is about to be replaced.
            std::fs::remove_file(dir.join(log))?;
        }
    }
    let questions = loaded.questions.iter().map(|(name, text)| (name, text.as_bytes()));
    let files = overlay.files.iter().map(|(name, bytes)| (name, bytes.as_slice()));
    for (name, bytes) in files.chain(questions) {
        let parts = Path::new(name).components();
        let is_inside = parts.clone().all(|part| matches!(part, Component::Normal(_)));
        ensure!(is_inside, "`{name}` is not the name of a file in the corpus folder");
        let path = dir.join(name);
        replace(&path, bytes)?;
        writeln!(std::io::stdout(), "{}", path.display())?;
    }
    Ok(overlay)
}
