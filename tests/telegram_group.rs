//! Groups, topics and channels: the bot speaks only when it is addressed, and in the place where it was addressed.

use serde_json::{Value, json};

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, CHANNEL, Call, FORUM, GROUP, SUPERGROUP, USERNAME};

const USER: i64 = 42;
const OTHER: i64 = 44;
const QUESTION: &str = "硅谷为什么解释不了杭州？";

/// Returns the only answer in `chat` so far, if there is one. To be sure that no further answer is on its way,
/// asks another question and waits for the answer to that.
async fn only_answer(api: &BotApi, chat: i64) -> Option<Call> {
    let last = api.say(chat, USER, &format!("/ask@{USERNAME} 云栖小镇"), json!({}));
    let is_last = |call: &Call| call.params["reply_parameters"]["message_id"] == json!(last);
    api.call_where("sendMessage", is_last).await;
    let mut sent = api.sent_to(chat);
    sent.retain(|call| !is_last(call));
    assert!(sent.len() <= 1, "{sent:#?}");
    sent.pop()
}

/// Returns the answer to `text` in a new supergroup.
async fn answer_to(text: &str, extra: Value) -> Option<Call> {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    api.say(SUPERGROUP, USER, text, extra);
    only_answer(&api, SUPERGROUP).await
}

