//! A question against a token sequence: which of its grams occur where, in one step a token.

use super::vocabulary::{GramId, Sequence};

/// No gram.
const NONE: u16 = u16::MAX;

/// A gram of the question, by its position among the question's grams, that ends at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub(super) gram: u16,
    /// Position of its last token.
    pub(super) at: u32,
}

/// The grams of a question, laid out for finding them.
pub(super) struct Matcher {
    /// By token: 0, or 1 + the row of a token of the question.
    rows: Vec<u16>,
    /// The gram that each row's token is, if it is one.
    singles: Vec<u16>,
    /// The gram that two rows form, by `first · n_rows + second`.
    pairs: Vec<u16>,
}

impl Matcher {
    /// Prepares `grams` over a vocabulary of `n_tokens`; what that does not know is `None`.
    pub(super) fn new(grams: &[Option<GramId>], n_tokens: usize) -> Self {
        let mut rows = vec![0_u16; n_tokens];
        let mut singles = Vec::new();
        let mut row = |token: u32, singles: &mut Vec<u16>| {
            let row = &mut rows[token as usize];
            if *row == 0 {
                singles.push(NONE);
                *row = singles.len() as u16;
            }
            usize::from(*row) - 1
        };
        let mut in_rows = Vec::new();
        for (gram, id) in (0_u16..).zip(grams) {
            match id.map(GramId::tokens) {
                Some((token, None)) => {
                    let row = row(token, &mut singles);
                    singles[row] = gram;
                }
                // The tokens of what was not typed need not be grams of their own.
                Some((first, Some(second))) => {
                    in_rows.push((row(first, &mut singles), row(second, &mut singles), gram));
                }
                None => {}
            }
        }
        let n_rows = singles.len();
        let mut pairs = vec![NONE; n_rows * n_rows];
        for (first, second, gram) in in_rows {
            pairs[first * n_rows + second] = gram;
        }
        Self { rows, singles, pairs }
    }

    /// Puts into `found` (emptied before) every occurrence, in order of position.
    pub(super) fn find(&self, sequence: &Sequence, found: &mut Vec<Occurrence>) {
        found.clear();
        let n_rows = self.singles.len();
        let mut before = 0_usize;
        for (at, (token, joined)) in sequence.iter().enumerate() {
            let row = usize::from(self.rows[token as usize]);
            if row > 0 {
                let gram = self.singles[row - 1];
                if gram != NONE {
                    found.push(Occurrence { gram, at: at as u32 });
                }
                if joined && before > 0 {
                    let gram = self.pairs[(before - 1) * n_rows + row - 1];
                    if gram != NONE {
                        found.push(Occurrence { gram, at: at as u32 });
                    }
                }
            }
            before = row;
        }
    }
}
