//! Makes damaged transcripts whole, and records every change.
//!
//! Many copies of Chinese articles are damaged, and quotations must not be. Each rule looks for one
//! kind of damage and proposes edits; they are applied in the order of [`RULES`], over and over until
//! none finds anything, so that repairing twice changes nothing more. Text that is not damaged comes
//! out as it went in, byte for byte. What is too uncertain stays as received and is reported.
//!
//! ```
//! use transcript::repair::{Options, repair};
//! let options = Options { min_confidence: 0.75, min_readings: 3 };
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
mod gbk;
mod readings;
mod punctuation;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use self::edited_text::{Edit, EditedText};
use crate::text::CharSpan;

/// The rules in order. Markup and invisible characters hide other damage; narrowed marks are part of
/// half-shifted text, so that text comes before them.
const RULES: [Rule; 5] = [
    markup::edits,
    stray_characters::edits,
    half_shift::edits,
    readings::edits,
    punctuation::edits,
];

/// What a rule would change in a text: edits in order, not overlapping.
type Rule = fn(&[char], &Options) -> Vec<Edit>;

/// Rounds after which repair stops even if a rule still finds something: no text that was not made
/// for it needs more than three.
const MAX_ROUNDS: usize = 16;

/// What can be set about repair.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Share from 0 to 1 that the likeliest reading of half-shifted text must have among all
    /// readings; below, the spot stays as received.
    pub min_confidence: f64,
    /// Readings in brackets are removed from a text that has at least so many.
    pub min_readings: usize,
}

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DamageKind {
    /// A byte of GBK was lost and what follows was read one byte off.
    HalfShift,
    /// The reading of a character in brackets after it.
    Reading,
    /// A full-width mark that was narrowed.
    Punctuation,
    /// A remnant of HTML: a tag or an entity.
    Markup,
    /// A character that shows nothing: zero-width or control.
    Invisible,
    /// An emoji inside a word.
    Emoji,
    /// More than one space in a row.
    Spaces,
}

impl DamageKind {
    /// Its name in reports and records.
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

/// A change that was made, or one that was too uncertain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repair {
    /// The line of the received text where it begins, from 1.
    pub line: usize,
    /// What was received.
    pub before: String,
    /// What stands there now or, if not [`applied`](Self::applied), what may be right.
    pub after: String,
    /// The kind of damage.
    pub kind: DamageKind,
    /// Why it is taken for damage.
    pub why: Cow<'static, str>,
    /// Some characters of [`after`](Self::after) were guessed: which, is in
    /// [`guessed_characters`](Self::guessed_characters).
    pub guessed: bool,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// The change was made; otherwise the spot stays as received.
    pub applied: bool,
    /// Where it stands in the repaired text.
    pub place: LineSpan,
    /// Positions in `after` of the characters of which a byte was guessed.
    pub guessed_characters: Vec<usize>,
}

/// A place in the repaired text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineSpan {
    /// The line, from 1.
    pub line: usize,
    /// Characters in that line; a repair that brought a line break runs past its end.
    pub span: CharSpan,
}

/// A repaired text and all that was changed in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired {
    /// The text.
    pub text: String,
    /// What was changed or would have been, in the order of the text.
    pub repairs: Vec<Repair>,
}

/// Repairs `text`.
pub fn repair(text: &str, options: &Options) -> Repaired {
    let mut text = EditedText::new(text);
    for _ in 0..MAX_ROUNDS {
        text.forget_proposals();
        let changes = RULES.map(|rule| {
            let edits = rule(text.text(), options);
            text.apply(edits)
        });
        if !changes.contains(&true) {
            break;
        }
    }
    text.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn options() -> Options {
        Options { min_confidence: 0.75, min_readings: 3 }
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
