//! Finds the grams of a query in a token sequence, with two table look-ups a token.

use super::vocabulary::{GramId, Sequence};
use transcript::text::gram_ends;

/// Stands for a row or a pair that is no gram of the query.
const NONE: u16 = u16::MAX;

/// An occurrence of a gram of the query, by the gram's number, that ends at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub(super) gram: u16,
    /// Position of its last token.
    pub(super) at: u32,
}

/// The grams of a query, laid out as tables. Each token of the query has a row.
pub(super) struct Matcher {
    /// By token: 0 for a token that the query lacks, else its row + 1.
    rows: Vec<u16>,
    /// The gram that each row's token is, if it is one.
    singles: Vec<u16>,
    /// The gram that two rows form, at `first · n_rows + second`.
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
                // The tokens of a corrected pair need not be grams of their own.
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
        let rows =
            sequence.iter().map(|(token, joined)| (usize::from(self.rows[token as usize]), joined));
        for end in gram_ends(rows) {
            let gram = match (end.before, end.last) {
                (_, 0) | (Some(0), _) => NONE,
                (None, row) => self.singles[row - 1],
                (Some(before), row) => self.pairs[(before - 1) * n_rows + row - 1],
            };
            if gram != NONE {
                found.push(Occurrence { gram, at: end.at as u32 });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::vocabulary::Vocabulary;

    /// The occurrences in `text` of the grams 灯, 塔, 灯塔 and an unknown one.
    fn occurrences(text: &str) -> Vec<(u16, u32)> {
        let mut vocabulary = Vocabulary::default();
        let mut sequence = Sequence::default();
        vocabulary.learn("灯塔", &mut Sequence::default());
        vocabulary.learn(text, &mut sequence);
        let grams =
            [Some(GramId::single(0)), Some(GramId::single(1)), Some(GramId::pair(0, 1)), None];
        let mut found = Vec::new();
        Matcher::new(&grams, vocabulary.len()).find(&sequence, &mut found);
        found.iter().map(|occurrence| (occurrence.gram, occurrence.at)).collect()
    }

    #[test]
    fn tokens_and_pairs_are_found_at_their_last_token() {
        assert_eq!(occurrences("看灯塔"), [(0, 1), (1, 2), (2, 2)]);
    }

    #[test]
    fn a_mark_parts_a_pair() {
        assert_eq!(occurrences("灯，塔"), [(0, 0), (1, 1)]);
    }

    #[test]
    fn the_order_of_a_pair_matters() {
        assert_eq!(occurrences("塔灯"), [(1, 0), (0, 1)]);
    }

    #[test]
    fn a_pair_is_found_even_if_its_tokens_are_no_grams_of_their_own() {
        let mut vocabulary = Vocabulary::default();
        let mut sequence = Sequence::default();
        vocabulary.learn("看灯塔", &mut sequence);
        let mut found = Vec::new();
        Matcher::new(&[Some(GramId::pair(1, 2))], vocabulary.len()).find(&sequence, &mut found);
        assert_eq!(found, [Occurrence { gram: 0, at: 2 }]);
    }
}
