//! Which of a model's drafts are worth keeping.
//!
//! A draft is on the subject if our own search, over nothing but what was said in the interview,
//! gives the passage at least [`NEAR`] of the score of the best passage: its words then point to the
//! passage, or to none in particular. A share of the best, unlike a rank, is as hard to reach in a
//! short interview as in a long one. Of an editor's 3,525 questions for the first interview three
//! quarters reach it for their own passage, and one in six for another.
//!
//! Search cannot judge a draft in another script than the passage (an English question about a
//! Chinese text) of whose words the interview knows no more than half. Such a draft, like the terms, which are too
//! short for a ranking to mean much, stands with the others of its answer: kept if most of these are
//! on the subject.
//!
//! A draft repeats another if they share nearly all grams, or if it is word for word a question of
//! another passage, which it could not tell apart.

use std::collections::HashSet;
use std::sync::Arc;

use super::draft::Draft;
use retrieval::index::{Error, WeightedGram};
use retrieval::search::{self, CandidateSource, Hit, Searcher};
use retrieval::{Library, SameKey};
use transcript::text::{grams, is_han};
use transcript::{Asked, Corpus, Origin, Questions};

/// Share of the best score that the passage has to reach.
const NEAR: f32 = 0.3;
/// Share of common grams (Dice) from which on a draft repeats another.
const ALIKE: f64 = 0.8;

/// Judges the drafts for one interview's passages.
pub(super) struct DraftFilter {
    searcher: Searcher,
    library: Arc<Library>,
}

/// What is left of a draft, and what was dropped.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filtered {
    pub(super) kept: Asked,
    pub(super) off_subject: usize,
    pub(super) repeats: usize,
}

/// What search says to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    On,
    Off,
    /// It cannot tell.
    Unknown,
}

/// Proposes every passage.
struct Everything(usize);

impl CandidateSource for Everything {
    fn candidates(&self, _: &[WeightedGram], _: usize) -> Result<Vec<usize>, Error> {
        Ok((0..self.0).collect())
    }
}

impl DraftFilter {
    /// Makes the filter for the interview at `position`.
    pub(super) fn new(
        corpus: &Corpus,
        position: usize,
        options: &search::Options,
    ) -> Result<Self, SameKey> {
        let interviews = vec![corpus.interviews[position].clone()];
        let corpus = Corpus { interviews, asked: Vec::new(), names: corpus.names.clone() };
        let library = Arc::new(Library::new(corpus)?);
        let searcher = Searcher::new(Arc::clone(&library), options.clone());
        Ok(Self { searcher, library })
    }

    /// What of `draft` for the passage at `position` is worth keeping beside `known`.
    pub(super) fn filter(&self, position: usize, draft: Draft, known: &Questions) -> Filtered {
        let passage = &self.library.passages()[position];
        let (own, others): (Vec<&Asked>, Vec<&Asked>) =
            known.asked().partition(|asked| asked.passage == passage.id);
        let elsewhere = others.into_iter().flat_map(|asked| &asked.questions);
        let elsewhere: HashSet<Vec<String>> = elsewhere.map(|text| grams(text)).collect();
        let n_drafts = draft.questions.len() + draft.terms.len();
        let on_subject = self.on_subject(position, draft);
        let off_subject = n_drafts - on_subject.questions.len() - on_subject.terms.len();
        let mut questions = new_among(on_subject.questions, own.iter().map(|own| &own.questions));
        questions.retain(|question| !elsewhere.contains(&grams(question)));
        let terms = new_among(on_subject.terms, own.iter().map(|own| &own.terms));
        let repeats = n_drafts - off_subject - questions.len() - terms.len();
        let kept = Asked { passage: passage.id.clone(), questions, terms, origin: Origin::Model };
        Filtered { kept, off_subject, repeats }
    }

    /// The draft without what leaves the subject of the passage at `position`.
    fn on_subject(&self, position: usize, draft: Draft) -> Draft {
        let judged: Vec<(String, Judgement)> = draft
            .questions
            .into_iter()
            .map(|question| {
                let judgement = self.judge(position, &question);
                (question, judgement)
            })
            .collect();
        let count = |wanted| judged.iter().filter(|(_, judgement)| *judgement == wanted).count();
        let trusted = count(Judgement::On) > count(Judgement::Off);
        let stays = |judgement| match judgement {
            Judgement::On => true,
            Judgement::Off => false,
            Judgement::Unknown => trusted,
        };
        let questions =
            judged.into_iter().filter(|(_, judgement)| stays(*judgement)).map(|(text, _)| text);
        let terms = if trusted { draft.terms } else { Vec::new() };
        Draft { questions: questions.collect(), terms }
    }

    fn judge(&self, position: usize, text: &str) -> Judgement {
        let everything = Everything(self.library.passages().len());
        let Ok(ranking) = self.searcher.search(&everything, text, None) else {
            return Judgement::Unknown;
        };
        let (said, unsaid) = ranking.words(text);
        let passage = &self.library.passages()[position];
        let foreign = !text.chars().any(is_han) && passage.text.chars().any(is_han);
        let score = |hit: &Hit| hit.score;
        let best = ranking.hits().first().map_or(0.0, score);
        let own = ranking.hits().iter().find(|hit| hit.position == position).map_or(0.0, score);
        if own > 0.0 && own >= NEAR * best {
            Judgement::On
        } else if foreign && said.len() <= unsaid.len() && ranking.asks_something() {
            Judgement::Unknown
        } else {
            Judgement::Off
        }
    }
}

/// `texts` without those that repeat one of `known` or an earlier one.
fn new_among<'a>(texts: Vec<String>, known: impl Iterator<Item = &'a Vec<String>>) -> Vec<String> {
    let set = |text: &str| grams(text).into_iter().collect::<HashSet<_>>();
    let mut seen: Vec<HashSet<String>> = known.flatten().map(|text| set(text)).collect();
    let mut fresh = Vec::with_capacity(texts.len());
    for text in texts {
        let own = set(&text);
        if !seen.iter().any(|other| alike(&own, other)) {
            seen.push(own);
            fresh.push(text);
        }
    }
    fresh
}

fn alike(one: &HashSet<String>, other: &HashSet<String>) -> bool {
    let common = one.intersection(other).count() as f64;
    2.0 * common >= ALIKE * (one.len() + other.len()) as f64
}
