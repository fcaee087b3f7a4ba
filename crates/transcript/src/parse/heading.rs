//! Section headings: marked ones, bold lines that are no sentence, and short open lines before a speaker.

use super::ending::{ends_sentence, is_question, is_title};
use super::line::Line;
use crate::text::is_han;

/// Characters of a heading in Chinese and in Latin letters at most.
const LONGEST: usize = 32;
const LONGEST_LATIN: usize = 70;

/// Whether the line, which nobody's label opens, is a heading by its own marks.
pub(super) fn is_marked(line: &Line) -> bool {
    line.heading
        || line.is_bold() && is_short(line.chars()) && !ends_sentence(line.chars())
        || is_boxed(line.chars())
}

/// `【小镇的机制】`.
fn is_boxed(chars: &[char]) -> bool {
    let boxed = matches!((chars.first(), chars.last()), (Some('【'), Some('】')));
    boxed && is_short(chars) && chars.iter().filter(|c| **c == '【').count() == 1
}

/// Whether the line reads like a heading: short and open at its end. It is one if a speaker's line or
/// another heading follows, and if others in the text end their sentences.
pub(super) fn is_open(chars: &[char]) -> bool {
    is_short(chars)
        && !ends_sentence(chars)
        && !is_question(chars)
        && chars.iter().any(|c| c.is_alphanumeric())
}

/// `一、缘起`, `01 缘起`, `第一部分`, `Part 2`.
pub(super) fn is_numbered(chars: &[char]) -> bool {
    let numeral = |c: &char| "一二三四五六七八九十".contains(*c);
    let digits = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    let chinese = chars.iter().take_while(|c| numeral(c)).count();
    let next = |at: usize| chars.get(at).copied().unwrap_or(' ');
    let listed = chinese > 0 && matches!(next(chinese), '、' | '，' | '.' | '．')
        || digits > 0 && digits < 3 && matches!(next(digits), '.' | '、' | ' ' | '．' | '\u{3000}');
    let part =
        chars.first() == Some(&'第') && chars.iter().take(5).any(|c| "章节部分篇".contains(*c));
    let text: String = chars.iter().take(5).collect();
    is_open(chars) && (listed || part || ["part ", "chapt"].contains(&text.to_lowercase().as_str()))
}

fn is_short(chars: &[char]) -> bool {
    let longest = if chars.iter().any(|c| is_han(*c)) { LONGEST } else { LONGEST_LATIN };
    is_title(chars, longest)
}
