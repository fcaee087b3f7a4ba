//! Recognises examples that are spelt in another way: 蟹蟹 for 谢谢, `thanku` for `thank u`, `thnaks` for `thanks`.
//!
//! Chinese is typed by its sound, so a slip mostly gives another character of the same sound. A text that sounds like an
//! example from beginning to end is taken for it. An unknown Latin word is replaced by the known word from which it differs
//! by one slip, if there is exactly one.

use std::collections::{HashMap, HashSet};

use super::super::latin_slip::{is_latin, is_slip_of};
use super::Talk;
use transcript::text::{is_han, sound};

/// The class of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExampleClass {
    Question,
    SmallTalk(Talk),
}

/// What is known of the spelling of the examples.
#[derive(Default)]
pub(super) struct Spelling {
    /// The class of each example by what it sounds like; an example of several classes counts for the first.
    by_sound: HashMap<String, ExampleClass>,
    /// The Latin words of all examples.
    words: HashSet<String>,
}

impl Spelling {
    /// Learns from an example of the class `talk`, `None` being a question.
    pub(super) fn learn(&mut self, tokens: &[String], talk: Option<Talk>) {
        if tokens.len() > 1 {
            let example = talk.map_or(ExampleClass::Question, ExampleClass::SmallTalk);
            self.by_sound.entry(sounds(tokens)).or_insert(example);
        }
        let words = tokens.iter().filter(|token| is_latin(token));
        self.words.extend(words.cloned());
    }

    /// Returns the class of the example that sounds like `tokens`; `None` if there is none.
    pub(super) fn example(&self, tokens: &[String]) -> Option<ExampleClass> {
        self.by_sound.get(&sounds(tokens)).copied()
    }

    /// Returns `tokens` with unknown Latin words as the examples spell them.
    pub(super) fn corrected(&self, tokens: &[String]) -> Vec<String> {
        tokens.iter().map(|token| self.correction(token).unwrap_or(token).to_owned()).collect()
    }

    fn correction(&self, token: &str) -> Option<&str> {
        if self.words.contains(token) {
            return None;
        }
        let mut near = self.words.iter().filter(|word| is_slip_of(token, word));
        let first = near.next()?;
        near.next().is_none().then_some(first.as_str())
    }
}

/// Returns what `tokens` sound like, without the spaces between words.
fn sounds(tokens: &[String]) -> String {
    let mut sounds = String::new();
    for c in tokens.iter().flat_map(|token| token.chars()) {
        match sound(c).filter(|_| is_han(c)) {
            // A mark keeps two short sounds from being taken for one long sound.
            Some(sound) => sounds.extend(["'", &sound]),
            None => sounds.push(c),
        }
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::super::tokens;
    use super::*;

    fn spelling() -> Spelling {
        let mut spelling = Spelling::default();
        for (example, talk) in [
            ("谢谢", Some(Talk::Thanks)),
            ("thank u", Some(Talk::Thanks)),
            ("thanks a lot", Some(Talk::Thanks)),
            ("机器人", None),
        ] {
            spelling.learn(&tokens(example), talk);
        }
        spelling
    }

    #[test]
    fn a_text_that_sounds_like_an_example_is_taken_for_it() {
        let example = |text| spelling().example(&tokens(text));
        assert_eq!(example("蟹蟹"), Some(ExampleClass::SmallTalk(Talk::Thanks)));
        assert_eq!(example("thanku"), Some(ExampleClass::SmallTalk(Talk::Thanks)));
        assert_eq!(example("机器仁"), Some(ExampleClass::Question), "questions have examples too");
        assert_eq!(example("蟹"), None);
        assert_eq!(example("吃蟹蟹"), None, "a part is not enough");
    }

    #[test]
    fn one_slip_in_a_latin_word_is_corrected() {
        let corrected = |text| spelling().corrected(&tokens(text)).join(" ");
        assert_eq!(corrected("thnaks a lto"), "thanks a lto", "short words stay");
        assert_eq!(corrected("tanks"), "thanks");
        assert_eq!(corrected("banks"), "banks", "two slips");
    }

    #[test]
    fn a_word_near_two_others_stays() {
        let mut spelling = spelling();
        spelling.learn(&tokens("hello hallo"), Some(Talk::Greeting));
        assert_eq!(spelling.corrected(&tokens("hullo")), ["hullo"]);
    }
}
