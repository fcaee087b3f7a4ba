//! `wenjian repair`: prints a text with its damage mended.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::config::Config;
use crate::corpus::decode::decode;
use crate::corpus::repair::{Repair, repair};

/// Print a text with its damage mended; the report goes to standard error
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Report in JSON lines
    #[arg(long)]
    json: bool,
    /// The text; `-` is standard input
    file: PathBuf,
}

pub(crate) fn run(args: &Args, config: &Config) -> Result<()> {
    let name = args.file.display();
    let mut bytes = Vec::new();
    let limit = config.corpus.max_bytes;
    if args.file.as_os_str() == "-" {
        std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)?;
    } else {
        let file =
            std::fs::File::open(&args.file).with_context(|| format!("cannot read `{name}`"))?;
        file.take(limit + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read `{name}`"))?;
    }
    ensure!(
        bytes.len() as u64 <= limit,
        "`{name}` has more than {limit} bytes; hint: raise corpus.max_bytes"
    );
    let text =
        decode(&bytes).map_err(|error| anyhow::anyhow!("{name}:{}: {error}", error.line()))?;
    let repaired = repair(&text, &config.repair);
    std::io::stdout().lock().write_all(repaired.text.as_bytes())?;
    let mut stderr = std::io::stderr().lock();
    for repair in &repaired.repairs {
        if args.json {
            writeln!(stderr, "{}", json(repair))?;
        } else {
            writeln!(stderr, "{}", line(repair))?;
        }
    }
    Ok(())
}

fn json(repair: &Repair) -> serde_json::Value {
    let Repair { line, before, after, kind, why, guessed, confidence, applied, .. } = repair;
    serde_json::json!({
        "line": line, "before": before, "after": after, "kind": kind.as_str(), "guessed": guessed,
        "why": why, "confidence": confidence, "applied": applied,
    })
}

fn line(repair: &Repair) -> String {
    let Repair { line, before, after, kind, why, guessed, confidence, applied, .. } = repair;
    let guess = if *guessed {
        format!(", guessed, {:.0} % sure", 100.0 * confidence)
    } else {
        String::new()
    };
    let left = if *applied { "" } else { ", left as received" };
    format!("line {line}: `{before}` → `{after}` ({}: {why}{guess}{left})", kind.as_str())
}
