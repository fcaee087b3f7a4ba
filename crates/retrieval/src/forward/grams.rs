//! From terms to the numbers of grams, and back.
//!
//! The terms are sorted, and a token's number is its place among them. The tokens that follow a token form a
//! sorted list; a pair's number is its place in all these lists, after the numbers of the tokens. So a pair
//! takes four bytes, and is found by a binary search in the short list of its first token.

use rustc_hash::FxHashMap;
use transcript::text::{is_han, sound};

use super::array::Lists;
use super::{ForwardIndex, TokenId};

/// The number of a gram that a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GramId(pub(super) u32);

/// A gram that a text holds, with its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownGram {
    pub(crate) id: GramId,
    pub(crate) first: TokenId,
    /// The second token of a pair; `None` for a single token.
    pub(crate) second: Option<TokenId>,
}

impl ForwardIndex {
    /// Returns the gram of one term, or of two that follow each other, if any text holds it.
    pub(crate) fn gram(&self, first: &str, second: Option<&str>) -> Option<KnownGram> {
        let first = self.token(first)?;
        match second {
            Some(second) => self.pair(first, self.token(second)?),
            None => Some(KnownGram { id: GramId(first), first, second: None }),
        }
    }

    fn token(&self, term: &str) -> Option<TokenId> {
        if let Some(character) = only_character(term.as_bytes()) {
            return self.characters.get(&character).copied();
        }
        let at = self.first_from(term);
        (at < self.n_terms() && self.term(at) == term.as_bytes()).then_some(at as TokenId)
    }

    fn pair(&self, first: TokenId, second: TokenId) -> Option<KnownGram> {
        let bytes = self.bytes();
        let followers = self.followers.list(bytes, first as usize);
        let at = followers.binary_search_by_key(&second, |follower| follower.get()).ok()?;
        let before = self.followers.range(bytes, first as usize).start;
        let id = GramId((self.n_terms() + before + at) as u32);
        Some(KnownGram { id, first, second: Some(second) })
    }

    fn n_terms(&self) -> usize {
        self.terms.len(self.bytes())
    }

    fn term(&self, token: usize) -> &[u8] {
        self.terms.list(self.bytes(), token)
    }

    /// Returns the number of the first token whose term is not before `term`.
    fn first_from(&self, term: &str) -> usize {
        let (mut low, mut high) = (0, self.n_terms());
        while low < high {
            let middle = low.midpoint(high);
            if self.term(middle) < term.as_bytes() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Returns the terms in passages that begin with a Latin letter.
    pub(crate) fn latin_terms(&self) -> impl Iterator<Item = &str> {
        let passage = self.statistics().passage;
        let tokens = self.first_from("a")..self.first_from("{");
        let tokens =
            tokens.filter(move |token| passage.document_frequency(GramId(*token as u32)) > 0);
        tokens.filter_map(|token| str::from_utf8(self.term(token)).ok())
    }

    /// Returns the pairs of Chinese characters in passages that sound like `first` and `second`.
    pub(crate) fn pairs_sounding_like(
        &self,
        first: char,
        second: char,
    ) -> impl Iterator<Item = [char; 2]> {
        let wanted = sound(first).zip(sound(second));
        let bytes = self.bytes();
        let same_hash = wanted.as_ref().and_then(|(first, second)| {
            let hash = sound_hash(first, second);
            let sounds = self.sounds.of(bytes);
            let at = sounds.binary_search_by_key(&hash, |sound| sound.get()).ok()?;
            Some(self.pairs_by_sound.list(bytes, at))
        });
        let pairs = same_hash.unwrap_or_default().iter();
        // Other sounds may have the same hash.
        pairs.filter_map(|pair| self.characters_of(GramId(pair.get()))).filter(move |pair| {
            wanted.as_ref().is_some_and(|(first, second)| {
                sound(pair[0]).as_ref() == Some(first) && sound(pair[1]).as_ref() == Some(second)
            })
        })
    }

    /// Returns the characters of a pair of Chinese characters.
    fn characters_of(&self, pair: GramId) -> Option<[char; 2]> {
        let at = (pair.0 as usize).checked_sub(self.n_terms())?;
        let bytes = self.bytes();
        let first = self.followers.number_of(bytes, at)?;
        let second = self.followers.elements(bytes).get(at)?.get() as usize;
        Some([chinese_character(self.term(first))?, chinese_character(self.term(second))?])
    }
}

/// Returns the tokens of one character.
pub(super) fn characters(terms: &Lists<u8>, bytes: &[u8]) -> FxHashMap<char, TokenId> {
    let terms = (0..terms.len(bytes)).map(|token| (token, terms.list(bytes, token)));
    let characters =
        terms.filter_map(|(token, term)| Some((only_character(term)?, token as TokenId)));
    characters.collect()
}

fn only_character(term: &[u8]) -> Option<char> {
    let mut characters = str::from_utf8(term).ok()?.chars();
    let character = characters.next()?;
    characters.next().is_none().then_some(character)
}

/// Returns the only character of a Chinese term.
pub(crate) fn chinese_character(term: &[u8]) -> Option<char> {
    only_character(term).filter(|character| is_han(*character))
}

/// Returns the hash by which pairs of these sounds are stored.
pub(super) fn sound_hash(first: &str, second: &str) -> u32 {
    crc32fast::hash([first, " ", second].concat().as_bytes())
}
