//! Naive Bayes over the n-grams of short texts.
//!
//! A text is the set of its n-grams: one to three tokens in a row, with marks for its beginning and its end, so that
//! 你好 by itself and 你好 before a question differ. Each class has, for every n-gram `g` that the examples know, the
//! share of its examples that hold it, smoothed: `(count + α) / (examples + 2α)`. The class with the greatest product of
//! these shares wins; n-grams that no example knows say nothing, except for tokens and pairs of Chinese characters,
//! which speak for a question.
//! (Domingos and Pazzani, "On the optimality of the simple Bayesian classifier", 1997.)

use std::collections::{HashMap, HashSet};

use super::super::lexicon;
use super::spelling::{ExampleClass, Spelling};
use super::{Talk, tokens};
use transcript::text::is_han;

/// The longest n-gram, tokens.
const LONGEST: usize = 3;
/// Added to every count. Smaller values trust the examples more; measured on `tests/data/talk.jsonl`, 0.05 and 0.1
/// differ by one text in three hundred.
const SMOOTHING: f64 = 0.05;
/// What a token that no example knows speaks for a question, in nats.
const UNKNOWN: f64 = 5.0;
/// What a pair of neighbouring Chinese characters that no example knows speaks for a question, in nats. A pair is
/// mostly a word or a part of one, so that the characters of 超人 (superman) say little about it.
const UNKNOWN_PAIR: f64 = 2.0;
/// How much likelier than a question small talk must be, in nats.
const MARGIN: f64 = 4.0;
/// The number of tokens beyond which a text must be likelier still, for each token more. The n-grams of a
/// text overlap, so that the shares of a long one are multiplied too often and a few common words of small
/// talk outweigh the rest of a question.
const SHORT: usize = 5;
const MARGIN_PER_TOKEN: f64 = 2.0;

const BEGINNING: &str = "^";
const END: &str = "$";

pub(super) struct Classifier {
    classes: Vec<TrainedClass>,
    /// All n-grams of all examples.
    known: HashSet<String>,
    spelling: Spelling,
}

struct TrainedClass {
    /// `None` is a question.
    talk: Option<Talk>,
    n_examples: f64,
    /// In how many examples an n-gram stands.
    counts: HashMap<String, f64>,
}

impl Classifier {
    /// Learns from files with one example a line; lines that begin with `#` are comments.
    pub(super) fn trained_on(files: &[(Option<Talk>, &str)]) -> Self {
        let mut known = HashSet::new();
        let mut classes = Vec::new();
        let mut spelling = Spelling::default();
        for (talk, file) in files {
            let mut class = TrainedClass { talk: *talk, n_examples: 0.0, counts: HashMap::new() };
            for example in lexicon::lines(file) {
                class.n_examples += 1.0;
                let tokens = tokens(example);
                spelling.learn(&tokens, *talk);
                for gram in grams(&tokens) {
                    known.insert(gram.clone());
                    *class.counts.entry(gram).or_default() += 1.0;
                }
            }
            classes.push(class);
        }
        Self { classes, known, spelling }
    }

    /// Returns the class of a text, if it is not a question. A text that is an example but for its spelling has the
    /// class of the example.
    pub(super) fn class_of(&self, tokens: &[String]) -> Option<Talk> {
        match self.spelling.example(tokens) {
            Some(ExampleClass::Question) => None,
            Some(ExampleClass::SmallTalk(talk)) => Some(talk),
            None => {
                let corrected = self.spelling.corrected(tokens);
                // One word is too little to go by: `steak` is near to `speak`, and not meant for it.
                let is_guess = corrected.len() == 1 && corrected != tokens;
                let example = format!("{BEGINNING} {} {END}", corrected.join(" "));
                if is_guess && !self.known.contains(&example) {
                    return None;
                }
                self.likeliest(&corrected)
            }
        }
    }

    fn likeliest(&self, tokens: &[String]) -> Option<Talk> {
        let mut grams = grams(tokens);
        let is_unknown = |token: &&String| !self.known.contains(token.as_str());
        let unknown = tokens.iter().filter(is_unknown).count();
        let unknown_pairs = tokens.windows(2).filter(|pair| self.is_unknown_pair(pair)).count();
        if tokens.len() == 2 && unknown_pairs == 1 {
            return None;
        }
        grams.retain(|gram| self.known.contains(gram));
        let for_question = UNKNOWN * unknown as f64
            + UNKNOWN_PAIR * unknown_pairs as f64
            + MARGIN
            + MARGIN_PER_TOKEN * tokens.len().saturating_sub(SHORT) as f64;
        let score = |class: &TrainedClass| {
            let scores = grams.iter().map(|gram| class.log_share(gram));
            scores.sum::<f64>() + if class.talk.is_none() { for_question } else { 0.0 }
        };
        let scored = self.classes.iter().map(|class| (score(class), class.talk));
        scored.max_by(|(one, _), (other, _)| one.total_cmp(other)).and_then(|(_, talk)| talk)
    }

