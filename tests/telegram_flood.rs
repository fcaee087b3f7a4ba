//! Many users at the same time, and a user who floods the bot.

use serde_json::json;

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, GROUP};

const QUESTION: &str = "硅谷为什么解释不了杭州？";

#[tokio::test(flavor = "multi_thread")]
async fn every_question_in_many_chats_is_answered_once_and_in_order() {
    const USERS: i64 = 200;
    let topics = ["云栖小镇", "浙商", "开源", "DeepSeek", "之江实验室"];
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    for topic in topics {
        for user in 1..=USERS {
            api.say(-user - 1000, user, &format!("/ask {topic}"), json!({}));
        }
    }
    for user in 1..=USERS {
        api.message_to(-user - 1000, topics.len() - 1).await;
    }
    setup.settled().await;
    for user in 1..=USERS {
        let sent = api.sent_to(-user - 1000);
        assert_eq!(sent.len(), topics.len());
        let answered: Vec<_> = sent
            .iter()
            .map(|call| call.params["reply_parameters"]["message_id"].as_i64())
            .collect();
        assert!(answered.is_sorted(), "{answered:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_floods_gets_one_notice_and_delays_nobody_else() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api)
        .with("TELEGRAM__LIMITS", "telegram")
        .with("TELEGRAM__FLOOD_QUESTIONS", "5")
        .start();
    for _ in 0..60 {
        api.say(2, 2, QUESTION, json!({}));
    }
    api.say(4, 4, QUESTION, json!({}));
    let quiet = api.message_to(4, 0).await;
    assert!(api.sent_to(2).len() < 6, "the reply to the quiet chat should not wait for the flood");
    let last = api.message_to(2, 5).await;
    assert!(last.text.text.contains("问得太快"), "{:?}", last.text);
    assert!(quiet.at < last.at);
    // In a group the limit applies to the sender, not to the chat.
    api.say(GROUP, 2, &format!("/ask {QUESTION}"), json!({}));
    api.say(GROUP, 6, &format!("/ask {QUESTION}"), json!({}));
    api.message_to(GROUP, 0).await;
    assert_eq!(api.sent_to(2).len(), 6, "there should be no further reply");
    assert_eq!(api.sent_to(GROUP).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_presses_too_many_buttons_gets_one_notice_and_may_still_ask() {
    const USER: i64 = 2;
    let api = BotApi::start().await;
    let setup = Setup::new(&api)
        .with("TELEGRAM__LIMITS", "telegram")
        .with("TELEGRAM__FLOOD_QUESTIONS", "2");
    let _bot = setup.start();
    api.say(USER, USER, QUESTION, json!({}));
    let card = api.message_to(USER, 0).await.message_id();
    // Three presses are allowed for each question that is.
    let presses: Vec<String> = (0..9).map(|_| api.press(USER, USER, card, "old")).collect();
    let other = api.press(GROUP, 4, card, "old");
    let answer_to = |press: &str| {
        let calls = api.calls("answerCallbackQuery");
        calls.into_iter().find(|call| call.params["callback_query_id"] == json!(press))
    };
    let notice = api.until(|_| answer_to(&presses[6])).await.unwrap();
    assert!(notice.params["text"].as_str().unwrap().contains("问得太快"), "{notice:#?}");
    api.until(|_| answer_to(&other)).await.unwrap();
    api.all_taken().await;
    setup.settled().await;
    for (number, press) in presses.iter().enumerate() {
        assert_eq!(answer_to(press).is_some(), number < 7, "press {number}");
    }
    api.say(USER, USER, QUESTION, json!({}));
    api.message_to(USER, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_to_a_chat_keep_to_telegrams_limit() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).with("TELEGRAM__LIMITS", "telegram").start();
    for _ in 0..6 {
        api.say(2, 2, QUESTION, json!({}));
    }
    api.message_to(2, 5).await;
    let sent = api.sent_to(2);
    let seconds = |from: usize, to: usize| (sent[to].at - sent[from].at).as_secs_f64();
    assert!(seconds(0, 2) < 1.0, "three messages may be sent at once");
    assert!(seconds(2, 5) > 1.9, "then one message a second: {}", seconds(2, 5));
}
