//! What is said around questions: greetings, and openings that go on with the topic before.

use std::sync::LazyLock;

use transcript::text::{fold, tokenize};

/// A question that goes on with a topic is short: tokens, the opening included.
const FOLLOW_UP_TOKENS: usize = 14;

static GREETINGS: LazyLock<Vec<String>> =
    LazyLock::new(|| lines(include_str!("../../config/lexicon/greetings.txt")));
static OPENINGS: LazyLock<Vec<String>> =
    LazyLock::new(|| lines(include_str!("../../config/lexicon/follow-ups.txt")));

/// The entries, longest first.
fn lines(file: &str) -> Vec<String> {
    let mut lines: Vec<String> = file
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(str::to_owned)
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.len()));
    lines
}

/// Whether `text` holds no letter, character or number that could be looked up: only marks, emoji.
pub fn says_nothing(text: &str) -> bool {
    tokenize(&fold(text)).is_empty()
}

/// Whether `text` is a greeting and nothing else.
///
/// ```
/// use wenjian::dialogue::is_greeting;
/// assert!(is_greeting("你好呀！") && is_greeting("Hello") && !is_greeting("你好，開源呢"));
/// ```
pub fn is_greeting(text: &str) -> bool {
    let folded: String =
        fold(text).into_iter().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let mut rest = folded.trim();
    let mut greeted = false;
    while !rest.is_empty() {
        let Some(after) =
            GREETINGS.iter().find_map(|greeting| rest.strip_prefix(greeting.as_str()))
        else {
            return false;
        };
        let inside_a_word = after.starts_with(|c: char| c.is_ascii_alphanumeric())
            && rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        if inside_a_word {
            return false;
        }
        greeted = true;
        rest = after.trim_start();
    }
    greeted
}

/// Whether `text` opens like a question that goes on with the topic before.
pub fn opens_as_follow_up(text: &str) -> bool {
    let folded = fold(text);
    let letters: String = folded.iter().collect();
    let opens = OPENINGS.iter().any(|opening| letters.trim_start().starts_with(opening.as_str()));
    opens && tokenize(&folded).len() <= FOLLOW_UP_TOKENS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_stand_alone() {
        assert!(is_greeting("您好～") && is_greeting("hi, hello!") && is_greeting("早上好啊"));
        assert!(!is_greeting("history") && !is_greeting("？？？") && !is_greeting(""));
    }

    #[test]
    fn follow_ups_are_short_and_open_as_such() {
        assert!(opens_as_follow_up("那政府呢？") && opens_as_follow_up("What about talent?"));
        assert!(!opens_as_follow_up("政府呢？"));
        assert!(!opens_as_follow_up(&format!("那{}呢", "很長".repeat(20))));
    }
}
