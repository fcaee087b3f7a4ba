//! Typing errors: words that the corpus lacks, read as words that it has and that sound or look
//! alike.
//!
//! This is a last resort: exact words always win. A pair of characters that is a word is read as
//! another only if what stands beside it fits the other (梦乡小镇, not 景点 alone), and what was read
//! so weighs less than what was typed.

use super::gram::Gram;
use crate::forward::{ForwardIndex, chinese_character};

/// The weight of a word that sounds alike, beside the one that was typed.
const SOUNDS_ALIKE: f32 = 0.7;
/// The same for a pair that is no word: what it sounds like is often chance. Of 685 questions with
/// homophones put in, this value finds ten more than 0 does; larger ones find no others and put
/// questions without errors behind.
const PAIR_SOUNDS_ALIKE: f32 = 0.3;
/// The weight of a Latin word that looks alike.
const LOOKS_ALIKE: f32 = 0.8;
/// A Latin word with fewer letters is not read as another, for too many look alike.
const SHORTEST: usize = 4;
/// A Latin word with at least this many letters may hold two errors, a shorter one only one.
const LONG: usize = 8;

/// What a typed gram may have been meant as.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TypoCorrection {
    /// The number of the typed gram.
    pub(super) typed: usize,
    /// What may have been meant.
    pub(super) meant: Gram,
    /// Whether it also fits what stands beside it, so that it hardly is a coincidence.
    pub(super) fits: bool,
}

/// Returns what those of the `typed` grams that the corpus does not know may have been meant as.
pub(super) fn corrections(
    forward: &ForwardIndex,
    typed: &[Gram],
    known: &dyn Fn(&Gram) -> bool,
) -> Vec<TypoCorrection> {
    let unknown = typed.iter().enumerate().filter(|(_, gram)| !known(gram));
    let mut corrections = Vec::new();
    for (number, gram) in unknown {
        match &gram.second {
            Some(second) => {
                let fits = |pair: [char; 2]| fits(pair, gram, typed, known);
                corrections.extend(pair_corrections(forward, number, gram, second, &fits));
            }
            None => corrections.extend(latin_corrections(forward, number, gram)),
        }
    }
    corrections
}

/// Returns the corrections of `gram`, a pair that ends with `second`.
fn pair_corrections(
    forward: &ForwardIndex,
    number: usize,
    gram: &Gram,
    second: &str,
    fits: &dyn Fn([char; 2]) -> bool,
) -> Vec<TypoCorrection> {
    let character = |term: &str| chinese_character(term.as_bytes());
    let Some((one, other)) = character(&gram.first).zip(character(second)) else {
        return Vec::new();
    };
    let is_word = gram.word_share > 0.0;
    let strength = if is_word { SOUNDS_ALIKE } else { PAIR_SOUNDS_ALIKE };
    let correction = |pair: [char; 2]| TypoCorrection {
        typed: number,
        meant: Gram {
            first: pair[0].to_string(),
            second: Some(pair[1].to_string()),
            strength,
            ..gram.clone()
        },
        fits: fits(pair),
    };
    let alike = forward.pairs_sounding_like(one, other);
    alike.map(correction).filter(|correction| correction.fits || !is_word).collect()
}

fn latin_corrections<'a>(
    forward: &'a ForwardIndex,
    number: usize,
    gram: &'a Gram,
) -> impl Iterator<Item = TypoCorrection> + 'a {
    let typed = &gram.first;
    let errors = if typed.len() < LONG { 1 } else { 2 };
    let terms = may_be_misspelt(typed).then(|| forward.latin_terms()).into_iter().flatten();
    let alike = terms.filter(move |term| {
        term.len().abs_diff(typed.len()) <= errors
            && may_be_misspelt(term)
            && strsim::osa_distance(term, typed) <= errors
    });
    alike.map(move |term| TypoCorrection {
        typed: number,
        meant: Gram { first: term.to_owned(), strength: LOOKS_ALIKE, ..gram.clone() },
        fits: true,
    })
}

fn may_be_misspelt(term: &str) -> bool {
    term.len() >= SHORTEST && term.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Whether the corpus knows the pair `meant`, in the place of the pair `typed`, together with what was
/// typed before or after it.
fn fits(meant: [char; 2], typed: &Gram, all_typed: &[Gram], known: &dyn Fn(&Gram) -> bool) -> bool {
    let [one, other] = meant.map(|c| c.to_string());
    let pair = |first: &str, second: &str, like: &Gram| {
        known(&Gram { first: first.to_owned(), second: Some(second.to_owned()), ..like.clone() })
    };
    all_typed.iter().any(|gram| match &gram.second {
        Some(after) if typed.second.as_ref() == Some(&gram.first) => pair(&other, after, gram),
        Some(before) if *before == typed.first => pair(&gram.first, &one, gram),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The grams of `text` as typed: all tokens, then all pairs.
    fn typed(text: &str) -> Vec<Gram> {
        let gram = |first: String, second: Option<String>| Gram {
            first,
            second,
            word_share: 0.0,
            general_frequency: 1e-5,
            strength: 1.0,
        };
        let tokens: Vec<String> = if text.is_ascii() {
            text.split(' ').map(str::to_owned).collect()
        } else {
            text.chars().map(String::from).collect()
        };
        let singles = tokens.iter().map(|token| gram(token.clone(), None));
        let pairs = tokens.windows(2).map(|pair| gram(pair[0].clone(), Some(pair[1].clone())));
        singles.chain(pairs).collect()
    }

    fn readings(corpus: &str, question: &str) -> Vec<(String, f32, bool)> {
        let forward = ForwardIndex::of_texts(&[corpus]);
        let known = |gram: &Gram| forward.gram(&gram.first, gram.second.as_deref()).is_some();
        let readings = corrections(&forward, &typed(question), &known).into_iter();
        readings.map(|read| (read.meant.text(), read.meant.strength, read.fits)).collect()
    }

    #[test]
    fn a_homophone_is_read_as_the_pair_that_the_corpus_has() {
        // 灯塔 for 登塔, with 塔上 beside it; 登塔 is not in the corpus.
        assert_eq!(readings("灯塔上", "登塔上"), [("灯塔".to_owned(), PAIR_SOUNDS_ALIKE, true)]);
    }

    #[test]
    fn a_homophone_without_a_fitting_neighbour_does_not_fit() {
        assert_eq!(readings("灯塔上", "登塔"), [("灯塔".to_owned(), PAIR_SOUNDS_ALIKE, false)]);
    }

    #[test]
    fn known_pairs_are_left_alone() {
        assert!(readings("灯塔上，登塔", "登塔上").is_empty());
    }

    #[test]
    fn latin_words_may_hold_one_error_and_long_ones_two() {
        assert_eq!(readings("deepseek", "depseeek"), [("deepseek".to_owned(), LOOKS_ALIKE, true)]);
        assert_eq!(readings("cloud", "clodu"), [("cloud".to_owned(), LOOKS_ALIKE, true)]);
        assert!(readings("cloud", "clowns").is_empty());
        assert!(readings("gpu", "cpu").is_empty(), "short words look alike by chance");
    }
}
