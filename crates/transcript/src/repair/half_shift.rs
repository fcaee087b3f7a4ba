//! Restores half-shifted GBK: text of which one byte was lost, and the rest read one byte off.
//!
//! GBK writes a Chinese character as two bytes, a *lead* (81–FE) and a *trail* (40–FE), and ASCII as
//! one. Some programs replaced the lead of a full stop (A1 A3) by `?` when they cut or escaped text.
//! From there on each pair of bytes is taken from two characters, until a trail in the range of ASCII
//! or a byte without a partner puts the text in step again:
//!
//! ```text
//! original   。    “    谷    ”    不    僅    是
//! bytes      A1 A3 A1 B0 B9 C8 A1 B1 B2 BB 83 48 CA C7
//! read as    ?  └─！─┘└─肮┘└─取┘└─辈┘└─粌┘H  └是─┘
//! ```
//!
//! The received text is then `?！肮取辈粌H是`, and often all full-width marks were narrowed as well.
//! Reading the bytes back gives most of the original. It does not give the bytes that were lost: the
//! first one, the one before a narrowed mark (a decoder shows `?` for it or drops it), and pairs such
//! as FA BC that are no character (a decoder drops or marks one byte or both).
//!
//! So the original is searched for: of all texts that can have become what was received, the one that
//! is most probable as Chinese ([`super::beam_search`]). It replaces the received text if its share of
//! the probability of all candidates reaches [`Options::min_confidence`]. A wrong repair is worse than
//! none, since readers take it for what was said, so that threshold is high; see `config/default.toml`
//! for what it was chosen by.
//!
//! Searching is expensive, so only suspicious marks are looked into: those before text that is hardly
//! Chinese.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::beam_search::{Restoration, is_mark, restore};
use super::edited_text::Edit;
use super::{DamageKind, Options};
use crate::text::{CharSpan, LanguageModel, is_han};

/// A mark is suspicious if so many characters after it are less probable than this (natural
/// logarithm).
const SUSPICIOUS: [(usize, f32); 2] = [(3, -22.0), (6, -45.0)];
/// Characters after a suspicious mark from which the text's own words are not learnt.
const DOUBTFUL: usize = 24;
/// Characters before a mark that are read as its context.
const CONTEXT: usize = 60;
/// If there is a suspicious mark for fewer characters than this, the whole text is garbled, and not
/// by lost bytes.
const DENSITY: usize = 12;
/// The most characters after a mark that are searched. The longer a run is, the less certain it is.
const LONGEST: usize = 160;
/// The most spots of a text that are searched, which bounds the time that a hostile one can take.
/// The first interview has five in 8,000 characters.
const MOST_SEARCHES: usize = 128;

/// The results of searches, by the line that was searched and the position of the mark in it. Repair
/// takes several rounds, and most spots are the same in each.
#[derive(Default)]
pub(super) struct Searches(FxHashMap<(Vec<char>, usize), Option<Restoration>>);

impl Searches {
    fn restore(
        &mut self,
        line: &[char],
        mark: usize,
        language: &LanguageModel,
    ) -> Option<Restoration> {
        let key = (line.to_vec(), mark);
        if let Some(known) = self.0.get(&key) {
            return known.clone();
        }
        if self.0.len() >= MOST_SEARCHES {
            return None;
        }
        let found = restore(line, mark, language);
        self.0.insert(key, found.clone());
        found
    }
}

/// Proposes the most probable originals of half-shifted runs.
pub(super) fn edits(text: &[char], options: &Options, searches: &mut Searches) -> Vec<Edit> {
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
        let start = start_of_context(text, mark);
        let line = &text[start..rest_of_line(text, mark, LONGEST).end];
        if let Some(restoration) = searches.restore(line, mark - start, &language) {
            edits.push(edit(restoration, mark, start, options));
        }
    }
    edits
}

fn edit(restoration: Restoration, mark: usize, start: usize, options: &Options) -> Edit {
    Edit {
        span: mark..start + restoration.end,
        only_reported: restoration.confidence < options.min_confidence,
        confidence: restoration.confidence,
        after: restoration.text,
        kind: DamageKind::HalfShift,
        why: Cow::Borrowed("a byte of GBK was lost and the rest read one byte off"),
    }
}

/// Returns where the context of a mark begins: in its line, at most [`CONTEXT`] characters before.
fn start_of_context(text: &[char], mark: usize) -> usize {
    let earliest = mark.saturating_sub(CONTEXT);
    let newline = text[earliest..mark].iter().rposition(|c| *c == '\n');
    newline.map_or(earliest, |at| earliest + at + 1)
}

/// Returns the characters after `mark` in its line, at most `n`.
fn rest_of_line(text: &[char], mark: usize, n: usize) -> CharSpan {
    let rest = &text[mark + 1..text.len().min(mark + 1 + n)];
    mark + 1..mark + 1 + rest.iter().position(|c| matches!(c, '\n' | '\r')).unwrap_or(rest.len())
}

/// Returns whether what follows a mark is hardly Chinese, and not plain ASCII either.
fn is_suspicious(text: &[char], mark: usize, language: &LanguageModel) -> bool {
    let after = &text[rest_of_line(text, mark, 3)];
    let n_letters = after.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let is_odd_word = n_letters > 0 && after.get(n_letters).is_some_and(|c| is_han(*c));
    is_odd_word
        || SUSPICIOUS.iter().any(|(length, threshold)| {
            let after = &text[rest_of_line(text, mark, *length)];
            let share = after.len() as f32 / *length as f32;
            !after.iter().all(char::is_ascii) && language.log_probability(after) < threshold * share
        })
}

/// Returns the text without what follows the marks, for learning its own words.
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
