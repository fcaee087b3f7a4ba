//! Repairs damaged transcripts, and reports every change.
//!
//! Many copies of Chinese articles are damaged, and quotations must not be. Each rule looks for one
//! kind of damage and proposes edits. The rules are applied one after the other, over and over until
//! none finds anything, so that repairing a text twice is the same as repairing it once. Undamaged
//! text stays as it is, byte for byte. A repair that is too uncertain is reported, but not made.
//!
//! ```
//! use transcript::repair::{Options, repair};
//! let options = Options { min_confidence: 0.88, min_readings: 3 };
//! let repaired = repair("不是終結?!肮取辈粌H是概念", &options);
//! assert_eq!(repaired.text, "不是終結。“谷”不僅是概念");
//! assert_eq!(repaired.repairs[0].before, "?!肮取辈粌H");
//! ```

mod edited_text;
mod code_spans;
mod markup;
mod stray_characters;
mod half_shift;
mod beam_search;
mod hypothesis;
mod gbk;
mod readings;
mod punctuation;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use self::edited_text::EditedText;
use crate::text::CharSpan;

/// The most rounds of repair. Only text that was made for it needs more than three.
const MAX_ROUNDS: usize = 16;

/// Settings of repair.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The confidence, from 0 to 1, that a repair of half-shifted text needs. Below it the text stays
    /// as received.
    pub min_confidence: f64,
    /// Pronunciations in brackets are removed from a text that has at least so many.
    pub min_readings: usize,
}

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DamageKind {
    /// A byte of GBK was lost, and the rest read one byte off.
    HalfShift,
    /// The pronunciation of a character in brackets after it.
    Reading,
    /// A full-width mark that was narrowed.
    Punctuation,
    /// A remnant of HTML: a tag or an entity.
    Markup,
    /// A zero-width, directional or control character.
    Invisible,
    /// An emoji inside a word.
    Emoji,
    /// More than one space in a row.
    Spaces,
}

impl DamageKind {
    /// Returns its name in reports and logs of repairs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HalfShift => "half-shift",
            Self::Reading => "reading",
            Self::Punctuation => "punctuation",
            Self::Markup => "markup",
            Self::Invisible => "invisible",
            Self::Emoji => "emoji",
            Self::Spaces => "spaces",
        }
    }
}

/// A change that was made, or that would have been if it were more certain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repair {
    /// The line of the received text where it begins, from 1.
    pub line: usize,
    /// What was received.
    pub before: String,
    /// What stands there now or, if the repair was not [`applied`](Self::applied), what may be right.
    pub after: String,
    /// The kind of damage.
    pub kind: DamageKind,
    /// Why this is damage.
    pub why: Cow<'static, str>,
    /// A byte of at least one character of [`after`](Self::after) was guessed.
    pub guessed: bool,
    /// From 0 to 1.
    pub confidence: f64,
    /// Whether the change was made.
    pub applied: bool,
    /// Where it is in the repaired text.
    pub place: LineSpan,
    /// The positions in `after` of the characters of which a byte was guessed.
    pub guessed_characters: Vec<usize>,
}

/// Characters of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineSpan {
    /// The line, from 1.
    pub line: usize,
    /// The characters in that line. The span of a repair with a line break runs past its end.
    pub span: CharSpan,
}

/// A repaired text and its repairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired {
    /// The text.
    pub text: String,
    /// The repairs that were made or only reported, in the order of the text.
    pub repairs: Vec<Repair>,
}

/// Repairs `text`.
pub fn repair(text: &str, options: &Options) -> Repaired {
    let mut text = EditedText::new(text);
    let mut searches = half_shift::Searches::default();
    for _ in 0..MAX_ROUNDS {
        text.forget_proposals();
        if !apply_rules(&mut text, options, &mut searches) {
            break;
        }
    }
    text.finish()
}

/// Applies each rule once, and returns whether the text has changed.
///
/// Markup and invisible characters hide other damage, so they come first. Narrowed marks are part of
/// half-shifted text, so they come last.
fn apply_rules(
    text: &mut EditedText,
    options: &Options,
    searches: &mut half_shift::Searches,
) -> bool {
    let mut has_changed = text.apply(markup::edits(text.text()));
    has_changed |= text.apply(stray_characters::edits(text.text()));
    has_changed |= text.apply(half_shift::edits(text.text(), options, searches));
    has_changed |= text.apply(readings::edits(text.text(), options));
    has_changed |= text.apply(punctuation::edits(text.text()));
    has_changed
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn options() -> Options {
        Options { min_confidence: 0.88, min_readings: 3 }
    }

    #[track_caller]
    pub(super) fn check(text: &str, expected: &str) {
        let once = repair(text, &options());
        assert_eq!(once.text, expected, "help: repair of `{text}`");
        let twice = repair(&once.text, &options());
        assert_eq!(twice.text, expected, "help: repaired twice");
    }

    #[track_caller]
    pub(super) fn check_clean(text: &str) {
        let repaired = repair(text, &options());
        assert_eq!(repaired.text, text, "help: clean text must not change");
        assert_eq!(repaired.repairs, [], "help: nothing to report in clean text");
    }
}
