//! Half-shifted GBK: one byte of a two-byte character was lost (a `?` marks it), and what follows was
//! read one byte off until it fell into step again.
//!
//! `終結。“谷”不僅是` loses the first byte of `。` (A1 A3): what is left, A3 A1 B0 B9 C8 …, reads as
//! `！肮取…`, and the `！` is often narrowed. Which bytes were lost is not recorded; among all texts
//! that give what was received, the likeliest as Chinese is taken ([`super::search`]).

use std::borrow::Cow;

use super::beam_search::{Account, account, is_mark};
use super::edited_text::Edit;
use super::{DamageKind, Options};
use crate::text::{CharSpan, LanguageModel, is_han};

/// Text after a mark is looked into if its first characters, so many, are less likely than this
/// (natural logarithm).
const SUSPICIOUS: [(usize, f32); 2] = [(3, -22.0), (6, -45.0)];
/// Characters after a mark that teach nothing of the text's own words.
const DOUBTFUL: usize = 24;
/// Characters before a mark that are read as context.
const CONTEXT: usize = 60;
/// Fewer characters than this for each spot, and the whole text is garbled: no byte here and there.
const DENSITY: usize = 12;
/// Longest run looked into, in characters: the longer, the less certain.
const LONGEST: usize = 160;

/// The edits of this rule.
pub(super) fn edits(text: &[char], options: &Options) -> Vec<Edit> {
    let general = LanguageModel::default();
    let marks = (0..text.len()).filter(|at| is_mark(text[*at]));
    let suspicious: Vec<usize> = marks.filter(|at| is_suspicious(text, *at, &general)).collect();
    if suspicious.is_empty() || suspicious.len() * DENSITY > text.len() {
        return Vec::new();
    }
    let language = LanguageModel::of(&undamaged(text, &suspicious));
    let mut edits: Vec<Edit> = Vec::new();
    for mark in suspicious {
        if edits.last().is_some_and(|edit| mark < edit.span.end) {
            continue;
        }
        let before = &text[mark.saturating_sub(CONTEXT)..mark];
        let start = before
            .iter()
            .rposition(|c| *c == '\n')
            .map_or(mark - before.len(), |at| mark - before.len() + at + 1);
        let line = &text[start..rest_of_line(text, mark, LONGEST).end];
        if let Some(account) = account(line, mark - start, &language) {
            edits.push(edit(account, mark, start, options));
        }
    }
    edits
}

fn edit(account: Account, mark: usize, start: usize, options: &Options) -> Edit {
    Edit {
        span: mark..start + account.end,
        only_reported: account.confidence < options.min_confidence,
        confidence: account.confidence,
        after: account.text,
        kind: DamageKind::HalfShift,
        why: Cow::Borrowed("a byte of GBK was lost and the rest read one byte off"),
    }
}

/// The characters after `mark` in its line, `n` at most.
fn rest_of_line(text: &[char], mark: usize, n: usize) -> CharSpan {
    let rest = &text[mark + 1..text.len().min(mark + 1 + n)];
    mark + 1..mark + 1 + rest.iter().position(|c| matches!(c, '\n' | '\r')).unwrap_or(rest.len())
}

/// Whether what follows a mark is hardly Chinese, and not plain ASCII either.
fn is_suspicious(text: &[char], mark: usize, language: &LanguageModel) -> bool {
    let after = &text[rest_of_line(text, mark, 3)];
    let n_letters = after.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let is_odd_word = n_letters > 0 && after.get(n_letters).is_some_and(|c| is_han(*c));
    is_odd_word
        || SUSPICIOUS.iter().any(|(length, likely)| {
            let after = &text[rest_of_line(text, mark, *length)];
            let share = after.len() as f32 / *length as f32;
            !after.iter().all(char::is_ascii) && language.likelihood(after) < likely * share
        })
}

/// The text without what follows the marks: what it can teach of its own words.
fn undamaged(text: &[char], marks: &[usize]) -> Vec<char> {
    let mut kept = Vec::with_capacity(text.len());
    let mut at = 0;
    for mark in marks {
        kept.extend_from_slice(&text[at..(*mark).max(at)]);
        kept.push('\n');
        at = at.max(rest_of_line(text, *mark, DOUBTFUL).end);
    }
    kept.extend_from_slice(&text[at..]);
    kept
}
