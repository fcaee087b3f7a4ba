//! The settings of the search.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// `[search]`: how passages are found and what each part of a score weighs.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Number of candidates that are scored exactly.
    pub candidates: usize,
    /// Weight of the best sentence and of the best two in a row, beside the whole passage.
    pub sentence_weight: f32,
    /// Weight of the interviewer's question.
    pub question_weight: f32,
    /// Weight of the title and the publisher.
    pub title_weight: f32,
    /// Weight of the best expansion text (reader's question), and of all of them together.
    pub expansion_weight: f32,
    /// Folder of a sentence encoder; empty for none.
    pub encoder: PathBuf,
    /// Weight of the nearness of meaning.
    pub encoder_weight: f32,
}

#[cfg(test)]
impl Options {
    /// Weights with which a score is easily worked out by hand.
    pub(super) const SAMPLE: Self = Self {
        candidates: 100,
        sentence_weight: 0.5,
        question_weight: 0.1,
        title_weight: 0.01,
        expansion_weight: 0.2,
        encoder: PathBuf::new(),
        encoder_weight: 0.3,
    };
}
