//! One explanation of a damaged spot, as far as the search has read.

use super::gbk::Pair;
use crate::text::{LanguageModel, ModelState};

/// Where the bytes of the received text stand against those of the original one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Alignment {
    /// One byte off: the first byte of the next original character has been read, or was lost and is
    /// guessed.
    Shifted { lead: u8, guessed: bool },
    /// In step again since this received character.
    InStep { since: usize },
}

/// What the decoder did with two bytes that are no character. One decoder does the same throughout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecoderHabit {
    /// It dropped both without a sign.
    DropsPair,
    /// It dropped the first without a sign, and read on from the second.
    DropsByte,
    /// It showed a mark for both.
    MarksPair,
    /// It showed a mark for the first, and read on from the second.
    MarksByte,
}

impl DecoderHabit {
    /// Natural logarithm of how probable the habit is beforehand.
    fn log_prior(self) -> f32 {
        match self {
            Self::DropsPair => -0.5,
            Self::DropsByte => -2.0,
            Self::MarksByte => -2.0,
            Self::MarksPair => -2.0,
        }
    }
}

/// Natural logarithm of how probable it is that a decoder departs from its habit.
const OTHER_HABIT: f32 = -6.0;

/// An explanation of the characters read so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hypothesis {
    pub(super) alignment: Alignment,
    pub(super) model: ModelState,
    /// Natural logarithm of how probable the damage is that it supposes.
    pub(super) log_prior: f32,
    /// Pairs of bytes that it supposes to be lost without a sign.
    pub(super) silent_losses: u8,
    habit: Option<DecoderHabit>,
    /// The last original character, in [`Originals`].
    last: Option<usize>,
}

impl Hypothesis {
    /// The hypothesis before anything was read, after a context with the state `model`.
    pub(super) fn new(alignment: Alignment, model: ModelState, log_prior: f32) -> Self {
        Self { alignment, model, log_prior, silent_losses: 0, habit: None, last: None }
    }

    /// Natural logarithm of its probability, up to a constant: that of the original text times that
    /// of the damage.
    pub(super) fn score(&self) -> f32 {
        self.log_prior + self.model.log_probability()
    }

    pub(super) fn is_in_step(&self) -> bool {
        matches!(self.alignment, Alignment::InStep { .. })
    }

    /// The first byte of the next original character, and whether it was guessed.
    pub(super) fn lead(&self) -> Option<(u8, bool)> {
        match self.alignment {
            Alignment::Shifted { lead, guessed } => Some((lead, guessed)),
            Alignment::InStep { .. } => None,
        }
    }

    /// No original character has been read yet.
    pub(super) fn is_empty(&self) -> bool {
        self.last.is_none()
    }

    /// The first byte of the next original character is guessed, so that its score says nothing of it.
    pub(super) fn is_pending(&self) -> bool {
        matches!(self.alignment, Alignment::Shifted { guessed: true, .. })
    }

    /// The next original character will be a punctuation mark or one of the 3,755 commonest
    /// simplified characters (level 1 of GB 2312).
    pub(super) fn is_at_common_lead(&self) -> bool {
        matches!(self.alignment, Alignment::Shifted { lead: 0xa1 | 0xa3 | 0xb0..=0xd7, .. })
    }

    pub(super) fn with_alignment(self, alignment: Alignment) -> Self {
        Self { alignment, ..self }
    }

    /// The same, given that the decoder met two bytes that are no character.
    pub(super) fn with_habit(self, habit: DecoderHabit) -> Self {
        let cost = match self.habit {
            None => habit.log_prior(),
            Some(known) if known == habit => 0.0,
            Some(_) => OTHER_HABIT,
        };
        Self {
            habit: self.habit.or(Some(habit)),
            log_prior: self.log_prior + cost,
            silent_losses: self
                .silent_losses
                .saturating_add(u8::from(habit == DecoderHabit::DropsPair)),
            ..self
        }
    }
}

/// The original characters of all hypotheses. Hypotheses share their beginnings, so each character
/// knows the one before it.
#[derive(Debug, Default)]
pub(super) struct Originals(Vec<Original>);

#[derive(Debug)]
struct Original {
    before: Option<usize>,
    c: char,
    guessed: bool,
}

impl Originals {
    /// The hypothesis with one more original character.
    pub(super) fn extend(
        &mut self,
        hypothesis: &Hypothesis,
        c: char,
        guessed: bool,
        language: &LanguageModel,
    ) -> Hypothesis {
        let last = Some(self.0.len());
        self.0.push(Original { before: hypothesis.last, c, guessed });
        Hypothesis { model: hypothesis.model.then(c, language), last, ..*hypothesis }
    }

    /// The original characters of a hypothesis, and whether a byte of each was guessed.
    pub(super) fn text(&self, hypothesis: &Hypothesis) -> Vec<(char, bool)> {
        let mut text = Vec::new();
        let mut last = hypothesis.last;
        while let Some(original) = last.and_then(|at| self.0.get(at)) {
            text.push((original.c, original.guessed));
            last = original.before;
        }
        text.reverse();
        text
    }
}

/// The full-width form that may have been narrowed to `c` after the damage.
pub(super) fn widened(c: char) -> Option<Pair> {
    match c {
        ' ' => Some([0xa1, 0xa1]),
        '!'..='~' => Some([0xa3, u8::try_from(c).ok()? + 0x80]),
        _ => None,
    }
}
