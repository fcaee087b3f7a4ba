//! Lines that belong to a page or a recording and not to its text: numbers of pages, links to other pages
//! of the same article, times by themselves, end marks.

use super::lexicon::LEXICON;
use super::name::trimmed;
use super::name_key::key;
use super::timestamp;
use crate::text::is_han;

/// Characters of a line that numbers a page, at most.
const PAGE_NUMBER: usize = 24;
/// Characters of a line of links to other pages, at most.
const PAGER: usize = 60;
/// Symbols with which a word or a number may begin.
const WORD_SIGNS: &str = "$€£￡¥￥@#%+¿";

/// Whether the line is no part of any text, wherever it stands.
pub(super) fn is_page_furniture(chars: &[char]) -> bool {
    let chars = trimmed(chars);
    is_time(chars) || is_page_number(chars) || is_pager(chars)
}

/// `00:31`, `[04:01]`, `00:01 - 00:09`: times and nothing else.
fn is_time(chars: &[char]) -> bool {
    let mut rest = chars;
    while let Some(length) = timestamp::length(rest) {
        let after = &rest[length..];
        let gap = after.iter().take_while(|c| c.is_whitespace() || "-–—~→>".contains(**c)).count();
        rest = &after[gap..];
        if rest.is_empty() {
            return true;
        }
    }
    false
}

/// `— 3 —`, `第3页 共12页`, `Page 3 of 12`. A number alone is none, since somebody may say it.
fn is_page_number(chars: &[char]) -> bool {
    if chars.len() > PAGE_NUMBER || !chars.iter().any(char::is_ascii_digit) {
        return false;
    }
    let between_dashes = matches!(
        (chars.first(), chars.last()),
        (Some('-' | '–' | '—' | '·' | '~'), Some('-' | '–' | '—' | '·' | '~'))
    );
    let words: String = chars.iter().filter(|c| c.is_alphabetic()).collect();
    let words = key(&words);
    between_dashes && words.is_empty() || ["第页", "第页共页", "page", "pageof"].contains(&&*words)
}

/// `上一页 1 2 3 下一页`: words that lead to other pages, and numbers.
fn is_pager(chars: &[char]) -> bool {
    if chars.len() > PAGER {
        return false;
    }
    let words: Vec<String> = chars
        .split(|c| !c.is_alphanumeric())
        .map(|word| key(&word.iter().collect::<String>()))
        .filter(|word| !word.is_empty())
        .collect();
    let is_number = |word: &String| word.chars().all(|c| c.is_ascii_digit());
    let leads = words.iter().filter(|word| LEXICON.pagers.contains(*word)).count();
    leads > 0 && words.iter().all(|word| is_number(word) || LEXICON.pagers.contains(word))
}

/// Whether the line holds symbols only, such as the mark at an article's end. Marks of punctuation are
/// left out, because a person may answer with `……` or `？`.
pub(super) fn is_symbols(chars: &[char]) -> bool {
    let mut marks = chars.iter().filter(|c| !c.is_whitespace()).peekable();
    marks.peek().is_some() && marks.all(|c| is_symbol(*c))
}

fn is_symbol(c: char) -> bool {
    !c.is_alphanumeric()
        && !c.is_whitespace()
        && !is_han(c)
        && !"…。，、！？；：.,!?;:'\"“”‘’「」『』（）()《》〈〉【】［］[]〔〕".contains(c)
}

/// The number of symbols that mark the line and stand before its first word: 2 in `▍▍路呢？`. Those that
/// are written as part of that word do not count: 0 in `$5 够吗？`.
pub(super) fn leading_symbols(chars: &[char]) -> usize {
    let symbols = chars.iter().take_while(|c| is_symbol(**c)).count();
    if chars.get(symbols).is_some_and(|c| c.is_alphanumeric()) {
        let of_word = |c: &&char| WORD_SIGNS.contains(**c);
        symbols - chars[..symbols].iter().rev().take_while(of_word).count()
    } else {
        symbols
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> bool {
        is_page_furniture(&text.chars().collect::<Vec<_>>())
    }

    #[test]
    fn pages_times_and_links_to_pages_are_furniture() {
        for text in [
            "— 3 —",
            "- 12 -",
            "第 3 页 共 12 页",
            "Page 3 of 12",
            "上一页 1 2 3 下一页",
            "下一頁 >",
            "00:31",
            "[04:01]",
            "00:01:02 - 00:01:09",
        ] {
            assert!(is(text), "help: `{text}` belongs to the page");
        }
    }

    #[test]
    fn short_answers_are_none() {
        for text in ["3", "——三年。", "上一页是空的。", "12:30 出发。", "第三页。", "1984"]
        {
            assert!(!is(text), "help: `{text}` is said by somebody");
        }
    }

    #[test]
    fn symbols_are_told_from_silence() {
        let is = |text: &str| is_symbols(&text.chars().collect::<Vec<_>>());
        assert!(is("♦") && is("■ ■ ■") && is("❖"));
        assert!(!is("……") && !is("？") && !is("♦ 好"));
    }
}
