//! How common a gram is in general Chinese.
//!
//! A small corpus says little about which words are rare: in one interview "because" may occur as
//! often as the name of its subject. The frequencies here stand beside those of the corpus as a
//! background collection (see [`super::weights`]).

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use transcript::text::{is_han, word_frequency};

/// The share of all characters that each common one takes, from `lexicon/frequencies.txt`.
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

/// How often the general language writes `first`, or `first` and `second` in a row, as a share of
/// all places. For a dictionary `word` the dictionary knows; all other pairs are taken to meet by
/// chance.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_characters_are_common_and_latin_words_rare() {
        assert!(
            general_frequency("的", None, false) > 100.0 * general_frequency("栖", None, false)
        );
        assert!((general_frequency("gpu", None, false) - 5e-7).abs() < 1e-12);
    }

    #[test]
    fn a_pair_that_is_no_word_meets_by_chance() {
        let chance = general_frequency("的", None, false) * general_frequency("栖", None, false);
        assert!((general_frequency("的", Some("栖"), false) - chance).abs() < 1e-15);
        assert!(
            general_frequency("技", Some("术"), true) > general_frequency("技", Some("术"), false)
        );
    }
}
