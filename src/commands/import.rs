//! `wenjian import`: reads a transcript in any shape and writes it into the corpus folder.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::repair::{counts, told};
use crate::config::Config;
use transcript::import::{Imported, import};
use transcript::repair::Repair;
use transcript::{
    Corpus, Diagnostic, Folder, FrontMatter, ParsedFile, Part, Turn, is_date, is_slug,
    near_duplicate_interviews, read,
};

/// Read a transcript in any shape and write it into the corpus folder
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// The transcript: text, Markdown or HTML in any encoding of Chinese sites; - for standard input
    file: PathBuf,
    /// Write nothing, and print how the transcript is read
    #[arg(long)]
    dry_run: bool,
    /// Write over an interview that is there already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    shown: OutputArgs,
    #[command(flatten)]
    known: MetadataArgs,
}

/// How it is told.
#[derive(Debug, clap::Args)]
struct OutputArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print every paragraph with what it is taken for and why; writes nothing
    #[arg(long, conflicts_with = "json")]
    explain: bool,
    /// List each repair: where, what, why, how sure; without it, guesses and what was left as received
    #[arg(long)]
    repairs: bool,
}

/// What the file does not say, or says wrongly.
#[derive(Debug, clap::Args)]
struct MetadataArgs {
    /// Short name in ids and addresses: a-z, 0-9 and hyphens
    #[arg(long, value_parser = slug)]
    slug: Option<String>,
    /// Whose words the quotations are
    #[arg(long, value_name = "NAME")]
    interviewee: Option<String>,
    /// The label of who asks; may be given several times
    #[arg(long = "interviewer", value_name = "NAME")]
    interviewers: Vec<String>,
    /// The title
    #[arg(long)]
    title: Option<String>,
    /// Who published it
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// When: 2025, 2025-02 or 2025-02-14
    #[arg(long, value_parser = date)]
    date: Option<String>,
    /// Where it was published
    #[arg(long)]
    url: Option<String>,
    /// Who a label stands for, as in 记者=Q; may be given several times
    #[arg(long, value_name = "NAME=LABEL", value_parser = pair)]
    legend: Vec<(String, String)>,
}

fn slug(text: &str) -> Result<String, String> {
    is_slug(text)
        .then(|| text.to_owned())
        .ok_or_else(|| "lower-case letters a-z, digits, and hyphens between them".to_owned())
}

fn date(text: &str) -> Result<String, String> {
    is_date(text).then(|| text.to_owned()).ok_or_else(|| "2025, 2025-02 or 2025-02-14".to_owned())
}

/// `记者=Q` as (label, name).
fn pair(text: &str) -> Result<(String, String), String> {
    let (name, label) = text.split_once('=').ok_or("a name and its label, as in 记者=Q")?;
    Ok((label.trim().to_owned(), name.trim().to_owned()))
}

pub(crate) fn run(args: &ImportArgs, config: &Config) -> Result<()> {
    let (name, bytes) = received(args, config.corpus.max_bytes)?;
    let known = &args.known;
    let given = FrontMatter {
        slug: known.slug.clone(),
        title: known.title.clone(),
        publisher: known.publisher.clone(),
        date: known.date.clone(),
        url: known.url.clone(),
        interviewee: known.interviewee.clone(),
        interviewers: known.interviewers.clone(),
        ..FrontMatter::default()
    };
    let at = |finding| anyhow::anyhow!("{}", Diagnostic { path: args.file.clone(), finding });
    let reading = read(&name, &bytes, &given, &known.legend, &config.repair).map_err(at)?;
    if args.shown.explain {
        return explain(&reading);
    }
    if args.dry_run && args.shown.json {
        reading.is_interview().map_err(at)?;
        return print(&understood(&reading));
    }
    let imported = import(reading, &name).map_err(at)?;
    let written = if args.dry_run {
        None
    } else {
        Some(imported.save(&config.corpus.dir, &bytes, args.force)?)
    };
    if args.shown.json {
        return print(&understood(&imported.reading));
    }
    report(args, &imported, written, &others(config))
}

/// What the file is called, and its bytes.
fn received(args: &ImportArgs, max_bytes: u64) -> Result<(String, Vec<u8>)> {
    let path = &args.file;
    let stdin = path.as_os_str() == "-";
    let mut bytes = Vec::new();
    let reader: Box<dyn Read> = if stdin {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(
            std::fs::File::open(path)
                .with_context(|| format!("cannot read `{}`", path.display()))?,
        )
    };
    reader
        .take(max_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    if bytes.len() as u64 > max_bytes {
        bail!(
            "`{}` has more than {max_bytes} bytes; hint: corpus.max_bytes allows more",
            path.display()
        );
    }
    let name = path.file_name().filter(|_| !stdin).map(|name| name.to_string_lossy().into_owned());
    Ok((name.unwrap_or_default(), bytes))
}

/// The interviews that are there already; a corpus that cannot be read hides them, and says so elsewhere.
fn others(config: &Config) -> Corpus {
    let loaded = Folder::read(&config.corpus).and_then(|folder| folder.load(&config.repair, true));
    loaded.map(|loaded| loaded.corpus).unwrap_or_default()
}

fn print(value: &serde_json::Value) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{value}")?)
}

