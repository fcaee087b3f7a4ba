//! Several interviews: searches that are limited to one of them, and one interview from two sources.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::api::check;
use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call};
use crate::support::program::{LIGHTHOUSE, Program};
use crate::support::site::{Site, encoded};

const QUESTION: &str = "颱風來的時候害怕嗎";
const HANT: i64 = 43;

/// Another made-up interview, which mentions a typhoon too.
const BAKERY: &str = "\
+++
slug = \"bakery\"
title = \"街角的麵包師\"
publisher = \"《麥田》\"
date = \"2023\"
interviewee = \"周禾\"
interviewers = [\"《麥田》\"]
+++

《麥田》：颱風來的時候您還開店嗎？

周禾：開。颱風那天只有三個人來買麵包，我多烤了兩爐送給對面的消防隊。

《麥田》：麵團要發多久？

周禾：一整夜。急不得，天冷的時候我還要起來給它蓋一條毯子。
";

/// Returns the lighthouse interview as another paper might print it: with its own name and title, and with
/// small differences in marks and characters.
fn reprint() -> String {
    let reprint = LIGHTHOUSE.replace("slug = \"lighthouse\"", "slug = \"reprint\"");
    let reprint = reprint.replace("《海風》", "《晨報》").replace("守燈塔的人", "燈塔三十年");
    let reprint = reprint.replace("坐了一夜，天亮才發現", "坐了整夜。天亮纔發現");
    assert!(reprint.contains("坐了整夜"));
    reprint
}

fn program() -> Program {
    let program = Program::with(&[
        ("bakery.txt", BAKERY),
        ("lighthouse.txt", LIGHTHOUSE),
        ("reprint.txt", &reprint()),
    ]);
    program.run(["index"]).succeeded();
    program
}

fn passages(answer: &Value) -> Vec<&str> {
    answer["quotes"].as_array().unwrap().iter().map(|q| q["passage"].as_str().unwrap()).collect()
}

#[test]
fn an_interview_from_two_sources_is_quoted_once_with_both_sources() {
    let answer = program().run(["ask", "--json", "-n", "20", QUESTION]).succeeded().json();
    let quote = &answer["quotes"][0];
    let pair = [&quote["passage"], &quote["also_in"][0]["passage"]];
    let pair: BTreeSet<&str> = pair.map(|id| id.as_str().unwrap()).into();
    assert_eq!(pair, BTreeSet::from(["lighthouse/2.1", "reprint/2.1"]), "{answer:#}");
    assert_eq!(quote["also_in"].as_array().unwrap().len(), 1);
    let text = quote["text"].as_str().unwrap();
    assert!(
        text.contains(quote["excerpt"]["text"].as_str().unwrap()),
        "the excerpt should be from the passage that is quoted"
    );
    let quoted = passages(&answer);
    assert_eq!(quoted.iter().filter(|id| pair.contains(**id)).count(), 1, "{answer:#}");
    assert!(
        quoted[..3].contains(&"bakery/1.1"),
        "the second source should not take the place of another answer: {answer:#}"
    );
    let bakery = answer["quotes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|quote| quote["passage"].as_str().unwrap().starts_with("bakery/"));
    assert!(bakery.unwrap().get("also_in").is_none(), "{answer:#}");
}

#[test]
fn a_second_source_does_not_change_the_verdict() {
    let alone = Program::with(&[("bakery.txt", BAKERY), ("lighthouse.txt", LIGHTHOUSE)]);
    let verdict = |program: &Program| {
        program.run(["ask", "--json", QUESTION]).succeeded().json()["verdict"].clone()
    };
    alone.run(["index"]).succeeded();
    assert_eq!(verdict(&program()), verdict(&alone));
}

#[test]
fn the_terminal_names_both_sources() {
    let run = program().run(["ask", "-n", "1", "--script", "hant", QUESTION]).succeeded();
    assert!(run.stdout.contains("《海風》") && run.stdout.contains("《晨報》"), "{run:#?}");
    assert!(run.stdout.contains("｜另見"), "{run:#?}");
}

#[test]
fn a_question_can_be_limited_to_one_interview() {
    let program = program();
    for slug in ["bakery", "lighthouse", "reprint"] {
        let run = program.run(["ask", "--json", "-n", "20", "--interview", slug, "颱風"]);
        let answer = run.succeeded().json();
        let slugs = passages(&answer).into_iter().filter_map(|id| id.split_once('/'));
        let slugs: BTreeSet<&str> = slugs.map(|(slug, _)| slug).collect();
        assert_eq!(slugs, BTreeSet::from([slug]), "{answer:#}");
    }
    let shown = program.run(["ask", "--interview", "bakery", "麵團要發多久"]).succeeded();
    assert!(shown.stdout.starts_with("只找了《麥田》"), "{shown:#?}");
    let other = program.run(["ask", "--json", "--interview", "lighthouse", "麵團要發多久"]);
    assert_ne!(other.succeeded().json()["verdict"], "answer");
    program
        .run(["ask", "--interview", "nowhere", QUESTION])
        .failed(1, &["there is no interview `nowhere`", "hint: "]);
}

#[test]
fn a_search_limited_to_a_long_interview_finds_only_its_passages() {
    let talk = |slug: &str, thing: &str| {
        let mut text = format!("+++\nslug = \"{slug}\"\ntitle = \"{slug}\"\n+++\n");
        for number in 100..200 {
            let _ = write!(text, "\n記者：第{number}個{thing}？\n\n甲：{thing}{number}在海邊。\n");
        }
        text
    };
    let (lamps, boats) = (talk("lamps", "燈"), talk("boats", "船"));
    let program = Program::with(&[("lamps.txt", &lamps), ("boats.txt", &boats)]);
    program.run(["index"]).succeeded();
    for slug in ["lamps", "boats"] {
        let options = ["ask", "--json", "-n", "20", "--interview", slug, "海邊的第142個"];
        let answer = program.run(options).succeeded().json();
        assert_eq!(passages(&answer).first(), Some(&format!("{slug}/43.1").as_str()), "{answer:#}");
        let prefix = format!("{slug}/");
        assert!(passages(&answer).iter().all(|id| id.starts_with(&prefix)), "{answer:#}");
    }
}

#[test]
fn the_chat_searches_the_chosen_interview_until_the_choice_is_lifted() {
    let input = "/in bakery\n颱風\n/in nowhere\n/in\n颱風來的時候害怕嗎\n/help\n";
    let run = program().run_with_input(&["chat"], input.as_bytes()).succeeded();
    let parts: Vec<&str> = run.stdout.split("\n\n").collect();
    let [kept, bakery, unknown, lifted, anywhere, help, ..] = parts[..] else { panic!("{run:#?}") };
    assert!(kept.contains("《麦田》"), "{run:#?}");
    assert!(bakery.starts_with("只找了《麥田》") && bakery.contains("消防"), "{run:#?}");
    assert!(unknown.contains("nowhere") && unknown.contains("lighthouse"), "{run:#?}");
    assert!(["bakery", "lighthouse", "reprint"].iter().all(|slug| lifted.contains(slug)));
    assert!(!anywhere.contains("只找了") && anywhere.contains("林海"), "{run:#?}");
    assert!(help.contains("/in"), "{run:#?}");
    let alone = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let run = alone.run_with_input(&["chat"], b"/help\n").succeeded();
    assert!(
        !run.stdout.contains("/in"),
        "the help should not offer a choice of one interview: {run:#?}"
    );
}

#[test]
fn the_api_can_search_one_interview_and_names_both_sources() {
    let site = Site::over(program(), &[("WEB__LIMITS", "off")]);
    let description = site.get("/api/openapi.json").json();
    let schema = &description["components"]["schemas"]["Answer"];
    let path = format!("/api/ask?n=20&q={}", encoded(QUESTION));
    let anywhere = site.get(&path).json();
    check(&description, schema, &anywhere, &path);
    assert_eq!(anywhere["quotes"][0]["also_in"].as_array().unwrap().len(), 1, "{anywhere:#}");
    let bakery = site.get(&format!("{path}&interview=bakery")).json();
    check(&description, schema, &bakery, &path);
    assert!(passages(&bakery).iter().all(|id| id.starts_with("bakery/")), "{bakery:#}");
    let missing = site.get(&format!("{path}&interview=nowhere"));
    assert_eq!(
        (missing.status, missing.json()),
        (404, json!({"error": "there is no interview `nowhere`"}))
    );
}

#[test]
fn the_search_form_offers_a_choice_of_several_interviews() {
    let site = Site::over(program(), &[("WEB__LIMITS", "off")]);
    let chosen = |page: &str| {
        let option = page.split("<option value=\"").find(|part| part.contains(" selected>"));
        option.and_then(|option| Some(option.split_once('"')?.0.to_owned()))
    };
    let home = site.get("/").text();
    assert_eq!(home.matches("<option").count(), 4, "{home}");
    assert_eq!(chosen(&home), None);
    assert_eq!(chosen(&site.get("/i/bakery").text()).as_deref(), Some("bakery"));
    assert_eq!(chosen(&site.get("/i/bakery/1.1").text()).as_deref(), Some("bakery"));

    let path = format!("/search?q={}", encoded(QUESTION));
    let anywhere = site.get(&path).text();
    let cards: Vec<&str> = anywhere.split("data-path=\"/i/").skip(1).collect();
    assert_eq!(cards.iter().filter(|card| card.contains("坐了")).count(), 1, "{anywhere}");
    assert!(cards[0].contains("｜另见") && cards[0].contains("《晨報》"), "{anywhere}");
    assert_eq!(site.get(&format!("{path}&in=")).text().matches("data-path").count(), cards.len());
    let bakery = site.get(&format!("{path}&in=bakery")).text();
    assert_eq!(chosen(&bakery).as_deref(), Some("bakery"));
    assert!(bakery.split("data-path=\"/i/").skip(1).all(|card| card.starts_with("bakery/")));
    assert!(bakery.contains("只找了《麦田》"), "{bakery}");
    assert!(bakery.contains("&#38;in=bakery&#38;script="), "{bakery}");
    assert_eq!(site.get(&format!("{path}&in=nowhere")).status, 404);
}

#[test]
fn the_search_form_offers_no_choice_of_a_single_interview() {
    let site = Site::start();
    for path in ["/", "/i/caijing-wangjian", "/search?q=%E9%96%8B%E6%BA%90"] {
        assert!(!site.get(path).text().contains("<select"), "{path}");
    }
}

/// Sends `words` to the bot and returns its reply.
async fn say(api: &BotApi, words: &str) -> Call {
    let nth = api.sent_to(HANT).len();
    api.say(HANT, HANT, words, json!({}));
    api.message_to(HANT, nth).await
}

/// Presses the button with `label` on `message`, which now looks like `shown`, and returns the edit that follows.
async fn press(api: &BotApi, message: &Call, shown: &Call, label: &str) -> Call {
    let before = api.calls("editMessageText").len();
    api.press(HANT, HANT, message.message_id(), &shown.press(label));
    let edit = api.until(|api| api.calls("editMessageText").into_iter().nth(before)).await;
    edit.expect("the message should have been edited")
}

fn labels(call: &Call) -> Vec<String> {
    let buttons = call.buttons();
    buttons.iter().map(|button| button["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telegram_chat_searches_the_chosen_interview_until_the_choice_is_lifted() {
    let api = BotApi::start().await;
    let reprint = reprint();
    let setup = Setup::new(&api).with_transcripts(&[
        ("bakery.txt", BAKERY),
        ("lighthouse.txt", LIGHTHOUSE),
        ("reprint.txt", &reprint),
    ]);
    let bot = setup.start();
    let card = say(&api, QUESTION).await;
    assert!(card.text.text.contains("《海風》") && card.text.text.contains("《晨報》"));
    assert!(card.text.text.contains("｜另見"), "{:?}", card.text);
    let typed = async |api: &BotApi| {
        let id = api.type_inline(HANT, QUESTION, "");
        let is_it = |call: &Call| call.params["inline_query_id"] == json!(id);
        api.call_where("answerInlineQuery", is_it).await
    };
    let inline = typed(&api).await;

    let source = say(&api, "/source").await;
    assert_eq!(labels(&source).len(), 4, "three interviews and the topics: {source:#?}");
    let kept = press(&api, &source, &source, "街角的麵包師").await;
    assert!(labels(&kept).contains(&"✓ 街角的麵包師".to_owned()), "{kept:#?}");
    let bakery = say(&api, "颱風").await;
    assert!(bakery.text.text.starts_with("只找了《麥田》"), "{:?}", bakery.text);
    assert!(bakery.text.text.contains("周禾") && !bakery.text.text.contains("林海"));
    setup.settled().await;
    bot.kill();
    let _bot = setup.start();
    let after = say(&api, QUESTION).await;
    assert!(
        !after.text.text.contains("林海"),
        "the choice should survive a restart: {:?}",
        after.text
    );
    let kept_inline = typed(&api).await;
    assert_eq!(
        kept_inline.params["results"], inline.params["results"],
        "inline mode should search all"
    );

    let lifted = press(&api, &source, &kept, "街角的麵包師").await;
    assert!(labels(&lifted).iter().all(|label| !label.contains('✓')), "{lifted:#?}");
    let anywhere = say(&api, QUESTION).await;
    assert_eq!(anywhere.text.text, card.text.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_with_one_interview_offers_no_choice() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).with_transcript(LIGHTHOUSE).start();
    assert_eq!(labels(&say(&api, "/source").await).len(), 1, "only the button for topics");
}
