//! What the grams of a query weigh in one field.

use super::bm25::inverse_document_frequency;
use super::gram::Gram;
use super::query::Query;
use crate::forward::{KnownGram, Statistics};

/// The number of documents of general Chinese that stand beside the corpus. In a small corpus its own
/// document frequencies are noise; in a large one these hardly count.
const BACKGROUND_DOCUMENTS: f64 = 200.0;

/// The emphasis of a pair that is neither a word nor part of one: its characters count beside it, and
/// that they stand together may be chance.
const CHANCE_PAIR: f32 = 0.7;

/// The weights of the grams of a query in one field, with the average lengths that BM25 needs.
pub(super) struct Weights {
    grams: Vec<f32>,
    total: f32,
    pub(super) average_length: f32,
    pub(super) average_sentence: f32,
}

impl Weights {
    pub(super) fn new(
        query: &Query,
        ids: &[Option<KnownGram>],
        statistics: &Statistics<'_>,
    ) -> Self {
        let average_length = statistics.average_length();
        let grams = query.grams.iter().zip(ids).map(|(gram, id)| {
            let frequency = id.map_or(0, |known| statistics.document_frequency(known.id));
            let rarity = rarity(gram, frequency, statistics.n_documents(), average_length);
            gram.strength * rarity * emphasis(gram)
        });
        let grams: Vec<f32> = grams.collect();
        Self {
            total: grams.iter().take(query.n_counting()).sum(),
            grams,
            average_length,
            average_sentence: statistics.average_sentence(),
        }
    }

    /// The weight of the gram with this number.
    pub(super) fn of(&self, gram: usize) -> f32 {
        self.grams[gram]
    }

    /// The weight of the whole question: of the grams that [make it up](Query::n_counting).
    pub(super) fn total(&self) -> f32 {
        self.total
    }
}

/// The emphasis of a gram: 1, and what it is of a dictionary word. So a word of two characters counts
/// as two characters, as a pair, and once more as a word, which is a mix of three fields of different
/// grain (characters, pairs, words) in one pass.
fn emphasis(gram: &Gram) -> f32 {
    let is_chance = gram.second.is_some() && gram.word_share == 0.0;
    if is_chance { CHANCE_PAIR } else { 1.0 + gram.word_share }
}

/// The inverse document frequency in the corpus and the background together. A background document has
/// as many places as an average text of the field, `length`; a gram that takes a share of f of all
/// places occurs in it with probability `1 − (1 − f)^length ≈ 1 − e^(−f · length)`.
fn rarity(gram: &Gram, frequency: u32, n_documents: usize, length: f32) -> f32 {
    let general = -(-gram.general_frequency * f64::from(length)).exp_m1();
    let frequency = f64::from(frequency) + BACKGROUND_DOCUMENTS * general;
    inverse_document_frequency(n_documents as f64 + BACKGROUND_DOCUMENTS, frequency) as f32
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the values are exact")]
mod tests {
    use super::*;

    fn gram(word_share: f32, second: Option<&str>) -> Gram {
        Gram {
            first: "灯".to_owned(),
            second: second.map(str::to_owned),
            word_share,
            general_frequency: 0.0,
            strength: 1.0,
        }
    }

    #[test]
    fn words_are_emphasised_and_chance_pairs_are_not() {
        assert_eq!(emphasis(&gram(0.0, None)), 1.0);
        assert_eq!(emphasis(&gram(1.0, Some("塔"))), 2.0);
        assert_eq!(emphasis(&gram(0.5, Some("塔"))), 1.5);
        assert_eq!(emphasis(&gram(0.0, Some("塔"))), 0.7);
    }

    #[test]
    fn the_background_makes_common_words_common_in_a_small_corpus() {
        let rare = gram(0.0, None);
        let common = Gram { general_frequency: 0.04, ..gram(0.0, None) };
        // Neither occurs in a corpus of 10 texts of 50 tokens. The common one is expected in
        // 200 · (1 − e^(−2)) = 172.9 of the 200 background documents.
        let rare = rarity(&rare, 0, 10, 50.0);
        let common = rarity(&common, 0, 10, 50.0);
        assert!((rare - 6.045_01).abs() < 1e-3, "ln(1 + 210.5 / 0.5) = {rare}");
        assert!((common - 0.196_07).abs() < 1e-3, "ln(1 + 37.57 / 173.43) = {common}");
    }
}
