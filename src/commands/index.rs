//! `wenjian index`: builds a generation of the index and prints how much it holds.

use std::io::{IsTerminal, Write};
use std::time::Instant;

use anyhow::Result;
use indicatif::ProgressBar;

use super::open_index::generations;
use crate::config::Config;
use transcript::Loaded;

/// Build the index and print how much it holds
#[derive(Debug, clap::Args)]
pub(crate) struct IndexArgs {
    /// Leave out transcripts that cannot be read
    #[arg(long)]
    keep_going: bool,
    /// List each repair with its line, reason and confidence
    #[arg(long)]
    repairs: bool,
}

pub(crate) fn run(args: &IndexArgs, config: &Config) -> Result<()> {
    let started = Instant::now();
    let (folder, fingerprint) = super::open_index::folder(config)?;
    let Loaded { corpus, repairs, .. } = super::open_index::load(folder, config, args.keep_going)?;
    if args.repairs {
        let mut out = std::io::stdout().lock();
        for (path, repair) in &repairs {
            writeln!(out, "{}:{}", path.display(), super::repair::told(repair))?;
        }
    }
    let turns: usize = corpus.interviews.iter().map(|interview| interview.turns.len()).sum();
    let bar = progress(corpus.passages().len());
    let generations = generations(config)?;
    let index =
        generations.build(&corpus, &fingerprint, &mut |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    let bytes = folder_bytes(&generations.current()?)?;
    let marked: usize =
        index.library().passages().iter().map(|passage| passage.repairs.len()).sum();
    writeln!(
        std::io::stdout(),
        "{} interviews, {turns} turns, {} passages, {marked} repaired spots, {:.2} s, {bytes} bytes",
        corpus.interviews.len(),
        index.library().passages().len(),
        started.elapsed().as_secs_f64(),
    )?;
    Ok(())
}

/// Returns a progress bar, which is hidden if standard error is no terminal.
pub(crate) fn progress(length: usize) -> ProgressBar {
    if std::io::stderr().is_terminal() {
        ProgressBar::new(length as u64)
    } else {
        ProgressBar::hidden()
    }
}

/// Returns the total size of the files in `folder`, in bytes.
pub(crate) fn folder_bytes(folder: &std::path::Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}
