//! Tokens as numbers, and how common each is in general.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

use super::question::Gram;
use transcript::text::{Token, fold, is_han, tokenize, word_frequency};

/// A token's number, from 0.
pub(super) type TokenId = u32;

/// A gram's number: that of a token, or of two in a row.
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
        let mut before = None;
        self.iter().enumerate().flat_map(move |(at, (token, joined))| {
            let pair =
                before.replace(token).filter(|_| joined).map(|first| GramId::pair(first, token));
            [Some(GramId::single(token)), pair].into_iter().flatten().map(move |gram| (gram, at))
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

/// Share of all characters that each common one takes, from `lexicon/frequencies.txt`.
static CHARACTERS: LazyLock<FxHashMap<char, f64>> = LazyLock::new(|| {
    let lines = include_str!("../../lexicon/frequencies.txt").lines();
    let entries =
        lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '));
    entries
        .flat_map(|(power, characters)| {
            let share = power.parse::<f64>().map_or(0.0, |power| power.exp2() / 1e6);
            characters.chars().map(move |c| (c, share))
        })
        .collect()
});

/// How often the general language writes `first`, or `first` and `second` in a row, as a share of all
/// places; the dictionary knows for a `word`, all else is taken as put together by chance.
pub(super) fn general_frequency(first: &str, second: Option<&str>, word: bool) -> f64 {
    let Some(second) = second else { return character_frequency(first) };
    let by_chance = character_frequency(first) * character_frequency(second);
    if word { by_chance.max(word_frequency(&[first, second].concat())) } else { by_chance }
}

fn character_frequency(term: &str) -> f64 {
    /// For a character that the list leaves out, a Latin word or a number.
    const RARE: f64 = 5e-7;
    let known = term.chars().next().filter(|c| is_han(*c)).and_then(|c| CHARACTERS.get(&c));
    known.copied().unwrap_or(RARE)
}
