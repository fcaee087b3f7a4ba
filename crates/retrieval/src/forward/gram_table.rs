//! The numbers of grams, and what is stored of each.

use std::io::{self, Write};

use rustc_hash::FxHashMap;
use transcript::text::{GramEnd, sound};
use zerocopy::little_endian::U32;

use super::TokenId;
use super::array::{ListsBuilder, write_array};
use super::grams::{chinese_character, sound_hash};
use super::statistics::{Field, PerField};

/// A gram while tokens are numbered in the order in which they are learnt: the upper half holds the
/// first token of a pair plus one, and is 0 for a single token.
pub(super) type LearntGram = u64;

/// The numbers of texts that hold a gram.
pub(super) type Frequencies = PerField<u32>;

/// The grams in the order of their numbers: the tokens, then the pairs by their first and second token.
pub(super) struct GramTable {
    /// For each token those that follow it.
    followers: ListsBuilder<U32>,
    frequencies: Vec<Frequencies>,
}

impl GramTable {
    pub(super) fn new(terms: &[Box<str>], frequencies: FxHashMap<LearntGram, Frequencies>) -> Self {
        let mut by_number = vec![Frequencies::default(); terms.len()];
        let mut pairs: Vec<(TokenId, TokenId, Frequencies)> = Vec::with_capacity(frequencies.len());
        for (gram, frequencies) in frequencies {
            match tokens(gram) {
                (None, token) => by_number[token as usize] = frequencies,
                (Some(first), second) => pairs.push((first, second, frequencies)),
            }
        }
        pairs.sort_unstable_by_key(|(first, second, _)| (*first, *second));
        by_number.extend(pairs.iter().map(|(_, _, frequencies)| *frequencies));
        let mut followers = ListsBuilder::default();
        let mut rest = pairs.as_slice();
        for token in 0..terms.len() as TokenId {
            let (own, others) = rest.split_at(rest.partition_point(|(first, ..)| *first == token));
            followers.push(own.iter().map(|(_, second, _)| U32::new(*second)));
            rest = others;
        }
        Self { followers, frequencies: by_number }
    }

    fn n_terms(&self) -> usize {
        self.followers.len()
    }

    /// Returns the number of a gram that was counted.
    pub(super) fn number(&self, end: &GramEnd<TokenId>) -> u32 {
        let Some(first) = end.before else { return end.last };
        let followers = self.followers.list(first as usize);
        let at = followers.partition_point(|follower| follower.get() < end.last);
        (self.n_terms() + self.followers.start(first as usize) + at) as u32
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.followers.write(out)?;
        for field in Field::ALL {
            let of_field = |frequencies: &Frequencies| U32::new(*frequencies.get(field));
            let frequencies: Vec<U32> = self.frequencies.iter().map(of_field).collect();
            write_array(out, &frequencies)?;
        }
        Ok(())
    }

    /// Writes the pairs of Chinese characters in passages by the hash of their sounds.
    pub(super) fn write_sounds(&self, terms: &[Box<str>], out: &mut dyn Write) -> io::Result<()> {
        let sounds: Vec<Option<String>> =
            terms.iter().map(|term| sound(chinese_character(term.as_bytes())?)).collect();
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let mut number = self.n_terms();
        for (first, first_sound) in sounds.iter().enumerate() {
            for second in self.followers.list(first) {
                let second_sound = &sounds[second.get() as usize];
                if let (Some(one), Some(other)) = (first_sound, second_sound)
                    && self.frequencies[number].passage > 0
                {
                    pairs.push((sound_hash(one, other), number as u32));
                }
                number += 1;
            }
        }
        pairs.sort_unstable();
        let mut hashes = Vec::new();
        let mut lists = ListsBuilder::default();
        for pairs in pairs.chunk_by(|(one, _), (other, _)| one == other) {
            hashes.push(U32::new(pairs[0].0));
            lists.push(pairs.iter().map(|(_, pair)| U32::new(*pair)));
        }
        write_array(out, &hashes)?;
        lists.write(out)
    }
}

pub(super) fn learnt_gram(end: GramEnd<TokenId>) -> LearntGram {
    let first = end.before.map_or(0, |before| u64::from(before) + 1);
    first << 32 | u64::from(end.last)
}

/// Returns the first token of a pair, if it is one, and the last token.
fn tokens(gram: LearntGram) -> (Option<TokenId>, TokenId) {
    (((gram >> 32) as TokenId).checked_sub(1), gram as TokenId)
}

/// Returns the gram with the new `numbers` of its tokens.
pub(super) fn renumbered(gram: LearntGram, numbers: &[TokenId]) -> LearntGram {
    let (first, last) = tokens(gram);
    let new = |token: TokenId| numbers[token as usize];
    learnt_gram(GramEnd { at: 0, before: first.map(new), last: new(last) })
}
