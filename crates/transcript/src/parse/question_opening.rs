//! How a question without a label begins: with a word that asks for something, or with a number.

use super::ending::is_question;
use super::lexicon::LEXICON;
use super::line::Line;
use super::name_key::key;

/// Whether the line begins like a question or asks for something.
pub(super) fn is_request(chars: &[char]) -> bool {
    let start = chars.iter().position(|c| c.is_alphabetic()).unwrap_or(chars.len());
    let line = key(&chars[start..].iter().take(24).collect::<String>());
    LEXICON.requests.iter().any(|word| line.starts_with(word.as_str()))
}

/// `3. 您怎么看？`
pub(super) fn is_numbered_question(line: &Line) -> bool {
    let digits = line.chars().iter().take_while(|c| c.is_ascii_digit()).count();
    let mark =
        line.chars().get(digits).is_some_and(|c| matches!(c, '.' | '、' | '．' | ')' | '）'));
    let words = line.chars().get(digits + 1..).unwrap_or_default();
    (1..=3).contains(&digits)
        && mark
        && (is_question(line.chars()) || is_request(words) && words.len() <= 60)
}

/// `3. 您怎么看？`, `第三问`, `Q3`.
pub(super) fn has_number(chars: &[char]) -> bool {
    let digits = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    let chinese = chars.iter().take_while(|c| "一二三四五六七八九十".contains(**c)).count();
    let mark = |at: usize| {
        chars.get(at).is_some_and(|c| matches!(c, '.' | '、' | '．' | ')' | '）' | ' '))
    };
    (1..=3).contains(&digits) && mark(digits) || (1..=3).contains(&chinese) && mark(chinese)
}

/// The number that the line begins with: 3 for `3. 您怎么看？`.
pub(super) fn number(chars: &[char]) -> Option<usize> {
    let digits: String = chars.iter().take(3).take_while(|c| c.is_ascii_digit()).collect();
    let mark = chars.get(digits.len())?;
    let next = chars.get(digits.len() + 1)?;
    let is_marked = matches!(mark, '.' | '、' | '．' | ')' | '）') && !next.is_ascii_digit();
    digits.parse().ok().filter(|_| is_marked)
}
