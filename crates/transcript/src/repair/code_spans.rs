//! Finds code and web addresses in a text, whose marks and spaces are never changed.

use crate::text::{CharSpan, is_han};

/// Strings that occur in code, and hardly elsewhere.
const SIGNS: [&str; 12] =
    ["();", ");", "=>", "->", "==", "!=", "::", "(\"", "=\"", "\");", " = ", "&&"];

/// Returns the spans of code and of web addresses, in order and not overlapping.
pub(super) fn verbatim_spans(text: &[char]) -> Vec<CharSpan> {
    spans_with(text, is_code)
}

/// Returns the spans of code that is marked as such, and of web addresses. Lines that only look like
/// code are left out, since markup looks like code as well.
pub(super) fn marked_spans(text: &[char]) -> Vec<CharSpan> {
    spans_with(text, |_| false)
}

fn spans_with(text: &[char], is_code: fn(&[char]) -> bool) -> Vec<CharSpan> {
    let mut spans = Vec::new();
    let mut fenced = false;
    let mut start = 0;
    for line in text.split_inclusive(|c| *c == '\n') {
        let span = start..start + line.len();
        start = span.end;
        let is_fence = line.iter().skip_while(|c| c.is_whitespace()).take(3).eq(&['`'; 3]);
        if is_fence || fenced || is_code(line) {
            fenced ^= is_fence;
            spans.push(span);
        } else {
            spans.extend(
                within(line).into_iter().map(|part| span.start + part.start..span.start + part.end),
            );
        }
    }
    spans
}

/// Returns whether `at` is in one of `spans`, which are in order.
pub(super) fn is_within(spans: &[CharSpan], at: usize) -> bool {
    let next = spans.partition_point(|span| span.end <= at);
    spans.get(next).is_some_and(|span| span.contains(&at))
}

/// Returns whether a line has little Chinese and something of [`SIGNS`].
fn is_code(line: &[char]) -> bool {
    if !line.iter().any(char::is_ascii_punctuation) {
        return false;
    }
    let n_han = line.iter().filter(|c| is_han(**c)).count();
    let n_ascii = line.iter().filter(|c| c.is_ascii_alphanumeric()).count();
    let text: String = line.iter().collect();
    let end = text.trim_end();
    let has_sign = SIGNS.iter().any(|sign| text.contains(sign)) || end.ends_with([';', '{', '}']);
    n_ascii > 0 && n_ascii >= n_han && has_sign
}

/// Returns the spans of a line that are addresses or code between backticks.
fn within(line: &[char]) -> Vec<CharSpan> {
    let mut spans = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let end = match line[at] {
            '`' => line[at + 1..].iter().position(|c| *c == '`').map(|length| at + length + 2),
            ':' if line[at..].starts_with(&[':', '/', '/']) => Some(address_end(line, at)),
            'w' if line[at..].starts_with(&['w', 'w', 'w', '.']) => Some(address_end(line, at)),
            _ => None,
        };
        if let Some(end) = end {
            spans.push(at..end);
        }
        at = end.unwrap_or(at + 1);
    }
    spans
}

/// Returns where an address ends: at a space or the first character that is not ASCII, and before
/// marks that end a sentence.
fn address_end(line: &[char], start: usize) -> usize {
    let length = line[start..]
        .iter()
        .take_while(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"'))
        .count();
    let mut end = start + length;
    while end > start + 3 && matches!(line[end - 1], ',' | ':' | ';' | '?' | '!' | '.' | ')' | '(')
    {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let text: Vec<char> = text.chars().collect();
        let found: Vec<String> =
            verbatim_spans(&text).into_iter().map(|span| text[span].iter().collect()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn addresses_end_before_the_mark_that_ends_the_sentence() {
        check("见http://a.cn/?id=3:4,再说", &["://a.cn/?id=3:4"]);
        check("www.a.cn?q=1吗", &["www.a.cn?q=1"]);
    }

    #[test]
    fn code_is_a_fence_a_backtick_or_a_line_that_looks_like_it() {
        check("用`a,b`和\n```\n注意:x\n```\n完", &["`a,b`", "```\n", "注意:x\n", "```\n"]);
        check("print(\"你好\", x);\n他说:好;", &["print(\"你好\", x);\n"]);
    }

    #[test]
    fn a_lone_backtick_is_no_code() {
        check("他`说:好", &[]);
    }
}
