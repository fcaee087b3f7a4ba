//! Question to ranked hits.
//!
//! Candidates come from a [`CandidateSource`]; each is then scored exactly from its text in memory:
//! BM25 of characters, pairs and words, over the passage, its best sentences, the interviewer's
//! question, the title, and the questions that readers would ask of it.

mod bm25;
mod candidates;
mod evidence;
mod field;
mod matcher;
mod question;
mod rerank;
mod vocabulary;

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Passage, PassageId};
use crate::index::{Error, Index, WeightedGram};
use crate::text::{CharSpan, Segmenter};

pub use candidates::CandidateSource;
pub use evidence::Evidence;
use field::Field;
use matcher::Matcher;
use question::{Phrases, Question};
use rerank::{FieldScore, Scorer, Weights};
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
    passages: Field,
    questions: Field,
    titles: Field,
    asked: Field,
    /// The readers' questions and terms of each passage.
    asked_texts: Vec<Vec<String>>,
    names: Phrases,
    segmenter: Segmenter,
    n_passages: usize,
}

impl Searcher {
    /// Reads the passages of `index` into memory.
    pub fn new(index: &Index, options: Options) -> Self {
        let corpus = index.corpus();
        let mut vocabulary = Vocabulary::default();
        let [mut passages, mut questions, mut titles, mut asked] =
            [(); 4].map(|()| Field::default());
        let asked_of = asked_by_passage(corpus);
        let mut asked_texts = Vec::with_capacity(index.passages().len());
        for passage in index.passages() {
            let interview = &corpus.interviews[passage.interview];
            let turn = interview.turns.get(passage.turn - 1);
            passages.push_text(&mut vocabulary, &passage.text);
            questions.push_text(&mut vocabulary, turn.map_or("", |turn| turn.question.as_str()));
            let context = [Some(interview.title.as_str()), interview.publisher.as_deref()];
            titles.push_list(&mut vocabulary, context.into_iter().flatten());
            let own = asked_of.get(&passage.id).map(Vec::as_slice).unwrap_or_default();
            asked.push_list(&mut vocabulary, own.iter().copied());
            asked_texts.push(own.iter().map(|text| (*text).to_owned()).collect());
        }
        let names = corpus.interviews.iter().flat_map(|interview| {
            std::iter::once(&interview.interviewee)
                .chain(&interview.interviewee_aliases)
                .map(String::as_str)
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
            asked_texts,
        }
    }

    fn knows(&self, gram: &question::Gram) -> bool {
        self.holds(&[&self.passages, &self.questions, &self.titles, &self.asked], gram)
    }

    fn holds(&self, fields: &[&Field], gram: &question::Gram) -> bool {
        let ids: Option<Vec<_>> = gram.terms.iter().map(|term| self.vocabulary.id(term)).collect();
        ids.is_some_and(|ids| fields.iter().any(|field| field.document_frequency(&ids) > 0))
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
            question = question.about(self.question(topic));
        }
        let weigh = |field| Weights::new(&question, field, &self.vocabulary, self.n_passages);
        let weights = [&self.passages, &self.questions, &self.titles, &self.asked].map(weigh);
        let matcher = Matcher::new(&question, &self.vocabulary);
        let mut ranking = Ranking { searcher: self, question, weights, matcher, hits: Vec::new() };
        if !ranking.question.grams.is_empty() {
            let proposed = source.candidates(&ranking.proposed(), self.options.candidates)?;
            let mut scorer = Scorer::new(&ranking.matcher, &ranking.question);
            let hits = proposed
                .into_iter()
                .map(|position| self.score(position, &mut scorer, &ranking.weights));
            ranking.hits = hits.filter(|hit| hit.score > 0.0).collect();
            ranking.hits.sort_by(|a, b| {
                b.score.total_cmp(&a.score).then_with(|| a.position.cmp(&b.position))
            });
        }
        Ok(ranking)
    }

    fn question(&self, text: &str) -> Question {
        Question::new(text, &self.names, &self.segmenter)
    }

