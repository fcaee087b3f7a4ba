//! `wenjian trial`: reads an upload within bounds of time and memory, for the bot.

use std::io::Read;

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::config::Config;
use transcript::import::import;
use transcript::{FrontMatter, read};

/// Memory for data, in bytes: dictionaries take about a third of it.
const MAX_MEMORY: u64 = 256 << 20;
/// Processor time, in seconds.
const MAX_SECONDS: u64 = 10;

/// Read a transcript from standard input, within bounds of time and memory
#[derive(Debug, clap::Args)]
pub(crate) struct TrialArgs {
    /// Name of the file
    name: String,
}

pub(crate) fn run(args: &TrialArgs, config: &Config) -> Result<()> {
    for (resource, limit) in [(Resource::Data, MAX_MEMORY), (Resource::Cpu, MAX_SECONDS)] {
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        setrlimit(resource, limit).context("the bounds of time and memory cannot be set")?;
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(config.corpus.max_bytes + 1).read_to_end(&mut bytes)?;
    // A file that cannot be read is none of this command's business: whoever reads it next says so.
    if let Ok(reading) = read(&args.name, &bytes, &FrontMatter::default(), &[], &config.repair) {
        let _ = import(reading, &args.name);
    }
    Ok(())
}
