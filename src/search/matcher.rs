//! A question against token sequences: which of its grams occur where.

use super::question::Question;
use super::vocabulary::{Sequence, TokenId, Vocabulary};

/// No gram.
const NONE: u16 = u16::MAX;

/// A gram of the question, by its position among [`Question::grams`], that ends at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub(super) gram: u16,
    /// Position of its first token.
    pub(super) at: u32,
}

/// A question in the numbers of a vocabulary: finding its grams takes one step a token.
pub(super) struct Matcher {
    /// By token: 0, or 1 + the row of a token of the question.
    rows: Vec<u8>,
    /// The gram that each row's token is.
    singles: Vec<u16>,
    /// The gram that two rows form, by `first · n_rows + second`.
    pairs: Vec<u16>,
    /// Grams of three tokens and more, by their first two rows' place in `pairs`.
    longer: Vec<(usize, Vec<TokenId>, u16)>,
}

impl Matcher {
    /// Prepares `question`; grams with a token that `vocabulary` lacks occur nowhere.
    pub(super) fn new(question: &Question, vocabulary: &Vocabulary) -> Self {
        let ids: Vec<Option<Vec<TokenId>>> = question
            .grams
            .iter()
            .map(|gram| {
                gram.terms.iter().map(|term| vocabulary.id(term)).collect::<Option<Vec<_>>>()
            })
            .collect();
        let mut rows = vec![0_u8; vocabulary.len()];
        let mut singles = Vec::new();
        for (gram, ids) in ids.iter().enumerate() {
            // A row is a byte: questions are cut well below 255 tokens.
            if let Some([id]) = ids.as_deref() {
                singles.push(gram as u16);
                rows[*id as usize] = singles.len() as u8;
            }
        }
        let n_rows = singles.len();
        let mut pairs = vec![NONE; n_rows * n_rows];
        let place = |ids: &[TokenId]| {
            let (first, second) = (rows[ids[0] as usize], rows[ids[1] as usize]);
            (first > 0 && second > 0).then(|| (first as usize - 1) * n_rows + second as usize - 1)
        };
        let mut longer = Vec::new();
        for (gram, ids) in
            ids.into_iter().enumerate().filter_map(|(gram, ids)| Some((gram as u16, ids?)))
        {
            match (ids.len(), ids.get(..2).and_then(place)) {
                (2, Some(place)) => pairs[place] = gram,
                (3.., Some(place)) => longer.push((place, ids, gram)),
                _ => {}
            }
        }
        Self { rows, singles, pairs, longer }
    }

    /// Puts into `found` (emptied before) every occurrence, in order of position.
    pub(super) fn find(&self, sequence: &Sequence, found: &mut Vec<Occurrence>) {
        found.clear();
        let n_rows = self.singles.len();
        let mut before = 0_usize;
        for (at, (token, joined)) in sequence.iter().enumerate() {
            let row = usize::from(self.rows[token as usize]);
            if row > 0 {
                found.push(Occurrence { gram: self.singles[row - 1], at: at as u32 });
                if joined && before > 0 {
                    self.find_pair((before - 1) * n_rows + row - 1, at - 1, sequence, found);
                }
            }
            before = row;
        }
    }

    fn find_pair(&self, place: usize, at: usize, sequence: &Sequence, found: &mut Vec<Occurrence>) {
        if self.pairs[place] != NONE {
            found.push(Occurrence { gram: self.pairs[place], at: at as u32 });
        }
        for (start, ids, gram) in &self.longer {
            if *start == place && sequence.continues_with(at + 2, &ids[2..]) {
                found.push(Occurrence { gram: *gram, at: at as u32 });
            }
        }
    }
}