/// How a transcript was read.
fn understood(reading: &ParsedFile) -> serde_json::Value {
    let transcript = &reading.transcript;
    let turns: Vec<serde_json::Value> = transcript.turns(|_| Vec::new()).iter().map(turn).collect();
    let repairs = reading.repairs.iter().filter(|repair| repair.applied);
    let repairs: Vec<serde_json::Value> = repairs
        .map(|repair| {
            json!({"line": repair.line, "before": repair.before, "after": repair.after, "kind": repair.kind, "guessed": repair.guessed})
        })
        .collect();
    let mut understood = json!({
        "title": reading.front.title.as_ref().filter(|_| !reading.front.title_inferred),
        "interviewee": reading.front.interviewee,
        "interviewers": reading.front.interviewers,
        "lead": transcript.lead(),
        "turns": turns,
        "headings": transcript.headings(),
        "repairs": repairs,
    });
    // The contract names one interviewee; a round table has more.
    if !reading.front.co_interviewees.is_empty() {
        let all = reading.front.interviewee.iter().chain(&reading.front.co_interviewees);
        understood["interviewees"] = all.cloned().collect();
    }
    understood
}

/// Prints every paragraph with its role, and how sure the reading is.
fn explain(reading: &ParsedFile) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for line in metadata(reading) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "speakers are told apart by {}\n", reading.transcript.scheme)?;
    for block in reading.explanation() {
        let speaker = block.speaker.map(|name| format!(" ({name})")).unwrap_or_default();
        writeln!(out, "{}{speaker}: {}\n    {}", block.role, block.why, block.text)?;
    }
    let (confidence, checks) = reading.confidence();
    writeln!(out, "\nconfidence: {}", confidence.as_str())?;
    for check in checks {
        writeln!(out, "check {check}")?;
    }
    if let Err(finding) = reading.is_interview() {
        writeln!(out, "not an interview: {}", finding.message)?;
    }
    Ok(())
}

/// What is known of the interview, a value a line, with where it was found.
fn metadata(reading: &ParsedFile) -> Vec<String> {
    let front = &reading.front;
    let from = &reading.provenances;
    [
        ("title", &front.title, from.title),
        ("publisher", &front.publisher, from.publisher),
        ("date", &front.date, from.date),
        ("url", &front.url, from.url),
        ("interviewee", &front.interviewee, from.interviewee),
    ]
    .into_iter()
    .map(|(name, value, from)| match (value, from) {
        (Some(value), Some(from)) => format!("{name}: {value} ({})", from.as_str()),
        (Some(value), None) => format!("{name}: {value}"),
        (None, _) => format!("{name}: not found"),
    })
    .collect()
}

fn turn(turn: &Turn) -> serde_json::Value {
    let answers: Vec<&String> = turn.answers().map(|paragraph| &paragraph.text).collect();
    let asides = turn.parts.iter().filter_map(|part| match part {
        Part::Aside(text) => Some(text),
        _ => None,
    });
    let asides: Vec<&String> = asides.collect();
    json!({"question": turn.question, "answers": answers, "asides": asides})
}

/// What was imported, for a person.
fn report(
    args: &ImportArgs,
    imported: &Imported,
    written: Option<PathBuf>,
    others: &Corpus,
) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let Imported { interview, reading, .. } = imported;
    if args.dry_run {
        write!(out, "{}", imported.file)?;
    }
    let n_answers = interview.turns.iter().flat_map(Turn::answers).count();
    let mut err = std::io::stderr().lock();
    for finding in &reading.findings {
        writeln!(err, "{}", Diagnostic { path: args.file.clone(), finding: finding.clone() })?;
    }
    for (slug, share) in near_duplicate_interviews(interview, &others.interviews) {
        writeln!(
            err,
            "{:.0} % of these answers stand in `{slug}` already; hint: keep one of the two",
            share * 100.0
        )?;
    }
    for line in metadata(reading) {
        writeln!(err, "{line}")?;
    }
    let (confidence, checks) = reading.confidence();
    if !checks.is_empty() {
        writeln!(err, "confidence: {}; please check:", confidence.as_str())?;
    }
    for check in checks {
        writeln!(err, "- {check}")?;
    }
    let listed = |repair: &&Repair| args.shown.repairs || repair.guessed || !repair.applied;
    for repair in reading.repairs.iter().filter(listed) {
        writeln!(err, "{}:{}", args.file.display(), told(repair))?;
    }
    let repairs = match counts(reading.repairs.iter()) {
        none if none.is_empty() => "nothing to repair".to_owned(),
        counts => format!("repaired: {counts}"),
    };
    writeln!(
        err,
        "`{}`: {} interviewed by {}; {} turns, {n_answers} answers; {repairs}",
        interview.slug,
        interview.interviewee,
        interview.interviewers.join(", "),
        interview.turns.len(),
    )?;
    if let Some(path) = written {
        writeln!(out, "{}", path.display())?;
    }
    Ok(())
}
