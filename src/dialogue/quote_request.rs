//! Requests for a quotation on a subject (给我一句关于创新的话) or for any quotation (随便来一句). A subject is searched for,
//! and a sentence is chosen that names it and can stand by itself.

use std::sync::LazyLock;

use regex::Regex;

use super::question_result::{QuestionResult, Understanding, positions};
use super::talk::normalized;
use super::{Engine, lexicon};
use retrieval::Library;
use retrieval::answer::{Quote, Verdict, answer};
use retrieval::index::Error;
use retrieval::search::CandidateSource;
use transcript::text::{CharSpan, fold, is_han, sentences};

/// The longest subject, in characters. What is longer is a question of its own.
const MAX_SUBJECT: usize = 40;
/// The longest request, in characters.
const MAX_REQUEST: usize = 120;
/// The number of passages from which the sentence is chosen.
const CHOICES: usize = 5;
/// The length of a sentence that can be quoted by itself, in characters.
const GOOD_LENGTH: std::ops::RangeInclusive<usize> = 12..=70;

static REQUESTS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let file = include_str!("../../config/lexicon/quote-requests.txt");
    patterns(file, "quote-requests.txt")
});

static RANDOM_REQUESTS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let file = include_str!("../../config/lexicon/random-quote-requests.txt");
    patterns(file, "random-quote-requests.txt")
});

static DEPENDENT: LazyLock<Vec<Vec<char>>> =
    LazyLock::new(|| lexicon::words(include_str!("../../config/lexicon/dependent-openings.txt")));

fn patterns(file: &str, name: &str) -> Vec<Regex> {
    lexicon::lines(file).into_iter().map(|pattern| lexicon::compile(pattern, name)).collect()
}

/// Returns whether `text` asks for a quotation and does not say on what.
pub(super) fn is_for_any(text: &str, names: &[&str]) -> bool {
    if text.chars().nth(MAX_SUBJECT).is_some() {
        return false;
    }
    let text = normalized(text, names);
    RANDOM_REQUESTS.iter().any(|request| request.is_match(&text))
}

/// Returns the subject on which `text` asks for a quotation, folded; `None` if it asks for something else.
pub(super) fn subject(text: &str, names: &[&str]) -> Option<String> {
    if text.chars().nth(MAX_REQUEST).is_some() {
        return None;
    }
    let text = normalized(text, names);
    let subject = REQUESTS.iter().find_map(|request| request.captures(&text)?.name("subject"))?;
    let subject = subject.as_str().trim_matches(|c: char| !c.is_alphanumeric());
    (1..=MAX_SUBJECT).contains(&subject.chars().count()).then(|| subject.to_owned())
}

impl Engine {
    /// Searches for `subject` and quotes at most `n_quotes` sentences on it.
    pub(super) fn quote_on(
        &self,
        subject: &str,
        source: &dyn CandidateSource,
        n_quotes: usize,
        asked: QuestionResult,
    ) -> Result<QuestionResult, Error> {
        let ranking = self.searcher.search(source, subject, None)?;
        let mut answer = answer(subject, &ranking, n_quotes.max(CHOICES));
        let library = self.library();
        let mut chosen: Vec<(u8, Quote)> =
            answer.quotes.into_iter().map(|quote| choose_sentence(library, quote)).collect();
        // The order of the ranking decides among sentences that are equally good.
        chosen.sort_by_key(|(merit, _)| std::cmp::Reverse(*merit));
        if chosen.iter().any(|(_, quote)| !quote.matches.is_empty()) {
            answer.verdict = Verdict::Answer;
        }
        answer.quotes = chosen.into_iter().map(|(_, quote)| quote).take(n_quotes).collect();
        Ok(QuestionResult {
            searched: subject.to_owned(),
            topic: subject.to_owned(),
            ranked: positions(&ranking),
            understanding: Understanding::QuoteOn,
            answer,
            ..asked
        })
    }
}

/// Returns `quote` with the sentence of its passage that names the subject and stands best by itself, and how well it
/// does. A quotation that does not name the subject stays as it is.
fn choose_sentence(library: &Library, quote: Quote) -> (u8, Quote) {
    let passage = library.at(quote.position);
    let text: Vec<char> = passage.text.chars().collect();
    let holds = |sentence: &CharSpan| {
        quote.matches.iter().any(|span| sentence.start <= span.start && span.end <= sentence.end)
    };
    let best = sentences(&text)
        .into_iter()
        .filter(holds)
        .map(|sentence| (merit(&text[sentence.clone()]), sentence))
        .max_by_key(|(merit, sentence)| (*merit, std::cmp::Reverse(sentence.start)));
    match best {
        Some((merit, sentence)) => (merit, Quote { excerpt: passage.excerpt(sentence), ..quote }),
        None => (0, quote),
    }
}

