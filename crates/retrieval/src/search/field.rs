//! The texts of one field of the passages as token sequences, with the statistics of the field.

use rustc_hash::{FxHashMap, FxHashSet};

use super::vocabulary::{GramId, Sequence, Vocabulary};
use transcript::text::sentences;

/// The text that a field holds of one passage.
#[derive(Debug, Clone, Default)]
pub(super) struct FieldText {
    pub(super) sequence: Sequence,
    /// End of each sentence, as a token position.
    pub(super) sentence_ends: Vec<usize>,
}

impl FieldText {
    /// Reads a running text, sentence by sentence.
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

/// How often a field holds each gram, and how long its texts are.
#[derive(Debug, Default)]
pub(super) struct Statistics {
    /// In how many texts each gram occurs.
    frequencies: FxHashMap<GramId, u32>,
    documents: usize,
    length: usize,
    sentences: usize,
}

impl Statistics {
    /// Counts the text of one more passage.
    pub(super) fn count(&mut self, document: &FieldText) {
        let grams: FxHashSet<GramId> = document.grams().collect();
        grams.into_iter().for_each(|gram| *self.frequencies.entry(gram).or_default() += 1);
        self.documents += 1;
        self.length += document.sequence.len();
        self.sentences += document.sentence_ends.len();
    }

    /// All grams, with in how many texts they occur.
    pub(super) fn frequencies(&self) -> &FxHashMap<GramId, u32> {
        &self.frequencies
    }

    /// In how many documents a gram occurs.
    pub(super) fn document_frequency(&self, gram: GramId) -> u32 {
        self.frequencies.get(&gram).copied().unwrap_or(0)
    }

    pub(super) fn n_documents(&self) -> usize {
        self.documents
    }

    /// Mean number of tokens of a text.
    pub(super) fn average_length(&self) -> f32 {
        self.length as f32 / self.documents.max(1) as f32
    }

    /// Mean number of tokens of a sentence.
    pub(super) fn average_sentence(&self) -> f32 {
        self.length as f32 / self.sentences.max(1) as f32
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the values are exact")]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_into_sentences_and_a_list_into_its_items() {
        let mut vocabulary = Vocabulary::default();
        let text = FieldText::of_text(&mut vocabulary, "灯亮。塔高不高？高。");
        assert_eq!(text.sentence_ends, [2, 6, 7]);
        let list = FieldText::of_list(&mut vocabulary, ["灯亮。塔高", "高"]);
        assert_eq!(list.sentence_ends, [4, 5]);
    }

    #[test]
    fn statistics_count_texts_and_not_occurrences() {
        let mut vocabulary = Vocabulary::default();
        let mut statistics = Statistics::default();
        for text in ["灯灯灯", "灯塔。塔"] {
            statistics.count(&FieldText::of_text(&mut vocabulary, text));
        }
        let (lamp, tower) = (GramId::single(0), GramId::single(1));
        assert_eq!(statistics.document_frequency(lamp), 2);
        assert_eq!(statistics.document_frequency(tower), 1);
        assert_eq!(statistics.document_frequency(GramId::pair(0, 0)), 1);
        assert_eq!(statistics.document_frequency(GramId::pair(1, 1)), 0);
        assert_eq!(statistics.n_documents(), 2);
        assert_eq!(statistics.average_length(), 3.0);
        assert_eq!(statistics.average_sentence(), 2.0);
    }
}
