//! What people say besides questions: recognised, answered in the bot's own words, and told from questions.

use std::sync::LazyLock;

use retrieval::index::Generations;
use serde_json::Value;
use wenjian::config::Config;
use wenjian::dialogue::{Engine, Intent, Language, Reader, Reply, ScriptChoice, View};

use crate::support::program::{LIGHTHOUSE, Program};

/// What people say, partly in wordings close to the examples of `config/talk`: `talk` is null for a question.
const SAID: &str = include_str!("data/talk.jsonl");
const QUESTIONS: &str = include_str!("data/questions.jsonl");

/// Answers from the project's corpus, by words alone.
pub(crate) static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
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
fn a_request_for_any_quotation_gets_one_that_can_be_read_alone() {
    let reader = Reader { language: Language::ZhHans, script: ScriptChoice::Original };
    let alone: Vec<String> = ENGINE
        .standalone_quotes()
        .iter()
        .map(|shown| ENGINE.library().passage(shown.key).unwrap().excerpt(shown.excerpt.clone()))
        .map(|excerpt| excerpt.text().to_owned())
        .collect();
    for text in ["随便来一句", "給我隨便一句他的話", "surprise me", "隨便嚟一句"]
    {
        let intent = Intent::Ask { question: text.to_owned(), before: None, within: None };
        let Reply::Card(card) = ENGINE.handle(&intent, reader) else { panic!("`{text}`") };
        let words = &card.passage().unwrap().excerpt.words.text;
        assert!(alone.contains(words), "`{text}`: {words}");
    }
    for line in lines(QUESTIONS).iter().chain(&lines(SAID)) {
        let text = line["q"].as_str().unwrap();
        assert!(!ENGINE.asks_for_any_quotation(text), "help: `{text}`");
    }
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
        ("继续", "more", "先问我一个问题"),
        ("谢谢，继续", "more", "先问我一个问题"),
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

#[test]
fn a_quotation_on_a_subject_names_it_and_is_not_hedged() {
    let program = Program::of_the_project();
    for (request, subject, word) in [
        ("给我一句关于创新的话", "创新", "創新"),
        ("有沒有關於政府的金句？", "政府", "政府"),
        ("关于互联网他说过什么", "互联网", "互聯網"),
    ] {
        let json = program.run(["ask", "--json", request]).succeeded().json();
        assert_eq!((&json["verdict"], &json["searched"]), (&"answer".into(), &subject.into()));
        let excerpt = json["quotes"][0]["excerpt"]["text"].as_str().unwrap();
        assert!(excerpt.contains(word), "{request}: {excerpt}");
    }
    let shown = program.run(["ask", "-n", "1", "给我一句关于创新的话"]).succeeded().stdout;
    assert!(shown.starts_with("关于「创新」："), "{shown}");
}

#[test]
fn two_questions_in_one_message_are_answered_in_turn() {
    let program = Program::of_the_project();
    let message = "名誉镇长的聘书是哪年接的？Grok3他怎么评价？";
    let json = program.run(["ask", "--json", message]).succeeded().json();
    let passage = |at: usize| json["quotes"][at]["passage"].as_str().unwrap().to_owned();
    assert!(passage(0).ends_with("/19.2"), "{json}");
    assert!(passage(1).ends_with("/23.2") || passage(1).ends_with("/23.1"), "{json}");
    let shown = program.run(["ask", "-n", "2", message]).succeeded().stdout;
    for note in ["这段回答「名誉镇长的聘书是哪年接的？」", "这段回答「Grok3他怎么评价？」"]
    {
        assert!(shown.contains(note), "{shown}");
    }
    let one = "名誉镇长的聘书是哪年接的？量子力学的多世界解释对不对？";
    let shown = program.run(["ask", one]).succeeded().stdout;
    assert!(shown.contains("「量子力学的多世界解释对不对？」访谈里没有谈到"), "{shown}");
}

#[test]
fn a_page_names_its_question_only_above_the_passage_that_answers_it() {
    const GROK: &str = "Grok3他怎么评价？";
    let message = format!("名誉镇长的聘书是哪年接的？{GROK}");
    let reader = Reader { language: Language::ZhHans, script: ScriptChoice::Auto };
    let card = |intent: Intent| match ENGINE.handle(&intent, reader) {
        Reply::Card(card) => card,
        reply => panic!("it is no card: {reply:?}"),
    };
    let show = |view: View| card(Intent::Show { view, question: Some(message.clone()) });
    let asked = Intent::Ask { question: message.clone(), before: None, within: None };
    let view = card(asked).view;
    let label = format!("这段回答「{GROK}」");
    assert!(show(view.turned_to(1)).notes.contains(&label));
    // Another search, for example within one interview, may have found the passages in another order.
    let mut swapped = view.turned_to(1);
    swapped.shown.swap(0, 1);
    let notes = show(swapped).notes;
    assert!(!notes.iter().any(|note| note.contains("这段回答")), "{notes:?}");
}

#[test]
fn what_was_searched_is_said_where_it_is_not_what_was_typed() {
    let program = Program::of_the_project();
    let shown = program.run(["ask", "四千经神是什么"]).succeeded().stdout;
    assert!(shown.contains("按「四千精神是什么」查找"), "{shown}");
    let shown = program.run(["ask", "四千精神是什么"]).succeeded().stdout;
    assert!(!shown.contains("查找"), "{shown}");
}

#[test]
fn the_hedge_is_said_once_above_several_quotations() {
    let shown = Program::of_the_project().run(["ask", "-n", "3", "云栖"]).succeeded().stdout;
    assert!(shown.matches("——王坚").count() > 1, "{shown}");
    assert!(shown.matches("最相关").count() <= 1, "{shown}");
}

#[test]
fn a_chat_goes_on_with_its_topic_and_opens_topics_by_their_numbers() {
    let program = Program::of_the_project();
    let said = "硅谷为什么解释不了杭州\n继续\n还有吗\n/topics\n3\n";
    let shown = program.run_with_input(&["chat"], said.as_bytes()).succeeded().stdout;
    let replies: Vec<&str> = shown.split("\n\n").collect();
    let turn = |at: usize| replies[at].rsplit_once('第').map(|(_, turn)| turn.to_owned());
    assert!(replies[3].contains("\n  3. "), "{shown}");
    assert!(turn(4).is_some_and(|turn| turn.starts_with("3问")), "{shown}");
    let words = |at: usize| replies[at].split_once('│').map(|(_, words)| words.to_owned());
    assert!(words(0) != words(1) && words(1) != words(2) && words(0) != words(2), "{shown}");
}

#[test]
fn what_is_said_about_a_quotation_is_answered_about_it() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let said = "颱風來的時候您害怕嗎\n邊個問㗎\n有沒有英文版\n太長了\n你錯了\n";
    let shown = program.run_with_input(&["chat"], said.as_bytes()).succeeded().stdout;
    let replies: Vec<&str> = shown.trim().split("\n\n").collect();
    let [card, source, translation, shorter, doubt] = replies[..] else { panic!("{shown}") };
    assert!(card.contains("第2問"), "{card}");
    for (reply, holds) in
        [(source, "《海風》第2問"), (translation, "不翻譯"), (shorter, "縮寫"), (doubt, "逐字")]
    {
        assert!(reply.contains(holds) && !reply.contains('│'), "help: `{holds}` in `{reply}`");
    }
}

#[test]
fn a_passage_is_shown_by_its_number() {
    let program = Program::of_the_project();
    let shown = |said: &str| {
        let run = program.run_with_input(&["chat"], said.as_bytes()).succeeded();
        run.stdout.trim().rsplit("\n\n").next().unwrap().to_owned()
    };
    let third = shown("小镇\n/more\n/more\n");
    assert!(shown("小镇\n第3个\n").ends_with(&third), "help: `{third}`");
}
