//! Telegram's HTML: escapes text, takes markup off again, and cuts text to what a message holds.

use std::ops::Range;

use transcript::text::{CharSpan, clause_ends, may_be_cut, sentences};

/// Returns `text` with the characters that have a meaning in Telegram's HTML written as entities.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    push_escaped(&mut escaped, text.chars());
    escaped
}

/// Appends characters, and escapes those that are markup in HTML.
pub(super) fn push_escaped(html: &mut String, text: impl IntoIterator<Item = char>) {
    for c in text {
        match c {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

/// Returns the text of HTML that this module made.
pub(super) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    named.into_iter().fold(text, |text, (entity, character)| text.replace(entity, character))
}

/// Returns the length of a text in UTF-16 units, in which Telegram counts.
pub(super) fn units(text: &[char]) -> usize {
    text.iter().map(|c| c.len_utf16()).sum()
}

/// Returns how many characters from the start of `text` fit into `room` UTF-16 units. The cut
/// falls on the end of a sentence if there is one, else of a clause, else between two characters
/// that may be parted.
pub(super) fn cut(text: &[char], room: usize) -> usize {
    let mut used = 0;
    let fits = text.iter().position(|c| {
        used += c.len_utf16();
        used > room
    });
    let Some(fits) = fits else { return text.len() };
    let within = |end: &usize| *end > 0 && *end <= fits;
    let spans: Vec<CharSpan> = sentences(text);
    if let Some(end) = spans.iter().map(|span| span.end).rfind(within) {
        return end;
    }
    let first: Range<usize> = spans.into_iter().next().unwrap_or(0..text.len());
    if let Some(end) = clause_ends(text, &first).into_iter().rfind(within) {
        return end;
    }
    (0..=fits).rev().find(|end| may_be_cut(text, *end)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, room: usize, expected: &str) {
        let chars: Vec<char> = text.chars().collect();
        let kept: String = chars[..cut(&chars, room)].iter().collect();
        assert_eq!(kept, expected, "help: `{text}` cut to {room} units");
    }

    #[test]
    fn markup_in_a_text_stays_text() {
        let text = "<b>R&D</b> \"x\" &lt;";
        assert_eq!(plain(&format!("<blockquote>{}</blockquote>", escape(text))), text);
    }

    #[test]
    fn a_cut_falls_on_the_end_of_a_sentence() {
        check("第一句。第二句，很長。", 11, "第一句。第二句，很長。");
        check("第一句。第二句，很長。", 10, "第一句。");
        check("沒有句號，只有逗號，一直說", 11, "沒有句號，只有逗號，");
    }

    #[test]
    fn a_cut_leaves_characters_whole() {
        check("一二三四五", 3, "一二三");
        check("👍👍👍", 5, "👍👍");
        check("ae\u{301}\u{302}i", 3, "a");
        check("x👨\u{200d}👩y", 4, "x");
        check("👩", 1, "");
    }
}
