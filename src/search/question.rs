//! What is asked: the grams of a question that say something of its subject.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::vocabulary::general_frequency;
use crate::text::{CharSpan, Segmenter, Token, fold, is_han, tokenize};

/// Tokens of a question that are looked at: far more than people type, and a bound on the work that
/// a pasted article makes.
const MAX_TOKENS: usize = 160;

/// What the words of the question before weigh beside those of one that goes on with it.
const TOPIC_STRENGTH: f32 = 0.4;

/// Words that make a question and say nothing of its subject.
static QUESTION_WORDS: LazyLock<Phrases> = LazyLock::new(|| {
    let lines = include_str!("../../config/lexicon/question-words.txt").lines();
    Phrases::new(lines.filter(|line| !line.starts_with('#') && !line.is_empty()))
});

/// Folded phrases, found longest first.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    phrases: HashSet<Vec<char>>,
    longest: usize,
}

impl Phrases {
    pub(super) fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let phrases: HashSet<Vec<char>> =
            phrases.into_iter().map(fold).filter(|phrase| !phrase.is_empty()).collect();
        let longest = phrases.iter().map(Vec::len).max().unwrap_or(0);
        Self { phrases, longest }
    }

    /// Where phrases stand in `text`; Latin ones only as whole words.
    fn find(&self, text: &[char]) -> Vec<CharSpan> {
        let mut spans = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let longest = self.longest.min(text.len() - at);
            let end = (1..=longest).rev().map(|length| at + length).find(|&end| {
                self.phrases.contains(&text[at..end])
                    && is_boundary(text, at)
                    && is_boundary(text, end)
            });
            if let Some(end) = end {
                spans.push(at..end);
            }
            at = end.unwrap_or(at + 1);
        }
        spans
    }
}

/// Whether `at` does not stand inside a Latin word.
fn is_boundary(text: &[char], at: usize) -> bool {
    let letter = |c: &char| c.is_alphanumeric() && !is_han(*c);
    at == 0 || !text.get(at).is_some_and(letter) || !letter(&text[at - 1])
}

/// A gram of a question: folded tokens that follow each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gram {
    pub(super) terms: Vec<String>,
    /// Where it stands first in the question as typed.
    pub(super) span: CharSpan,
    /// The dictionary has it as a word.
    pub(super) word: bool,
    /// How often the general language writes it, as a share of all places.
    pub(super) general_frequency: f64,
    /// A factor on its weight: below 1 for what is not quite what was asked.
    pub(super) strength: f32,
}

/// A question, ready to be looked up.
#[derive(Debug, Default)]
pub(super) struct Question {
    /// Its tokens that count, in order, with whether each is joined to the one before it.
    pub(super) kept: Vec<(String, bool)>,
    /// Its grams, each once: tokens, pairs, and words.
    pub(super) grams: Vec<Gram>,
}

impl Question {
    /// Reads `text`, leaving out question words and `names` (whose words are searched anyway); where
    /// nothing else is left, the names count.
    pub(super) fn new(text: &str, names: &Phrases, segmenter: &Segmenter) -> Self {
        let folded = fold(text);
        let question_words = QUESTION_WORDS.find(&folded);
        let dropped: Vec<CharSpan> =
            names.find(&folded).into_iter().chain(question_words.iter().cloned()).collect();
        let question = Self::without(&folded, &dropped, segmenter);
        if question.kept.is_empty() {
            Self::without(&folded, &question_words, segmenter)
        } else {
            question
        }
    }

    /// The same with the grams of `topic`, the question before, which weigh less.
    pub(super) fn about(mut self, topic: Self) -> Self {
        let known: HashSet<Vec<String>> =
            self.grams.iter().map(|gram| gram.terms.clone()).collect();
        let others = topic.grams.into_iter().filter(|gram| !known.contains(&gram.terms));
        self.grams.extend(others.map(|gram| Gram {
            strength: TOPIC_STRENGTH * gram.strength,
            span: 0..0,
            ..gram
        }));
        self
    }

    fn without(folded: &[char], dropped: &[CharSpan], segmenter: &Segmenter) -> Self {
        let mut tokens = tokenize(folded);
        tokens.truncate(MAX_TOKENS);
        let is_dropped = |token: &Token| {
            dropped.iter().any(|span| span.start <= token.span.start && token.span.end <= span.end)
        };
        let mut kept: Vec<Token> = Vec::new();
        let mut after_drop = true;
        for token in tokens {
            if is_dropped(&token) {
                after_drop = true;
            } else {
                kept.push(Token { joined: token.joined && !after_drop, ..token });
                after_drop = false;
            }
        }
        let term = |span: &CharSpan| folded[span.clone()].iter().collect::<String>();
        let words = words(folded, &kept, segmenter);
        let mut seen = HashSet::new();
        let mut grams: Vec<Gram> = Vec::new();
        let tokens = (0..kept.len()).map(|at| at..at + 1);
        let pairs = (1..kept.len()).filter(|&at| kept[at].joined).map(|at| at - 1..at + 1);
        for range in words.iter().cloned().chain(tokens).chain(pairs) {
            let terms: Vec<String> =
                kept[range.clone()].iter().map(|token| term(&token.span)).collect();
            if seen.insert(terms.clone()) {
                let word = words.contains(&range);
                let span = kept[range.start].span.start..kept[range.end - 1].span.end;
                grams.push(Gram {
                    general_frequency: general_frequency(&terms, word),
                    terms,
                    span,
                    word,
                    strength: 1.0,
                });
            }
        }
        let kept = kept.iter().map(|token| (term(&token.span), token.joined)).collect();
        Self { kept, grams }
    }
}

/// The dictionary words among `tokens`, as ranges of them.
fn words(folded: &[char], tokens: &[Token], segmenter: &Segmenter) -> Vec<std::ops::Range<usize>> {
    let mut words = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let run = 1 + tokens[start + 1..].iter().take_while(|token| token.joined).count();
        let from = tokens[start].span.start;
        let to = tokens[start + run - 1].span.end;
        for word in segmenter.words(&folded[from..to]) {
            let within = |token: &Token| {
                word.start + from <= token.span.start && token.span.end <= word.end + from
            };
            let first = start
                + tokens[start..start + run].iter().take_while(|token| !within(token)).count();
            let length =
                tokens[first..start + run].iter().take_while(|token| within(token)).count();
            if length > 0 {
                words.push(first..first + length);
            }
        }
        start += run;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(text: &str) -> Vec<String> {
        let question = Question::new(
            text,
            &Phrases::new(["王堅", "Wang Jian"]),
            &Segmenter::new(["云栖小镇"]),
        );
        question.grams.into_iter().map(|gram| gram.terms.concat()).collect()
    }

    #[test]
    fn question_words_politeness_and_the_name_carry_no_weight() {
        assert_eq!(grams("请问王坚怎么看开源啊"), ["开源", "开", "源"]);
        assert_eq!(grams("What does Wang Jian think about chips?"), ["chips"]);
    }

    #[test]
    fn latin_words_are_dropped_whole_or_not_at_all() {
        assert_eq!(grams("island"), ["island"]);
    }

    #[test]
    fn a_name_alone_is_asked_for() {
        assert_eq!(grams("王堅"), ["王坚", "王", "坚"]);
    }

    #[test]
    fn dropped_words_part_their_neighbours() {
        assert!(!grams("硅谷为什么不行").contains(&"谷不".to_owned()));
    }

    #[test]
    fn a_pasted_article_is_bounded() {
        assert!(grams(&"长文".repeat(50_000)).len() < 10);
    }
}
