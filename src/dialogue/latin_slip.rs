//! Recognises Latin words that are misspelt by one slip.

/// The fewest letters of a word that is checked: a short word is near too many others.
const MIN_LETTERS: usize = 4;

pub(super) fn is_latin(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphabetic())
}

/// Returns whether `typed` differs from `meant` by one slip, which changes, drops, adds or swaps a letter (the distance of
/// optimal string alignment).
pub(super) fn is_slip_of(typed: &str, meant: &str) -> bool {
    typed.len() >= MIN_LETTERS
        // The distance takes time in proportion to both lengths, and they differ by at most one letter.
        && typed.len().abs_diff(meant.len()) <= 1
        && is_latin(typed)
        && is_latin(meant)
        && strsim::osa_distance(typed, meant) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_in_a_latin_word_is_recognised() {
        for typed in ["thamks", "thaks", "thannks", "thnaks"] {
            assert!(is_slip_of(typed, "thanks"), "help: `{typed}`");
        }
        for (typed, meant) in
            [("thanks", "thanks"), ("tahnsk", "thanks"), ("gpo", "gpu"), ("naïve", "naïves")]
        {
            assert!(!is_slip_of(typed, meant), "help: `{typed}` for `{meant}`");
        }
    }
}
