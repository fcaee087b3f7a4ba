//! Where sentences end.

use super::CharSpan;

/// Marks that end a sentence; a full stop of Latin text only before a space or the end.
const ENDS: [char; 7] = ['。', '！', '？', '!', '?', '…', '\n'];
/// Marks that still belong to the sentence that they follow.
const CLOSERS: [char; 13] =
    ['”', '’', '」', '』', '》', '〉', '）', ')', ']', '】', '"', '\'', '›'];
/// Marks that end a clause: where an over-long sentence may be cut.
const CLAUSE_ENDS: [char; 6] = ['；', ';', '，', ',', '：', ':'];

/// The sentences of `text` as ranges that cover it in order, surrounding white space left out.
///
/// ```
/// use transcript::text::sentences;
/// let text: Vec<char> = "技术无法掙錢。“要進市場”。".chars().collect();
/// assert_eq!(sentences(&text), [0..7, 7..14]);
/// ```
pub fn sentences(text: &[char]) -> Vec<CharSpan> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        at += 1;
        if !ends_here(text, at - 1) {
            continue;
        }
        while at < text.len() && (CLOSERS.contains(&text[at]) || ENDS.contains(&text[at])) {
            at += 1;
        }
        push_trimmed(text, start..at, &mut spans);
        start = at;
    }
    push_trimmed(text, start..text.len(), &mut spans);
    spans
}

/// The places inside `span` after which a clause ends (exclusive ends, in order, `span.end` last).
pub fn clause_ends(text: &[char], span: &CharSpan) -> Vec<usize> {
    let inner = span.clone().filter(|&at| {
        CLAUSE_ENDS.contains(&text[at])
            && text.get(at + 1).is_none_or(|next| !next.is_ascii_digit())
    });
    inner.map(|at| at + 1).filter(|&end| end < span.end).chain([span.end]).collect()
}

fn ends_here(text: &[char], at: usize) -> bool {
    match text[at] {
        // 「……」 is two characters, and trails off inside a sentence as often as at its end.
        '…' => text.get(at + 1).is_none_or(|next| CLOSERS.contains(next) || next.is_whitespace()),
        '.' => {
            let letter_before =
                at > 1 && text[at - 1].is_alphanumeric() && text[at - 2].is_alphanumeric();
            letter_before && text.get(at + 1).is_none_or(|next| next.is_whitespace())
        }
        c => ENDS.contains(&c),
    }
}

fn push_trimmed(text: &[char], span: CharSpan, spans: &mut Vec<CharSpan>) {
    let mut span = span;
    while span.start < span.end && text[span.start].is_whitespace() {
        span.start += 1;
    }
    while span.start < span.end && text[span.end - 1].is_whitespace() {
        span.end -= 1;
    }
    if !span.is_empty() {
        spans.push(span);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let chars: Vec<char> = text.chars().collect();
        let found: Vec<String> =
            sentences(&chars).into_iter().map(|span| chars[span].iter().collect()).collect();
        assert_eq!(found, expected, "help: sentences of `{text}`");
    }

    #[test]
    fn closing_marks_stay_with_their_sentence() {
        check("他說：“對。”我說好！？真的。", &["他說：“對。”", "我說好！？", "真的。"]);
    }

    #[test]
    fn numbers_initials_and_trailing_dots_do_not_end_a_sentence() {
        check(
            "It cost 3.5 yuan. J. Smith paid… later.",
            &["It cost 3.5 yuan.", "J. Smith paid…", "later."],
        );
        check("夢想小鎮，人工智能小鎮……傳統意義上。", &["夢想小鎮，人工智能小鎮……傳統意義上。"]);
    }

    #[test]
    fn a_clause_does_not_end_inside_a_number() {
        let text: Vec<char> = "投了1,000萬，不多".chars().collect();
        assert_eq!(clause_ends(&text, &(0..text.len())), [9, 11]);
    }

    proptest! {
        #[test]
        fn sentences_are_in_order_and_lose_only_white_space(text in "[ -~。！？“”…\n技術]{0,60}") {
            let chars: Vec<char> = text.chars().collect();
            let spans = sentences(&chars);
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
            let kept: usize = spans.iter().map(|span| chars[span.clone()].iter().filter(|c| !c.is_whitespace()).count()).sum();
            prop_assert_eq!(kept, chars.iter().filter(|c| !c.is_whitespace()).count());
        }
    }
}
