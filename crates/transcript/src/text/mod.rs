//! Characters, words and sentences; knows nothing else.

mod fold;
mod bigrams;
mod language_model;
mod pinyin;
mod script;
mod segment;
mod grapheme;
mod line_number;
mod sentence;
mod slug;

pub use fold::{fold, fold_char, is_han};
pub use grapheme::may_be_cut;
pub use language_model::{LanguageModel, ModelState};
pub use line_number::line_number;
pub use pinyin::sound;
pub use script::{Script, mainland_wording, simplified_only};
pub use segment::{
    GramEnd, Segmenter, Token, each_gram, gram_ends, grams, is_content_word, is_known_name,
    is_word, tokenize, word_frequency,
};
pub use sentence::{clause_ends, sentences};
pub use slug::slug;

/// A range of Unicode scalar values (not bytes) in a text.
pub type CharSpan = std::ops::Range<usize>;
