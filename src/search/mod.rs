//! Question to ranked hits.
//!
//! Candidates come from a [`CandidateSource`]; each is then scored exactly from its text in memory:
//! BM25 of characters, pairs and words, over the passage, its best sentences, the interviewer's
//! question, the title, and the questions that readers would ask of it.

mod asked;
mod bm25;
mod candidates;
mod evidence;
mod field;
mod matcher;
mod question;
mod ranking;
mod rerank;
mod support;
mod vocabulary;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Passage, PassageId};
use crate::index::{Error, Index};
use crate::text::Segmenter;

use asked::AskedDocument;
pub use candidates::CandidateSource;
pub use evidence::Evidence;
use field::{Document, Statistics};
use question::{Phrases, Question};
pub use ranking::Ranking;
pub use support::Support;
use vocabulary::Vocabulary;

/// `[search]`: how passages are found.
#[derive(Debug, Clone, Deserialize, Serialize)]
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
    /// Which of the readers' questions is the best.
    pub best_asked: usize,
}

/// The passages of one index in memory, ready to be scored.
pub struct Searcher {
    options: Options,
    vocabulary: Vocabulary,
    passages: Vec<Texts>,
    statistics: Fields<Statistics>,
    names: Phrases,
    segmenter: Segmenter,
}

/// The texts of one passage.
struct Texts {
    passage: Document,
    question: Document,
    title: Document,
    asked: AskedDocument,
    /// The readers' questions and terms as written.
    asked_as_written: Vec<String>,
}

/// One value for each field.
#[derive(Default)]
struct Fields<T> {
    passage: T,
    question: T,
    title: T,
    asked: T,
}

impl Searcher {
    /// Reads the passages of `index` into memory.
    pub fn new(index: &Index, options: Options) -> Self {
        let corpus = index.corpus();
        let mut vocabulary = Vocabulary::default();
        let mut statistics: Fields<Statistics> = Fields::default();
        let asked_of = asked_by_passage(corpus);
        let mut texts = |passage: &Passage| {
            let interview = &corpus.interviews[passage.interview];
            let question = interview.turns.get(passage.turn - 1).map_or("", |turn| &turn.question);
            let title = [Some(interview.title.as_str()), interview.publisher.as_deref()];
            let asked_as_written: Vec<String> =
                asked_of.get(&passage.id).cloned().unwrap_or_default();
            let asked = asked_as_written.iter().map(String::as_str);
            let asked = Document::of_list(&mut vocabulary, asked);
            let texts = Texts {
                passage: Document::of_text(&mut vocabulary, &passage.text),
                question: Document::of_text(&mut vocabulary, question),
                title: Document::of_list(&mut vocabulary, title.into_iter().flatten()),
                asked: AskedDocument::new(&asked),
                asked_as_written,
            };
            statistics.passage.count(&texts.passage);
            statistics.question.count(&texts.question);
            statistics.title.count(&texts.title);
            statistics.asked.count(&asked);
            texts
        };
        let passages = index.passages().iter().map(&mut texts).collect();
        let names = corpus.interviews.iter().flat_map(|interview| {
            let aliases = interview.interviewee_aliases.iter();
            std::iter::once(&interview.interviewee).chain(aliases).map(String::as_str)
        });
        let names = Phrases::new(names);
        Self { options, vocabulary, passages, statistics, names, segmenter: Segmenter::new([]) }
    }

    /// Ranks the passages that `source` proposes for `text`, as a question that goes on with
    /// `topic`, if there is one.
    pub fn search(
        &self,
        source: &dyn CandidateSource,
        text: &str,
        topic: Option<&str>,
    ) -> Result<Ranking<'_>, Error> {
        let mut question = self.question(text);
        if let Some(topic) = topic {
            question = question.widened_by(self.question(topic), TOPIC_STRENGTH);
        }
        let mut ranking = Ranking::new(self, question);
        if ranking.asks_something() {
            let proposed = source.candidates(&ranking.proposed(), self.options.candidates)?;
            ranking.score(proposed);
        }
        Ok(ranking)
    }

    fn question(&self, text: &str) -> Question {
        Question::new(text, &self.names, &self.segmenter)
    }

    fn combine(&self, features: &Features) -> f32 {
        let Options { sentence_weight, question_weight, title_weight, asked_weight, .. } =
            self.options;
        features.passage
            + sentence_weight * (features.sentence + features.window)
            + question_weight * features.question
            + title_weight * features.title
            + asked_weight * (features.asked_best + features.asked_all)
    }
}

/// What the words of the question before weigh beside those of one that goes on with it.
const TOPIC_STRENGTH: f32 = 0.4;

fn asked_by_passage(corpus: &Corpus) -> HashMap<&PassageId, Vec<String>> {
    let mut asked_of: HashMap<&PassageId, Vec<String>> = HashMap::new();
    for asked in &corpus.asked {
        let texts = asked.questions.iter().chain(&asked.terms).cloned();
        asked_of.entry(&asked.passage).or_default().extend(texts);
    }
    asked_of
}
