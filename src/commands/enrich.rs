//! `wenjian enrich`: lets a language model draft readers' questions, and an editor review the drafts.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;

use anyhow::{Result, bail};

use super::index::progress;
use super::open_index;
use crate::config::Config;
use crate::editor::enrichment::{
    Client, Decision, Drafting, EnrichmentReport, Error, Event, Pending, Reviewed, chosen, review,
};
use transcript::Corpus;

/// Draft readers' questions for the passages with a language model
#[derive(Debug, clap::Args)]
pub(crate) struct EnrichArgs {
    /// Slugs of the interviews [default: all interviews]
    slugs: Vec<String>,
    /// Review the drafts, passage by passage
    #[arg(long)]
    review: bool,
    /// Keep all drafts that are not struck, without asking
    #[arg(long, requires = "review")]
    keep_all: bool,
    /// Strike a draft (`slug/3.2#1`) or all drafts of a passage (`slug/3.2`), without asking
    #[arg(long, requires = "review", value_name = "ID")]
    strike: Vec<String>,
}

pub(crate) fn run(args: &EnrichArgs, config: &Config) -> Result<()> {
    let corpus = open_index::load(open_index::folder(config)?.0, config, false)?.corpus;
    let interviews = chosen(&corpus, &args.slugs)?;
    if !args.review {
        return draft(&corpus, &interviews, config);
    }
    let dir = &config.corpus.dir;
    let reviewed = if args.keep_all || !args.strike.is_empty() {
        let strikes = RejectedDrafts::read(&args.strike)?;
        strikes.check(&corpus, &interviews, config)?;
        review(&corpus, &interviews, dir, &mut |pending| {
            let strike = strikes.of(pending);
            Ok::<_, Error>(Decision::Settle { strike, keep: args.keep_all })
        })?
    } else {
        review(&corpus, &interviews, dir, &mut ask_editor)?
    };
    let Reviewed { kept, struck, waiting } = reviewed;
    writeln!(std::io::stdout(), "{kept} drafts kept, {struck} struck, {waiting} waiting")?;
    Ok(())
}

fn draft(corpus: &Corpus, interviews: &[usize], config: &Config) -> Result<()> {
    let client = Arc::new(Client::new(&config.enrich)?);
    let drafting = Drafting { client, corpus, dir: &config.corpus.dir, search: &config.search };
    let bar = progress(drafting.n_missing(interviews)?);
    let mut report = EnrichmentReport::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(drafting.run(interviews, &mut report, &mut |event| {
        bar.inc(1);
        if let Event::Failed(id, failure) = event {
            bar.suspend(|| tracing::warn!("`{id}`: {failure}"));
        }
    }));
    bar.finish_and_clear();
    summarise(&report)?;
    outcome?;
    if let Some((id, failure)) = report.failed.first() {
        bail!(
            "{} passages have no draft; the first is `{id}`: {failure}; hint: run the command again",
            report.failed.len()
        );
    }
    Ok(())
}

fn summarise(report: &EnrichmentReport) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    let EnrichmentReport { passages, questions, terms, off_subject, repeats, spent, .. } = report;
    writeln!(
        stdout,
        "{passages} passages: {questions} questions and {terms} terms drafted; dropped {off_subject} \
         off the subject, {repeats} repeats"
    )?;
    write!(
        stdout,
        "{} requests, {} tokens in, {} tokens out",
        spent.requests, spent.tokens_in, spent.tokens_out
    )?;
    if spent.unreported > 0 {
        write!(stdout, " ({} answers did not report theirs)", spent.unreported)?;
    }
    writeln!(stdout)?;
    Ok(())
}

/// Shows a passage with its drafts and reads the editor's decision. At the end of input that is no
/// terminal, all remaining passages are shown and their drafts are left for later.
fn ask_editor(pending: Pending<'_>) -> Result<Decision> {
    let mut stdout = std::io::stdout().lock();
    let Pending { passage, question, drafts } = pending;
    writeln!(stdout, "\n{}\n  {}\n  │ {}", passage.id, safe(question), safe(&passage.text))?;
    let texts: Vec<&String> = drafts.questions.iter().chain(&drafts.terms).collect();
    for (number, text) in texts.iter().enumerate() {
        let kind = if number < drafts.questions.len() { "" } else { "term: " };
        writeln!(stdout, "  #{} {kind}{text}", number + 1)?;
    }
    loop {
        write!(stdout, "Enter keeps all; 1 3 strikes these; x all; s later; q stops > ")?;
        stdout.flush()?;
        let mut line = String::new();
        if std::io::stdin().lock().read_line(&mut line)? == 0 {
            writeln!(stdout)?;
            return Ok(if std::io::stdin().is_terminal() {
                Decision::Stop
            } else {
                Decision::Settle { strike: Vec::new(), keep: false }
            });
        }
        if let Some(decision) = Decision::read(&line, texts.len()) {
            return Ok(decision);
        }
    }
}

/// Replaces control characters, including line ends, which could change the state of a terminal.
fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The drafts to strike: their numbers by passage, or `None` for all drafts of a passage.
struct RejectedDrafts(BTreeMap<String, Option<Vec<usize>>>);

impl RejectedDrafts {
    fn read(ids: &[String]) -> Result<Self, Error> {
        let mut strikes: BTreeMap<String, Option<Vec<usize>>> = BTreeMap::new();
        for id in ids {
            let Some((passage, number)) = id.split_once('#') else {
                strikes.insert(id.clone(), None);
                continue;
            };
            let number = number.parse().map_err(|_| Error::UnknownDraft(id.clone()))?;
            if let Some(numbers) =
                strikes.entry(passage.to_owned()).or_insert_with(|| Some(Vec::new()))
            {
                numbers.push(number);
            }
        }
        Ok(Self(strikes))
    }

    /// Checks, before anything is written, that every id names an existing draft.
    fn check(&self, corpus: &Corpus, interviews: &[usize], config: &Config) -> Result<()> {
        let mut unknown = self.0.clone();
        review(corpus, interviews, &config.corpus.dir, &mut |pending| {
            let n_drafts = pending.drafts.len();
            if let Some(numbers) = unknown.remove(pending.passage.id.as_str()) {
                let wrong = numbers.into_iter().flatten().find(|n| !(1..=n_drafts).contains(n));
                if let Some(wrong) = wrong {
                    return Err(Error::UnknownDraft(format!("{}#{wrong}", pending.passage.id)));
                }
            }
            Ok(Decision::Settle { strike: Vec::new(), keep: false })
        })?;
        match unknown.into_keys().next() {
            Some(id) => Err(Error::UnknownDraft(id).into()),
            None => Ok(()),
        }
    }

    fn of(&self, pending: Pending<'_>) -> Vec<usize> {
        let n_drafts = pending.drafts.len();
        match self.0.get(pending.passage.id.as_str()) {
            None => Vec::new(),
            Some(None) => (1..=n_drafts).collect(),
            Some(Some(numbers)) => numbers.clone(),
        }
    }
}
