//! Question to ranked hits.
//!
//! Candidates come from a [`CandidateSource`]; each is then scored exactly from its text in memory:
//! BM25 of characters, pairs and words, over the passage, its best sentences, the interviewer's
//! question, the title, and the questions that readers would ask of it.

mod asked;
mod bm25;
mod candidates;
#[cfg(feature = "dense")]
mod dense;
mod embedding;
mod evidence;
mod field;
mod lexicon;
mod matcher;
mod names;
mod question;
mod ranking;
mod rerank;
mod support;
mod typo;
mod vocabulary;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Library;
use crate::index::Error;
use transcript::text::{Script, Segmenter, mainland_wording};
use transcript::{Corpus, Passage, PassageId};

use asked::AskedDocument;
pub use candidates::{CandidateSource, Part};
pub use embedding::{Embedder, EmbedderError, embedder};
use embedding::{Embeddings, join_nearest};
pub use evidence::Evidence;
use field::{Document, Statistics};
use lexicon::Lexicon;
use question::{Gram, Phrases, Question};
pub use ranking::{ExplainedGram, Ranking};
pub use support::Support;
use typo::Sounds;
use vocabulary::{GramId, Vocabulary};

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
    /// Folder of a static-embedding model; empty: none.
    pub dense_model: PathBuf,
    /// Weight of the likeness of meaning.
    pub dense_weight: f32,
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
    /// Likeness of meaning, as a part of the question's whole weight.
    pub likeness: f32,
}

/// The passages of one index in memory, ready to be scored.
pub struct Searcher {
    library: Arc<Library>,
    options: Options,
    vocabulary: Vocabulary,
    passages: Vec<Texts>,
    statistics: Fields<Statistics>,
    names: Phrases,
    segmenter: Segmenter,
    lexicon: Lexicon,
    sounds: Sounds,
    embeddings: Option<Embeddings>,
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
    /// Reads the passages of `library` into memory.
    pub fn new(library: Arc<Library>, options: Options) -> Self {
        let (corpus, passages) = (library.corpus(), library.passages());
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
        let passages = passages.iter().map(&mut texts).collect();
        let names = corpus.interviews.iter().flat_map(|interview| {
            let aliases = interview.interviewee_aliases.iter();
            std::iter::once(&interview.interviewee).chain(aliases).map(String::as_str)
        });
        let names = Phrases::new(names);
        let sounds = Sounds::new(statistics.passage.frequencies(), &vocabulary);
        let quoted = names::quoted(corpus);
        let lexicon = Lexicon::new(&corpus.names);
        let whole = quoted.iter().map(String::as_str).chain(lexicon.terms());
        Self {
            library,
            names,
            segmenter: Segmenter::new(whole),
            lexicon,
            options,
            vocabulary,
            passages,
            statistics,
            sounds,
            embeddings: None,
        }
    }

    /// The same with `embedder`, if there is one, to find passages of like meaning.
    #[must_use]
    pub fn with_embedder(mut self, embedder: Option<Arc<dyn Embedder>>) -> Self {
        let texts = self.library.passages().iter().zip(&self.passages).map(|(passage, texts)| {
            let asked = texts.asked_as_written.iter().map(String::as_str);
            std::iter::once(passage.text.as_str()).chain(asked)
        });
        self.embeddings = embedder.map(|embedder| Embeddings::new(embedder, texts));
        self
    }

    /// Whether `text` by itself says anything that can be looked up.
    pub fn asks_something(&self, text: &str) -> bool {
        // Widening only adds, and reading a question as it is typed is cheap.
        !Question::new(text, &self.names, &self.segmenter).grams.is_empty()
            || !self.question(text).grams.is_empty()
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
            let limit = self.options.candidates;
            let mut proposed = source.candidates(&ranking.proposed(), limit)?;
            let likeness = self.embeddings.as_ref().map(|embeddings| {
                let mut likeness = embeddings.likeness(text);
                for (position, likeness) in likeness.iter_mut().enumerate() {
                    *likeness *= f32::from(u8::from(source.offers(position)));
                }
                likeness
            });
            if let Some(likeness) = &likeness {
                join_nearest(&mut proposed, likeness, limit);
            }
            ranking.score(proposed, &|position| {
                likeness.as_ref().map_or(0.0, |likeness| likeness[position])
            });
        }
        Ok(ranking)
    }

    /// Reads `text`, with the variants of its names, the mainland's words for those of Taiwan and
    /// Hong Kong, and the words that typing errors may have been meant as.
    fn question(&self, text: &str) -> Question {
        let read = |text: &str| Question::new(text, &self.names, &self.segmenter);
        let known = |gram: &Gram| self.vocabulary.gram(gram).is_some_and(|gram| self.knows(gram));
        let mut question = read(text);
        // A name that the corpus has speaks for itself: its variants would only count it twice.
        for variant in self.lexicon.variants(text, |typed| read(typed).grams.iter().all(known)) {
            question = question.widened_by(read(variant.text), variant.strength);
        }
        if Script::of(text) == Some(Script::Hant) {
            for wording in mainland_wording(text) {
                question = question.widened_by(read(&wording), WORDING_STRENGTH);
            }
        }
        let readings = self.sounds.readings(&question, &known);
        question.add(readings.into_iter());
        question
    }

    /// Whether the corpus holds `gram` in a passage, an interviewer's or a reader's question.
    fn knows(&self, gram: GramId) -> bool {
        let Fields { passage, question, asked, .. } = &self.statistics;
        [passage, question, asked].iter().any(|field| field.document_frequency(gram) > 0)
    }

    fn combine(&self, features: &Features) -> f32 {
        let Options {
            sentence_weight,
            question_weight,
            title_weight,
            asked_weight,
            dense_weight,
            ..
        } = self.options;
        features.passage
            + sentence_weight * (features.sentence + features.window)
            + question_weight * features.question
            + title_weight * features.title
            + asked_weight * (features.asked_best + features.asked_all)
            + dense_weight * features.likeness
    }
}

/// What the words of the question before weigh beside those of one that goes on with it.
const TOPIC_STRENGTH: f32 = 0.4;
/// What the mainland's word weighs beside the one of Taiwan or Hong Kong that was typed.
const WORDING_STRENGTH: f32 = 0.5;

fn asked_by_passage(corpus: &Corpus) -> HashMap<&PassageId, Vec<String>> {
    let mut asked_of: HashMap<&PassageId, Vec<String>> = HashMap::new();
    for asked in &corpus.asked {
        let texts = asked.questions.iter().chain(&asked.terms).cloned();
        asked_of.entry(&asked.passage).or_default().extend(texts);
    }
    asked_of
}
