//! A question with the passages that were found for it, and what supports the best of them.

use rustc_hash::FxHashSet;

use super::evidence::{self, Evidence};
use super::field::Document;
use super::matcher::Matcher;
use super::question::{Gram, Question};
use super::rerank::{Scorer, Weights};
use super::vocabulary::{GramId, Sequence};
use super::{Features, Fields, Hit, Searcher, Support};
use crate::Library;
use crate::index::WeightedGram;
use transcript::Passage;
use transcript::text::{CharSpan, fold};

/// Grams that candidates are looked up by. The lightest say little and stand in most passages, so that
/// they cost most: of 4,221 questions to 1,104 passages one was answered worse without them.
const PROPOSED: usize = 24;

/// A question with the passages that were found for it, best first.
pub struct Ranking<'s> {
    searcher: &'s Searcher,
    question: Question,
    /// The numbers of the question's grams, where the corpus knows them.
    ids: Vec<Option<GramId>>,
    weights: Fields<Weights>,
    hits: Vec<Hit>,
}

impl<'s> Ranking<'s> {
    pub(super) fn new(searcher: &'s Searcher, question: Question) -> Self {
        let ids: Vec<_> =
            question.grams.iter().map(|gram| searcher.vocabulary.gram(gram)).collect();
        let weigh = |statistics| Weights::new(&question, &ids, statistics);
        let weights = Fields {
            passage: weigh(&searcher.statistics.passage),
            question: weigh(&searcher.statistics.question),
            title: weigh(&searcher.statistics.title),
            asked: weigh(&searcher.statistics.asked),
        };
        Self { searcher, question, ids, weights, hits: Vec::new() }
    }

