//! A passage that was found, with the parts of its score.

/// A passage that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its position among the library's passages.
    pub position: usize,
    /// Higher is better; comparable within one search only.
    pub score: f32,
    /// How the score came about.
    pub features: Features,
}

/// The parts of a score: BM25 sums, each over one text of the passage.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Features {
    /// The whole passage.
    pub passage: f32,
    /// Its best sentence.
    pub sentence: f32,
    /// Its best two neighbouring sentences.
    pub window: f32,
    pub question: f32,
    /// The title and the publisher.
    pub title: f32,
    /// The best expansion text.
    pub expansion_best: f32,
    /// All expansion texts together.
    pub expansion_all: f32,
    /// The number of the best expansion text, from 0.
    pub best_expansion: usize,
    /// Nearness of meaning in standard deviations, scaled by the question's whole weight. It is 0
    /// where there is no encoder.
    pub nearness: f32,
    /// The mean similarity of meaning, from −1 to 1; 0 where there is no encoder.
    pub similarity: f32,
    /// Whether the passage has expansion texts.
    pub has_expansion: bool,
    /// Whether the question names a speaker of the passage's interview.
    pub is_of_named_speaker: bool,
}
