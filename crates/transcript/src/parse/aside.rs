//! Remarks of an editor or a reporter: whole paragraphs in brackets, and brackets that open with
//! `编者注`, `笑` and the like. All other brackets belong to the text.

use super::lexicon::LEXICON;
use super::line::Located;
use super::name::trimmed;
use super::name_key::key;
use super::timestamp;
use crate::text::{CharSpan, fold_char, is_han};

/// Characters between a note's bracket and its colon at most: `（《财经》编者注：`.
const NOTE_REACH: usize = 12;
/// Characters of a stage direction at most, and those that may follow its first word.
const GESTURE: usize = 10;
const GESTURE_LATIN: usize = 30;

/// Whether the whole paragraph is a remark in brackets.
pub(crate) fn is_whole(chars: &[char]) -> bool {
    let chars = without_stop(trimmed(chars));
    let bracketed = !chars.is_empty() && closing(chars, 0) == Some(chars.len() - 1);
    bracketed && (!matches!(chars.first(), Some('【')) || is_remark(&chars[1..chars.len() - 1]))
}

/// Whether the paragraph is a note without brackets: `编者注：…`.
pub(super) fn is_note(chars: &[char]) -> bool {
    let dashes = chars.iter().take_while(|c| matches!(c, '—' | '–' | '-')).count();
    let chars = &chars[dashes..];
    let reach = chars.iter().take(NOTE_REACH).position(|c| matches!(c, '：' | ':'));
    reach.is_some_and(|colon| {
        let head: Vec<char> = chars[..colon].iter().copied().map(fold_char).collect();
        LEXICON.notes.iter().any(|note| note.as_slice() == trimmed(&head))
    })
}

/// The remarks within a paragraph, brackets included.
pub(super) fn spans(chars: &[char], interjections: bool) -> Vec<CharSpan> {
    let closings = closings(chars);
    let mut spans = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let taken_out = |close: &usize| {
            is_moment(&chars[at..=*close])
                || is_remark(&chars[at + 1..*close])
                || interjections && is_interjection(chars, at, *close)
        };
        match closings[at].filter(taken_out) {
            Some(close) => {
                spans.push(at..close + 1);
                at = close + 1;
            }
            None => at += 1,
        }
    }
    spans
}

/// The paragraph without the remarks in it, and these.
pub(super) fn split(text: &Located, interjections: bool) -> (Located, Vec<Located>) {
    let spans = spans(text.chars(), interjections);
    let mut rest = Located::default();
    let mut at = 0;
    for span in spans.iter().cloned().chain(std::iter::once(text.chars().len()..text.chars().len()))
    {
        let blank = rest.chars().last().is_none_or(|c| c.is_whitespace());
        let doubled = if blank {
            text.chars()[at..span.start].iter().take_while(|c| c.is_whitespace()).count()
        } else {
            0
        };
        for index in at + doubled..span.start {
            rest.push(text.chars()[index], text.positions()[index]);
        }
        at = span.end;
    }
    (rest.tail(0), spans.into_iter().map(|span| text.slice(span)).collect())
}

