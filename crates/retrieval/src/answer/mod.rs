//! Hits to a verdict with quotations.

mod excerpt;
mod form;
mod nearest;
mod verdict;

use crate::search::{Hit, Ranking};
use form::Form;
use transcript::text::CharSpan;
use transcript::{Corpus, Excerpt, Passage, Twins};

pub use excerpt::opening;
pub use nearest::Nearest;
pub use verdict::{Judge, Logistic, Model, Observed, Verdict};

/// Interviewer's questions that are shown where there is no answer.
const NEAREST: usize = 3;

/// What the interviews say to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// How well they answer it.
    pub verdict: Verdict,
    /// The quotations, best first; empty where the verdict is none.
    pub quotes: Vec<Quote>,
    /// The nearest questions that were really asked.
    pub nearest: Vec<Nearest>,
}

/// A passage that answers, and what of it to quote.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// Position among the index's passages.
    pub position: usize,
    /// The words to show.
    pub excerpt: Excerpt,
    /// Words of the question, as ranges of the passage's text.
    pub matches: Vec<CharSpan>,
    /// Higher is better.
    pub score: f32,
    /// Positions of passages of other interviews that hold nearly the same words.
    pub also: Vec<usize>,
}

/// Judges the `ranking` of `question` and quotes at most `n_quotes` passages. Of those that `twins` says
/// to hold the same words the best is quoted.
pub fn answer(
    question: &str,
    ranking: &Ranking<'_>,
    passages: &[Passage],
    twins: &Twins,
    model: &Model,
    n_quotes: usize,
) -> Answer {
    let hits = ranking.hits();
    let verdict = observe(question, ranking, twins)
        .map_or(Verdict::None, |observed| model.verdict(&observed));
    let form = Form::of(question);
    let n_quotes = if verdict == Verdict::None { 0 } else { n_quotes };
    let mut quotes: Vec<Quote> = Vec::with_capacity(n_quotes.min(hits.len()));
    for hit in hits {
        if quotes.len() == n_quotes {
            break;
        }
        if !quotes.iter().any(|quote| quote.also.contains(&hit.position)) {
            quotes.push(quote(hit, ranking, passages, twins, form));
        }
    }
    Answer { verdict, quotes, nearest: nearest::nearest(hits, passages, twins, NEAREST) }
}

/// What tells whether the best hit answers `question`; `None` where there is no hit. The same words
/// from another source are no other answer.
pub fn observe(question: &str, ranking: &Ranking<'_>, twins: &Twins) -> Option<Observed> {
    let same = twins.of(ranking.hits().first()?.position);
    Some(verdict::observe(question, &ranking.support(same)?))
}

fn quote(
    hit: &Hit,
    ranking: &Ranking<'_>,
    passages: &[Passage],
    twins: &Twins,
    form: Form,
) -> Quote {
    let passage = &passages[hit.position];
    let evidence = ranking.evidence(hit, passage);
    let excerpt = excerpt::excerpt(passage, &evidence, form);
    let also = twins.holding(passages, hit.position, excerpt.span());
    Quote { position: hit.position, excerpt, matches: evidence.matches, score: hit.score, also }
}

/// The interviewer's utterance that a passage answers.
pub fn source_question<'c>(passage: &Passage, corpus: &'c Corpus) -> &'c str {
    let interview = corpus.interviews.get(passage.interview);
    interview
        .and_then(|interview| interview.turns.get(passage.turn - 1))
        .map_or("", |turn| turn.question.as_str())
}
