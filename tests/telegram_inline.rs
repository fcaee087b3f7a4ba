//! Inline mode: quotations from any chat.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call, parse_html};

const HANS: i64 = 42;
const ENGLISH: i64 = 1042;

/// Sends an inline query and returns the bot's answer.
async fn look_up(api: &BotApi, user: i64, query: &str, offset: &str) -> Call {
    let id = api.type_inline(user, query, offset);
    let is_it = |call: &Call| call.params["inline_query_id"] == json!(id);
    let answer = api.call_where("answerInlineQuery", is_it).await;
    assert!(answer.is_done(), "{answer:#?}");
    answer
}

fn results(answer: &Call) -> &Vec<Value> {
    answer.params["results"].as_array().unwrap()
}

fn ids(answer: &Call) -> HashSet<&str> {
    results(answer).iter().map(|result| result["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inline_query_finds_quotations_in_pages() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let first = look_up(&api, HANS, "杭州 创新", "").await;
    let card = &results(&first)[0];
    assert!(!card["description"].as_str().unwrap().is_empty());
    let text = card["input_message_content"]["message_text"].as_str().unwrap();
    let text = parse_html(text).unwrap();
    assert!(!text.marked("blockquote").is_empty() && text.text.contains("《财经》"));
    assert_eq!(card["input_message_content"]["link_preview_options"]["is_disabled"], json!(true));

    let offset = first.params["next_offset"].as_str().unwrap();
    let second = look_up(&api, HANS, "杭州 创新", offset).await;
    assert!(!ids(&second).is_empty() && ids(&first).is_disjoint(&ids(&second)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_query_offers_passages_and_a_query_without_results_offers_the_private_chat() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    assert!(!results(&look_up(&api, HANS, "", "").await).is_empty());
    let nothing = look_up(&api, HANS, "zxqv wvut", "").await;
    assert!(results(&nothing).is_empty());
    let button = &nothing.params["button"];
    let start = button["start_parameter"].as_str().unwrap();
    api.say(HANS, HANS, &format!("/start {start}"), json!({}));
    assert!(
        !api.message_to(HANS, 0).await.buttons().is_empty(),
        "the button should lead to the welcome"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_personal_only_if_they_depend_on_the_user() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let shared = look_up(&api, HANS, "为什么是杭州", "").await;
    assert_eq!(shared.params["is_personal"], json!(false));
    let same = look_up(&api, ENGLISH, "为什么是杭州", "").await;
    assert_eq!(same.params["results"], shared.params["results"]);
    let by_language = look_up(&api, HANS, "DeepSeek", "").await;
    assert_eq!(by_language.params["is_personal"], json!(true));

    api.say(HANS, HANS, "/settings", json!({}));
    let page = api.message_to(HANS, 0).await;
    api.press(HANS, HANS, page.message_id(), &page.press("原文"));
    api.call_where("editMessageText", |_| true).await;
    let chosen = look_up(&api, HANS, "为什么是杭州", "").await;
    assert_eq!(chosen.params["is_personal"], json!(true));
    assert_ne!(chosen.params["results"], shared.params["results"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sharing_a_card_finds_its_passage_inline() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    api.say(HANS, HANS, "硅谷为什么解释不了杭州？", json!({}));
    let card = api.message_to(HANS, 0).await;
    api.press(HANS, HANS, card.message_id(), &card.press("⋯"));
    let buttons = api.call_where("editMessageText", Call::is_done).await.buttons();
    let share = buttons.iter().find_map(|b| b["switch_inline_query_chosen_chat"]["query"].as_str());
    let found = look_up(&api, HANS, share.unwrap(), "").await;
    let [only] = &results(&found)[..] else { panic!("{found:#?}") };
    let text = parse_html(only["input_message_content"]["message_text"].as_str().unwrap()).unwrap();
    assert_eq!(text.marked("blockquote"), card.text.marked("blockquote"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_sent_inline_is_counted_and_its_buttons_work() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    let found = look_up(&api, HANS, "硅谷 杭州", "").await;
    let card = &results(&found)[0];
    api.choose(HANS, card["id"].as_str().unwrap(), "硅谷 杭州", "inline-message-1");
    api.all_taken().await;
    setup.settled().await;
    setup.has_noted(1, "question_log WHERE verdict = 'chosen' AND passage <> ''").await;

    let rows = card["reply_markup"]["inline_keyboard"].as_array().unwrap();
    let buttons = rows.iter().flat_map(|row| row.as_array().unwrap());
    for button in buttons.filter(|button| button.get("callback_data").is_some()) {
        let id = api.press_inline(
            ENGLISH,
            "inline-message-1",
            button["callback_data"].as_str().unwrap(),
        );
        let is_it = |call: &Call| call.params["callback_query_id"] == json!(id);
        assert!(api.call_where("answerCallbackQuery", is_it).await.is_done(), "{button}");
    }
    let edit = api.call_where("editMessageText", |_| true).await;
    assert_eq!(edit.params["inline_message_id"], json!("inline-message-1"));
    assert!(edit.is_done() && !edit.text.marked("b").is_empty(), "{:?}", edit.text);
}
