//! From the hits of a question to a verdict with quotations.

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
pub use verdict::{EvidenceKind, Judge, Judges, Logistic, Observed, Verdict, VerdictModel, terms};

/// The number of interviewer's questions that are shown where there is no answer.
const NEAREST: usize = 3;
/// The least score of a passage that is quoted beside the best, as a share of the best score. Of the
/// passages that answer a question and rank second or third, 98 in a hundred reach it.
const RELEVANT: f32 = 0.35;
/// The number of first hits that may show that the interviews touch the subject: those that most faces
/// show.
const FIRST_HITS: usize = 3;
/// The least likelihood that the subject is touched for which interviewer's questions are shown, as a
/// share of the likelihood from which on it counts as touched.
const NEAR: f64 = 0.5;

/// What the interviews say in answer to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// How well they answer it.
    pub verdict: Verdict,
    /// The quotations, best first; empty where the verdict is none.
    pub quotes: Vec<Quote>,
    /// Interviewer's questions that are near; empty if none is.
    pub nearest: Vec<Nearest>,
}

/// A passage that answers, and what of it to quote.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// Its position among the library's passages.
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
    let hits = relevant(ranking.hits());
    let model = VerdictModel::fitted();
    let kind = model.evidence_kind(ranking.encoder());
    let observed = observe(ranking, kind);
    let mut verdict = observed.as_ref().map_or(Verdict::None, |observed| model.verdict(observed));
    if verdict == Verdict::None && is_touched_by_words(ranking, model, kind) {
        verdict = Verdict::Related;
    }
    let is_near = observed.is_some_and(|observed| model.judge(&observed).is_near(&observed, NEAR));
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
    let n_nearest = if is_near { NEAREST } else { 0 };
    let nearest = nearest::nearest(hits, ranking.library(), n_nearest);
    Answer { verdict, quotes, nearest }
}

/// Whether, with an encoder that the models were not fitted with, another of the first hits shows that
/// the interviews touch the subject. The best hit by meaning may share few words with the question.
fn is_touched_by_words(ranking: &Ranking<'_>, model: &VerdictModel, kind: EvidenceKind) -> bool {
    if kind != EvidenceKind::Words || ranking.encoder().is_none() {
        return false;
    }
    let support = ranking.support_by_words(FIRST_HITS);
    support.is_some_and(|support| model.verdict(&verdict::observe(&support, kind)) > Verdict::None)
}

/// The hits down to where relevance ends: those that share little more than a character with the
/// question say nothing to it.
fn relevant(hits: &[Hit]) -> &[Hit] {
    let least = hits.first().map_or(0.0, |best| RELEVANT * best.score);
    &hits[..hits.partition_point(|hit| hit.score >= least)]
}

/// The features, taken from evidence of that `kind`, that tell whether the best hit answers the question;
/// `None` if there is no hit.
pub fn observe(ranking: &Ranking<'_>, kind: EvidenceKind) -> Option<Observed> {
    Some(verdict::observe(&ranking.support()?, kind))
}

fn quote(hit: &Hit, ranking: &Ranking<'_>, form: Form) -> Quote {
    let library = ranking.library();
    let passage = &library.passages()[hit.position];
    let evidence = ranking.evidence(hit, passage);
    let excerpt = excerpt::excerpt(passage, &evidence, form);
    let also = library.also_holding(hit.position, excerpt.span());
    Quote { position: hit.position, excerpt, matches: evidence.matches, score: hit.score, also }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Features;

    fn hits(scores: &[f32]) -> Vec<Hit> {
        let hit = |(position, score): (usize, &f32)| Hit {
            position,
            score: *score,
            features: Features::default(),
        };
        scores.iter().enumerate().map(hit).collect()
    }

    #[test]
    fn results_end_where_relevance_ends() {
        assert_eq!(relevant(&hits(&[10.0, 9.0, 3.5, 3.4, 0.1])).len(), 3);
        assert_eq!(relevant(&hits(&[10.0])).len(), 1);
        assert!(relevant(&[]).is_empty());
    }
}