/// Where the bracket that opens at `open` closes, inner ones of its kind skipped.
fn closing(chars: &[char], open: usize) -> Option<usize> {
    let opening = kind_of_opening(*chars.get(open)?)?;
    let mut depth = 0_usize;
    for (at, c) in chars.iter().enumerate().skip(open) {
        if kind_of_opening(*c) == Some(opening) {
            depth += 1;
        } else if kind_of_closing(*c) == Some(opening) {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// [`closing`] of every character, in one pass: the brackets of each kind have a stack of their own.
fn closings(chars: &[char]) -> Vec<Option<usize>> {
    let mut closings = vec![None; chars.len()];
    let mut open: [Vec<usize>; 4] = Default::default();
    for (at, c) in chars.iter().enumerate() {
        if let Some(kind) = kind_of_opening(*c) {
            open[kind].push(at);
        } else if let Some(opened) = kind_of_closing(*c).and_then(|kind| open[kind].pop()) {
            closings[opened] = Some(at);
        }
    }
    closings
}

/// Round, square, lenticular and tortoise-shell brackets, narrow and wide ones alike.
fn kind_of_opening(c: char) -> Option<usize> {
    match c {
        '（' | '(' => Some(0),
        '[' | '［' => Some(1),
        '【' => Some(2),
        '〔' => Some(3),
        _ => None,
    }
}

fn kind_of_closing(c: char) -> Option<usize> {
    match c {
        '）' | ')' => Some(0),
        ']' | '］' => Some(1),
        '】' => Some(2),
        '〕' => Some(3),
        _ => None,
    }
}

/// An interviewer's words in the middle of an answer: `（就是说不赚钱？）`. What follows begins a
/// sentence of its own. A page writes them so if it has at least [`INTERJECTIONS`].
fn is_interjection(chars: &[char], open: usize, close: usize) -> bool {
    let inside = trimmed(&chars[open + 1..close]);
    let asks = inside.last().is_some_and(|c| matches!(c, '？' | '?' | '！' | '!'));
    let next = chars[close + 1..].iter().find(|c| !c.is_whitespace());
    let stands_alone = next.is_none_or(|c| c.is_alphanumeric() || "“「『\"（(《".contains(*c));
    kind_of_opening(chars[open]) == Some(0) && asks && inside.len() > 2 && stands_alone
}

/// `[04:01]`: a moment of a recording.
pub(super) fn is_moment(bracket: &[char]) -> bool {
    matches!(bracket.first(), Some('[' | '［')) && timestamp::length(bracket) == Some(bracket.len())
}

/// Interjections in brackets from which on a page is taken to write them so.
pub(super) const INTERJECTIONS: usize = 2;

/// How many interjections in brackets the words hold.
pub(super) fn interjections(chars: &[char]) -> usize {
    let closings = closings(chars);
    (0..chars.len())
        .filter(|at| {
            closings[*at].is_some_and(|close| {
                is_interjection(chars, *at, close) && !is_remark(&chars[at + 1..close])
            })
        })
        .count()
}

fn without_stop(chars: &[char]) -> &[char] {
    match chars.split_last() {
        Some(('。' | '.', before)) if before.last().is_some_and(|c| "）)]］】〕".contains(*c)) => {
            before
        }
        _ => chars,
    }
}

/// Whether what stands in a bracket is a note or a stage direction.
pub(super) fn is_remark(inside: &[char]) -> bool {
    let folded: Vec<char> = trimmed(inside).iter().copied().map(fold_char).collect();
    is_note_text(&folded) || is_gesture(&folded)
}

fn is_note_text(folded: &[char]) -> bool {
    let opens = LEXICON.notes.iter().any(|note| {
        let next = folded.get(note.len());
        let complete = next.is_none_or(|c| !c.is_alphanumeric());
        folded.starts_with(note) && (complete || note.len() > 2 && note.iter().all(|c| is_han(*c)))
    });
    let colon = folded.iter().take(NOTE_REACH).position(|c| *c == ':');
    opens
        || colon.is_some_and(|colon| {
            matches!(trimmed(&folded[..colon]).last(), Some('注' | '按')) && colon > 1
        })
}

fn is_gesture(folded: &[char]) -> bool {
    let longest = if folded.iter().any(|c| is_han(*c)) { GESTURE } else { GESTURE_LATIN };
    let continues = |c: &char| !c.is_alphanumeric() || "了着声起道一两三几数片许良半".contains(*c);
    folded.len() <= longest
        && LEXICON.gestures.iter().any(|gesture| {
            let opens =
                folded.starts_with(gesture) && folded.get(gesture.len()).is_none_or(continues);
            let clause = folded.iter().any(|c| ",，。;".contains(*c));
            opens || folded.ends_with(gesture) && !clause && gesture.len() < folded.len()
        })
}

/// Whether a line begins with a word after which an article has ended: `责任编辑`, `END`.
pub(super) fn is_closing(chars: &[char]) -> bool {
    if is_toolbar(chars) || opens_references(chars) {
        return true;
    }
    let line: String = chars.iter().collect();
    let line = key(&line);
    if LEXICON.counters.iter().any(|count| line.ends_with(count.as_str()))
        && line.chars().any(|c| c.is_ascii_digit())
    {
        return true;
    }
    LEXICON.closings.iter().any(|closing| {
        let short = closing.chars().count() < 3 || closing.is_ascii() && closing.len() < 8;
        !closing.is_empty()
            && if short { line == *closing } else { line.starts_with(closing.as_str()) }
    })
}

/// `赞同 1203 添加评论 分享 收藏`: two or more buttons of a page, and counts.
fn is_toolbar(chars: &[char]) -> bool {
    let words = chars.split(|c| c.is_whitespace() || "·|｜/".contains(*c));
    let words: Vec<String> =
        words.map(|word| key(&word.iter().collect::<String>())).filter(|w| !w.is_empty()).collect();
    let is_count = |word: &String| word.chars().all(|c| c.is_ascii_digit() || c == '万');
    let is_button =
        |word: &&String| LEXICON.closings.contains(*word) || LEXICON.credits.contains(*word);
    let buttons = words.iter().filter(is_button).count();
    buttons > 1 && words.iter().all(|word| is_count(word) || is_button(&word))
}

/// `参考资料：`, above a list of sources.
fn opens_references(chars: &[char]) -> bool {
    let line = key(&trimmed(chars).iter().collect::<String>());
    let short = line.chars().count() <= 12 || chars.iter().all(char::is_ascii) && chars.len() <= 30;
    let closed = trimmed(chars).last().is_some_and(|c| "。？?！!，,".contains(*c));
    short && !closed && LEXICON.references.iter().any(|word| line.ends_with(word.as_str()))
}

/// Whether the words take leave: `谢谢您。`, `My pleasure!`
pub(super) fn is_farewell(chars: &[char]) -> bool {
    let line = key(&chars.iter().collect::<String>());
    let longest = if chars.iter().any(|c| is_han(*c)) { 30 } else { 80 };
    chars.len() <= longest && LEXICON.farewells.iter().any(|word| line.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::line::read;

    fn check(text: &str, rest: &str, asides: &[&str]) {
        let line = read(text).remove(0);
        let (kept, found) = split(&line.text, false);
        assert_eq!(kept.to_string(), rest, "help: text without asides of `{text}`");
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), asides);
    }

    #[test]
    fn stage_directions_and_notes_are_taken_out() {
        check("我觉得（笑）这不对。", "我觉得这不对。", &["（笑）"]);
        check("對。(大笑)就是這樣。", "對。就是這樣。", &["(大笑)"]);
        check(
            "是之江实验室（编者注：位于杭州（浙江））的事。",
            "是之江实验室的事。",
            &["（编者注：位于杭州（浙江））"],
        );
        check("（沉默良久）“飞天”是敦煌的。", "“飞天”是敦煌的。", &["（沉默良久）"]);
        check("它（《财经》注：指阿里云）很大。", "它很大。", &["（《财经》注：指阿里云）"]);
        check("I think (laughs) so.", "I think so.", &["(laughs)"]);
    }

    #[test]
    fn other_brackets_belong_to_the_text() {
        for text in [
            "強強(聯合)能產生GDP(國內生產總值)",
            "（笑果文化）出品",
            "注册（注册资本一亿）",
            "(按摩)椅",
            "（没有",
        ] {
            check(text, text, &[]);
        }
    }

    #[test]
    fn a_whole_paragraph_in_brackets_is_a_remark() {
        let is = |text: &str| is_whole(&text.chars().collect::<Vec<_>>());
        assert!(
            is("（采访于二月进行）")
                && is("[两人走向展厅。]")
                && is("（本文有删节）。")
                && is("【编者注：略】")
        );
        assert!(!is("（一）开始（二）") && !is("【小镇】") && !is("(a) b"));
    }
}
