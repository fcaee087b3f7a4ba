//! What people say besides questions: recognised, answered in the bot's own words, and told from questions.

use std::sync::LazyLock;

use retrieval::index::Generations;
use serde_json::Value;
use wenjian::config::Config;
use wenjian::dialogue::Engine;

use crate::support::program::Program;

/// What people say, partly in wordings close to the examples of `config/talk`: `talk` is null for a question.
const SAID: &str = include_str!("data/talk.jsonl");
const QUESTIONS: &str = include_str!("data/questions.jsonl");

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let index = Generations::new(&Program::of_the_project().path("index")).open().unwrap();
    let options = Config::load(Some(std::path::Path::new("/dev/null"))).unwrap().search;
    Engine::new(index, options)
});

fn lines(set: &str) -> Vec<Value> {
    set.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The kind of small talk that the engine takes `text` for, null for a question.
fn talk(text: &str) -> Value {
    serde_json::to_value(ENGINE.talk(text).unwrap()).unwrap()
}

#[test]
fn unseen_small_talk_is_recognised_and_questions_stay_questions() {
    let said = lines(SAID);
    let mut missed = Vec::new();
    let (mut n_talk, mut n_questions) = (0, 0);
    let (mut missed_talk, mut missed_questions) = (0, 0);
    for line in &said {
        let found = talk(line["q"].as_str().unwrap());
        let is_missed = usize::from(found != line["talk"]);
        if is_missed == 1 {
            missed.push(format!("{}: {} taken for {found}", line["q"], line["talk"]));
        }
        if line["talk"].is_null() {
            n_questions += 1;
            missed_questions += is_missed;
        } else {
            n_talk += 1;
            missed_talk += is_missed;
        }
    }
    let list = missed.join("\n");
    assert!(missed_talk * 20 <= n_talk, "more than 5 % of {n_talk}:\n{list}");
    assert!(missed_questions * 40 <= n_questions, "more than 2.5 % of {n_questions}:\n{list}");
}

#[test]
fn no_question_of_the_sets_is_small_talk() {
    for line in lines(QUESTIONS) {
        let question = line["q"].as_str().unwrap();
        let (found, expect) = (talk(question), &line["expect"]);
        assert!(found.is_null() || !expect.is_null(), "{question} taken for {found}");
    }
}

#[test]
fn small_talk_is_answered_in_its_language_and_quotes_nothing() {
    let program = Program::of_the_project();
    for (said, kind, reply) in [
        ("谢谢你", "thanks", "不客气"),
        ("謝謝你", "thanks", "不客氣"),
        ("Thank you!", "thanks", "welcome"),
        ("你是谁", "about", "问坚"),
        ("你是誰", "about", "問堅"),
        ("who are you", "about", "Wenjian"),
        ("继续", "more", "先问一个问题"),
    ] {
        let json = program.run(["ask", "--json", said]).succeeded().json();
        assert_eq!((&json["talk"], &json["verdict"]), (&kind.into(), &"none".into()), "{said}");
        assert_eq!(json["quotes"], serde_json::json!([]), "{said}");
        assert!(json["reply"].as_str().unwrap().contains(reply), "{said}: {}", json["reply"]);
        assert!(program.run(["ask", said]).succeeded().stdout.contains(reply), "{said}");
    }
    let json = program.run(["ask", "--json", "你好，王坚怎么看硅谷"]).succeeded().json();
    assert!(json["talk"].is_null() && json["reply"].is_null() && json["quotes"][0].is_object());
}
