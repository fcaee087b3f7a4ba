//! How likely a text is as Chinese: words by the dictionary, and what a text shows to be its own.
//!
//! The likelihood of a text is that of its best cut into words (a unigram model), as a natural
//! logarithm. Text that was decoded wrongly has few words in it, and is less likely by orders.

use std::cell::RefCell;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::segment::{is_word, word_frequency};
use super::{Script, fold_char, is_han};

/// Strings that the dictionary lacks.
const PHRASES: &str = include_str!("../../lexicon/phrases.txt");
/// Longest word looked up, in characters: beyond four there are hardly any.
const LONGEST: usize = 4;
/// Likelihood of a Chinese character that the dictionary lacks.
const UNKNOWN: f32 = -17.0;
/// Likelihood of a phrase, that of a common word: as seldom as once in 22,000 words.
const PHRASE: f32 = -10.0;
/// Added for a character of the script that the text is not written in.
const WRONG_SCRIPT: f32 = -4.0;
/// How far the text's own counts are trusted beside the dictionary.
const OWN_SHARE: f32 = 0.3;
/// Characters that a text is taken to be longer by: a short one teaches little.
const UNSEEN: f32 = 1000.0;
/// Two characters are a word of the text's own if they meet this many times as often as by chance.
const COHESION: f32 = 10.0;

/// A word, folded; `\0` fills it up.
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

/// The words of the general language and, if made [from a text](LanguageModel::of), that text's own.
#[derive(Debug, Default)]
pub struct LanguageModel {
    script: Option<Script>,
    /// The text's characters as written, and its cohesive pairs folded, with their likelihood.
    characters: FxHashMap<char, f32>,
    pairs: FxHashMap<Word, f32>,
    /// What has been looked up, as written: a search asks for the same words over and over.
    known: RefCell<FxHashMap<Word, Option<f32>>>,
}

impl LanguageModel {
    /// The general language with the script, the characters and the words of `text`.
    pub fn of(text: &[char]) -> Self {
        let mut characters: FxHashMap<char, f32> = FxHashMap::default();
        let mut pairs: FxHashMap<Word, f32> = FxHashMap::default();
        let mut n_han = 0.0;
        for (at, c) in text.iter().enumerate().filter(|(_, c)| is_han(**c)) {
            n_han += 1.0;
            *characters.entry(*c).or_default() += 1.0;
            if let Some(next) = text.get(at + 1).filter(|next| is_han(**next)) {
                *pairs.entry(word([*c, *next].into_iter())).or_default() += 1.0;
            }
        }
        let mut folded: FxHashMap<char, f32> = FxHashMap::default();
        for (c, count) in &characters {
            *folded.entry(fold_char(*c)).or_default() += count;
        }
        pairs.retain(|[a, b, ..], count| *count * n_han > COHESION * folded[a] * folded[b]);
        for count in characters.values_mut().chain(pairs.values_mut()) {
            *count = (*count * OWN_SHARE / (n_han + UNSEEN)).ln();
        }
        let script = Script::of(&text.iter().collect::<String>());
        Self { script, characters, pairs, known: RefCell::default() }
    }

    /// Likelihood of `text` on its own.
    pub fn likelihood(&self, text: &[char]) -> f32 {
        text.iter().fold(ModelState::default(), |reading, c| reading.then(*c, self)).likelihood()
    }

    /// Likelihood of a Chinese word; `None` for what is none. A single character always is one.
    fn word(&self, characters: &[char]) -> Option<f32> {
        let mut written = ['\0'; LONGEST];
        written.iter_mut().zip(characters).for_each(|(place, c)| *place = *c);
        if let Some(known) = self.known.borrow().get(&written) {
            return *known;
        }
        let likelihood = self.look_up(characters);
        self.known.borrow_mut().insert(written, likelihood);
        likelihood
    }

    fn look_up(&self, characters: &[char]) -> Option<f32> {
        let folded = word(characters.iter().copied());
        let known = [
            dictionary(characters),
            self.pairs.get(&folded).copied(),
            PHRASE_SET.contains(&folded).then_some(PHRASE),
            match characters {
                [c] => Some(self.characters.get(c).map_or(UNKNOWN, |own| own.max(UNKNOWN))),
                _ => None,
            },
        ];
        let likelihood = known.into_iter().flatten().reduce(f32::max)?;
        Some(
            likelihood
                + characters.iter().filter(|c| self.is_foreign(**c)).count() as f32 * WRONG_SCRIPT,
        )
    }

    fn is_foreign(&self, c: char) -> bool {
        self.script.is_some_and(|script| script.lacks(c)) && !self.characters.contains_key(&c)
    }
}

/// 著 and 甚 fold to 着 and 什 for matching, but the dictionary writes 著名 and 甚至.
fn dictionary(characters: &[char]) -> Option<f32> {
    let keeps = |c: &char| matches!(c, '著' | '甚');
    let find = |word: String| is_word(&word).then(|| word_frequency(&word).ln() as f32);
    let folded = find(characters.iter().map(|c| fold_char(*c)).collect());
    if folded.is_some() || !characters.iter().any(keeps) {
        return folded;
    }
    find(characters.iter().map(|c| if keeps(c) { *c } else { fold_char(*c) }).collect())
}

