//! Guest mode: the bot is mentioned in chats that it is not a member of.

use serde_json::{Value, json};

use crate::support::bot::Setup;
use crate::support::bot_api::{
    BotApi, Call, FOREIGN, Fault, Parsed, SUPERGROUP, USERNAME, parse_html,
};

const QUESTION: &str = "硅谷为什么解释不了杭州？";
/// A user who reads Simplified Chinese.
const USER: i64 = 42;

/// Waits for the answer to a guest query.
async fn answer(api: &BotApi, query: &str) -> Call {
    let is_it = |call: &Call| call.params["guest_query_id"] == json!(query);
    let answer = api.call_where("answerGuestQuery", is_it).await;
    assert!(answer.is_done(), "{answer:#?}");
    answer
}

/// Returns the text of the message that an answer sends.
fn text(answer: &Call) -> Parsed {
    let content = &answer.params["result"]["input_message_content"];
    parse_html(content["message_text"].as_str().unwrap()).unwrap()
}

fn inline_id(answer: &Call) -> Value {
    answer.result.as_ref().unwrap()["result"]["inline_message_id"].clone()
}

/// Returns how many guest queries were answered.
fn n_answered(api: &BotApi) -> usize {
    api.calls("answerGuestQuery").iter().filter(|call| call.is_done()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_in_a_chat_of_others_is_answered_once() {
    for is_webhook in [false, true] {
        let api = BotApi::start().await;
        let setup = Setup::new(&api);
        let setup = if is_webhook { setup.with_webhook() } else { setup };
        let _bot = setup.start();
        let query = api.summon(USER, &format!("@{USERNAME} {QUESTION}"), json!({}));
        let card = answer(&api, &query).await;
        let shown = text(&card);
        assert!(!shown.marked("blockquote").is_empty(), "{shown:?}");
        assert!(shown.text.contains("《财经》"), "{shown:?}");
        assert!(card.params["result"]["title"].as_str().unwrap().contains("硅谷"));
        setup.settled().await;
        setup.has_noted(1, "question_log WHERE chat_kind = 'guest'").await;
        assert!(api.calls("sendMessage").is_empty(), "nothing else can be sent to the chat");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_without_words_asks_what_it_replies_to() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let replied = json!({"reply_to_message": {
        "message_id": 3, "date": 1, "chat": {"id": FOREIGN, "type": "group"}, "text": QUESTION,
        "from": {"id": 43, "is_bot": false, "first_name": "V"},
    }});
    let query = api.summon(USER, &format!("@{USERNAME}"), replied);
    assert!(!text(&answer(&api, &query).await).marked("blockquote").is_empty());

    let query = api.summon(USER, &format!("@{USERNAME}"), json!({"message_id": 2}));
    let how = text(&answer(&api, &query).await);
    assert!(how.text.contains(USERNAME), "{how:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_buttons_of_an_answer_work_and_mark_the_words_of_the_question() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    let query = api.summon(USER, &format!("@{USERNAME} {QUESTION}"), json!({}));
    let card = answer(&api, &query).await;
    setup.has_noted(1, "asked_inline").await;
    let rows = card.params["result"]["reply_markup"]["inline_keyboard"].as_array().unwrap();
    let buttons: Vec<&Value> = rows.iter().flat_map(|row| row.as_array().unwrap()).collect();
    let full = buttons.iter().find(|button| button["text"].as_str().unwrap().contains("完整回答"));
    let id = inline_id(&card);
    api.press_inline(43, id.as_str().unwrap(), full.unwrap()["callback_data"].as_str().unwrap());
    let edit = api.call_where("editMessageText", |_| true).await;
    assert_eq!(edit.params["inline_message_id"], id);
    assert!(edit.is_done() && !edit.text.marked("b").is_empty(), "{edit:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_that_arrives_as_a_message_as_well_is_answered_once() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    let words = format!("@{USERNAME} {QUESTION}");
    for is_guest_first in [false, true] {
        let message = api.message(SUPERGROUP, USER, &words, json!({}));
        let mut guest_message = message.clone();
        guest_message["guest_query_id"] = json!(api.guest_query());
        let mut updates = [("message", message), ("guest_message", guest_message)];
        if is_guest_first {
            updates.reverse();
        }
        for (kind, message) in updates {
            api.push(kind, &message);
        }
    }
    // A third mention shows that the others are done.
    let query = api.summon(USER, &words, json!({"message_id": 900}));
    answer(&api, &query).await;
    setup.settled().await;
    assert_eq!(api.sent_to(SUPERGROUP).len() + n_answered(&api), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_whose_response_is_lost_is_not_given_twice_and_a_late_one_is_dropped() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let bot = setup.start();
    let words = format!("@{USERNAME} {QUESTION}");
    api.fail("answerGuestQuery", Fault::ResetAfter);
    api.summon(USER, &words, json!({}));
    api.until(|api| (api.calls("answerGuestQuery").len() == 2).then_some(())).await.unwrap();
    setup.settled().await;
    assert_eq!(n_answered(&api), 1);
    bot.kill();

    api.summon(USER, &words, json!({"message_id": 2}));
    api.expire_guest_queries();
    let bot = setup.start();
    api.all_taken().await;
    setup.settled().await;
    assert_eq!(n_answered(&api), 1);
    assert!(!bot.log().contains("WARN wenjian::telegram::effects"), "{}", bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_mentions_the_bot_too_often_is_not_answered_in_front_of_others() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api)
        .with("TELEGRAM__LIMITS", "telegram")
        .with("TELEGRAM__FLOOD_QUESTIONS", "2");
    let _bot = setup.start();
    for message_id in 1..=5 {
        api.summon(USER, &format!("@{USERNAME} {QUESTION}"), json!({"message_id": message_id}));
    }
    let query = api.summon(43, &format!("@{USERNAME} {QUESTION}"), json!({"message_id": 6}));
    answer(&api, &query).await;
    setup.settled().await;
    assert_eq!(n_answered(&api), 3);
    assert!(api.calls("sendMessage").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_guest_mode_is_no_reason_for_a_warning() {
    let old = BotApi::start().await.without_guest_mode();
    let bot = Setup::new(&old).start();
    old.say(USER, USER, QUESTION, json!({}));
    old.message_to(USER, 0).await;
    assert!(!bot.log().contains("Guest Mode"), "{}", bot.log());

    let api = BotApi::start().await;
    api.change_bot(json!({"supports_guest_queries": false}));
    Setup::new(&api).start().says("Guest Mode").await;
}
