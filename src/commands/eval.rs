//! `wenjian eval`: measures how well the questions of a set are answered.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};

use super::index::folder_bytes;
use super::open_index;
use crate::config::Config;
use crate::editor::evaluation::{
    CorpusReport, EvalOutcome, EvalQuestion, GivenPassage, Naming, PassagesReport, Shares, ask_all,
    read_lines,
};
use crate::service::Service;
use retrieval::answer::Verdict;
use retrieval::index::Generations;

/// Measure how well the questions of a set are answered
#[derive(Debug, clap::Args)]
pub(crate) struct EvalArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print the questions whose best passage is not a wanted one, or whose verdict is wrong
    #[arg(long)]
    misses: bool,
    /// Search these passages (JSON lines of id, title, text) instead of the corpus
    #[arg(long, value_name = "FILE")]
    passages: Option<PathBuf>,
    /// The questions, JSON lines
    questions: PathBuf,
}

pub(crate) fn run(args: &EvalArgs, config: &Config) -> Result<()> {
    let questions: Vec<EvalQuestion> = read_lines(&args.questions)?;
    match &args.passages {
        Some(passages) => over_passages(args, config, passages, &questions),
        None => over_corpus(args, config, &questions),
    }
}

fn over_corpus(args: &EvalArgs, config: &Config, questions: &[EvalQuestion]) -> Result<()> {
    let engine = open_index::service(config)?.engine();
    let outcomes = ask_all(&engine, questions, Naming::Corpus)?;
    let report = CorpusReport::new(questions, &outcomes);
    let mut stdout = std::io::stdout().lock();
    if args.json {
        writeln!(stdout, "{}", serde_json::to_string(&report)?)?;
    } else {
        table(&report, &mut stdout)?;
    }
    if args.misses {
        misses(questions, &outcomes, &mut stdout)?;
    }
    Ok(())
}

fn over_passages(
    args: &EvalArgs,
    config: &Config,
    passages: &Path,
    questions: &[EvalQuestion],
) -> Result<()> {
    let corpus = GivenPassage::corpus(read_lines(passages)?);
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let generations = Generations::new(folder.path()).with_encoder(open_index::encoder(config)?);
    let started = Instant::now();
    let index = generations.build(&corpus, "", &mut |_| {})?;
    let build_time = started.elapsed();
    let index_bytes = folder_bytes(&generations.current()?)?;
    let n_passages = index.library().passages().len();
    let engine = Service::new(index, config.search.clone()).engine();
    let outcomes = ask_all(&engine, questions, Naming::GivenPassages)?;
    let report = PassagesReport::new(&outcomes, n_passages, build_time, index_bytes);
    let text = if args.json { serde_json::to_string(&report)? } else { toml::to_string(&report)? };
    writeln!(std::io::stdout(), "{}", text.trim_end())?;
    Ok(())
}

fn table(report: &CorpusReport, out: &mut dyn Write) -> Result<()> {
    writeln!(
        out,
        "{:10} {:>5} {:>7} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8}",
        "style", "n", "hit@1", "hit@3", "mrr@10", "fair@1", "answer", "related", "none"
    )?;
    let rows = report.by_style.iter().map(|(style, shares)| (style.as_str(), shares));
    for (style, shares) in
        rows.filter(|(_, shares)| shares.answerable > 0).chain([("all", &report.shares)])
    {
        let Shares { answerable, hit_1, hit_3, mrr_10, fair_1, .. } = shares;
        let Shares { answer_on_answerable, related_on_answerable, none_on_answerable, .. } = shares;
        writeln!(
            out,
            "{style:10} {answerable:>5} {hit_1:>7.3} {hit_3:>7.3} {mrr_10:>7.3} {fair_1:>7.3} \
             {answer_on_answerable:>8.3} {related_on_answerable:>8.3} {none_on_answerable:>8.3}"
        )?;
    }
    let Shares { answer_on_out, none_on_out, over_expect, .. } = report.shares;
    writeln!(
        out,
        "out of scope: answer {answer_on_out:.3}, none {none_on_out:.3}, over expectation {over_expect:.3}"
    )?;
    writeln!(out, "latency: p50 {:.0} µs, p99 {:.0} µs", report.p50_us, report.p99_us)?;
    Ok(())
}

fn misses(questions: &[EvalQuestion], outcomes: &[EvalOutcome], out: &mut dyn Write) -> Result<()> {
    for (question, outcome) in questions.iter().zip(outcomes) {
        let is_missed = if question.is_answerable() {
            outcome.rank != Some(0) || outcome.verdict == Verdict::None
        } else {
            outcome.verdict > question.most()
        };
        if is_missed {
            let rank = outcome.rank.map_or("-".to_owned(), |rank| (rank + 1).to_string());
            let EvalQuestion { id, q, gold, gold_text, .. } = question;
            let wanted: Vec<&String> = gold.iter().chain(gold_text).collect();
            writeln!(out, "{id} rank {rank} {} {q} {wanted:?}", outcome.verdict.as_str())?;
        }
    }
    Ok(())
}
