//! What supports the best hit of a ranking.

/// Shares of the question's weight, unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Support {
    /// Held by the passage or the interviewer's question.
    pub said: f64,
    /// Held by these or by the readers' questions of the passage.
    pub together: f64,
    /// The same, of the question's dictionary words alone.
    pub words: f64,
    /// Held by the corpus anywhere.
    pub known: f64,
    /// Score of the passage's best sentence.
    pub sentence: f64,
    /// Score of the best of its readers' questions.
    pub asked: f64,
    /// Held by that readers' question.
    pub asked_recall: f64,
    /// Share of that readers' question's tokens that the question has.
    pub asked_precision: f64,
    /// Number of the question's tokens that count.
    pub n_tokens: usize,
}

impl Support {
    /// The names of [`Support::features`], in their order.
    pub const NAMES: [&str; 10] = [
        "said",
        "together",
        "words",
        "known",
        "sentence",
        "asked",
        "asked recall",
        "asked precision",
        "length",
        "recall × precision",
    ];

    /// The features of the verdict's models.
    pub fn features(&self) -> [f64; 10] {
        [
            self.said,
            self.together,
            self.words,
            self.known,
            self.sentence,
            self.asked,
            self.asked_recall,
            self.asked_precision,
            (self.n_tokens as f64).ln_1p(),
            self.asked_recall * self.asked_precision,
        ]
    }
}
