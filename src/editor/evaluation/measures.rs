//! The measures of an evaluation: hit@k, MRR, shares of the verdicts, and
//! percentiles of the latency.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::{DEPTH, EvalQuestion};
use retrieval::answer::Verdict;

/// The outcome of a question.
#[derive(Debug, Clone, Copy)]
pub struct EvalOutcome {
    /// Rank, from 0, of the first gold passage; `None` beyond the tenth.
    pub rank: Option<usize>,
    /// Whether a fair reader accepts the passage at rank 1.
    pub is_fair: bool,
    /// The verdict that came with the passages.
    pub verdict: Verdict,
    /// How long search, rerank and excerpts took.
    pub elapsed: Duration,
}

/// The figures of a question set over a corpus.
#[derive(Debug, Serialize)]
pub struct CorpusReport {
    questions: usize,
    /// The shares of all questions.
    #[serde(flatten)]
    pub shares: Shares,
    /// The shares of each style.
    pub by_style: BTreeMap<String, Shares>,
    /// The median time of a question, microseconds.
    pub p50_us: f64,
    /// The time within which 99 % of the questions were answered, microseconds.
    pub p99_us: f64,
}

/// Shares of a group of questions, from 0 to 1. A share is 0 if the group has no such questions.
/// Ranks are taken before the verdict, so that they are known for answers that are withheld.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shares {
    /// Number of questions that the corpus answers.
    pub answerable: usize,
    /// Of these: a gold passage stands first.
    #[serde(rename = "hit@1")]
    pub hit_1: f64,
    /// A gold passage is among the first three.
    #[serde(rename = "hit@3")]
    pub hit_3: f64,
    /// Mean of 1 / rank of the first gold passage among the first ten.
    #[serde(rename = "mrr@10")]
    pub mrr_10: f64,
    /// A passage that a fair reader accepts stands first.
    #[serde(rename = "fair@1")]
    pub fair_1: f64,
    /// The verdict is `none`.
    pub none_on_answerable: f64,
    /// The verdict is `related`.
    pub related_on_answerable: f64,
    /// The verdict is `answer`, whatever stands first.
    pub answer_on_answerable: f64,
    /// Of the questions that the corpus does not answer: the verdict is `answer`.
    pub answer_on_out: f64,
    /// The verdict is `none`.
    pub none_on_out: f64,
    /// The verdict is higher than the question's `expect`.
    pub over_expect: f64,
}

