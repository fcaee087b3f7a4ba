//! What supports the best hit of a ranking: the raw material of the verdict.

/// Shares of the weight of the question as typed, unless said otherwise. What may have been meant
/// (variants of names, the mainland's wording, corrected typing errors) counts as typed where it is
/// held. No share is more than 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Support {
    /// Held by the passage, the interviewer's question or the expansion texts of the passage.
    pub together: f64,
    /// The same, of the question's dictionary words alone.
    pub words: f64,
    /// Score of the passage's best sentence.
    pub sentence: f64,
    /// Held by the best expansion text.
    pub expansion_recall: f64,
    /// Share of that text's tokens that the question has.
    pub expansion_precision: f64,
    /// Whether the passage has expansion texts.
    pub has_expansion: bool,
    /// How far the score of the next passage is behind, as a share of the score.
    pub margin: f64,
    /// The part of the score that words make, without the nearness of meaning.
    pub score: f64,
    /// The similarity of meaning of the passage and the question, from −1 to 1; 0 without an encoder.
    pub similarity: f64,
    /// The largest similarity of meaning among all hits; 0 without an encoder.
    pub best_similarity: f64,
    /// Number of the question's tokens that count.
    pub n_tokens: usize,
}
