//! A model of Chinese text: how probable a string of characters is.
//!
//! It decides between possible originals of damaged text. Wrongly decoded text has few words in it,
//! and is less probable by orders of magnitude. All values are natural logarithms of probabilities.
//!
//! Two models are averaged, each of which knows what the other does not:
//!
//! - *words*: the probability of the best segmentation into dictionary words, with their frequencies
//!   in jieba's dictionary (a unigram model). It knows long words, and nothing of neighbours.
//! - *bigrams*: the product of the probabilities of each character after the one before it
//!   ([`super::bigrams`]). It knows which words usually meet.
//!
//! Both learn from the text at hand: its own words, its characters, its script. Everything but
//! Chinese characters has fixed, estimated probabilities.

use std::cell::RefCell;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::segment::{is_word, word_frequency};
use super::{Script, bigrams, fold_char, is_han};

/// Frequent strings that the dictionary lacks.
const PHRASES: &str = include_str!("../../lexicon/phrases.txt");
/// The longest word that is looked up, in characters. There are hardly any longer ones.
const LONGEST: usize = 4;
/// Weight of the model of words; the rest is that of the bigrams. Chosen on simulated damage, where
/// values from 0.5 to 0.7 do about equally well and each model alone does worse.
const WORDS_WEIGHT: f32 = 0.65;
/// A Chinese character that the dictionary lacks.
const UNKNOWN: f32 = -17.0;
/// A phrase: as probable as a common word, one in 22,000.
const PHRASE: f32 = -10.0;
/// Added for a character of the script that the text is not written in.
const WRONG_SCRIPT: f32 = -4.0;
/// Weight of the text's own counts beside the dictionary.
const OWN_WEIGHT: f32 = 0.3;
/// Characters that are added to a text's length, since a short text teaches little.
const UNSEEN: f32 = 1000.0;
/// Two characters are a word of the text's own if they meet this many times as often as by chance.
const COHESION: f32 = 10.0;
/// A character's general bigrams count as many times as if the text had shown that character so often.
const GENERAL_COUNT: f32 = 30.0;
/// Characters less probable than this are not worth guessing.
const PLAUSIBLE: f32 = -14.0;

/// A folded word, padded with `\0`.
type Word = [char; LONGEST];

static PHRASE_SET: LazyLock<FxHashSet<Word>> = LazyLock::new(|| {
    let lines = PHRASES.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).map(|phrase| word(phrase.chars())).collect()
});

fn word(characters: impl Iterator<Item = char>) -> Word {
    let mut word = ['\0'; LONGEST];
    word.iter_mut().zip(characters).for_each(|(place, c)| *place = fold_char(c));
    word
}

/// A model of general Chinese and, if made [from a text](LanguageModel::of), of that text.
#[derive(Debug, Default)]
pub struct LanguageModel {
    script: Option<Script>,
    /// The text's characters as written.
    characters: FxHashMap<char, f32>,
    /// The text's own two-character words, folded.
    words: FxHashMap<Word, f32>,
    /// How often the text has each folded character, and each two neighbours.
    counts: FxHashMap<char, f32>,
    pair_counts: FxHashMap<(char, char), f32>,
    /// Words that were looked up, as written: a search asks for the same ones over and over.
    known: RefCell<FxHashMap<Word, Option<f32>>>,
}

impl LanguageModel {
    /// Makes a model of general Chinese that has learnt from `text`.
    pub fn of(text: &[char]) -> Self {
        let mut model =
            Self { script: Script::of(&text.iter().collect::<String>()), ..Self::default() };
        let mut n_han = 0.0;
        for (at, c) in text.iter().enumerate().filter(|(_, c)| is_han(**c)) {
            n_han += 1.0;
            *model.characters.entry(*c).or_default() += 1.0;
            *model.counts.entry(fold_char(*c)).or_default() += 1.0;
            if let Some(next) = text.get(at + 1).filter(|next| is_han(**next)) {
                *model.pair_counts.entry((fold_char(*c), fold_char(*next))).or_default() += 1.0;
            }
        }
        let own = |count: f32| (count * OWN_WEIGHT / (n_han + UNSEEN)).ln();
        let cohesive = model.pair_counts.iter().filter(|((a, b), count)| {
            **count * n_han > COHESION * model.counts[a] * model.counts[b]
        });
        model.words =
            cohesive.map(|((a, b), count)| (word([*a, *b].into_iter()), own(*count))).collect();
        model.characters.values_mut().for_each(|count| *count = own(*count));
        model
    }

    /// Returns the logarithm of the probability of `text` on its own.
    pub fn log_probability(&self, text: &[char]) -> f32 {
        text.iter().fold(ModelState::default(), |state, c| state.then(*c, self)).log_probability()
    }

    /// Returns whether a text may have the character `c`. Rare Chinese characters and odd marks are
    /// left out unless the text itself has them.
    pub fn is_plausible(&self, c: char) -> bool {
        if !is_han(c) {
            return other(c, '\0') > PLAUSIBLE;
        }
        self.characters.contains_key(&c)
            || bigrams::frequency(fold_char(c)) > PLAUSIBLE && !self.is_foreign(c)
    }

