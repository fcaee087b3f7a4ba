//! Everything that is quoted stands in the transcript word for word; and how replies look.
//!
//! Quotations are compared with the transcript's file, not with the program's reading of it.

use std::fmt::Write;
use std::fs;
use std::sync::LazyLock;

use retrieval::index::Generations;
use serde_json::Value;
use transcript::text::fold;
use wenjian::config::Config;
use wenjian::dialogue::{AnswerJson, Engine};

use crate::support::program::{LIGHTHOUSE, Program, project};

/// The development questions, one JSON object a line.
const QUESTIONS: &str = include_str!("data/questions.jsonl");
/// Most excerpts have a length in this range, in characters.
const USUAL_LENGTH: std::ops::RangeInclusive<usize> = 40..=160;

/// The text of the transcript's file.
static STORED: LazyLock<String> =
    LazyLock::new(|| fs::read_to_string(project().join("corpus/caijing-wangjian.txt")).unwrap());

/// Answers as `ask --json` does.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let index = Generations::new(&Program::of_the_project().path("index")).open().unwrap();
    let options = Config::load(Some(std::path::Path::new("/dev/null"))).unwrap().search;
    Engine::new(index, options)
});

fn ask(question: &str) -> Value {
    let asked = ENGINE.ask(question, None, None, 5).unwrap();
    let json = serde_json::to_string(&AnswerJson::new(&ENGINE, &asked)).unwrap();
    serde_json::from_str(&json).unwrap()
}

/// Returns the questions of the set, then every interviewer's question, then the interviewee's own words
/// in pieces of 37 characters, which often begin and end in the middle of a word.
fn questions() -> Vec<String> {
    let set = QUESTIONS.lines().map(|line| {
        let question: Value = serde_json::from_str(line).unwrap();
        question["q"].as_str().unwrap().to_owned()
    });
    let library = ENGINE.library();
    let turns = library.corpus().interviews.iter().flat_map(|interview| &interview.turns);
    let asked = turns.map(|turn| turn.question.clone());
    let said = library.passages().iter().flat_map(|passage| {
        let text: Vec<char> = passage.text.chars().collect();
        let windows = text.chunks(37).map(|window| window.iter().collect::<String>());
        windows.collect::<Vec<_>>()
    });
    set.chain(asked).chain(said).collect()
}

fn span(value: &Value) -> std::ops::Range<usize> {
    let at = |key: usize| usize::try_from(value[key].as_u64().unwrap()).unwrap();
    at(0)..at(1)
}

#[test]
fn every_quotation_is_a_slice_of_the_transcript() {
    let mut lengths = Vec::new();
    for question in questions() {
        let answer = ask(&question);
        let quotes = answer["quotes"].as_array().unwrap();
        assert_eq!(quotes.is_empty(), answer["verdict"] == "none", "{question}");
        for quote in quotes {
            let text = quote["text"].as_str().unwrap();
            let excerpt = quote["excerpt"]["text"].as_str().unwrap();
            assert!(STORED.contains(text), "{question}: not in the transcript: {text}");
            let characters: Vec<char> = text.chars().collect();
            let range = serde_json::json!([quote["excerpt"]["start"], quote["excerpt"]["end"]]);
            let slice: String = characters[span(&range)].iter().collect();
            assert_eq!(excerpt, slice, "{question}");
            assert!(!excerpt.trim().is_empty(), "{question}");
            for matched in quote["matches"].as_array().unwrap() {
                let matched = span(matched);
                assert!(!matched.is_empty() && matched.end <= characters.len(), "{question}");
            }
            lengths.push((slice.chars().count(), characters.len()));
        }
    }
    let usual = |(length, whole): &&(usize, usize)| {
        USUAL_LENGTH.contains(length) || (length == whole && length < USUAL_LENGTH.start())
    };
    let share = lengths.iter().filter(usual).count() as f64 / lengths.len() as f64;
    assert!(share >= 0.9, "only {share:.2} of the excerpts have 40 to 160 characters");
}

#[test]
fn matches_are_in_order_and_do_not_overlap() {
    for question in questions() {
        for quote in ask(&question)["quotes"].as_array().unwrap() {
            let matches: Vec<_> = quote["matches"].as_array().unwrap().iter().map(span).collect();
            let ordered = matches.windows(2).all(|pair| pair[0].end <= pair[1].start);
            assert!(ordered, "{question}: {matches:?}");
        }
    }
}

#[test]
fn ask_json_prints_the_answer_of_the_library() {
    let questions = ["硅谷为什么解释不了杭州", "云栖小镇", "今天天气怎么样", "ＤｅｅｐＳｅｅｋ"];
    for question in questions {
        let run = Program::of_the_project().run(["ask", "--json", "-n", "5", question]);
        let [mut printed, mut said] = [run.succeeded().json(), ask(question)];
        for answer in [&mut printed, &mut said] {
            answer["elapsed_us"] = 0.into();
        }
        assert_eq!(printed, said);
    }
}

/// Asks all questions of the set in a chat, with each command that shows more of the interview, and
/// returns the quoted lines.
fn quoted_lines(script: &str) -> Vec<String> {
    let mut input = String::new();
    for line in QUESTIONS.lines() {
        let question: Value = serde_json::from_str(line).unwrap();
        let question = question["q"].as_str().unwrap();
        writeln!(input, "{question}\n/full\n/context\n/more\n/full").unwrap();
    }
    let arguments = ["chat", "--script", script];
    let run = Program::of_the_project().run_with_input(&arguments, input.as_bytes()).succeeded();
    let quoted = run.stdout.lines().filter_map(|line| line.strip_prefix("│ "));
    // The terminal adds the ellipses at the ends and the brackets around guessed characters.
    let words = quoted.map(|line| line.trim_matches('…').replace(['〔', '〕'], ""));
    words.collect()
}

#[test]
fn every_quoted_line_of_the_chat_stands_in_the_transcript() {
    let lines = quoted_lines("original");
    assert!(lines.len() > 200, "only {} lines were quoted", lines.len());
    for line in lines {
        assert!(STORED.contains(&line), "not in the transcript: {line}");
    }
}

#[test]
fn a_converted_quotation_differs_in_script_only() {
    let folded = |text: &str| fold(text).into_iter().collect::<String>();
    let stored = folded(&STORED);
    for script in ["hans", "hant"] {
        for line in quoted_lines(script) {
            assert!(stored.contains(&folded(&line)), "{script}: not in the transcript: {line}");
        }
    }
}

/// Returns the output of a chat about the made-up interview.
fn conversation(script: &str) -> String {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    program.run(["index"]).succeeded();
    let lines = [
        "你好",
        "颱風來的時候害怕嗎",
        "/more",
        "/full",
        "/context",
        "裝了自動的燈以後呢",
        "怎么教年轻人看云",
        "工資有多少",
        "股票該買哪一支",
        "。。。",
        "/topics",
        "/topics 9",
        "/source",
        "/help",
        "/nope",
    ];
    let input = lines.join("\n");
    let run = program.run_with_input(&["chat", "--script", script], input.as_bytes());
    run.succeeded().stdout
}

#[test]
fn a_chat_is_printed_like_its_snapshot() {
    for script in ["auto", "hans", "original"] {
        insta::assert_snapshot!(format!("conversation_{script}"), conversation(script));
    }
}
