//! Where a text may be cut without taking a character apart.

use unicode_segmentation::UnicodeSegmentation;

/// Code points around a position that decide whether it is a boundary. Longer clusters (a flag or a
/// family of emoji has at most ten) are cut rather than searched for.
const WINDOW: usize = 32;

/// Returns whether `text` may be cut before the code point at `at`, that is, whether an extended
/// grapheme cluster (UAX #29) ends there.
///
/// ```
/// use transcript::text::may_be_cut;
/// let text: Vec<char> = "e\u{301}a".chars().collect();
/// assert!(!may_be_cut(&text, 1) && may_be_cut(&text, 2));
/// ```
pub fn may_be_cut(text: &[char], at: usize) -> bool {
    if at == 0 || at >= text.len() {
        return true;
    }
    let start = at.saturating_sub(WINDOW);
    let around: String = text[start..text.len().min(at + 1)].iter().collect();
    let offset: usize = text[start..at].iter().map(|c| c.len_utf8()).sum();
    around.grapheme_indices(true).any(|(boundary, _)| boundary == offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_sequences_and_flags_stay_whole() {
        let text: Vec<char> = "好👨\u{200d}👩🇹🇼🇭🇰".chars().collect();
        let cuts: Vec<usize> = (0..=text.len()).filter(|at| may_be_cut(&text, *at)).collect();
        assert_eq!(cuts, [0, 1, 4, 6, 8]);
    }
}
