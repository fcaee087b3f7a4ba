//! Tokens as numbers, and how common each is in general.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::{Token, fold, is_han, tokenize, word_frequency};

/// A token's number, from 0.
pub(super) type TokenId = u32;

/// Set on an entry of a token sequence that is not joined to the one before it.
const APART: u32 = 1 << 31;

/// Tokens of a text in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Sequence(Vec<u32>);

impl Sequence {
    /// The tokens, each with whether it is joined to the one before it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (TokenId, bool)> + '_ {
        self.0.iter().map(|entry| (entry & !APART, entry & APART == 0))
    }

    /// Whether `ids` stand at `start`, all joined.
    pub(super) fn continues_with(&self, start: usize, ids: &[TokenId]) -> bool {
        self.0.get(start..start + ids.len()).is_some_and(|entries| entries == ids)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The tokens that the corpus knows.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    ids: HashMap<Box<str>, TokenId>,
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

    /// The number of a folded token, if the corpus knows it.
    pub(super) fn id(&self, term: &str) -> Option<TokenId> {
        self.ids.get(term).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }
}

/// Share of all characters that each common one takes, from `config/lexicon/frequencies.txt`.
static CHARACTERS: LazyLock<HashMap<char, f64>> = LazyLock::new(|| {
    let lines = include_str!("../../config/lexicon/frequencies.txt").lines();
    let entries =
        lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '));
    entries
        .flat_map(|(power, characters)| {
            let share = power.parse::<f64>().map_or(0.0, |power| power.exp2() / 1e6);
            characters.chars().map(move |c| (c, share))
        })
        .collect()
});

/// How often the general language writes the tokens `terms` in a row, as a share of all places; the
/// dictionary knows for a `word`, all else is taken as put together by chance.
pub(super) fn general_frequency(terms: &[String], word: bool) -> f64 {
    /// For a character that the list leaves out, a Latin word or a number.
    const RARE: f64 = 5e-7;
    let single = |term: &String| {
        let mut characters = term.chars();
        let known = characters.next().filter(|c| is_han(*c)).and_then(|c| CHARACTERS.get(&c));
        known.copied().unwrap_or(RARE)
    };
    let by_chance: f64 = terms.iter().map(single).product();
    if word && terms.len() > 1 { by_chance.max(word_frequency(&terms.concat())) } else { by_chance }
}
