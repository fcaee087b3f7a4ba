//! Decides which of a model's drafts are kept.
//!
//! A draft counts as on the subject if our own search, in this interview and without any readers'
//! questions, gives the passage at least [`NEAR`] of the score of the best passage: the words of the
//! draft then point to the passage, or to no passage in particular. Such a share, unlike a rank, is as
//! hard to reach in a short interview as in a long one. Of an editor's 3,525 questions for the first
//! interview, three quarters reach it for their own passage, and one in six for another passage.
//!
//! The search cannot judge a draft in another script than the passage, such as an English question
//! about a Chinese text, if the interview has no more than half of the draft's words. Neither can it
//! judge terms, because they are too short. Both are kept if most of the other drafts in the same
//! answer are on the subject.
//!
//! A draft is a repeat if it shares nearly all grams with another one of the same passage, or if it has
//! the same words as a question of another passage, because it could not tell the two passages apart.

use std::collections::HashSet;
use std::sync::Arc;

use super::draft::Draft;
use retrieval::search::{self, AllPassages, Hit, Searcher};
use retrieval::{Library, SameKey};
use transcript::text::{grams, is_han};
use transcript::{Corpus, QuestionOrigin, Questions, ReaderQuestions};

/// Share of the best passage's score that the draft's own passage has to reach.
const NEAR: f32 = 0.3;
/// Dice coefficient of the grams of two drafts from which on one repeats the other.
const ALIKE: f64 = 0.8;

/// Judges the drafts for the passages of one interview.
pub(super) struct DraftFilter {
    searcher: Searcher,
    library: Arc<Library>,
}

/// The drafts that are kept, and the numbers of those that were dropped.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filtered {
    pub(super) kept: ReaderQuestions,
    pub(super) off_subject: usize,
    pub(super) repeats: usize,
}

/// How the search judges a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    On,
    Off,
    /// The search cannot judge the draft.
    Unknown,
}

impl DraftFilter {
    /// Creates the filter for the interview at `position` in the corpus.
    pub(super) fn new(
        corpus: &Corpus,
        position: usize,
        options: &search::Options,
    ) -> Result<Self, SameKey> {
        let interviews = vec![corpus.interviews[position].clone()];
        let corpus =
            Corpus { interviews, reader_questions: Vec::new(), names: corpus.names.clone() };
        let library = Arc::new(Library::new(corpus)?);
        let searcher = Searcher::new(Arc::clone(&library), options.clone());
        Ok(Self { searcher, library })
    }

    /// Returns the part of `draft` that is worth adding to the `known` questions of the passage at `position`.
    pub(super) fn filter(&self, position: usize, draft: Draft, known: &Questions) -> Filtered {
        let passage = &self.library.passages()[position];
        let (own, others): (Vec<&ReaderQuestions>, Vec<&ReaderQuestions>) =
            known.reader_questions().partition(|questions| questions.passage == passage.id);
        let elsewhere = others.into_iter().flat_map(|of| &of.questions);
        let elsewhere: HashSet<Vec<String>> = elsewhere.map(|text| grams(text)).collect();
        let n_drafts = draft.questions.len() + draft.terms.len();
        let on_subject = self.on_subject(position, draft);
        let off_subject = n_drafts - on_subject.questions.len() - on_subject.terms.len();
        let mut questions = new_among(on_subject.questions, own.iter().map(|own| &own.questions));
        questions.retain(|question| !elsewhere.contains(&grams(question)));
        let terms = new_among(on_subject.terms, own.iter().map(|own| &own.terms));
        let repeats = n_drafts - off_subject - questions.len() - terms.len();
        let kept = ReaderQuestions {
            passage: passage.id.clone(),
            questions,
            terms,
            origin: QuestionOrigin::Model,
        };
        Filtered { kept, off_subject, repeats }
    }

    /// Removes from `draft` what is not on the subject of the passage at `position`.
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
        let all_passages = AllPassages(self.library.passages().len());
        let Ok(ranking) = self.searcher.search(&all_passages, text, None) else {
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

/// Removes from `texts` those that repeat one of `known` or an earlier one of `texts`.
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