/// Rates how well a sentence stands by itself. It gets a point each for its length, for not pointing back to the sentence
/// before, and for being no question.
fn merit(sentence: &[char]) -> u8 {
    let is_good_length = GOOD_LENGTH.contains(&sentence.len());
    let is_question = sentence.iter().rev().take(2).any(|c| matches!(c, '？' | '?'));
    1 + u8::from(is_good_length) + u8::from(!points_back(sentence)) + u8::from(!is_question)
}

pub(super) fn points_back(sentence: &[char]) -> bool {
    let folded = fold(&sentence.iter().collect::<String>());
    let start = folded.iter().position(|c| c.is_alphanumeric()).unwrap_or(0);
    let opening = &folded[start..];
    DEPENDENT.iter().any(|word| {
        // A Latin word ends where its letters end.
        let ends = |next: Option<&char>| {
            word.last().is_some_and(|last| is_han(*last))
                || next.is_none_or(|next| !next.is_alphabetic())
        };
        opening.starts_with(word) && ends(opening.get(word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject_of(text: &str) -> Option<String> {
        subject(text, &["林海"])
    }

    #[test]
    fn the_subject_of_a_request_is_found_in_either_script_and_in_english() {
        for (text, expected) in [
            ("给我一句关于创新的话", "创新"),
            ("請給我一句關於創新的話！", "创新"),
            ("来一句关于大海的金句", "大海"),
            ("有没有关于孤独的名言？", "孤独"),
            ("找一段林海谈灯塔的原话", "灯塔"),
            ("关于灯塔他说过什么？", "灯塔"),
            ("林海关于灯塔都说过什么", "灯塔"),
            ("關於風浪佢講過啲咩", "风浪"),
            ("give me a quote about the sea", "the sea"),
            ("Any quotes on lighthouses?", "lighthouses"),
            ("show me a good quote from him about storms", "storms"),
        ] {
            let found = subject_of(text);
            assert_eq!(found.as_deref(), Some(expected), "help: `{text}`");
        }
    }

    #[test]
    fn questions_are_no_requests() {
        for text in
            ["他怎么看创新", "关于创新", "这句话是谁说的", "what does he say about storms", "话"]
        {
            assert_eq!(subject_of(text), None, "help: `{text}`");
        }
    }

    #[test]
    fn a_request_for_any_quotation_names_no_subject() {
        for text in [
            "来一句",
            "随便来一句",
            "隨便嚟一句",
            "给我随便一句他的话",
            "畀我一句佢講過嘅話",
            "請給我一句林海說過的話！",
            "随机一段",
            "随便说点什么吧",
            "你能随便说一句吗？",
            "来点金句",
            "每日一句",
            "Surprise me!",
            "random quote",
            "Give me a random quote, please",
            "show me some good quotes from him",
            "say something",
        ] {
            // A comma is no part of a request.
            let text = text.replace(',', "");
            assert!(is_for_any(&text, &["林海"]), "help: `{text}`");
        }
        for text in [
            "给我一句关于创新的话",
            "再来一句",
            "来一句创新的金句",
            "随便",
            "这句话是谁说的",
            "他随便说一句话就有人听吗",
            "give me a quote about the sea",
            "say something about storms",
            "does he surprise people",
            "段子",
        ] {
            assert!(!is_for_any(text, &["林海"]), "help: `{text}`");
        }
    }

    #[test]
    fn a_sentence_that_stands_by_itself_is_better() {
        let merit = |text: &str| merit(&text.chars().collect::<Vec<_>>());
        assert_eq!(merit("灯塔的光要让每一条船都看得见。"), 4);
        assert_eq!(merit("但灯塔的光不是每一条船都看得见。"), 3, "it points back");
        assert_eq!(merit("灯塔的光能让每一条船都看得见吗？"), 3, "it is a question");
        assert_eq!(merit("灯塔很高。"), 3, "it is short");
        assert_eq!(merit("Its light is seen by every ship there."), 4, "`it` is another word");
    }
}
