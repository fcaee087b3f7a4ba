//! `wenjian eval`: measures how well the questions of a set are answered.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::generation;
use super::index::folder_bytes;
use crate::config::Config;
use crate::dialogue::Host;
use crate::service::Service;
use retrieval::answer::Verdict;
use retrieval::index::Generations;
use transcript::{Corpus, Interview, Paragraph, Part, PassageId, Turn};

/// Measure how well the questions of a set are answered
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print the questions whose best passage is not the wanted one
    #[arg(long)]
    misses: bool,
    /// Look the questions up in these passages (JSON lines of id, title, text) instead of the corpus
    #[arg(long, value_name = "FILE")]
    passages: Option<PathBuf>,
    /// The questions, JSON lines
    questions: PathBuf,
}

/// A question of a set. Passages go by their ids within an interview (`3.2`), or, where there are several
/// interviews, by whole ones (`talk/3.2`).
#[derive(Debug, Deserialize)]
struct Question {
    id: String,
    q: String,
    #[serde(default)]
    style: String,
    gold: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
    expect: Option<Verdict>,
}

/// What became of a question.
struct Outcome {
    /// Rank from 0 of the first wanted passage.
    rank: Option<usize>,
    /// The first passage is one that a fair reader accepts.
    fair: bool,
    verdict: Verdict,
    elapsed: Duration,
}

#[derive(Debug, Serialize)]
struct Report {
    questions: usize,
    #[serde(flatten)]
    shares: Shares,
    by_style: BTreeMap<String, Shares>,
    p50_us: f64,
    p99_us: f64,
}

#[derive(Debug, Serialize)]
struct Shares {
    answerable: usize,
    #[serde(rename = "hit@1")]
    hit_1: f64,
    #[serde(rename = "hit@3")]
    hit_3: f64,
    #[serde(rename = "mrr@10")]
    mrr_10: f64,
    #[serde(rename = "fair@1")]
    fair_1: f64,
    none_on_answerable: f64,
    answer_on_out: f64,
    none_on_out: f64,
    over_expect: f64,
}

#[derive(Debug, Serialize)]
struct PassageReport {
    questions: usize,
    passages: usize,
    #[serde(rename = "hit@1")]
    hit_1: f64,
    #[serde(rename = "hit@10")]
    hit_10: f64,
    #[serde(rename = "mrr@10")]
    mrr_10: f64,
    build_seconds: f64,
    index_bytes: u64,
    p50_us: f64,
    p99_us: f64,
}

/// As many hits as the deepest measure looks at.
const DEPTH: usize = 10;
/// As many passages as an answer quotes: what latency is measured with.
const QUOTES: usize = 3;

pub(crate) fn run(args: &Args, config: &Config) -> Result<()> {
    let questions: Vec<Question> = read_lines(&args.questions)?;
    match &args.passages {
        Some(passages) => of_passages(args, config, passages, &questions),
        None => of_corpus(args, config, &questions),
    }
}

fn of_corpus(args: &Args, config: &Config, questions: &[Question]) -> Result<()> {
    let service = generation::service(config)?;
    let host = service.host();
    let mut outcomes = Vec::with_capacity(questions.len());
    for question in questions {
        let is_whole = question.gold.iter().chain(&question.also).any(|id| id.contains('/'));
        let name = |id: &PassageId| {
            if is_whole { without_part(id.as_str()) } else { local(id) }.to_owned()
        };
        outcomes.push(outcome(&host, question, name)?);
    }
    let pairs: Vec<(&Question, &Outcome)> = questions.iter().zip(&outcomes).collect();
    let mut by_style: BTreeMap<String, Vec<(&Question, &Outcome)>> = BTreeMap::new();
    for pair in &pairs {
        by_style.entry(pair.0.style.clone()).or_default().push(*pair);
    }
    let report = Report {
        questions: questions.len(),
        shares: shares(&pairs),
        by_style: by_style.into_iter().map(|(style, pairs)| (style, shares(&pairs))).collect(),
        p50_us: percentile(&outcomes, 0.50),
        p99_us: percentile(&outcomes, 0.99),
    };
    let mut stdout = std::io::stdout().lock();
    if args.json {
        writeln!(stdout, "{}", serde_json::to_string(&report)?)?;
    } else {
        table(&report, &mut stdout)?;
    }
    if args.misses {
        misses(&pairs, &mut stdout)?;
    }
    Ok(())
}

fn of_passages(
    args: &Args,
    config: &Config,
    passages: &Path,
    questions: &[Question],
) -> Result<()> {
    let corpus = Corpus { interviews: interviews(read_lines(passages)?), ..Corpus::default() };
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let started = Instant::now();
    let generations = Generations::new(folder.path());
    let index = generations.build(&corpus, "", &mut |_| {})?;
    let build_seconds = started.elapsed().as_secs_f64();
    let index_bytes = folder_bytes(&generations.current()?)?;
    let n_passages = index.passages().len();
    let host = Service::new(index, config.search.clone()).host();
    let mut outcomes = Vec::with_capacity(questions.len());
    for question in questions {
        outcomes.push(outcome(&host, question, |id| id.slug().to_owned())?);
    }
    let hits = |depth: usize| {
        outcomes.iter().filter(|outcome| outcome.rank.is_some_and(|rank| rank < depth)).count()
    };
    let report = PassageReport {
        questions: questions.len(),
        passages: n_passages,
        hit_1: share(hits(1), outcomes.len()),
        hit_10: share(hits(DEPTH), outcomes.len()),
        mrr_10: mrr(outcomes.iter()),
        build_seconds,
        index_bytes,
        p50_us: percentile(&outcomes, 0.50),
        p99_us: percentile(&outcomes, 0.99),
    };
    let text = if args.json { serde_json::to_string(&report)? } else { toml::to_string(&report)? };
    writeln!(std::io::stdout(), "{}", text.trim_end())?;
    Ok(())
}