    /// Whether no example knows `pair`, two neighbouring Chinese characters. A character that is repeated (赞赞) only
    /// stresses what it says.
    fn is_unknown_pair(&self, pair: &[String]) -> bool {
        let is_han = |token: &String| token.chars().all(is_han);
        pair.iter().all(is_han) && pair[0] != pair[1] && !self.known.contains(&pair.join(" "))
    }

    /// Whether the examples of a class hold `tokens` in a row.
    pub(super) fn knows(&self, talk: Talk, tokens: &[String]) -> bool {
        let class = self.classes.iter().find(|class| class.talk == Some(talk));
        class.is_some_and(|class| {
            tokens
                .windows(tokens.len().clamp(1, LONGEST))
                .all(|gram| class.counts.contains_key(&gram.join(" ")))
        })
    }
}

impl TrainedClass {
    /// The logarithm of the share of examples that hold `gram`.
    fn log_share(&self, gram: &str) -> f64 {
        let count = self.counts.get(gram).copied().unwrap_or_default();
        ((count + SMOOTHING) / (self.n_examples + 2.0 * SMOOTHING)).ln()
    }
}

/// The distinct n-grams of a text.
fn grams(tokens: &[String]) -> HashSet<String> {
    let mut marked = vec![BEGINNING];
    marked.extend(tokens.iter().map(String::as_str));
    marked.push(END);
    let lengths = 1..=LONGEST;
    let grams = lengths.flat_map(|length| marked.windows(length)).map(|gram| gram.join(" "));
    grams.filter(|gram| gram != BEGINNING && gram != END).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [(Option<Talk>, &str); 3] = [
        (None, "# comment\n机器人会思考吗\n为什么开源\n什么是开源\n开源\n"),
        (Some(Talk::Greeting), "你好\n你好呀\n早上好\nhello there\n"),
        (Some(Talk::Thanks), "谢谢\n谢谢你\n多谢\nthanks\n"),
    ];

    fn class_of(text: &str) -> Option<Talk> {
        Classifier::trained_on(&FILES).class_of(&tokens(text))
    }

    #[test]
    fn a_gram_is_up_to_three_tokens_with_the_ends_marked() {
        let mut grams: Vec<String> = grams(&tokens("你好")).into_iter().collect();
        grams.sort();
        assert_eq!(grams, ["^ 你", "^ 你 好", "你", "你 好", "你 好 $", "好", "好 $"]);
    }

    #[test]
    fn shares_are_smoothed_counts() {
        let classifier = Classifier::trained_on(&FILES);
        let greeting = &classifier.classes[1];
        // 你好 begins two of the four examples, and 谢谢 none.
        assert!((greeting.log_share("^ 你 好") - (2.05_f64 / 4.1).ln()).abs() < 1e-12);
        assert!((greeting.log_share("谢 谢") - (0.05_f64 / 4.1).ln()).abs() < 1e-12);
    }

    #[test]
    fn what_is_near_the_examples_is_recognised_in_either_script() {
        assert_eq!(class_of("你好！"), Some(Talk::Greeting));
        assert_eq!(class_of("謝謝你"), Some(Talk::Thanks));
        assert_eq!(class_of("HELLO THERE"), Some(Talk::Greeting));
    }

    #[test]
    fn unknown_words_make_a_question() {
        assert_eq!(class_of("你好，硅谷呢"), None);
        assert_eq!(class_of("硅谷"), None);
        assert_eq!(class_of("开源"), None);
    }

    #[test]
    fn characters_of_small_talk_do_not_make_another_word_small_talk() {
        assert_eq!(class_of("早好"), None, "no example has these two in a row");
        assert_eq!(class_of("谢谢谢"), Some(Talk::Thanks));
    }

    #[test]
    fn a_single_word_is_corrected_only_to_a_whole_example() {
        assert_eq!(class_of("thnaks"), Some(Talk::Thanks));
        assert_eq!(class_of("theer"), None, "`there` alone is no example");
    }

    #[test]
    fn a_class_knows_the_words_of_its_examples() {
        let classifier = Classifier::trained_on(&FILES);
        assert!(classifier.knows(Talk::Greeting, &tokens("早上")));
        assert!(!classifier.knows(Talk::Greeting, &tokens("开源")));
    }
}
