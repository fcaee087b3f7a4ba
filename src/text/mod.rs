//! Characters, words and sentences; knows nothing else.

mod fold;
mod likelihood;
mod script;
mod segment;
mod sentence;
mod slug;

pub use fold::{fold, fold_char, is_han};
pub use likelihood::{Language, Reading};
pub use script::{Script, mainland_wording};
pub use segment::{Segmenter, Token, tokenize, word_frequency};
pub use sentence::{clause_ends, sentences};
pub use slug::slug;

/// A range of Unicode scalar values (not bytes) in a text.
pub type CharSpan = std::ops::Range<usize>;
