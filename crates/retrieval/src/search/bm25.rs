//! The parts of BM25 (Robertson & Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond*,
//! 2009, formula 3.15).
//!
//! The score of a text is the sum, over the grams of the query, of
//!
//! ```text
//! weight(gram) · tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / average length))
//! ```
//!
//! where tf is how often the text holds the gram and the weight is its inverse document frequency
//! times its emphasis (see `weights`). The factor is 1 for a gram that stands once in a text of
//! average length, approaches k1 + 1 as it is repeated, and falls as the text gets longer.

/// How much a gram's frequency in a text counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Saturation {
    /// The frequency at which a gram reaches half of the most that it can count, in a text of average
    /// length.
    k1: f32,
    /// How much the length of a text counts, from 0 (not at all) to 1 (in full proportion).
    b: f32,
}

/// For passages, sentences, interviewer's questions and titles. On Chinese questions to passages 0.9
/// and 0.6 did best; the usual 1.2 and 0.75 are made for longer documents.
pub(super) const TEXT: Saturation = Saturation { k1: 0.9, b: 0.6 };
/// For all expansion texts of a passage together: that many of them share a word says more than that a
/// speaker repeats one. Values of k1 from 2 to 3 made no difference.
pub(super) const EXPANSION: Saturation = Saturation { k1: 2.0, b: 0.6 };

impl Saturation {
    /// The part of the denominator that does not depend on the gram: `k1 · (1 − b + b · length / average)`.
    pub(super) fn length_norm(self, length: usize, average: f32) -> f32 {
        self.k1 * (1.0 - self.b + self.b * length as f32 / average.max(1.0))
    }

    /// The factor on the weight of a gram that occurs `frequency` times.
    pub(super) fn of(self, frequency: f32, length_norm: f32) -> f32 {
        frequency * (self.k1 + 1.0) / (frequency + length_norm)
    }
}

/// Inverse document frequency in the form that is never negative:
/// `ln(1 + (n − df + ½) / (df + ½))`.
pub(super) fn inverse_document_frequency(n_documents: f64, document_frequency: f64) -> f64 {
    (1.0 + (n_documents - document_frequency + 0.5) / (document_frequency + 0.5)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_near(value: f32, expected: f32) {
        assert!((value - expected).abs() < 1e-4, "{value} is not {expected}");
    }

    #[test]
    fn a_gram_that_stands_once_in_an_average_text_counts_one() {
        assert_near(TEXT.of(1.0, TEXT.length_norm(20, 20.0)), 1.0);
        assert_near(EXPANSION.of(1.0, EXPANSION.length_norm(7, 7.0)), 1.0);
    }

    #[test]
    fn repeating_a_gram_counts_less_each_time() {
        let norm = TEXT.length_norm(20, 20.0);
        // 2 · 1.9 / (2 + 0.9) and 3 · 1.9 / (3 + 0.9)
        assert_near(TEXT.of(2.0, norm), 1.310_34);
        assert_near(TEXT.of(3.0, norm), 1.461_54);
        assert!(TEXT.of(1000.0, norm) < 1.9);
    }

    #[test]
    fn a_text_twice_as_long_counts_less() {
        // 0.9 · (0.4 + 0.6 · 2) = 1.44; 1 · 1.9 / (1 + 1.44)
        assert_near(TEXT.length_norm(40, 20.0), 1.44);
        assert_near(TEXT.of(1.0, 1.44), 0.778_69);
    }

    #[test]
    fn repetition_counts_more_among_expansion_texts() {
        let norm = EXPANSION.length_norm(10, 10.0);
        // 4 · 3 / (4 + 2)
        assert_near(EXPANSION.of(4.0, norm), 2.0);
        assert!(EXPANSION.of(4.0, norm) > TEXT.of(4.0, TEXT.length_norm(10, 10.0)));
    }

    #[test]
    fn an_empty_collection_has_no_average_to_divide_by() {
        assert_near(TEXT.length_norm(0, 0.0), 0.36);
    }

    #[test]
    fn the_rarer_a_gram_the_more_it_weighs() {
        // ln(1 + 9.5 / 1.5), ln(1 + 0.5 / 10.5)
        assert!((inverse_document_frequency(10.0, 1.0) - 1.992_43).abs() < 1e-5);
        assert!((inverse_document_frequency(10.0, 10.0) - 0.046_52).abs() < 1e-5);
        assert!(inverse_document_frequency(10.0, 0.0) > inverse_document_frequency(10.0, 1.0));
    }
}
