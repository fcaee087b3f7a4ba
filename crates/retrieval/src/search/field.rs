//! One kind of text of the passages, as token sequences with their statistics.

use rustc_hash::{FxHashMap, FxHashSet};

use super::vocabulary::{GramId, Sequence, Vocabulary};
use transcript::text::sentences;

/// What a field holds of one passage.
#[derive(Debug, Clone, Default)]
pub(super) struct Document {
    pub(super) sequence: Sequence,
    /// End of each sentence, as a token position.
    pub(super) sentence_ends: Vec<usize>,
}

impl Document {
    /// Reads a text, sentence by sentence.
    pub(super) fn of_text(vocabulary: &mut Vocabulary, text: &str) -> Self {
        let mut document = Self::default();
        let tokens = vocabulary.learn(text, &mut document.sequence);
        let characters: Vec<char> = text.chars().collect();
        let ends = sentences(&characters).into_iter().map(|sentence| sentence.end);
        document.sentence_ends =
            ends.map(|end| tokens.partition_point(|token| token.span.start < end)).collect();
        document
    }

    /// Its grams, as often as they occur.
    pub(super) fn grams(&self) -> impl Iterator<Item = GramId> + '_ {
        self.sequence.grams().map(|(gram, _)| gram)
    }

    /// Reads texts, each of which counts as a sentence.
    pub(super) fn of_list<'a>(
        vocabulary: &mut Vocabulary,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut document = Self::default();
        for text in texts {
            vocabulary.learn(text, &mut document.sequence);
            document.sentence_ends.push(document.sequence.len());
        }
        document
    }
}

/// How often a field holds what.
#[derive(Debug, Default)]
pub(super) struct Statistics {
    /// In how many documents each gram occurs.
    frequencies: FxHashMap<GramId, u32>,
    documents: usize,
    length: usize,
    sentences: usize,
}

impl Statistics {
    /// Counts a document.
    pub(super) fn count(&mut self, document: &Document) {
        let grams: FxHashSet<GramId> = document.grams().collect();
        grams.into_iter().for_each(|gram| *self.frequencies.entry(gram).or_default() += 1);
        self.documents += 1;
        self.length += document.sequence.len();
        self.sentences += document.sentence_ends.len();
    }

    /// All grams, with in how many documents they occur.
    pub(super) fn frequencies(&self) -> &FxHashMap<GramId, u32> {
        &self.frequencies
    }

    /// In how many documents a gram occurs.
    pub(super) fn document_frequency(&self, gram: GramId) -> u32 {
        self.frequencies.get(&gram).copied().unwrap_or(0)
    }

    /// Number of documents.
    pub(super) fn n_documents(&self) -> usize {
        self.documents
    }

    /// Mean number of tokens of a document.
    pub(super) fn average_length(&self) -> f32 {
        self.length as f32 / self.documents.max(1) as f32
    }

    /// Mean number of tokens of a sentence.
    pub(super) fn average_sentence(&self) -> f32 {
        self.length as f32 / self.sentences.max(1) as f32
    }
}
