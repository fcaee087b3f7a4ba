//! Several questions in one message. Each is searched for by itself, and the passages that are shown answer them in turn.

use std::sync::LazyLock;

use super::question_result::{QuestionResult, Understanding};
use super::{Engine, Talk, lexicon, says_nothing};
use retrieval::answer::{Answer, Quote, Verdict, answer};
use retrieval::index::Error;
use retrieval::search::CandidateSource;
use transcript::text::{fold, fold_char};

/// The most questions of one message that are answered.
const MAX_QUESTIONS: usize = 3;
/// The longest message that is divided, in characters. A longer one is a text that somebody pasted.
const MAX_LENGTH: usize = 300;
/// More characters than any opening has, and one more to see where a Latin word ends.
const LONGEST_OPENING: usize = 12;

static OPENINGS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| lexicon::lines(include_str!("../../config/lexicon/question-openings.txt")));

static INTERROGATIVES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| lexicon::lines(include_str!("../../config/lexicon/interrogatives.txt")));

/// What precedes a position in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Word,
    Space,
    Mark,
}

/// Returns the questions in `text`, at most [`MAX_QUESTIONS`]. A question ends with a question mark, a semicolon or the
/// line, or where a word for a further question stands after a mark (in Chinese also after a space). A statement
/// belongs to the question after it.
pub(super) fn questions(text: &str) -> Vec<String> {
    if text.chars().nth(MAX_LENGTH).is_some() {
        return vec![text.to_owned()];
    }
    let mut questions: Vec<String> = Vec::new();
    let mut question = String::new();
    let mut before = Before::Mark;
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        if opens_question(rest, before) && is_question(&question) {
            questions.push(std::mem::take(&mut question));
        }
        question.push(c);
        if matches!(c, '？' | '?' | '；' | ';' | '\n') && is_question(&question) {
            questions.push(std::mem::take(&mut question));
        }
        before = match c {
            c if c.is_alphanumeric() => Before::Word,
            c if c.is_whitespace() && before == Before::Word => Before::Space,
            c if c.is_whitespace() => before,
            _ => Before::Mark,
        };
    }
    if !says_nothing(&question) {
        questions.push(question);
    }
    questions.truncate(MAX_QUESTIONS);
    questions.iter().map(|question| question.trim().to_owned()).collect()
}

/// Returns whether `text` ends with a question mark or contains an interrogative word.
fn is_question(text: &str) -> bool {
    if says_nothing(text) {
        return false;
    }
    let folded: String = fold(text).into_iter().collect();
    folded.trim_end().ends_with(['？', '?'])
        || folded.split(|c: char| !c.is_alphanumeric()).any(asks)
        || INTERROGATIVES.iter().any(|word| !word.is_ascii() && folded.contains(word))
}

/// Returns whether `word`, which is folded, is an English interrogative word.
pub(super) fn asks(word: &str) -> bool {
    word.is_ascii() && INTERROGATIVES.contains(&word)
}

fn opens_question(rest: &str, before: Before) -> bool {
    let folded: String = rest.chars().take(LONGEST_OPENING).map(fold_char).collect();
    OPENINGS.iter().any(|opening| {
        let Some(rest) = folded.strip_prefix(opening) else { return false };
        match before {
            Before::Word => false,
            // A Latin word ends where its letters end.
            Before::Mark => !opening.is_ascii() || rest.starts_with(|c: char| !c.is_alphanumeric()),
            Before::Space => !opening.is_ascii(),
        }
    })
}

/// Returns `text` without the small talk around a question (你好，…；…，谢谢). What is small talk as a whole stays as it is.
pub(super) fn without_small_talk<'t>(text: &'t str, names: &[&str]) -> &'t str {
    if text.chars().nth(MAX_LENGTH).is_some() {
        return text;
    }
    let is_mark = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
    let is_small_talk = |part: &str| {
        let talk = Talk::of(part, names);
        says_nothing(part) || matches!(talk, Some(Talk::Greeting | Talk::Thanks | Talk::Praise))
    };
    let mut question = text;
    while let Some((first, rest)) = question.split_once(is_mark)
        && is_small_talk(first)
    {
        question = rest;
    }
    let is_blank_or_mark = |c: char| !c.is_alphanumeric();
    while let Some((rest, last)) = question.trim_end_matches(is_blank_or_mark).rsplit_once(is_mark)
        && is_small_talk(last)
    {
        question = rest;
    }
    let is_cut = question.len() < text.len();
    if is_cut && is_small_talk(question) { text } else { question.trim() }
}

