//! Recognises follow-up questions by their openings.

use std::sync::LazyLock;

use super::lexicon;
use transcript::text::{fold, tokenize};

/// The most tokens of a follow-up question, including its opening.
const FOLLOW_UP_TOKENS: usize = 14;

static OPENINGS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| lexicon::lines(include_str!("../../config/lexicon/follow-ups.txt")));

/// Returns whether `text` has nothing to search for: no letter, Chinese character or number, only marks and emoji.
pub fn says_nothing(text: &str) -> bool {
    tokenize(&fold(text)).is_empty()
}

/// Returns whether `text` opens like a question about the topic before.
pub fn opens_as_follow_up(text: &str) -> bool {
    let folded = fold(text);
    let letters: String = folded.iter().collect();
    let opens = OPENINGS.iter().any(|opening| letters.trim_start().starts_with(opening));
    opens && tokenize(&folded).len() <= FOLLOW_UP_TOKENS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follow_ups_are_short_and_open_as_such() {
        assert!(opens_as_follow_up("那政府呢？") && opens_as_follow_up("What about talent?"));
        assert!(!opens_as_follow_up("政府呢？"));
        assert!(!opens_as_follow_up(&format!("那{}呢", "很長".repeat(20))));
    }
}
