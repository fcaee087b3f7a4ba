//! Finds the grams of a query in a text.
//!
//! Nearly all tokens of a text are none of the query's. They are told apart by one bit of a small table, in
//! which the tokens of the query are marked; only where the bit is set is the token looked up.

use crate::forward::{KnownGram, Text, TokenId};
use transcript::text::gram_ends;

/// Stands for a row or a pair that is no gram of the query.
const NONE: u16 = u16::MAX;
/// The number of bits by which tokens are told apart. A query has few tokens, so that another token
/// seldom has the same bit.
const MARKS: u32 = 1 << 12;

/// An occurrence of a gram of the query, by the gram's number, that ends at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub(super) gram: u16,
    /// Position of its last token.
    pub(super) at: u32,
}

/// The grams of a query, laid out as tables. Each token of the query has a row.
pub(super) struct Matcher {
    /// One bit for each token of the query, at its number modulo [`MARKS`].
    marks: [u64; (MARKS / u64::BITS) as usize],
    /// The tokens of the query, sorted; the row of each is its position.
    tokens: Vec<TokenId>,
    /// The gram that each row's token is, if it is one.
    singles: Vec<u16>,
    /// The gram that two rows form, at `first · n_rows + second`.
    pairs: Vec<u16>,
}

impl Matcher {
    /// Prepares `grams`. One that no text holds is `None`.
    pub(super) fn new(grams: &[Option<KnownGram>]) -> Self {
        // The tokens of a corrected pair need not be grams of their own.
        let known = grams.iter().flatten();
        let mut tokens: Vec<TokenId> =
            known.flat_map(|gram| std::iter::once(gram.first).chain(gram.second)).collect();
        tokens.sort_unstable();
        tokens.dedup();
        let n_rows = tokens.len();
        let mut matcher = Self {
            marks: [0; (MARKS / u64::BITS) as usize],
            singles: vec![NONE; n_rows],
            pairs: vec![NONE; n_rows * n_rows],
            tokens,
        };
        for token in &matcher.tokens {
            let (word, bit) = mark(*token);
            matcher.marks[word] |= bit;
        }
        for (number, gram) in (0_u16..).zip(grams) {
            let Some(gram) = gram else { continue };
            match (matcher.row(gram.first), gram.second.map(|second| matcher.row(second))) {
                (Some(row), None) => matcher.singles[row] = number,
                (Some(first), Some(Some(second))) => {
                    matcher.pairs[first * n_rows + second] = number;
                }
                _ => {}
            }
        }
        matcher
    }

    /// Returns the row of a token of the query.
    fn row(&self, token: TokenId) -> Option<usize> {
        let (word, bit) = mark(token);
        if self.marks[word] & bit == 0 {
            return None;
        }
        self.tokens.binary_search(&token).ok()
    }

    /// Puts into `found` (emptied before) every occurrence, in order of position.
    pub(super) fn find(&self, text: Text<'_>, found: &mut Vec<Occurrence>) {
        found.clear();
        let n_rows = self.tokens.len();
        let rows = text.tokens().map(|(token, joined)| (self.row(token), joined));
        for end in gram_ends(rows) {
            let gram = match (end.before, end.last) {
                (_, None) | (Some(None), _) => NONE,
                (None, Some(row)) => self.singles[row],
                (Some(Some(before)), Some(row)) => self.pairs[before * n_rows + row],
            };
            if gram != NONE {
                found.push(Occurrence { gram, at: end.at as u32 });
            }
        }
    }
}

/// Returns the word and the bit in it that mark a token.
fn mark(token: TokenId) -> (usize, u64) {
    let at = token % MARKS;
    ((at / u64::BITS) as usize, 1 << (at % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::ForwardIndex;

    /// Returns the occurrences of `grams` in the first of `texts`, which are a whole corpus.
    fn occurrences(texts: &[&str], grams: &[(&str, Option<&str>)]) -> Vec<(u16, u32)> {
        let forward = ForwardIndex::of_texts(texts);
        let grams: Vec<Option<KnownGram>> =
            grams.iter().map(|(first, second)| forward.gram(first, *second)).collect();
        let mut found = Vec::new();
        Matcher::new(&grams).find(forward.passage(0), &mut found);
        found.iter().map(|occurrence| (occurrence.gram, occurrence.at)).collect()
    }

    /// The grams 灯, 塔 and 灯塔, and an unknown one.
    const GRAMS: [(&str, Option<&str>); 4] =
        [("灯", None), ("塔", None), ("灯", Some("塔")), ("船", None)];

    #[test]
    fn tokens_and_pairs_are_found_at_their_last_token() {
        assert_eq!(occurrences(&["看灯塔"], &GRAMS), [(0, 1), (1, 2), (2, 2)]);
    }

    #[test]
    fn a_mark_parts_a_pair() {
        assert_eq!(occurrences(&["灯，塔", "灯塔"], &GRAMS), [(0, 0), (1, 1)]);
    }

    #[test]
    fn the_order_of_a_pair_matters() {
        assert_eq!(occurrences(&["塔灯", "灯塔"], &GRAMS), [(1, 0), (0, 1)]);
    }

    #[test]
    fn a_pair_is_found_even_if_its_tokens_are_no_grams_of_their_own() {
        assert_eq!(occurrences(&["看灯塔"], &GRAMS[2..3]), [(0, 2)]);
    }
}
