//! `wenjian repair`: prints a text with its damage repaired.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::config::Config;
use transcript::decode::decode;
use transcript::repair::{Repair, repair};

/// Print a text with its damage repaired; the report goes to standard error
#[derive(Debug, clap::Args)]
pub(crate) struct RepairArgs {
    /// Report in JSON lines
    #[arg(long)]
    json: bool,
    /// The text; `-` is standard input
    file: PathBuf,
}

pub(crate) fn run(args: &RepairArgs, config: &Config) -> Result<()> {
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
            writeln!(stderr, "{name}:{}", told(repair))?;
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

/// `7: half-shift `?C` → `。機`: why, how sure`: the line comes first, so that a file's name may stand before.
pub(super) fn told(repair: &Repair) -> String {
    let Repair { line, before, after, kind, why, guessed, confidence, applied, .. } = repair;
    let guess = if *guessed { ", guessed" } else { "" };
    let left = if *applied { "" } else { ", left as received" };
    let sure = 100.0 * confidence;
    format!(
        "{line}: {} `{before}` → `{after}`: {why}{guess}, {sure:.0} % sure{left}",
        kind.as_str()
    )
}

/// `214 punctuation, 3 half-shift (1 left as received)`, in the order in which the kinds occur.
pub(super) fn counts<'a>(repairs: impl Iterator<Item = &'a Repair>) -> String {
    let mut counts: Vec<(&str, usize, usize)> = Vec::new();
    for repair in repairs {
        let name = repair.kind.as_str();
        let at = counts.iter().position(|(kind, ..)| *kind == name).unwrap_or_else(|| {
            counts.push((name, 0, 0));
            counts.len() - 1
        });
        counts[at].1 += 1;
        counts[at].2 += usize::from(!repair.applied);
    }
    let told = counts.iter().map(|(kind, n, left)| match left {
        0 => format!("{n} {kind}"),
        left => format!("{n} {kind} ({left} left as received)"),
    });
    told.collect::<Vec<_>>().join(", ")
}
