//! Question to ranked hits.
//!
//! Candidates come from a [`CandidateSource`]; each is then scored exactly from its text in memory:
//! BM25 of characters, pairs and words, over the passage, its best sentences, the interviewer's
//! question, the title, and the questions that readers would ask of it.

mod bm25;
mod candidates;
mod field;
mod matcher;
mod question;
mod rerank;
mod vocabulary;

use serde::Deserialize;

use crate::corpus::{Corpus, Passage, PassageId};
use crate::index::{Error, Index, WeightedGram};
use crate::text::Segmenter;

pub use candidates::CandidateSource;
use field::Field;
use matcher::Matcher;
use question::{Phrases, Question};
use rerank::{FieldScore, Scorer, Weights};
use vocabulary::Vocabulary;

/// `[search]`: how passages are found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Candidates that are scored exactly.
    pub candidates: usize,
    /// Weight of the best sentence and of the best two, beside the whole passage.
    pub sentence_weight: f32,
    /// Weight of the interviewer's question.
    pub question_weight: f32,
    /// Weight of the title and the publisher.
    pub title_weight: f32,
    /// Weight of the best of the readers' questions, and of all of them together.
    pub asked_weight: f32,
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its position among the index's passages.
    pub position: usize,
    /// Higher is better; comparable within one search only.
    pub score: f32,
    /// How the score came about.
    pub features: Features,
}

/// The parts of a score.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Features {
    /// The whole passage.
    pub passage: f32,
    /// Its best sentence.
    pub sentence: f32,
    /// Its best two neighbouring sentences.
    pub window: f32,
    /// The interviewer's question.
    pub question: f32,
    /// The title and the publisher.
    pub title: f32,
    /// The best of the readers' questions.
    pub asked_best: f32,
    /// All readers' questions together.
    pub asked_all: f32,
    /// Share of the question's weight that the passage, or a reader's question of it, holds.
    pub coverage: f32,
    /// Which sentence of the passage matches best.
    pub best_sentence: usize,
}

/// The passages of one index in memory, ready to be scored.
pub struct Searcher {
    options: Options,
    vocabulary: Vocabulary,
    passages: Field,
    questions: Field,
    titles: Field,
    asked: Field,
    names: Phrases,
    segmenter: Segmenter,
    n_passages: usize,
}

impl Searcher {
    /// Reads the passages of `index` into memory.
    pub fn new(index: &Index, options: Options) -> Self {
        let corpus = index.corpus();
        let mut vocabulary = Vocabulary::default();
        let [mut passages, mut questions, mut titles, mut asked] = [(); 4].map(|()| Field::default());
        let asked_of = asked_by_passage(corpus);
        for passage in index.passages() {
            let interview = &corpus.interviews[passage.interview];
            let turn = interview.turns.get(passage.turn - 1);
            passages.push_text(&mut vocabulary, &passage.text);
            questions.push_text(&mut vocabulary, turn.map_or("", |turn| turn.question.as_str()));
            let context = [Some(interview.title.as_str()), interview.publisher.as_deref()];
            titles.push_list(&mut vocabulary, context.into_iter().flatten());
            let own = asked_of.get(&passage.id).into_iter().flatten().copied();
            asked.push_list(&mut vocabulary, own);
        }
        let names = corpus.interviews.iter().flat_map(|interview| {
            std::iter::once(&interview.interviewee).chain(&interview.interviewee_aliases).map(String::as_str)
        });
        Self {
            names: Phrases::new(names),
            segmenter: Segmenter::new([]),
            n_passages: index.passages().len(),
            options,
            vocabulary,
            passages,
            questions,
            titles,
            asked,
        }
    }

    /// The passages that `source` proposes for `text`, best first.
    pub fn search(&self, source: &dyn CandidateSource, text: &str) -> Result<Vec<Hit>, Error> {
        let question = Question::new(text, &self.names, &self.segmenter);
        if question.grams.is_empty() {
            return Ok(Vec::new());
        }
        let weigh = |field| Weights::new(&question, field, &self.vocabulary, self.n_passages);
        let weights = [&self.passages, &self.questions, &self.titles, &self.asked].map(weigh);
        let grams = question.grams.iter().enumerate().filter(|(_, gram)| gram.terms.len() < 3);
        let proposed: Vec<WeightedGram> = grams
            .map(|(number, gram)| WeightedGram { gram: gram.terms.concat(), weight: weights[0].of(number) })
            .collect();
        let matcher = Matcher::new(&question, &self.vocabulary);
        let mut scorer = Scorer::new(&matcher, &question);
        let mut hits: Vec<Hit> = source
            .candidates(&proposed, self.options.candidates)?
            .into_iter()
            .map(|position| self.score(position, &mut scorer, &weights))
            .filter(|hit| hit.score > 0.0)
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.position.cmp(&b.position)));
        Ok(hits)
    }

    fn score(&self, position: usize, scorer: &mut Scorer<'_>, weights: &[Weights; 4]) -> Hit {
        let fields = [&self.passages, &self.questions, &self.titles, &self.asked];
        let mut scores = [FieldScore::default(); 4];
        for ((score, field), weights) in scores.iter_mut().zip(fields).zip(weights) {
            *score = scorer.score(field.document(position), weights);
        }
        let [passage, question, title, asked] = scores;
        let total = weights[0].total().max(f32::MIN_POSITIVE);
        let features = Features {
            passage: passage.whole,
            sentence: passage.sentence,
            window: passage.window,
            question: question.whole,
            title: title.whole,
            asked_best: asked.sentence,
            asked_all: asked.whole,
            coverage: passage.covered / total,
            best_sentence: passage.best_sentence,
        };
        Hit { position, score: self.combine(&features), features }
    }

    fn combine(&self, features: &Features) -> f32 {
        let Options { sentence_weight, question_weight, title_weight, asked_weight, .. } = self.options;
        features.passage
            + sentence_weight * (features.sentence + features.window)
            + question_weight * features.question
            + title_weight * features.title
            + asked_weight * (features.asked_best + features.asked_all)
    }
}

fn asked_by_passage(corpus: &Corpus) -> std::collections::HashMap<&PassageId, Vec<&str>> {
    let mut asked_of: std::collections::HashMap<&PassageId, Vec<&str>> = std::collections::HashMap::new();
    for asked in &corpus.asked {
        let texts = asked.questions.iter().chain(&asked.terms).map(String::as_str);
        asked_of.entry(&asked.passage).or_default().extend(texts);
    }
    asked_of
}

/// Positions in a list of passages, for callers that hold one.
pub fn passage_of<'a>(hit: &Hit, passages: &'a [Passage]) -> &'a Passage {
    &passages[hit.position]
}