/// Looks a question up: search, rerank and excerpt are what is timed.
fn outcome(
    host: &Host,
    question: &Question,
    name: impl Fn(&PassageId) -> String,
) -> Result<Outcome> {
    let asked = host.ask(&question.q, None, None, QUOTES)?;
    let ranked: Vec<String> = asked
        .ranked
        .iter()
        .take(DEPTH)
        .map(|position| name(&host.shelf().passages()[*position].id))
        .collect();
    let wanted = |id: &String| question.gold.iter().any(|gold| without_part(gold) == id);
    let accepted =
        |id: &String| wanted(id) || question.also.iter().any(|also| without_part(also) == id);
    Ok(Outcome {
        rank: ranked.iter().position(wanted),
        fair: ranked.first().is_some_and(accepted),
        verdict: asked.answer.verdict,
        elapsed: asked.elapsed,
    })
}

/// The id within its interview, without the letter of a long paragraph's piece.
fn local(id: &PassageId) -> &str {
    without_part(id.local())
}

fn without_part(id: &str) -> &str {
    if id.contains('.') { id.trim_end_matches(|c: char| c.is_ascii_lowercase()) } else { id }
}

fn shares(pairs: &[(&Question, &Outcome)]) -> Shares {
    let (answerable, out): (Vec<_>, Vec<_>) =
        pairs.iter().partition(|(question, _)| !question.gold.is_empty());
    let of = |pairs: &[&(&Question, &Outcome)], holds: &dyn Fn(&Question, &Outcome) -> bool| {
        share(
            pairs.iter().filter(|(question, outcome)| holds(question, outcome)).count(),
            pairs.len(),
        )
    };
    Shares {
        answerable: answerable.len(),
        hit_1: of(&answerable, &|_, outcome| outcome.rank == Some(0)),
        hit_3: of(&answerable, &|_, outcome| outcome.rank.is_some_and(|rank| rank < 3)),
        mrr_10: mrr(answerable.iter().map(|(_, outcome)| *outcome)),
        fair_1: of(&answerable, &|_, outcome| outcome.fair),
        none_on_answerable: of(&answerable, &|_, outcome| outcome.verdict == Verdict::None),
        answer_on_out: of(&out, &|_, outcome| outcome.verdict == Verdict::Answer),
        none_on_out: of(&out, &|_, outcome| outcome.verdict == Verdict::None),
        over_expect: of(&out, &|question, outcome| {
            outcome.verdict > question.expect.unwrap_or(Verdict::Related)
        }),
    }
}

fn share(count: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { count as f64 / of as f64 }
}

fn mrr<'o>(outcomes: impl Iterator<Item = &'o Outcome>) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for outcome in outcomes {
        sum += outcome.rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
        count += 1;
    }
    sum / f64::from(count.max(1))
}

/// Microseconds that a share of `part` of the questions took at most.
fn percentile(outcomes: &[Outcome], part: f64) -> f64 {
    let mut times: Vec<Duration> = outcomes.iter().map(|outcome| outcome.elapsed).collect();
    times.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count"
    )]
    let at = ((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

fn table(report: &Report, out: &mut dyn Write) -> Result<()> {
    writeln!(
        out,
        "{:10} {:>5} {:>7} {:>7} {:>7} {:>7} {:>9}",
        "style", "n", "hit@1", "hit@3", "mrr@10", "fair@1", "none"
    )?;
    let rows = report.by_style.iter().map(|(style, shares)| (style.as_str(), shares));
    for (style, shares) in
        rows.filter(|(_, shares)| shares.answerable > 0).chain([("all", &report.shares)])
    {
        let Shares { answerable, hit_1, hit_3, mrr_10, fair_1, none_on_answerable, .. } = shares;
        writeln!(
            out,
            "{style:10} {answerable:>5} {hit_1:>7.3} {hit_3:>7.3} {mrr_10:>7.3} {fair_1:>7.3} {none_on_answerable:>9.3}"
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

fn misses(pairs: &[(&Question, &Outcome)], out: &mut dyn Write) -> Result<()> {
    for (question, outcome) in pairs {
        let over = question.gold.is_empty()
            && outcome.verdict > question.expect.unwrap_or(Verdict::Related);
        let missed = !question.gold.is_empty()
            && (outcome.rank != Some(0) || outcome.verdict == Verdict::None);
        if over || missed {
            let rank = outcome.rank.map_or("-".to_owned(), |rank| (rank + 1).to_string());
            let Question { id, q, gold, .. } = question;
            writeln!(out, "{id} rank {rank} {} {q} {gold:?}", outcome.verdict.as_str())?;
        }
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
pub(super) struct GivenPassage {
    id: String,
    title: String,
    text: String,
}

/// Each passage as an interview of its own: its id is the slug.
pub(super) fn interviews(passages: Vec<GivenPassage>) -> Vec<Interview> {
    let interview = |GivenPassage { id, title, text }| {
        let answer = Part::Answer(Paragraph { number: 1, text, mends: Vec::new() });
        let turn = Turn {
            number: 1,
            interviewer: String::new(),
            question: String::new(),
            parts: vec![answer],
        };
        Interview { slug: id, title, turns: vec![turn], ..Interview::default() }
    };
    passages.into_iter().map(interview).collect()
}

/// The objects of a JSON-lines file.
pub(super) fn read_lines<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let values: Vec<T> = lines
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), number + 1))
        })
        .collect::<Result<_>>()?;
    ensure!(!values.is_empty(), "`{}` is empty", path.display());
    Ok(values)
}