    fn score(&self, position: usize, scorer: &mut Scorer<'_>, weights: &[Weights; 4]) -> Hit {
        let fields = [&self.passages, &self.questions, &self.titles, &self.asked];
        let mut scores = [FieldScore::default(); 4];
        for ((score, field), weights) in scores.iter_mut().zip(fields).zip(weights) {
            *score = scorer.score(field.document(position), weights);
        }
        let [passage, question, title, asked] = scores;
        let features = Features {
            passage: passage.whole,
            sentence: passage.sentence,
            window: passage.window,
            question: question.whole,
            title: title.whole,
            asked_best: asked.sentence,
            asked_all: asked.whole,
            best_asked: asked.best_sentence,
        };
        Hit { position, score: self.combine(&features), features }
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

fn asked_by_passage(corpus: &Corpus) -> std::collections::HashMap<&PassageId, Vec<&str>> {
    let mut asked_of: std::collections::HashMap<&PassageId, Vec<&str>> =
        std::collections::HashMap::new();
    for asked in &corpus.asked {
        let texts = asked.questions.iter().chain(&asked.terms).map(String::as_str);
        asked_of.entry(&asked.passage).or_default().extend(texts);
    }
    asked_of
}

/// What supports the best hit: shares of the question's weight, unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Support {
    /// Held by the passage or the interviewer's question.
    pub said: f64,
    /// Held by these, the title or the readers' questions.
    pub together: f64,
    /// Score of the passage's best sentence.
    pub sentence: f64,
    /// Score of the best of its readers' questions.
    pub asked: f64,
    /// Held by the corpus anywhere.
    pub known: f64,
    /// Number of the question's tokens that count.
    pub n_tokens: usize,
}

impl Support {
    /// The features of the verdict's models.
    pub fn features(&self) -> [f64; 6] {
        let length = (self.n_tokens as f64).ln_1p();
        [self.said, self.together, self.sentence, self.asked, self.known, length]
    }
}

/// A question with the passages that were found for it, best first.
pub struct Ranking<'s> {
    searcher: &'s Searcher,
    question: Question,
    weights: [Weights; 4],
    matcher: Matcher,
    hits: Vec<Hit>,
}

impl Ranking<'_> {
    /// What was found, best first.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// Whether the question says anything that can be looked up.
    pub fn asks_something(&self) -> bool {
        !self.question.grams.is_empty()
    }

    /// What supports the best hit; `None` where there is no hit.
    pub fn support(&self) -> Option<Support> {
        let best = self.hits.first()?;
        let searcher = self.searcher;
        let mut scorer = Scorer::new(&self.matcher, &self.question);
        let weights = &self.weights[0];
        let total = weights.total().max(f32::MIN_POSITIVE);
        let held = |fields: &[&Field], scorer: &mut Scorer<'_>| -> f64 {
            let documents = fields.iter().map(|field| field.document(best.position));
            f64::from(scorer.held(documents, weights) / total)
        };
        let said = held(&[&searcher.passages, &searcher.questions], &mut scorer);
        let together = held(
            &[&searcher.passages, &searcher.questions, &searcher.titles, &searcher.asked],
            &mut scorer,
        );
        let ideal_of = |weights: &Weights| f64::from(weights.total().max(f32::MIN_POSITIVE));
        Some(Support {
            said,
            together,
            sentence: f64::from(best.features.sentence) / ideal_of(weights),
            asked: f64::from(best.features.asked_best) / ideal_of(&self.weights[3]),
            known: f64::from(self.known() / total),
            n_tokens: self.question.kept.len(),
        })
    }

    /// The words of the question that the interviews use, and those that they do not, as ranges of
    /// the question as typed.
    pub fn words(&self) -> (Vec<CharSpan>, Vec<CharSpan>) {
        let searcher = self.searcher;
        let grams = self.question.grams.iter().filter(|gram| gram.word && gram.span.len() > 1);
        let said = |gram: &&question::Gram| {
            searcher.holds(&[&searcher.passages, &searcher.questions], gram)
        };
        let (held, missing): (Vec<_>, Vec<_>) = grams.partition(said);
        let spans =
            |grams: Vec<&question::Gram>| grams.into_iter().map(|gram| gram.span.clone()).collect();
        (spans(held), spans(missing))
    }

    /// Weight of the grams that the corpus holds anywhere.
    fn known(&self) -> f32 {
        let grams = self.question.grams.iter().enumerate();
        grams
            .filter(|(_, gram)| self.searcher.knows(gram))
            .map(|(number, _)| self.weights[0].of(number))
            .sum()
    }

    /// How the question matches a hit's passage, sentence by sentence; where the passage was found
    /// by a reader's question rather than by its own words, how that question does.
    pub fn evidence(&self, hit: &Hit, passage: &Passage) -> Evidence {
        let own = evidence::of(&passage.text, &self.question, &self.weights[0]);
        let features = &hit.features;
        if features.asked_best <= features.sentence {
            return own;
        }
        let asked = self.searcher.asked_texts[hit.position].get(features.best_asked);
        let Some(asked) = asked else { return own };
        let other = self.searcher.question(asked);
        let weights = Weights::new(
            &other,
            &self.searcher.passages,
            &self.searcher.vocabulary,
            self.searcher.n_passages,
        );
        let implied = evidence::of(&passage.text, &other, &weights);
        own.joined_by(&implied)
    }

    /// The words of the question in any passage.
    pub fn marks(&self, passage: &Passage) -> Vec<CharSpan> {
        evidence::of(&passage.text, &self.question, &self.weights[0]).matches
    }

    fn proposed(&self) -> Vec<WeightedGram> {
        let grams = self.question.grams.iter().enumerate().filter(|(_, gram)| gram.terms.len() < 3);
        grams
            .map(|(n, gram)| WeightedGram {
                gram: gram.terms.concat(),
                weight: self.weights[0].of(n),
            })
            .collect()
    }
}
