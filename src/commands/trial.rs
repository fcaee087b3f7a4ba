//! `wenjian trial`: reads an upload within bounds of time and memory, before the bot does.

use std::io::Read;

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::config::Config;
use transcript::import::import;
use transcript::{FrontMatter, read};

/// The most memory for data, in bytes. The dictionaries take about a third of it.
const MAX_MEMORY: u64 = 256 << 20;
/// The most processor time, in seconds.
const MAX_SECONDS: u64 = 10;

/// Read a transcript from standard input, within bounds of time and memory
#[derive(Debug, clap::Args)]
pub(crate) struct TrialArgs {
    /// Name of the file
    name: String,
    /// Front matter that takes precedence over the file's own, as it stands in a corpus file
    #[arg(long, value_parser = front_matter, default_value = "")]
    given: FrontMatter,
}

fn front_matter(text: &str) -> Result<FrontMatter, toml::de::Error> {
    toml::from_str(text.trim().trim_matches('+'))
}

/// Makes this process end with the bot, where the system can do so: nobody would learn of the outcome.
/// Elsewhere it ends when its time is up.
fn end_with_parent() -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    Ok(())
}

pub(crate) fn run(args: &TrialArgs, config: &Config) -> Result<()> {
    end_with_parent()?;
    for (resource, limit) in [(Resource::Data, MAX_MEMORY), (Resource::Cpu, MAX_SECONDS)] {
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        setrlimit(resource, limit).context("the bounds of time and memory cannot be set")?;
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    // Why a file cannot be read is found, and told, by whoever reads it next.
    let reading = read(&args.name, &bytes, &args.given, &[], &config.repair);
    if let Ok(imported) = reading.and_then(|reading| import(reading, &args.name)) {
        // The corpus file that comes of it is read by every replica that builds an index.
        let name = format!("{}.txt", imported.interview.slug);
        let file = imported.file.as_bytes();
        let _ = read(&name, file, &FrontMatter::default(), &[], &config.repair);
    }
    Ok(())
}
