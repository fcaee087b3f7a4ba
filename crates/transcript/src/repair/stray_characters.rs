//! Removes characters that a copy scattered over the text: invisible ones, emoji within words, and
//! all but one of several spaces.

use std::collections::HashSet;

use super::DamageKind;
use super::code_spans::{is_within, verbatim_spans};
use super::edited_text::Edit;
use crate::text::{CharSpan, Segmenter, fold, is_han};

/// Characters on each side of an emoji in which a word is looked for.
const CONTEXT: usize = 6;

/// Proposes to remove stray characters.
pub(super) fn edits(text: &[char]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut verbatim = None;
    let mut words = None;
    let mut line = SurroundingLine::default();
    let mut at = 0;
    while at < text.len() {
        let c = text[at];
        let start = at;
        at += 1;
        if c == ' ' || c == '\u{a0}' {
            at = run_end(text, start, |c| matches!(c, ' ' | '\u{a0}'));
            if at > start + 1 && line.at(text, start).is_between_chinese(text, &(start..at)) {
                let verbatim = verbatim.get_or_insert_with(|| verbatim_spans(text));
                if !is_within(verbatim, start) {
                    edits.push(Edit::sure(
                        start..at,
                        " ",
                        DamageKind::Spaces,
                        "more than one space",
                    ));
                }
            }
        } else if is_invisible(c) {
            at = run_end(text, start, is_invisible);
            if !is_needed(text, &(start..at)) {
                edits.push(Edit::sure(
                    start..at,
                    "",
                    DamageKind::Invisible,
                    "invisible characters",
                ));
            }
        } else if is_emoji(c) {
            at = run_end(text, start, |c| is_emoji(c) || is_emoji_part(c));
            let words = words.get_or_insert_with(|| latin_words(text));
            if is_inside_word(text, &(start..at), words) {
                edits.push(Edit::sure(start..at, "", DamageKind::Emoji, "an emoji inside a word"));
            }
        }
    }
    edits
}

fn run_end(text: &[char], start: usize, is_part: impl Fn(char) -> bool) -> usize {
    text[start..].iter().position(|c| !is_part(*c)).map_or(text.len(), |length| start + length)
}

/// The line that holds the spaces in question.
#[derive(Default)]
struct SurroundingLine {
    span: CharSpan,
    /// It has more Chinese characters than Latin words.
    is_chinese: bool,
    /// It is a row of a table.
    is_row: bool,
}

impl SurroundingLine {
    /// Returns the line that holds the character at `at`: this one if it still does.
    fn at(&mut self, text: &[char], at: usize) -> &Self {
        if !self.span.contains(&at) {
            let start = text[..at].iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1);
            let span = start..run_end(text, at, |c| c != '\n');
            let line = &text[span.clone()];
            let n_han = line.iter().filter(|c| is_han(**c)).count();
            let words = line.split(|c| !c.is_ascii_alphabetic());
            let n_latin = words.filter(|word| !word.is_empty()).count();
            let is_row = line.contains(&'|') || line.contains(&'\t');
            *self = Self { span, is_chinese: n_han > n_latin, is_row };
        }
        self
    }

    /// Returns whether the spaces in `span` stand between Chinese or within a Chinese line, where
    /// one is enough. Indentation, spaces at the end of a line and those in tables stay.
    fn is_between_chinese(&self, text: &[char], span: &CharSpan) -> bool {
        let is_chinese = |c: &char| is_han(*c) || "，。、；：“”（）《》".contains(*c);
        let before = text[self.span.start..span.start].last();
        let after = text[span.end..self.span.end.max(span.end)].first();
        let (Some(before), Some(after)) = (before, after) else { return false };
        !self.is_row
            && (is_chinese(before) || is_chinese(after) || self.is_chinese)
            && !before.is_whitespace()
            && !after.is_whitespace()
    }
}

/// Returns whether `c` is a zero-width, directional or control character, other than tabs and line ends.
fn is_invisible(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{ad}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' => true,
        '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        c => c.is_control(),
    }
}

/// Returns whether invisible characters have a purpose: joiners between emoji, and joiners and
/// directional marks in scripts such as Arabic.
fn is_needed(text: &[char], span: &CharSpan) -> bool {
    let is_ours = |c: &char| {
        c.is_ascii()
            || is_han(*c)
            || matches!(c, '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
    };
    let before = text[..span.start].last();
    let after = text.get(span.end);
    let joins = |c: Option<&char>| c.is_some_and(|c| !is_ours(c));
    let only_joiners = text[span.clone()].iter().all(|c| matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    only_joiners && joins(before) && (joins(after) || after.is_none_or(|c| c.is_whitespace()))
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}')
}

/// Returns whether `c` is a variation selector or joiner within an emoji.
fn is_emoji_part(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}')
}

/// Returns whether the characters around `span` form one word: a Chinese one of the dictionary, or a
/// Latin one that the text has elsewhere.
fn is_inside_word(text: &[char], span: &CharSpan, words: &HashSet<String>) -> bool {
    let before = &text[span.start.saturating_sub(CONTEXT)..span.start];
    let after = &text[span.end..text.len().min(span.end + CONTEXT)];
    match (before.last(), after.first()) {
        (Some(left), Some(right)) if is_han(*left) && is_han(*right) => {
            let context: String = before.iter().chain(after).collect();
            let cut = Segmenter::default().words(&fold(&context));
            cut.iter().any(|word| word.start < before.len() && before.len() < word.end)
        }
        (Some(left), Some(right)) if left.is_ascii_alphabetic() && right.is_ascii_alphabetic() => {
            let start = text[..span.start]
                .iter()
                .rposition(|c| !c.is_ascii_alphabetic())
                .map_or(0, |at| at + 1);
            let end = run_end(text, span.end, |c| c.is_ascii_alphabetic());
            words.contains(
                &text[start..span.start].iter().chain(&text[span.end..end]).collect::<String>(),
            )
        }
        _ => false,
    }
}

fn latin_words(text: &[char]) -> HashSet<String> {
    text.split(|c| !c.is_ascii_alphabetic()).map(|word| word.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use crate::repair::tests::{check, check_clean};

    #[test]
    fn invisible_characters_go() {
        check("\u{feff}王\u{200b}坚：创\u{ad}新\u{0}的机\u{200d}制\u{7}。", "王坚：创新的机制。");
    }

    #[test]
    fn joiners_that_do_something_stay() {
        check_clean("好👨\u{200d}👩\u{200d}👧！");
        check_clean("\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}");
        check_clean("第一段。\r\n　　第二段。\r\n");
    }

    #[test]
    fn emoji_inside_words_go_and_others_stay() {
        check(
            "科技创😀新的互👍🏻联网。DeepSeek，Deep🚀Seek。",
            "科技创新的互联网。DeepSeek，DeepSeek。",
        );
        check_clean("今天很开心😀我们去吃饭。真好👍！Nice😀thanks");
    }

    #[test]
    fn spaces_in_a_row_become_one() {
        check("浙江  大学 和\u{a0} 阿里云", "浙江 大学 和 阿里云");
        check("我们用 Deep  Learning 做科研", "我们用 Deep Learning 做科研");
        check_clean("It ends.  Then it starts.\n    let x  = 1;\n| 名称  | 值  |\n　　段落  \n");
    }
}