    /// Returns the logarithm of the probability of a Chinese word, or `None` if it is none. A single
    /// character always is one.
    fn word(&self, characters: &[char]) -> Option<f32> {
        let mut written = ['\0'; LONGEST];
        written.iter_mut().zip(characters).for_each(|(place, c)| *place = *c);
        if let Some(known) = self.known.borrow().get(&written) {
            return *known;
        }
        let log_probability = self.look_up(characters);
        self.known.borrow_mut().insert(written, log_probability);
        log_probability
    }

    fn look_up(&self, characters: &[char]) -> Option<f32> {
        let folded = word(characters.iter().copied());
        let known = [
            dictionary(characters),
            self.words.get(&folded).copied(),
            PHRASE_SET.contains(&folded).then_some(PHRASE),
            match characters {
                [c] => Some(self.characters.get(c).map_or(UNKNOWN, |own| own.max(UNKNOWN))),
                _ => None,
            },
        ];
        let n_foreign = characters.iter().filter(|c| self.is_foreign(**c)).count();
        let log_probability = known.into_iter().flatten().reduce(f32::max)?;
        Some(log_probability + n_foreign as f32 * WRONG_SCRIPT)
    }

    /// Returns the logarithm of the probability of the Chinese character `c` after `before`: the
    /// text's own bigrams, with the general ones as Dirichlet prior.
    fn bigram(&self, before: char, c: char) -> f32 {
        let next = fold_char(c);
        let before = is_han(before).then(|| fold_char(before));
        let foreign = if self.is_foreign(c) { WRONG_SCRIPT } else { 0.0 };
        let general = bigrams::log_probability(before, next);
        let own = before.and_then(|before| Some((before, self.counts.get(&before)?)));
        let Some((before, count)) = own else { return foreign + general };
        let pair_count = self.pair_counts.get(&(before, next)).copied().unwrap_or(0.0);
        let both = pair_count + GENERAL_COUNT * general.exp();
        foreign + (both / (count + GENERAL_COUNT)).ln()
    }

    fn is_foreign(&self, c: char) -> bool {
        self.script.is_some_and(|script| script.lacks(c)) && !self.characters.contains_key(&c)
    }
}

/// Looks a word up in jieba's dictionary. 著 and 甚 fold to 着 and 什 for matching, but the dictionary
/// writes 著名 and 甚至.
fn dictionary(characters: &[char]) -> Option<f32> {
    let keeps = |c: &char| matches!(c, '著' | '甚');
    let find = |word: String| is_word(&word).then(|| word_frequency(&word).ln() as f32);
    let folded = find(characters.iter().map(|c| fold_char(*c)).collect());
    if folded.is_some() || !characters.iter().any(keeps) {
        return folded;
    }
    find(characters.iter().map(|c| if keeps(c) { *c } else { fold_char(*c) }).collect())
}

/// What the model has to know of the text so far in order to go on character by character.
#[derive(Debug, Clone, Copy, Default)]
pub struct ModelState {
    /// The last characters, the latest first; `\0` before the beginning.
    tail: [char; LONGEST - 1],
    /// By the model of words: the best segmentation up to here, up to one character before, and so on.
    words: [f32; LONGEST],
    /// By the model of bigrams.
    bigrams: f32,
    /// Which of [`PAIRED`] are open, a bit for each.
    open: u8,
}

/// Marks that come in pairs.
const PAIRED: [(char, char); 7] =
    [('“', '”'), ('‘', '’'), ('「', '」'), ('『', '』'), ('《', '》'), ('（', '）'), ('(', ')')];

impl ModelState {
    /// Returns the state after one more character.
    #[must_use]
    pub fn then(&self, c: char, language: &LanguageModel) -> Self {
        let before = self.tail[0];
        let (words, bigrams) = if is_han(c) {
            (self.best_segmentation(c, language), self.bigrams + language.bigram(before, c))
        } else {
            let other = other(c, before) + self.pairing(c);
            (self.words[0] + other, self.bigrams + other)
        };
        let [a, b, _] = self.tail;
        let [x, y, z, _] = self.words;
        Self { tail: [c, a, b], words: [words, x, y, z], bigrams, open: self.open_after(c) }
    }

    /// Returns the logarithm of the probability of the text so far.
    pub fn log_probability(&self) -> f32 {
        WORDS_WEIGHT * self.words[0] + (1.0 - WORDS_WEIGHT) * self.bigrams
    }

    /// Returns the logarithm of the probability that the line ends here.
    pub fn log_probability_of_line_end(&self) -> f32 {
        match self.tail[0] {
            '。' | '！' | '？' | '!' | '?' | '”' | '」' | '』' | '…' | '）' | ')' | '：' | ':' => {
                0.0
            }
            c if PAIRED.iter().any(|(open, _)| *open == c) => -8.0,
            '，' | ',' | '、' => -6.0,
            _ => -4.0,
        }
    }

