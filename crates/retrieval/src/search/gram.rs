//! A gram of a query: what is counted in texts.

/// A folded token (a Chinese character, a Latin word, a number), or two that follow each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gram {
    pub(super) first: String,
    pub(super) second: Option<String>,
    /// Which share of a dictionary word it is: 1 for a word of one or two tokens, an even share for
    /// each pair of a longer one, 0 for what is no word.
    pub(super) word_share: f32,
    /// How often the general language writes it, as a share of all places.
    pub(super) general_frequency: f64,
    /// A factor on its weight: below 1 for what is not quite what was typed.
    pub(super) strength: f32,
}

impl Gram {
    /// The gram as one text.
    pub(super) fn text(&self) -> String {
        self.second.iter().fold(self.first.clone(), |text, second| text + second)
    }

    /// Whether both are the same text in the same tokens, whatever they weigh.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.first == other.first && self.second == other.second
    }
}
