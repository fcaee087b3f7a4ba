//! Tokens as numbers: texts become sequences of them, and grams become single integers.

use rustc_hash::FxHashMap;

use super::gram::Gram;
use transcript::text::{Token, fold, gram_ends, tokenize};

/// A token's number, from 0.
pub(super) type TokenId = u32;

/// A gram's number: that of a token, or of two in a row. The upper half holds the first token of a
/// pair plus one, and is 0 for a single token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct GramId(u64);

impl GramId {
    pub(super) fn single(token: TokenId) -> Self {
        Self(u64::from(token))
    }

    pub(super) fn pair(first: TokenId, second: TokenId) -> Self {
        Self((u64::from(first) + 1) << 32 | u64::from(second))
    }

    /// Its tokens.
    pub(super) fn tokens(self) -> (TokenId, Option<TokenId>) {
        let last = self.0 as u32;
        ((self.0 >> 32) as u32).checked_sub(1).map_or((last, None), |first| (first, Some(last)))
    }
}

/// Set on an entry of a token sequence that is not joined to the one before it.
const APART: u32 = 1 << 31;

/// Tokens of a text in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Sequence(Vec<u32>);

impl Sequence {
    /// The grams that end at each token, in order, with the token's position.
    pub(super) fn grams(&self) -> impl Iterator<Item = (GramId, usize)> + '_ {
        gram_ends(self.iter()).map(|end| {
            let gram = match end.before {
                Some(before) => GramId::pair(before, end.last),
                None => GramId::single(end.last),
            };
            (gram, end.at)
        })
    }

    /// The tokens, each with whether it is joined to the one before it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (TokenId, bool)> + '_ {
        self.0.iter().map(|entry| (entry & !APART, entry & APART == 0))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The tokens that the corpus knows.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    ids: FxHashMap<Box<str>, TokenId>,
}

impl Vocabulary {
    /// Appends the tokens of `text` to `sequence`, learning those that are new; returns where they stand.
    pub(super) fn learn(&mut self, text: &str, sequence: &mut Sequence) -> Vec<Token> {
        let folded = fold(text);
        let tokens = tokenize(&folded);
        sequence.0.extend(tokens.iter().map(|token| {
            let term: String = folded[token.span.clone()].iter().collect();
            let next = self.ids.len() as TokenId;
            let id = *self.ids.entry(term.into_boxed_str()).or_insert(next);
            if token.joined { id } else { id | APART }
        }));
        tokens
    }

    /// Appends the tokens of `folded` to `sequence`; false where one is not known.
    pub(super) fn read(&self, folded: &[char], sequence: &mut Sequence) -> bool {
        tokenize(folded).iter().all(|token| {
            let term: String = folded[token.span.clone()].iter().collect();
            let id = self.ids.get(term.as_str()).copied();
            sequence.0.extend(id.map(|id| if token.joined { id } else { id | APART }));
            id.is_some()
        })
    }

    /// The number of a gram, if the corpus knows its tokens.
    pub(super) fn gram(&self, gram: &Gram) -> Option<GramId> {
        let first = *self.ids.get(gram.first.as_str())?;
        match &gram.second {
            Some(second) => Some(GramId::pair(first, *self.ids.get(second.as_str())?)),
            None => Some(GramId::single(first)),
        }
    }

    /// The tokens by number.
    pub(super) fn terms(&self) -> Vec<&str> {
        let mut terms = vec![""; self.ids.len()];
        self.ids.iter().for_each(|(term, id)| terms[*id as usize] = term);
        terms
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gram_gives_its_tokens_back() {
        assert_eq!(GramId::single(7).tokens(), (7, None));
        assert_eq!(GramId::pair(0, 7).tokens(), (0, Some(7)));
        assert_eq!(GramId::pair(7, 0).tokens(), (7, Some(0)));
    }

    #[test]
    fn a_sequence_has_every_token_and_every_joined_pair() {
        let mut vocabulary = Vocabulary::default();
        let mut sequence = Sequence::default();
        vocabulary.learn("灯塔，灯", &mut sequence);
        let (lamp, tower) = (0, 1);
        let grams: Vec<(GramId, usize)> = sequence.grams().collect();
        assert_eq!(
            grams,
            [
                (GramId::single(lamp), 0),
                (GramId::single(tower), 1),
                (GramId::pair(lamp, tower), 1),
                (GramId::single(lamp), 2)
            ]
        );
    }

    #[test]
    fn only_known_tokens_can_be_read() {
        let mut vocabulary = Vocabulary::default();
        vocabulary.learn("灯塔", &mut Sequence::default());
        assert!(vocabulary.read(&fold("塔灯"), &mut Sequence::default()));
        assert!(!vocabulary.read(&fold("灯船"), &mut Sequence::default()));
    }
}