    /// The best segmentation of the text with the Chinese character `c` at its end.
    fn best_segmentation(&self, c: char, language: &LanguageModel) -> f32 {
        let mut characters = [c; LONGEST];
        let mut best = f32::NEG_INFINITY;
        for length in 1..=LONGEST {
            let start = LONGEST - length;
            if let Some(before) = length.checked_sub(2) {
                characters[start] = self.tail[before];
            }
            if !is_han(characters[start]) {
                break;
            }
            if let Some(word) = language.word(&characters[start..]) {
                best = best.max(self.words[length - 1] + word);
            }
        }
        best
    }

    /// What it adds that a paired mark fits the marks before it, or does not.
    fn pairing(&self, c: char) -> f32 {
        let is_open = |pair: usize| self.open & (1 << pair) != 0;
        let of_pair =
            |(pair, (open, close)): (usize, &(char, char))| match (c == *open, c == *close) {
                (true, _) => Some(if is_open(pair) { -3.0 } else { 1.5 }),
                (_, true) => Some(if is_open(pair) { 1.5 } else { -3.0 }),
                _ => None,
            };
        PAIRED.iter().enumerate().find_map(of_pair).unwrap_or(0.0)
    }

    fn open_after(&self, c: char) -> u8 {
        PAIRED.iter().enumerate().fold(self.open, |open, (pair, marks)| match c {
            c if c == marks.0 => open | 1 << pair,
            c if c == marks.1 => open & !(1 << pair),
            _ => open,
        })
    }
}

/// The logarithm of the probability of a character that is not Chinese after `before`: estimates, the
/// same for both widths of a mark.
fn other(c: char, before: char) -> f32 {
    match c {
        '，' | ',' => -3.0,
        '。' if "。，,、！？：；:;".contains(before) => -14.0,
        '。' => -3.6,
        '、' => -4.5,
        '“' | '”' | '「' | '」' => -5.0,
        '：' | ':' => -5.5,
        '；' | ';' | '！' | '!' | '？' | '?' | '《' | '》' | '（' | '）' | '(' | ')' => -6.2,
        '…' | '—' if before == c => -0.5,
        '…' | '—' | '‘' | '’' | '『' | '』' => -7.0,
        '0'..='9' if before.is_ascii_digit() => -2.4,
        '0'..='9' => -6.5,
        'A'..='Z' | 'a'..='z' if before.is_ascii_alphabetic() => -2.8,
        'A'..='Z' | 'a'..='z' => -8.0,
        '.' if before.is_ascii_alphanumeric() => -4.0,
        '%' if before.is_ascii_digit() => -3.5,
        c if c.is_whitespace() => -5.0,
        c if c.is_alphabetic() && before.is_alphabetic() && !is_han(before) => -5.0,
        c if c.is_alphabetic() => -10.0,
        '·' | '～' | '-' | '+' | '&' | '/' | '%' | '.' | '"' | '\'' => -9.0,
        _ => -14.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_probability(text: &str) -> f32 {
        LanguageModel::default().log_probability(&text.chars().collect::<Vec<char>>())
    }

    #[test]
    fn words_are_likelier_than_the_same_bytes_read_one_off() {
        assert!(log_probability("不僅是技術") > log_probability("辈粌钦技術") + 15.0);
        assert!(log_probability("回到初衷，") > log_probability("回到初中，"));
    }

    #[test]
    fn both_scripts_and_both_widths_are_equally_likely() {
        let traditional = log_probability("無法解釋杭州現象,");
        assert!((log_probability("无法解释杭州现象，") - traditional).abs() < 1e-3);
        assert!(log_probability("著名") > -15.0 && log_probability("甚至") > -15.0);
    }

    #[test]
    fn words_that_usually_meet_are_likelier_than_others() {
        assert!(log_probability("那段工作") > log_probability("是段工作"));
    }

    #[test]
    fn a_text_teaches_its_own_words_and_its_script() {
        let text: Vec<char> = "云栖小镇，云栖大会，去云栖，说小镇。".chars().collect();
        let language = LanguageModel::of(&text);
        let of = |text: &str| language.log_probability(&text.chars().collect::<Vec<char>>());
        assert!(of("云栖") > log_probability("云栖") + 3.0);
        assert!(of("国际") > of("國際") + 4.0);
    }

    #[test]
    fn a_closing_mark_wants_an_open_one() {
        assert!(log_probability("“小镇”就是") > log_probability("“小镇“就是"));
    }

    #[test]
    fn rare_characters_and_those_of_the_other_script_are_not_worth_guessing() {
        let language = LanguageModel::of(&"這個國家說話的人".chars().collect::<Vec<char>>());
        assert!(language.is_plausible('學') && language.is_plausible('，'));
        assert!(
            !language.is_plausible('学')
                && !language.is_plausible('龘')
                && !language.is_plausible('╬')
        );
    }
}