/// A text read so far: enough to go on character by character.
#[derive(Debug, Clone, Copy, Default)]
pub struct ModelState {
    /// The last characters, the latest first; `\0` before the beginning.
    tail: [char; LONGEST - 1],
    /// Likelihood of the best cut up to the end, to one character before it, and so on.
    best: [f32; LONGEST],
    /// Which of [`PAIRED`] are open, a bit for each.
    open: u8,
}

/// Marks that come in pairs.
const PAIRED: [(char, char); 7] =
    [('“', '”'), ('‘', '’'), ('「', '」'), ('『', '』'), ('《', '》'), ('（', '）'), ('(', ')')];

impl ModelState {
    /// The text with one more character.
    #[must_use]
    pub fn then(&self, c: char, language: &LanguageModel) -> Self {
        let best =
            if is_han(c) { self.best_with(c, language) } else { self.likelihood() + self.other(c) };
        let [a, b, _] = self.tail;
        let [x, y, z, _] = self.best;
        Self { tail: [c, a, b], best: [best, x, y, z], open: self.open_after(c) }
    }

    /// Natural logarithm of the likelihood.
    pub fn likelihood(&self) -> f32 {
        self.best[0]
    }

    /// The same where the line ends here.
    pub fn likelihood_at_line_end(&self) -> f32 {
        let end = match self.tail[0] {
            '。' | '！' | '？' | '!' | '?' | '”' | '」' | '』' | '…' | '）' | ')' | '：' | ':' => {
                0.0
            }
            c if PAIRED.iter().any(|(open, _)| *open == c) => -8.0,
            '，' | ',' | '、' => -6.0,
            _ => -4.0,
        };
        self.likelihood() + end
    }

    fn best_with(&self, c: char, language: &LanguageModel) -> f32 {
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
            if let Some(likelihood) = language.word(&characters[start..]) {
                best = best.max(self.best[length - 1] + likelihood);
            }
        }
        best
    }

    /// Likelihood of what is no Chinese character: estimates, the same for both widths of a mark.
    fn other(&self, c: char) -> f32 {
        let before = self.tail[0];
        let alone = match c {
            '，' | ',' => -3.0,
            '。' if matches!(
                before,
                '。' | '，' | ',' | '、' | '！' | '？' | '：' | '；' | ':' | ';'
            ) =>
            {
                -14.0
            }
            '。' => -3.6,
            '、' => -4.5,
            '“' | '”' | '「' | '」' => -5.0,
            '：' | ':' => -5.5,
            '；' | ';' | '！' | '!' | '？' | '?' | '《' | '》' | '（' | '）' | '(' | ')' => {
                -6.2
            }
            '…' | '—' if before == c => -0.5,
            '…' | '—' | '‘' | '’' | '『' | '』' => -7.0,
            '0'..='9' => {
                if before.is_ascii_digit() {
                    -2.4
                } else {
                    -6.5
                }
            }
            'A'..='Z' | 'a'..='z' => {
                if before.is_ascii_alphabetic() {
                    -2.8
                } else {
                    -8.0
                }
            }
            '.' if before.is_ascii_alphanumeric() => -4.0,
            '%' if before.is_ascii_digit() => -3.5,
            c if c.is_whitespace() => -5.0,
            c if c.is_alphabetic() => {
                if before.is_alphabetic() && !is_han(before) {
                    -5.0
                } else {
                    -10.0
                }
            }
            '·' | '～' | '-' | '+' | '&' | '/' | '%' | '.' | '"' | '\'' => -9.0,
            _ => -14.0,
        };
        alone + self.pairing(c)
    }

    /// What it adds that a mark is in its place, or out of it.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn likelihood(text: &str) -> f32 {
        LanguageModel::default().likelihood(&text.chars().collect::<Vec<char>>())
    }

    #[test]
    fn words_are_likelier_than_the_same_bytes_read_one_off() {
        assert!(likelihood("不僅是技術") > likelihood("辈粌钦技術") + 15.0);
        assert!(likelihood("回到初衷，") > likelihood("回到初中，"));
    }

    #[test]
    fn both_scripts_and_both_widths_are_equally_likely() {
        assert!((likelihood("无法解释杭州现象，") - likelihood("無法解釋杭州現象,")).abs() < 1e-3);
        assert!(likelihood("著名") > -15.0 && likelihood("甚至") > -15.0);
    }

    #[test]
    fn a_text_teaches_its_own_words_and_its_script() {
        let text: Vec<char> = "云栖小镇，云栖大会，去云栖，说小镇。".chars().collect();
        let language = LanguageModel::of(&text);
        let of = |text: &str| language.likelihood(&text.chars().collect::<Vec<char>>());
        assert!(of("云栖") > likelihood("云栖") + 5.0);
        assert!(of("国际") > of("國際") + 4.0);
    }

    #[test]
    fn a_closing_mark_wants_an_open_one() {
        assert!(likelihood("“小镇”就是") > likelihood("“小镇“就是"));
    }
}
