//! Hits to a verdict with quotations.

mod excerpt;
mod form;
mod nearest;
mod verdict;

use crate::search::{Hit, Ranking};
use form::Form;
use transcript::Excerpt;
use transcript::text::CharSpan;

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

/// Judges the `ranking` of `question` and quotes at most `n_quotes` passages. Of near duplicates that
/// hold the same words only the best is quoted.
pub fn answer(question: &str, ranking: &Ranking<'_>, n_quotes: usize) -> Answer {
    let hits = ranking.hits();
    let verdict = observe(question, ranking)
        .map_or(Verdict::None, |observed| Model::fitted().verdict(&observed));
    let form = Form::of(question);
    let n_quotes = if verdict == Verdict::None { 0 } else { n_quotes };
    let mut quotes: Vec<Quote> = Vec::with_capacity(n_quotes.min(hits.len()));
    for hit in hits {
        if quotes.len() == n_quotes {
            break;
        }
        if !quotes.iter().any(|quote| quote.also.contains(&hit.position)) {
            quotes.push(quote(hit, ranking, form));
        }
    }
    Answer { verdict, quotes, nearest: nearest::nearest(hits, ranking.library(), NEAREST) }
}

/// The features that tell whether the best hit answers `question`; `None` if there is no hit.
pub fn observe(question: &str, ranking: &Ranking<'_>) -> Option<Observed> {
    Some(verdict::observe(question, &ranking.support()?))
}

fn quote(hit: &Hit, ranking: &Ranking<'_>, form: Form) -> Quote {
    let library = ranking.library();
    let passage = &library.passages()[hit.position];
    let evidence = ranking.evidence(hit, passage);
    let excerpt = excerpt::excerpt(passage, &evidence, form);
    let also = library.also_holding(hit.position, excerpt.span());
    Quote { position: hit.position, excerpt, matches: evidence.matches, score: hit.score, also }
}