    /// The library that was searched.
    pub fn library(&self) -> &'s Library {
        &self.searcher.library
    }

    /// Scores `candidates`, whose `likeness` of meaning is 0 to 1.
    pub(super) fn score(&mut self, candidates: Vec<usize>, likeness: &dyn Fn(usize) -> f32) {
        let whole = self.weights.passage.total();
        let matcher = Matcher::new(&self.ids, self.searcher.vocabulary.len());
        let mut scorer = Scorer::new(&matcher, &self.question);
        let mut sums = Vec::new();
        let mut hits: Vec<Hit> = Vec::with_capacity(candidates.len());
        for position in candidates {
            let texts = &self.searcher.passages[position];
            let passage = scorer.text(&texts.passage, &self.weights.passage);
            let asked = texts.asked.score(&self.ids, &self.weights.asked, &mut sums);
            let features = Features {
                passage: passage.whole,
                sentence: passage.sentence,
                window: passage.window,
                question: scorer.whole(&texts.question, &self.weights.question),
                title: scorer.whole(&texts.title, &self.weights.title),
                asked_best: asked.best,
                asked_all: asked.all,
                best_asked: asked.which,
                likeness: whole * likeness(position),
            };
            let score = self.searcher.combine(&features);
            if score > 0.0 {
                hits.push(Hit { position, score, features });
            }
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.position.cmp(&b.position)));
        self.hits = hits;
    }

    /// What was found, best first.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// Whether the question says anything that can be looked up.
    pub fn asks_something(&self) -> bool {
        !self.question.grams.is_empty()
    }

    /// What supports the best hit; `None` where there is no hit. Near duplicates of its passage are
    /// the same answer from another source, not rivals, so the margin is taken over the first hit
    /// that is none of them.
    pub fn support(&self) -> Option<Support> {
        let best = self.hits.first()?;
        let same = self.library().near_duplicates(best.position);
        let texts = &self.searcher.passages[best.position];
        let said: FxHashSet<GramId> =
            [&texts.passage, &texts.question].into_iter().flat_map(Document::grams).collect();
        let (said, asked) = (|gram| said.contains(&gram), |gram| texts.asked.holds(gram));
        let asked_weights = &self.weights.asked;
        let which = best.features.best_asked;
        let is_word = |gram: &Gram| gram.word_share > 0.0 && gram.text().chars().count() > 1;
        let passage = &self.weights.passage;
        let next = self.hits.iter().skip(1).find(|next| !same.contains(&next.position));
        let next = next.map_or(0.0, |next| next.score);
        Some(Support {
            together: self.share(passage, |_| true, |gram| said(gram) || asked(gram)),
            words: self.share(passage, is_word, |gram| said(gram) || asked(gram)),
            sentence: f64::from(best.features.sentence / passage.total()),
            asked_recall: self.share(
                asked_weights,
                |_| true,
                |gram| texts.asked.question_holds(which, gram),
            ),
            asked_precision: texts.asked.precision(which, &self.ids),
            has_asked: !texts.asked_as_written.is_empty(),
            margin: f64::from((best.score - next) / best.score),
            score: f64::from(best.score),
            n_tokens: self.question.n_tokens,
        })
    }

    /// The share of the weight of the grams `among`, as typed, that are `held` or may have been meant
    /// and are; 1 where there are none.
    fn share(
        &self,
        weights: &Weights,
        among: impl Fn(&Gram) -> bool,
        held: impl Fn(GramId) -> bool,
    ) -> f64 {
        let whole = self.question.n_counting();
        let (mut part, mut total) = (0.0, 0.0);
        for (number, (gram, id)) in self.question.grams.iter().zip(&self.ids).enumerate() {
            if among(gram) {
                total += if number < whole { weights.of(number) } else { 0.0 };
                part += if id.is_some_and(&held) { weights.of(number) } else { 0.0 };
            }
        }
        if total > 0.0 { f64::from(part / total).min(1.0) } else { 1.0 }
    }

    /// The words of the question that the interviews use, and those that they do not, as ranges of
    /// the question `text` as typed.
    pub fn words(&self, text: &str) -> (Vec<CharSpan>, Vec<CharSpan>) {
        let folded = fold(text);
        let statistics = &self.searcher.statistics;
        let said = |word: &&CharSpan| {
            let mut sequence = Sequence::default();
            let known = self.searcher.vocabulary.read(&folded[(*word).clone()], &mut sequence);
            known
                && sequence.grams().all(|(gram, _)| {
                    statistics.passage.document_frequency(gram)
                        + statistics.question.document_frequency(gram)
                        > 0
                })
        };
        let (said, unsaid): (Vec<_>, Vec<_>) = self.question.words.iter().partition(said);
        (said.into_iter().cloned().collect(), unsaid.into_iter().cloned().collect())
    }

    /// How the question matches a hit's passage, sentence by sentence; where the passage was found
    /// by a reader's question rather than by its own words, that question counts as well.
    pub fn evidence(&self, hit: &Hit, passage: &Passage) -> Evidence {
        let own = evidence::of(&passage.text, &self.question, &self.weights.passage);
        if hit.features.asked_best <= hit.features.sentence {
            return own;
        }
        let asked = &self.searcher.passages[hit.position].asked_as_written;
        let Some(asked) = asked.get(hit.features.best_asked) else { return own };
        let implied = Ranking::new(self.searcher, self.searcher.question(asked));
        own.joined_by(&evidence::of(&passage.text, &implied.question, &implied.weights.passage))
    }

    /// The grams of the question, and where `hit` holds each.
    pub fn grams(&self, hit: &Hit) -> Vec<ExplainedGram> {
        let texts = &self.searcher.passages[hit.position];
        let held = |document: &Document| document.grams().collect::<FxHashSet<GramId>>();
        let (passage, question) = (held(&texts.passage), held(&texts.question));
        let numbered = self.question.grams.iter().zip(&self.ids).enumerate();
        numbered
            .map(|(number, (gram, id))| ExplainedGram {
                text: gram.text(),
                strength: gram.strength,
                weight: self.weights.passage.of(number),
                in_passage: id.is_some_and(|id| passage.contains(&id)),
                in_question: id.is_some_and(|id| question.contains(&id)),
                in_asked: id.is_some_and(|id| texts.asked.holds(id)),
            })
            .collect()
    }

    /// The reader's question of `hit` that matches best.
    pub fn best_asked(&self, hit: &Hit) -> Option<&str> {
        let asked = &self.searcher.passages[hit.position].asked_as_written;
        asked.get(hit.features.best_asked).map(String::as_str)
    }

    /// The words of the question in any passage.
    pub fn marks(&self, passage: &Passage) -> Vec<CharSpan> {
        evidence::of(&passage.text, &self.question, &self.weights.passage).matches
    }

    /// What to look candidates up by: the grams that weigh most.
    pub(super) fn proposed(&self) -> Vec<WeightedGram> {
        let weight = |number| self.weights.passage.of(number);
        let mut numbers: Vec<usize> = (0..self.question.grams.len()).collect();
        numbers.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
        numbers.truncate(PROPOSED);
        let grams = numbers.into_iter().map(|number| WeightedGram {
            gram: self.question.grams[number].text(),
            weight: weight(number),
        });
        grams.collect()
    }
}

/// A gram of a question in the light of a hit.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedGram {
    /// The gram, folded.
    pub text: String,
    /// 1 as typed, below 1 for what may have been meant.
    pub strength: f32,
    /// What it weighs in passages.
    pub weight: f32,
    /// The passage holds it.
    pub in_passage: bool,
    /// The interviewer's question holds it.
    pub in_question: bool,
    /// A reader's question holds it.
    pub in_asked: bool,
}
