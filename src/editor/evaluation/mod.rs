//! Measures how well a set of questions is answered: ranks, verdicts and latency.

mod measures;
mod passages;
mod question_set;

use crate::dialogue::Engine;
use transcript::Passage;

pub use measures::{CorpusReport, EvalOutcome, PassagesReport, Shares};
pub use passages::GivenPassage;
use question_set::Wanted;
pub use question_set::{EvalQuestion, read_lines};

/// The number of ranks that count. Passages after these count as not found.
const DEPTH: usize = 10;
/// Number of passages that are quoted for each question, so that excerpts are part of the latency.
const QUOTES: usize = 3;

/// The reason why a question set cannot be measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Unreadable { path: std::path::PathBuf, source: std::io::Error },
    /// A line of the file is not the expected JSON object.
    #[error("{path}:{line}: {source}")]
    Line {
        path: std::path::PathBuf,
        /// The number of the line, from 1.
        line: usize,
        /// What is wrong with the line.
        source: serde_json::Error,
    },
    /// The file has no line with an object.
    #[error("`{0}` is empty; hint: it needs one JSON object a line")]
    Empty(std::path::PathBuf),
    /// Fails if the index fails.
    #[error(transparent)]
    Index(#[from] retrieval::index::Error),
}

/// How the passages of a question set are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// `slug/3.2`, or `3.2` for a passage of any interview: the ids of a corpus.
    Corpus,
    /// The slug alone: each passage was given as an interview of its own, see [`GivenPassage`].
    GivenPassages,
}

/// Asks every question of `questions`, and returns the outcomes in their order.
///
/// # Errors
/// Fails if the index fails.
pub fn ask_all(
    engine: &Engine,
    questions: &[EvalQuestion],
    naming: Naming,
) -> Result<Vec<EvalOutcome>, Error> {
    let passages = engine.library().passages();
    questions
        .iter()
        .map(|question| ask(engine, question, &question.wanted(passages, naming)))
        .collect()
}

fn ask(engine: &Engine, question: &EvalQuestion, wanted: &Wanted) -> Result<EvalOutcome, Error> {
    let asked = engine.ask(&question.q, None, None, QUOTES)?;
    let ranked = &asked.ranked;
    Ok(EvalOutcome {
        rank: ranked.iter().take(DEPTH).position(|position| wanted.gold.contains(position)),
        is_fair: ranked.first().is_some_and(|best| wanted.accepts(*best)),
        verdict: asked.answer.verdict,
        elapsed: asked.elapsed,
    })
}

/// Returns the id of a passage without the letter that marks a piece of a long
/// paragraph: `3.2` for `3.2a`.
fn without_piece(id: &str) -> &str {
    if id.contains('.') { id.trim_end_matches(|c: char| c.is_ascii_lowercase()) } else { id }
}

/// Returns whether the `id` of a question set names `passage`.
fn names(id: &str, passage: &Passage, naming: Naming) -> bool {
    match naming {
        Naming::GivenPassages => id == passage.id.slug(),
        Naming::Corpus if id.contains('/') => {
            without_piece(id) == without_piece(passage.id.as_str())
        }
        Naming::Corpus => without_piece(id) == without_piece(passage.id.local()),
    }
}