impl Engine {
    /// Searches for each of the `questions`. Returns `None` if they had better be taken as one question: if one of them has
    /// no words of its own to search for, if none is answered, or if the same passage answers two of them best.
    pub(super) fn ask_each(
        &self,
        questions: Vec<String>,
        source: &dyn CandidateSource,
        n_quotes: usize,
        asked: &QuestionResult,
    ) -> Result<Option<QuestionResult>, Error> {
        let asks_something = |question: &String| self.searcher.asks_something(question);
        if questions.len() < 2 || !questions.iter().all(asks_something) {
            return Ok(None);
        }
        let mut answered = Vec::new();
        let mut unanswered = Vec::new();
        let mut answers = Vec::new();
        for question in questions {
            let ranking = self.searcher.search(source, &question, None)?;
            let answer = answer(&question, &ranking, n_quotes);
            if answer.verdict == Verdict::None {
                unanswered.push(question);
            } else {
                answered.push(question);
                answers.push(answer);
            }
        }
        let mut best: Vec<usize> =
            answers.iter().filter_map(|answer| Some(answer.quotes.first()?.position)).collect();
        best.sort_unstable();
        best.dedup();
        if answers.is_empty() || best.len() < answers.len() {
            return Ok(None);
        }
        let quotes = answers.iter().flat_map(|answer| &answer.quotes);
        Ok(Some(QuestionResult {
            ranked: quotes.map(|quote| quote.position).collect(),
            answer: in_turn(answers, n_quotes),
            understanding: Understanding::Several { answered, unanswered },
            ..asked.clone()
        }))
    }
}

/// Takes the quotations of `answers` in turn, each passage once. The verdict is that of the least certain answer.
fn in_turn(answers: Vec<Answer>, n_quotes: usize) -> Answer {
    let verdict = answers.iter().map(|answer| answer.verdict).min().unwrap_or(Verdict::None);
    let nearest = answers.iter().flat_map(|answer| answer.nearest.clone()).collect();
    let mut rest: Vec<_> = answers.into_iter().map(|answer| answer.quotes.into_iter()).collect();
    let mut quotes: Vec<Quote> = Vec::new();
    while quotes.len() < n_quotes {
        let round: Vec<Quote> = rest.iter_mut().filter_map(Iterator::next).collect();
        if round.is_empty() {
            break;
        }
        for quote in round {
            if !quotes.iter().any(|other| other.position == quote.position) {
                quotes.push(quote);
            }
        }
    }
    quotes.truncate(n_quotes);
    Answer { verdict, quotes, nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_cut_where_a_question_ends_or_another_begins() {
        for (text, expected) in [
            ("灯塔有多高？谁修的？", vec!["灯塔有多高？", "谁修的？"]),
            ("燈塔有多高，另外誰修的", vec!["燈塔有多高，", "另外誰修的"]),
            ("灯塔有多高 还有谁修的", vec!["灯塔有多高", "还有谁修的"]),
            ("你修了灯塔，还有什么？", vec!["你修了灯塔，还有什么？"]),
            ("我去过那里；灯塔有多高？", vec!["我去过那里；灯塔有多高？"]),
            ("How high is it? And who built it?", vec!["How high is it?", "And who built it?"]),
            ("灯塔有多高？！", vec!["灯塔有多高？"]),
            ("灯塔还有多高", vec!["灯塔还有多高"]),
            ("What of sand and sea", vec!["What of sand and sea"]),
            ("Who is it, android?", vec!["Who is it, android?"]),
        ] {
            assert_eq!(questions(text), expected, "help: `{text}`");
        }
    }

    #[test]
    fn small_talk_around_a_question_is_left_out() {
        for (text, expected) in [
            ("你好，灯塔有多高？", "灯塔有多高？"),
            ("谢谢！那谁修的", "那谁修的"),
            ("灯塔有多高？谢谢", "灯塔有多高"),
            ("灯塔有多高？谢谢！", "灯塔有多高"),
            ("Hello, how high is it?", "how high is it?"),
            ("你好，谢谢！", "你好，谢谢！"),
            ("灯塔，大海", "灯塔，大海"),
            ("灯塔有多高？", "灯塔有多高？"),
            ("What's a lighthouse", "What's a lighthouse"),
        ] {
            assert_eq!(without_small_talk(text, &[]), expected, "help: `{text}`");
        }
    }

    #[test]
    fn more_questions_than_can_be_answered_are_left() {
        assert_eq!(questions("一？二？三？四？五？").len(), MAX_QUESTIONS);
    }
}
