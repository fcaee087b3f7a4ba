//! Typing errors: words that the corpus lacks, read as words that it has and that sound or look alike.
//!
//! A last resort: exact words always win. A pair of characters that is a word is read as another only
//! where what stands beside it fits the other (梦乡小镇, not 景点 alone), and what was read so weighs
//! less than what was typed.

use rustc_hash::FxHashMap;

use super::question::{Gram, Question};
use super::vocabulary::{GramId, Vocabulary};
use transcript::text::{is_han, sound};

/// What a word that sounds alike weighs beside the one that was typed.
const SOUNDS_ALIKE: f32 = 0.7;
/// The same for a pair that is no word: what it sounds like is often chance. Of 685 questions with
/// homophones put in this finds ten more than 0 does; more finds no others and puts clean ones behind.
const PAIR_SOUNDS_ALIKE: f32 = 0.3;
/// What a Latin word that looks alike weighs.
const LOOKS_ALIKE: f32 = 0.8;
/// A Latin word shorter than this is not read as another: too many look alike.
const SHORTEST: usize = 4;

/// The pairs of a corpus by their sound, and its Latin words.
#[derive(Debug, Default)]
pub(super) struct Sounds {
    pairs: FxHashMap<(String, String), Vec<[char; 2]>>,
    latin: Vec<String>,
}

impl Sounds {
    /// Reads the grams of a corpus.
    pub(super) fn new(grams: &FxHashMap<GramId, u32>, vocabulary: &Vocabulary) -> Self {
        let terms = vocabulary.terms();
        let mut sounds = Self::default();
        for gram in grams.keys() {
            match gram.tokens() {
                (first, Some(second)) => {
                    let pair = [single(terms[first as usize]), single(terms[second as usize])];
                    let [Some(first), Some(second)] = pair else { continue };
                    let (Some(one), Some(other)) = (sound(first), sound(second)) else { continue };
                    sounds.pairs.entry((one, other)).or_default().push([first, second]);
                }
                (token, None) => {
                    let term = terms[token as usize];
                    if term.len() >= SHORTEST && term.bytes().all(|byte| byte.is_ascii_alphabetic())
                    {
                        sounds.latin.push(term.to_owned());
                    }
                }
            }
        }
        sounds
    }

    /// The grams that those of `question` may have been meant as; `known` tells what the corpus has.
    pub(super) fn readings(&self, question: &Question, known: &dyn Fn(&Gram) -> bool) -> Vec<Gram> {
        let unknown = question.grams.iter().filter(|gram| !known(gram));
        let mut readings: Vec<Gram> = Vec::new();
        for gram in unknown {
            match &gram.second {
                Some(second) => {
                    let fits = |one, other| fits((one, other), gram, question, known);
                    readings.extend(self.pair_readings(gram, second, &fits));
                }
                None => readings.extend(self.latin_readings(gram)),
            }
        }
        readings
    }

    /// Readings of `gram`, a pair that ends with `second`.
    fn pair_readings(
        &self,
        gram: &Gram,
        second: &str,
        fits: &dyn Fn(char, char) -> bool,
    ) -> Vec<Gram> {
        let sounds = single(&gram.first).and_then(sound).zip(single(second).and_then(sound));
        let alike = sounds.and_then(|sounds| self.pairs.get(&sounds)).into_iter().flatten();
        let alike = alike.filter(|[one, other]| gram.word_share == 0.0 || fits(*one, *other));
        let strength = if gram.word_share > 0.0 { SOUNDS_ALIKE } else { PAIR_SOUNDS_ALIKE };
        let reading = |[one, other]: &[char; 2]| Gram {
            first: one.to_string(),
            second: Some(other.to_string()),
            strength,
            ..gram.clone()
        };
        alike.map(reading).collect()
    }

    fn latin_readings<'a>(&'a self, gram: &'a Gram) -> impl Iterator<Item = Gram> + 'a {
        let typed = &gram.first;
        let may_be_misspelt =
            typed.len() >= SHORTEST && typed.bytes().all(|byte| byte.is_ascii_alphabetic());
        // One error in a short word, two in a long one.
        let errors = if typed.len() < 8 { 1 } else { 2 };
        let alike = self.latin.iter().filter(move |term| {
            may_be_misspelt
                && term.len().abs_diff(typed.len()) <= errors
                && strsim::osa_distance(term, typed) <= errors
        });
        alike.map(|term| Gram { first: term.clone(), strength: LOOKS_ALIKE, ..gram.clone() })
    }
}

/// Whether the corpus knows `one` `other`, in the place of the pair `typed`, together with what was
/// typed before or after it.
fn fits(
    (one, other): (char, char),
    typed: &Gram,
    question: &Question,
    known: &dyn Fn(&Gram) -> bool,
) -> bool {
    let pair = |first: String, second: &str, like: &Gram| {
        known(&Gram { first, second: Some(second.to_owned()), ..like.clone() })
    };
    question.grams.iter().any(|gram| match &gram.second {
        Some(after) if typed.second.as_ref() == Some(&gram.first) => {
            pair(other.to_string(), after, gram)
        }
        Some(before) if *before == typed.first => pair(gram.first.clone(), &one.to_string(), gram),
        _ => false,
    })
}

/// The only character of a Chinese term.
fn single(term: &str) -> Option<char> {
    let mut characters = term.chars();
    let first = characters.next().filter(|c| is_han(*c))?;
    characters.next().is_none().then_some(first)
}
