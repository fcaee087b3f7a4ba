//! What supports the best hit of a ranking.

/// Shares of the weight of the question as typed, unless said otherwise; what may have been meant
/// counts where it is held, and no share is more than 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Support {
    /// Held by the passage, the interviewer's question or the readers' questions of the passage.
    pub together: f64,
    /// The same, of the question's dictionary words alone.
    pub words: f64,
    /// Score of the passage's best sentence.
    pub sentence: f64,
    /// Held by the best of its readers' questions.
    pub asked_recall: f64,
    /// Share of that readers' question's tokens that the question has.
    pub asked_precision: f64,
    /// Whether the passage has readers' questions.
    pub has_asked: bool,
    /// How far the next passage's score is behind, as a share of the score.
    pub margin: f64,
    /// The score.
    pub score: f64,
    /// Number of the question's tokens that count.
    pub n_tokens: usize,
}
