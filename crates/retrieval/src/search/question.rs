//! What is asked: the grams of a question that say something of its subject.

use rustc_hash::FxHashSet;
use std::sync::LazyLock;

use super::vocabulary::general_frequency;
use transcript::text::{CharSpan, Segmenter, Token, fold, is_han, tokenize};

/// Tokens of a question that are looked at: far more than people type, and a bound on the work that
/// a pasted article makes.
const MAX_TOKENS: usize = 160;

/// Grams of a question with its variants.
const MAX_GRAMS: usize = 1000;

/// Words that make a question and say nothing of its subject.
static QUESTION_WORDS: LazyLock<Phrases> = LazyLock::new(|| {
    let lines = include_str!("../../lexicon/question-words.txt").lines();
    Phrases::new(lines.filter(|line| !line.starts_with('#') && !line.is_empty()))
});

/// Folded phrases, found longest first.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    phrases: FxHashSet<Vec<char>>,
    longest: usize,
}

impl Phrases {
    pub(super) fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let phrases: FxHashSet<Vec<char>> =
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

/// A gram of a question: a folded token, or two that follow each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gram {
    pub(super) first: String,
    pub(super) second: Option<String>,
    /// Which share of a dictionary word it is: 1 for a word of one or two tokens, an even share for
    /// each pair of a longer one, 0 for what is no word.
    pub(super) word_share: f32,
    /// How often the general language writes it, as a share of all places.
    pub(super) general_frequency: f64,
    /// A factor on its weight: below 1 for what is not quite what was asked.
    pub(super) strength: f32,
}

impl Gram {
    /// The gram as one text.
    pub(super) fn text(&self) -> String {
        self.second.iter().fold(self.first.clone(), |text, second| text + second)
    }

    fn is_same(&self, other: &Self) -> bool {
        self.first == other.first && self.second == other.second
    }
}

/// A question, ready to be looked up.
#[derive(Debug, Clone, Default)]
pub(super) struct Question {
    /// How many of its tokens count.
    pub(super) n_tokens: usize,
    /// Its grams, each once: first those that were typed, then those that may have been meant.
    pub(super) grams: Vec<Gram>,
    /// How many of its grams were typed.
    n_typed: usize,
    /// Its dictionary words of two characters and more: where they stand in the question as typed.
    pub(super) words: Vec<CharSpan>,
}

impl Question {
    /// Reads `text`, leaving out question words and `names` (whose words are searched anyway); where
    /// nothing else is left, the names count.
    pub(super) fn new(text: &str, names: &Phrases, segmenter: &Segmenter) -> Self {
        let folded = fold(text);
        let question_words = QUESTION_WORDS.find(&folded);
        let dropped = names.find(&folded).into_iter().chain(question_words.iter().cloned());
        let kept = kept(&folded, &dropped.collect::<Vec<_>>());
        let kept = if kept.is_empty() { self::kept(&folded, &question_words) } else { kept };
        Self::of_tokens(&folded, &kept, segmenter)
    }

    /// The same with the grams of `other`, which weigh `strength` of their own; what both have keeps
    /// the greater weight.
    pub(super) fn widened_by(mut self, other: Self, strength: f32) -> Self {
        self.add(
            other.grams.into_iter().map(|gram| Gram { strength: gram.strength * strength, ..gram }),
        );
        self
    }

    /// How many of its grams, from the first, make the whole that is asked: those that were typed, for
    /// what may have been meant comes in their place; where only the topic goes on, all.
    pub(super) fn n_counting(&self) -> usize {
        if self.n_typed > 0 { self.n_typed } else { self.grams.len() }
    }

    /// Adds the grams that it does not have yet, as far as there is room.
    pub(super) fn add(&mut self, grams: impl Iterator<Item = Gram>) {
        for gram in grams {
            if self.grams.len() < MAX_GRAMS && !self.grams.iter().any(|known| known.is_same(&gram))
            {
                self.grams.push(gram);
            }
        }
    }

    fn of_tokens(folded: &[char], kept: &[Token], segmenter: &Segmenter) -> Self {
        let terms: Vec<String> =
            kept.iter().map(|token| folded[token.span.clone()].iter().collect()).collect();
        let words = words(folded, kept, segmenter);
        let mut question = Self { n_tokens: kept.len(), ..Self::default() };
        for word in words.iter().filter(|word| word.len() > 1 || terms[word.start].len() > 3) {
            question.words.push(kept[word.start].span.start..kept[word.end - 1].span.end);
        }
        let mut add = |range: std::ops::Range<usize>| {
            let word = words.iter().find(|word| word.start <= range.start && range.end <= word.end);
            let word_share = word.map_or(0.0, |word| match (word.len(), range.len()) {
                (1, _) | (2, 2) => 1.0,
                (length, 2) => 1.0 / (length - 1) as f32,
                _ => 0.0,
            });
            let (first, second) = (terms[range.start].clone(), terms[range].get(1).cloned());
            let general_frequency = general_frequency(&first, second.as_deref(), word_share > 0.0);
            let gram = Gram { first, second, word_share, general_frequency, strength: 1.0 };
            if !question.grams.iter().any(|known| known.is_same(&gram)) {
                question.grams.push(gram);
            }
        };
        (0..kept.len()).for_each(|at| add(at..at + 1));
        (1..kept.len()).filter(|at| kept[*at].joined).for_each(|at| add(at - 1..at + 1));
        question.n_typed = question.grams.len();
        question
    }
}

/// The tokens of `folded` outside `dropped`; what stood on both sides of a gap is not joined.
fn kept(folded: &[char], dropped: &[CharSpan]) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    let mut after_gap = true;
    let mut tokens = tokenize(folded);
    tokens.truncate(MAX_TOKENS);
    for token in tokens {
        let within = |span: &CharSpan| span.start <= token.span.start && token.span.end <= span.end;
        if dropped.iter().any(within) {
            after_gap = true;
        } else {
            kept.push(Token { joined: token.joined && !after_gap, ..token });
            after_gap = false;
        }
    }
    kept
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
        question.grams.iter().map(Gram::text).collect()
    }

    #[test]
    fn question_words_politeness_and_the_name_carry_no_weight() {
        assert_eq!(grams("请问王坚怎么看开源啊"), ["开", "源", "开源"]);
        assert_eq!(grams("What does Wang Jian think about chips?"), ["chips"]);
    }

    #[test]
    fn latin_words_are_dropped_whole_or_not_at_all() {
        assert_eq!(grams("island"), ["island"]);
    }

    #[test]
    fn a_name_alone_is_asked_for() {
        assert_eq!(grams("王堅"), ["王", "坚", "王坚"]);
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
