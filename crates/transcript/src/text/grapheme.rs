//! What a reader takes for one character, though it is several.

use unicode_normalization::char::is_combining_mark;

/// Ties the characters on both sides of it into one.
const JOINER: char = '\u{200d}';

/// Whether a cut before the character at `at` takes none apart: no letter from its accents, no
/// picture from its colour or its company.
///
/// ```
/// use transcript::text::may_be_cut;
/// let text: Vec<char> = "e\u{301}a".chars().collect();
/// assert!(!may_be_cut(&text, 1) && may_be_cut(&text, 2));
/// ```
pub fn may_be_cut(text: &[char], at: usize) -> bool {
    let after_joiner = at > 0 && text.get(at - 1) == Some(&JOINER);
    !after_joiner && !text.get(at).copied().is_some_and(continues)
}

/// The character belongs to the one before it.
fn continues(c: char) -> bool {
    let is_variant_or_tone = matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    c == JOINER || is_variant_or_tone || is_combining_mark(c)
}