/// The figures of a question set over passages that were given one by one.
#[derive(Debug, Serialize)]
pub struct PassagesReport {
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

impl CorpusReport {
    /// Sums up the outcomes of `questions`.
    pub fn new(questions: &[EvalQuestion], outcomes: &[EvalOutcome]) -> Self {
        let pairs: Vec<(&EvalQuestion, &EvalOutcome)> = questions.iter().zip(outcomes).collect();
        let mut by_style: BTreeMap<&str, Vec<(&EvalQuestion, &EvalOutcome)>> = BTreeMap::new();
        for pair in &pairs {
            by_style.entry(&pair.0.style).or_default().push(*pair);
        }
        let by_style = by_style.into_iter();
        Self {
            questions: questions.len(),
            shares: Shares::of(&pairs),
            by_style: by_style
                .map(|(style, pairs)| (style.to_owned(), Shares::of(&pairs)))
                .collect(),
            p50_us: percentile(outcomes, 0.50),
            p99_us: percentile(outcomes, 0.99),
        }
    }
}

impl Shares {
    fn of(pairs: &[(&EvalQuestion, &EvalOutcome)]) -> Self {
        let (answerable, out): (Vec<_>, Vec<_>) =
            pairs.iter().partition(|(question, _)| question.is_answerable());
        let verdict = |verdict| move |(_, outcome): &(_, &EvalOutcome)| outcome.verdict == verdict;
        let answered = |verdict_is| share_of(&answerable, verdict(verdict_is));
        Self {
            answerable: answerable.len(),
            hit_1: share_of(&answerable, |(_, outcome)| outcome.is_hit_within(1)),
            hit_3: share_of(&answerable, |(_, outcome)| outcome.is_hit_within(3)),
            mrr_10: mean_reciprocal_rank(answerable.iter().map(|(_, outcome)| *outcome)),
            fair_1: share_of(&answerable, |(_, outcome)| outcome.is_fair),
            none_on_answerable: answered(Verdict::None),
            related_on_answerable: answered(Verdict::Related),
            answer_on_answerable: answered(Verdict::Answer),
            answer_on_out: share_of(&out, verdict(Verdict::Answer)),
            none_on_out: share_of(&out, verdict(Verdict::None)),
            over_expect: share_of(&out, |(question, outcome)| outcome.verdict > question.most()),
        }
    }
}

impl EvalOutcome {
    fn is_hit_within(&self, depth: usize) -> bool {
        self.rank.is_some_and(|rank| rank < depth)
    }
}

impl PassagesReport {
    /// Sums up the outcomes of the questions over `passages` passages.
    pub fn new(
        outcomes: &[EvalOutcome],
        passages: usize,
        build_time: Duration,
        index_bytes: u64,
    ) -> Self {
        Self {
            questions: outcomes.len(),
            passages,
            hit_1: share_of(outcomes, |outcome| outcome.is_hit_within(1)),
            hit_10: share_of(outcomes, |outcome| outcome.is_hit_within(DEPTH)),
            mrr_10: mean_reciprocal_rank(outcomes.iter()),
            build_seconds: build_time.as_secs_f64(),
            index_bytes,
            p50_us: percentile(outcomes, 0.50),
            p99_us: percentile(outcomes, 0.99),
        }
    }
}

fn share_of<T>(items: &[T], holds: impl Fn(&T) -> bool) -> f64 {
    let count = items.iter().filter(|item| holds(item)).count();
    count as f64 / items.len().max(1) as f64
}

fn mean_reciprocal_rank<'o>(outcomes: impl ExactSizeIterator<Item = &'o EvalOutcome>) -> f64 {
    let count = outcomes.len().max(1) as f64;
    let reciprocals =
        outcomes.map(|outcome| outcome.rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64));
    reciprocals.sum::<f64>() / count
}

/// Returns the time in microseconds within which a share of `part` of the questions was answered.
fn percentile(outcomes: &[EvalOutcome], part: f64) -> f64 {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn question(line: &str) -> EvalQuestion {
        serde_json::from_str(line).unwrap()
    }

    fn outcome(rank: Option<usize>, verdict: Verdict) -> EvalOutcome {
        EvalOutcome { rank, is_fair: rank == Some(0), verdict, elapsed: Duration::from_micros(7) }
    }

    #[test]
    fn shares_are_taken_of_the_questions_that_they_are_about() {
        let questions = [
            question(r#"{"id":"1","q":"?","style":"full","gold":["1.1"]}"#),
            question(r#"{"id":"2","q":"?","style":"full","gold":["1.1"]}"#),
            question(r#"{"id":"3","q":"?","style":"short","gold_text":"nowhere"}"#),
            question(r#"{"id":"4","q":"?","style":"out","expect":"none"}"#),
            question(r#"{"id":"5","q":"?","style":"out"}"#),
        ];
        let outcomes = [
            outcome(Some(0), Verdict::Answer),
            outcome(Some(2), Verdict::Related),
            outcome(None, Verdict::None),
            outcome(None, Verdict::Related),
            outcome(None, Verdict::Related),
        ];
        let report = CorpusReport::new(&questions, &outcomes);
        let third = 1.0 / 3.0;
        assert_eq!(report.shares.answerable, 3);
        assert!((report.shares.hit_1 - third).abs() < 1e-9);
        assert!((report.shares.hit_3 - 2.0 * third).abs() < 1e-9);
        assert!((report.shares.mrr_10 - (1.0 + third) / 3.0).abs() < 1e-9);
        assert!((report.shares.none_on_answerable - third).abs() < 1e-9);
        assert!((report.shares.answer_on_answerable - third).abs() < 1e-9);
        assert!((report.shares.over_expect - 0.5).abs() < 1e-9);
        assert_eq!(report.by_style["full"].answerable, 2);
        assert!((report.by_style["full"].related_on_answerable - 0.5).abs() < 1e-9);
        assert!((report.p99_us - 7.0).abs() < 1e-9);
    }
}