fn is_quotation(answer: &Call) -> bool {
    !answer.text.marked("blockquote").is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_is_silent_unless_it_is_addressed() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    for text in [
        QUESTION,
        "/ask@another_bot 杭州",
        "/start@another_bot",
        "/weather",
        "mail@wenjian_test_bot.example 杭州",
        "@another_bot 杭州",
    ] {
        api.say(SUPERGROUP, USER, text, json!({}));
    }
    let sticker = json!({"text": null, "entities": null, "sticker": {}});
    api.say(SUPERGROUP, USER, "", sticker);
    let bot = json!({"from": {"id": 9, "is_bot": true, "first_name": "B"}});
    api.say(SUPERGROUP, USER, "/ask 杭州", bot);
    let via_us = json!({"via_bot": BotApi::own_message(SUPERGROUP, 1, "x")["from"]});
    api.say(SUPERGROUP, USER, &format!("@{USERNAME} 杭州"), via_us);
    assert!(only_answer(&api, SUPERGROUP).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_or_a_mention_is_answered_with_a_reply() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    for (nth, text) in [
        format!("/ask {QUESTION}"),
        format!("/ask@{USERNAME} {QUESTION}"),
        format!("/ASK@{} {QUESTION}", USERNAME.to_uppercase()),
        format!("@{USERNAME} {QUESTION}"),
        format!("硅谷 @{USERNAME} 为什么解释不了杭州？"),
        format!("👍👍 @{USERNAME}，{QUESTION}"),
    ]
    .into_iter()
    .enumerate()
    {
        let asked = api.say(GROUP, USER, &text, json!({}));
        let answer = api.message_to(GROUP, nth).await;
        assert!(is_quotation(&answer), "`{text}`: {:?}", answer.text);
        assert_eq!(answer.params["reply_parameters"]["message_id"], json!(asked));
        assert!(answer.params.get("message_thread_id").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_the_bots_message_is_a_follow_up_question() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    api.say(GROUP, USER, "/ask 杭州为什么能做好创新？", json!({}));
    let first = api.message_to(GROUP, 0).await;
    let reply = json!({"reply_to_message": BotApi::own_message(GROUP, first.message_id(), "…")});
    api.say(GROUP, OTHER, "那政府呢？", reply);
    let second = api.message_to(GROUP, 1).await;
    assert!(second.text.text.contains("杭州为什么能做好创新"), "{:?}", second.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_command_in_reply_to_a_message_asks_that_message() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let asked = api.message(GROUP, OTHER, QUESTION, json!({}));
    let long = api.message(GROUP, OTHER, "今天天气很好。硅谷为什么解释不了杭州？", json!({}));
    let quote = json!({"reply_to_message": long, "quote": {"text": QUESTION, "position": 7}});
    for (nth, (text, extra)) in [
        ("/ask".to_owned(), json!({"reply_to_message": asked})),
        (format!("@{USERNAME}"), json!({"reply_to_message": asked})),
        ("/ask".to_owned(), quote),
    ]
    .into_iter()
    .enumerate()
    {
        api.say(GROUP, USER, &text, extra);
        let answer = api.message_to(GROUP, nth).await;
        assert!(answer.text.marked("b").contains(&"硅谷"), "{:?}", answer.text);
    }
    api.say(GROUP, USER, "/ask", json!({}));
    assert!(
        api.message_to(GROUP, 3).await.text.text.contains("/ask"),
        "there is no question, so the bot should explain the command"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_goes_to_the_topic_of_the_question_but_never_names_thread_1() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let topic = json!({"message_thread_id": 77, "is_topic_message": true});
    api.say(FORUM, USER, "/ask 杭州", topic);
    let in_topic = api.message_to(FORUM, 0).await;
    assert_eq!(in_topic.params["message_thread_id"], json!(77));
    for general in [
        json!({"message_thread_id": 1, "is_topic_message": true}),
        json!({"message_thread_id": 50}),
    ] {
        let nth = api.sent_to(FORUM).len();
        api.say(FORUM, USER, "/ask 杭州", general);
        let answer = api.message_to(FORUM, nth).await;
        assert!(answer.params.get("message_thread_id").is_none(), "{answer:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anonymous_admins_and_users_who_post_as_a_channel_are_answered() {
    let anonymous = json!({
        "from": {"id": 1_087_968_824, "is_bot": true, "first_name": "Group"},
        "sender_chat": {"id": SUPERGROUP, "type": "supergroup", "title": "S"},
    });
    let answer = answer_to("/ask 杭州", anonymous).await.unwrap();
    assert!(is_quotation(&answer));
    let as_channel = json!({
        "from": {"id": 136_817_688, "is_bot": true, "first_name": "Channel"},
        "sender_chat": {"id": CHANNEL, "type": "channel", "title": "C"},
    });
    assert!(is_quotation(&answer_to("/ask 杭州", as_channel).await.unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_can_change_the_settings_of_a_group() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    api.make_admin(SUPERGROUP, USER);
    api.say(SUPERGROUP, OTHER, "/settings", json!({}));
    assert!(
        api.message_to(SUPERGROUP, 0).await.buttons().is_empty(),
        "other users should not get the settings"
    );
    api.say(SUPERGROUP, USER, "/settings", json!({}));
    let page = api.message_to(SUPERGROUP, 1).await;

    let id = api.press(SUPERGROUP, OTHER, page.message_id(), &page.press("English"));
    let is_it = |call: &Call| call.params["callback_query_id"] == json!(id);
    let refused = api.call_where("answerCallbackQuery", is_it).await;
    assert!(refused.params["text"].as_str().unwrap().contains("管理员"));
    api.press(SUPERGROUP, USER, page.message_id(), &page.press("English"));
    assert!(api.call_where("editMessageText", |_| true).await.text.text.contains("Settings"));

    api.say(SUPERGROUP, OTHER, "/ask 杭州", json!({}));
    assert!(
        api.message_to(SUPERGROUP, 2).await.text.text.contains("question"),
        "the language should apply to everybody"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_greeted_once_and_its_data_deleted_when_the_bot_is_removed() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    api.change_member(SUPERGROUP, "left", "member");
    assert!(api.message_to(SUPERGROUP, 0).await.text.text.contains(USERNAME));
    api.change_member(SUPERGROUP, "member", "administrator");
    api.say(SUPERGROUP, USER, "/ask 杭州", json!({}));
    api.message_to(SUPERGROUP, 1).await;
    setup.settled().await;
    setup.has_noted(1, "asked").await;
    api.change_member(SUPERGROUP, "administrator", "kicked");
    api.all_taken().await;
    setup.settled().await;
    assert_eq!(setup.count("asked").await, 0);
    assert_eq!(setup.count("blocked_chats").await, 1);
    api.change_member(SUPERGROUP, "kicked", "member");
    api.message_to(SUPERGROUP, 2).await;
    assert_eq!(setup.count("blocked_chats").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_post_is_answered_only_in_the_channel() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let asked = api.say(CHANNEL, 0, &format!("@{USERNAME} {QUESTION}"), json!({}));
    let answer = api.message_to(CHANNEL, 0).await;
    assert!(is_quotation(&answer));
    assert_eq!(answer.params["reply_parameters"]["message_id"], json!(asked));
    api.say(CHANNEL, 0, "/help", json!({}));
    api.say(CHANNEL, 0, QUESTION, json!({}));
    let forward = json!({
        "is_automatic_forward": true,
        "from": {"id": 777_000, "is_bot": false, "first_name": "Telegram"},
        "sender_chat": {"id": CHANNEL, "type": "channel", "title": "C"},
    });
    api.say(SUPERGROUP, USER, &format!("@{USERNAME} {QUESTION}"), forward);
    assert!(only_answer(&api, SUPERGROUP).await.is_none());
    api.edit(CHANNEL, 0, asked, "/ask 什么是云栖小镇？");
    let edit = api.call_where("editMessageText", |_| true).await;
    assert_eq!(edit.params["message_id"], json!(answer.message_id()));
    assert_eq!(api.sent_to(CHANNEL).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supergroup_keeps_the_settings_of_the_group_that_it_was() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    api.make_admin(GROUP, USER);
    api.say(GROUP, USER, "/settings", json!({}));
    let page = api.message_to(GROUP, 0).await;
    api.press(GROUP, USER, page.message_id(), &page.press("English"));
    api.call_where("editMessageText", |_| true).await;

    api.migrate(GROUP, SUPERGROUP);
    api.say(GROUP, USER, "/ask 杭州", json!({}));
    let moved = api.message_to(SUPERGROUP, 0).await;
    assert!(is_quotation(&moved));
    api.say(SUPERGROUP, USER, "/ask 杭州", json!({}));
    let answer = api.message_to(SUPERGROUP, 1).await;
    assert!(
        answer.text.text.contains("question"),
        "the settings should have moved as well: {:?}",
        answer.text
    );
}
