//! Typing errors: words that the corpus lacks, read as words that it has and that sound or look
//! alike.
//!
//! This is a last resort: exact words always win. A pair of characters that is a word is read as
//! another only if what stands beside it fits the other (梦乡小镇, not 景点 alone), and what was read
//! so weighs less than what was typed.

use rustc_hash::FxHashMap;

use super::gram::Gram;
use super::vocabulary::{GramId, Vocabulary};
use transcript::text::{is_han, sound};

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

/// The pairs of characters of a corpus by their sound, and its Latin words.
#[derive(Debug, Default)]
pub(super) struct TypoIndex {
    pairs: FxHashMap<(String, String), Vec<[char; 2]>>,
    latin: Vec<String>,
}

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

impl TypoIndex {
    /// Reads the grams of a corpus.
    pub(super) fn new<'g>(
        grams: impl Iterator<Item = &'g GramId>,
        vocabulary: &Vocabulary,
    ) -> Self {
        let terms = vocabulary.terms();
        let mut index = Self::default();
        for gram in grams {
            match gram.tokens() {
                (first, Some(second)) => {
                    index.add_pair(terms[first as usize], terms[second as usize]);
                }
                (token, None) => {
                    let term = terms[token as usize];
                    if may_be_misspelt(term) {
                        index.latin.push(term.to_owned());
                    }
                }
            }
        }
        index
    }

    fn add_pair(&mut self, first: &str, second: &str) {
        let (Some(first), Some(second)) = (single(first), single(second)) else { return };
        let (Some(one), Some(other)) = (sound(first), sound(second)) else { return };
        self.pairs.entry((one, other)).or_default().push([first, second]);
    }

    /// What those of the `typed` grams that the corpus does not know may have been meant as.
    pub(super) fn readings(
        &self,
        typed: &[Gram],
        known: &dyn Fn(&Gram) -> bool,
    ) -> Vec<TypoCorrection> {
        let unknown = typed.iter().enumerate().filter(|(_, gram)| !known(gram));
        let mut readings = Vec::new();
        for (number, gram) in unknown {
            match &gram.second {
                Some(second) => {
                    let fits = |pair: [char; 2]| fits(pair, gram, typed, known);
                    readings.extend(self.pair_readings(number, gram, second, &fits));
                }
                None => readings.extend(self.latin_readings(number, gram)),
            }
        }
        readings
    }

    /// Readings of `gram`, a pair that ends with `second`.
    fn pair_readings(
        &self,
        number: usize,
        gram: &Gram,
        second: &str,
        fits: &dyn Fn([char; 2]) -> bool,
    ) -> Vec<TypoCorrection> {
        let sounds = single(&gram.first).and_then(sound).zip(single(second).and_then(sound));
        let alike = sounds.and_then(|sounds| self.pairs.get(&sounds)).into_iter().flatten();
        let is_word = gram.word_share > 0.0;
        let strength = if is_word { SOUNDS_ALIKE } else { PAIR_SOUNDS_ALIKE };
        let reading = |pair: &[char; 2]| TypoCorrection {
            typed: number,
            meant: Gram {
                first: pair[0].to_string(),
                second: Some(pair[1].to_string()),
                strength,
                ..gram.clone()
            },
            fits: fits(*pair),
        };
        alike.map(reading).filter(|reading| reading.fits || !is_word).collect()
    }

    fn latin_readings<'a>(
        &'a self,
        number: usize,
        gram: &'a Gram,
    ) -> impl Iterator<Item = TypoCorrection> + 'a {
        let typed = &gram.first;
        let errors = if typed.len() < LONG { 1 } else { 2 };
        let is_candidate = may_be_misspelt(typed);
        let alike = self.latin.iter().filter(move |term| {
            is_candidate
                && term.len().abs_diff(typed.len()) <= errors
                && strsim::osa_distance(term, typed) <= errors
        });
        alike.map(move |term| TypoCorrection {
            typed: number,
            meant: Gram { first: term.clone(), strength: LOOKS_ALIKE, ..gram.clone() },
            fits: true,
        })
    }
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

/// The only character of a Chinese term.
fn single(term: &str) -> Option<char> {
    let mut characters = term.chars();
    let first = characters.next().filter(|c| is_han(*c))?;
    characters.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::field::FieldText;

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
        let mut vocabulary = Vocabulary::default();
        let text = FieldText::of_text(&mut vocabulary, corpus);
        let grams: Vec<GramId> = text.grams().collect();
        let index = TypoIndex::new(grams.iter(), &vocabulary);
        let known = |gram: &Gram| vocabulary.gram(gram).is_some_and(|id| grams.contains(&id));
        let readings = index.readings(&typed(question), &known).into_iter();
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
