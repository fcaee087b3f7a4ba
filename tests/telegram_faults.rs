//! Faults of Telegram, the network and the store, which must not lose or repeat answers.

use std::time::Duration;

use serde_json::json;

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call, Fault, GROUP, TOKEN};
use crate::support::postgres::Postgres;

const QUESTION: &str = "硅谷为什么解释不了杭州？";

fn ask(api: &BotApi, user: i64) -> i64 {
    api.say(user, user, QUESTION, json!({}))
}

/// Returns every attempt to send a message to a chat.
fn attempts(api: &BotApi, chat: i64) -> Vec<Call> {
    let mut calls = api.calls("sendMessage");
    calls.retain(|call| call.params["chat_id"] == json!(chat));
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn a_429_delays_only_its_own_chat() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    api.fail("sendMessage", Fault::TooMany(2));
    ask(&api, 1);
    api.call_where("sendMessage", |_| true).await;
    ask(&api, 2);
    let other = api.message_to(2, 0).await;
    let own = api.message_to(1, 0).await;
    assert!(other.at < own.at);
    let [refused, ..] = &attempts(&api, 1)[..] else { panic!("no attempt") };
    assert!(own.at - refused.at >= Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_429_in_three_chats_pauses_the_whole_bot() {
    let api = BotApi::start().await;
    let bot = Setup::new(&api).start();
    ask(&api, 1000);
    api.message_to(1000, 0).await;
    // The questions are sent at once, so that all are refused within two seconds even on a busy machine.
    for user in 1..=3 {
        api.fail("sendMessage", Fault::TooMany(4));
        ask(&api, user);
    }
    bot.says("asks the whole bot for a pause").await;
    ask(&api, 4);
    let other = api.message_to(4, 0).await;
    let silenced = (1..=3).map(|user| attempts(&api, user)[0].at).min().unwrap();
    assert!(other.at - silenced >= Duration::from_secs(4), "{:?}", other.at - silenced);
}

#[tokio::test(flavor = "multi_thread")]
async fn temporary_failures_are_retried() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let faults = [
        Fault::Refuse(502, "Bad Gateway"),
        Fault::Refuse(500, "Internal Server Error"),
        Fault::Reset,
        Fault::HalfClose,
        Fault::Stall,
    ];
    for (user, fault) in (1..).zip(faults) {
        api.fail("sendMessage", fault.clone());
        ask(&api, user);
        api.until(|api| (!attempts(api, user).is_empty()).then_some(())).await.unwrap();
    }
    for user in 1..=5 {
        assert!(api.message_to(user, 0).await.is_done());
    }
    // Polling goes on after faults as well.
    for fault in
        [Fault::Reset, Fault::Refuse(502, "Bad Gateway"), Fault::ResetAfter, Fault::TooMany(1)]
    {
        api.fail("getUpdates", fault);
    }
    ask(&api, 9);
    api.message_to(9, 0).await;
    assert_eq!(api.sent_to(9).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_response_breaks_off_is_not_sent_again() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let bot = setup.start();
    ask(&api, 1000);
    api.message_to(1000, 0).await;
    api.fail("sendMessage", Fault::BreakOff);
    ask(&api, 1);
    bot.says("most likely sent").await;
    setup.settled().await;
    assert_eq!(api.sent_to(1).len(), 1);
    setup.has_noted(2, "question_log").await;
    // Calls that change nothing when they are repeated are repeated.
    let card = api.sent_to(1000).remove(0);
    api.fail("editMessageText", Fault::BreakOff);
    api.press(1000, 1000, card.message_id(), &card.press("完整回答"));
    api.until(|api| (api.calls("editMessageText").len() == 2).then_some(())).await.unwrap();
    assert!(!bot.log().contains("could not be sent"), "{}", bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_final_and_its_reason_is_logged() {
    let api = BotApi::start().await;
    let bot = Setup::new(&api).start();
    api.fail("sendMessage", Fault::Refuse(400, "Bad Request: not enough rights"));
    ask(&api, 2);
    bot.says("not enough rights").await;
    ask(&api, 1);
    api.message_to(1, 0).await;
    assert_eq!(attempts(&api, 2).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_that_is_refused_is_sent_as_plain_text() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let refusal = "Bad Request: can't parse entities: Unsupported start tag \"blockquote\"";
    api.fail("sendMessage", Fault::Refuse(400, refusal));
    ask(&api, 2);
    let plain = api.message_to(2, 0).await;
    assert!(plain.params.get("parse_mode").is_none());
    assert!(plain.text.text.contains("王坚") && !plain.text.text.contains("blockquote"));
    api.fail("editMessageText", Fault::Refuse(400, refusal));
    api.press(2, 2, plain.message_id(), &plain.press("完整回答"));
    let edit = api.call_where("editMessageText", Call::is_done).await;
    assert!(edit.params.get("parse_mode").is_none() && !edit.text.text.contains("blockquote"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_blocks_the_bot_is_remembered_until_it_writes_again() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let bot = setup.start();
    api.message(1, 1, "…", json!({}));
    api.block(1);
    for _ in 0..5 {
        ask(&api, 1);
    }
    api.call_where("sendMessage", |call| call.params["chat_id"] == json!(1)).await;
    api.all_taken().await;
    setup.settled().await;
    assert_eq!(setup.count("blocked_chats").await, 1);
    assert!(attempts(&api, 1).len() <= 5);
    bot.kill();
    let _bot = setup.start();
    api.unblock(1);
    ask(&api, 1);
    api.message_to(1, 0).await;
    setup.settled().await;
    assert_eq!(setup.count("blocked_chats").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_cannot_be_read_does_not_stop_others() {
    let api = BotApi::start().await;
    let bot = Setup::new(&api).start();
    api.push("message", &json!({"message_id": "what?", "chat": null}));
    api.push("hologram", &json!({"depth": 3}));
    // These do not make the poll fail either: half of a surrogate pair, a number that is out of range,
    // and arrays that are nested too deeply.
    api.push_raw(r#"{"text":"\ud800"}"#);
    api.push_raw(r#"{"text":"?","date":1e999}"#);
    api.push_raw(&format!("{}{}", "[".repeat(300), "]".repeat(300)));
    ask(&api, 1);
    api.message_to(1, 0).await;
    bot.says("an update cannot be read").await;
    assert!(bot.log().contains("update_id") && !bot.log().contains("Telegram refuses"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_occurs_twice_in_a_poll_is_answered_once() {
    let api = BotApi::start().await;
    let asked = json!({
        "message_id": 7, "date": 1, "text": QUESTION,
        "chat": {"id": 1, "type": "private", "first_name": "U"},
        "from": {"id": 1, "is_bot": false, "first_name": "U"},
    });
    ask(&api, 1);
    for _ in 0..2 {
        api.push_again(json!({"update_id": 900, "message": asked}));
    }
    let setup = Setup::new(&api);
    let _bot = setup.start();
    api.message_to(1, 1).await;
    api.all_taken().await;
    ask(&api, 2);
    api.message_to(2, 0).await;
    setup.settled().await;
    assert_eq!(api.sent_to(1).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_telegram_loses_and_doubles_no_answer() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let bot = setup.start();
    ask(&api, 1000);
    api.message_to(1000, 0).await;
    api.break_down(Some(Fault::Refuse(500, "Internal Server Error")));
    (1..=3).for_each(|user| _ = ask(&api, user));
    bot.says("Telegram cannot be reached").await;
    // The outage lasts longer than all attempts of a single call would.
    for seconds in [8, 16] {
        let lasted = |api: &BotApi| {
            let calls = api.calls("sendMessage");
            calls[calls.len() - 1].at - calls[1].at >= Duration::from_secs(seconds)
        };
        api.until(|api| lasted(api).then_some(())).await.unwrap();
    }
    assert!(
        api.calls("sendMessage").len() < 20,
        "only one call at a time should probe whether Telegram is back"
    );
    api.break_down(None);
    for user in 1..=3 {
        api.message_to(user, 0).await;
    }
    setup.settled().await;
    bot.says("Telegram can be reached again").await;
    for user in 1..=3 {
        assert_eq!(api.sent_to(user).len(), 1);
    }
    assert!(!bot.log().contains("could not be sent"), "{}", bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_waits_in_an_outage_survives_a_restart() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with("TELEGRAM__SHUTDOWN_SECONDS", "1");
    let bot = setup.start();
    ask(&api, 1000);
    api.message_to(1000, 0).await;
    api.break_down(Some(Fault::Reset));
    ask(&api, 1);
    bot.says("Telegram cannot be reached").await;
    assert!(bot.terminate().await.success());
    api.break_down(None);
    let _bot = setup.start();
    api.message_to(1, 0).await;
    setup.settled().await;
    assert_eq!(api.sent_to(1).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_too_late_for_a_group_is_dropped() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let bot = setup.start();
    ask(&api, 1000);
    api.message_to(1000, 0).await;
    setup.settled().await;
    api.break_down(Some(Fault::Reset));
    api.say(GROUP, 1, &format!("/ask {QUESTION}"), json!({}));
    ask(&api, 2);
    bot.says("Telegram cannot be reached").await;
    bot.kill();
    setup.execute("UPDATE updates SET received_at = received_at - 600").await;
    api.break_down(None);
    let bot = setup.start();
    api.message_to(2, 0).await;
    setup.settled().await;
    bot.says("came too late").await;
    assert!(api.sent_to(GROUP).is_empty());
    assert_eq!(api.sent_to(2).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_ends_the_program_again_and_again_is_set_aside() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with("TELEGRAM__OPERATORS", "44");
    let bot = setup.start();
    ask(&api, 44);
    api.message_to(44, 0).await;
    setup.settled().await;
    // Three updates are in hand when the program dies. Each was handled alone when it died once
    // before, and one of them is handled alone now.
    api.break_down(Some(Fault::Reset));
    (1..=3).for_each(|user| _ = ask(&api, user));
    bot.says("Telegram cannot be reached").await;
    bot.kill();
    setup.execute("UPDATE updates SET attempts = 1").await;
    setup
        .execute(
            "UPDATE updates SET alone = 1 WHERE update_id = \
             (SELECT MAX(update_id) FROM updates WHERE body IS NOT NULL)",
        )
        .await;
    api.break_down(None);
    let bot = setup.start();
    for user in 1..=2 {
        api.message_to(user, 0).await;
    }
    let told = api.message_to(44, 1).await;
    assert!(told.text.text.contains("503"), "{:?}", told.text);
    setup.settled().await;
    bot.says("set aside").await;
    assert!(api.sent_to(3).is_empty());
    assert_eq!(setup.count("updates WHERE alone = 1 AND body IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_set_aside_after_three_deaths_and_those_that_wait_behind_it_are_not() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with("TELEGRAM__OPERATORS", "44");
    let mut bot = setup.start();
    ask(&api, 44);
    api.message_to(44, 0).await;
    setup.settled().await;
    // The file stands for one that ends the program: it is being handled at each death.
    for _ in 0..4 {
        api.fail("getFile", Fault::Slow(Duration::from_mins(10)));
    }
    api.send_file(44, "poison.txt", b"...", json!({}));
    for deaths in 1..=3 {
        api.until(|api| (api.calls("getFile").len() == deaths).then_some(())).await.unwrap();
        if deaths == 2 {
            (1..=5).for_each(|user| _ = ask(&api, user));
            api.all_taken().await;
        }
        bot.kill();
        bot = setup.start();
    }
    let told = api.message_to(44, 1).await;
    assert!(told.text.text.contains("poison.txt"), "{:?}", told.text);
    for user in 1..=5 {
        api.message_to(user, 0).await;
    }
    setup.settled().await;
    assert_eq!(bot.log().matches("set aside").count(), 1, "{}", bot.log());
    assert_eq!(api.calls("getFile").len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_in_a_flood_set_no_update_aside() {
    const USERS: i64 = 200;
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let mut bot = setup.start();
    ask(&api, 1000);
    api.message_to(1000, 0).await;
    (1..=USERS).for_each(|user| _ = ask(&api, user));
    api.all_taken().await;
    for _ in 0..4 {
        // The bot may have answered nearly everybody by the time that this thread looks.
        let enough = (api.messages_by_chat().len() + 25).min(usize::try_from(USERS).unwrap());
        api.until(|api| (api.messages_by_chat().len() >= enough).then_some(())).await.unwrap();
        bot.kill();
        bot = setup.start();
    }
    setup.settled().await;
    for user in 1..=USERS {
        api.message_to(user, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_refusal_of_the_token_does_not_end_the_program() {
    let api = BotApi::start().await;
    let bot = Setup::new(&api).start();
    ask(&api, 1);
    api.message_to(1, 0).await;
    for fault in [
        Fault::Refuse(401, "Unauthorized"),
        Fault::Page(401, "<html>please sign in</html>"),
        Fault::Page(404, "<html>not here</html>"),
        Fault::Page(403, "<html>no</html>"),
    ] {
        for method in ["getUpdates", "sendMessage"] {
            api.fail(method, fault.clone());
        }
    }
    ask(&api, 1);
    api.message_to(1, 1).await;
    assert!(bot.terminate().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_or_address_ends_the_program_with_a_hint() {
    let api = BotApi::start().await;
    for (token, hint) in [("", "@BotFather"), ("123:wrong", "@BotFather")] {
        let mut bot = Setup::new(&api).start_with_token(token);
        assert!(!bot.ended().await.success());
        assert!(bot.log().contains(hint) && !bot.log().contains("123:wrong"), "{}", bot.log());
    }
    let mut bot = Setup::new(&api).with("TELEGRAM__API_URL", "not an address").start();
    assert!(!bot.ended().await.success());
    assert!(bot.log().contains("telegram.api_url"), "{}", bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_waits_for_the_network_and_for_another_program_that_polls() {
    let api = BotApi::start().await;
    let nowhere = Setup::new(&api).with("TELEGRAM__API_URL", "http://127.0.0.1:9").start();
    nowhere.says("Telegram cannot be reached").await;
    assert!(nowhere.terminate().await.success(), "the program should stop in order while it waits");

    let bot = Setup::new(&api).start();
    ask(&api, 1);
    api.message_to(1, 0).await;
    let rival = reqwest::Client::new();
    let poll =
        rival.post(format!("{}/bot{TOKEN}/getUpdates", api.url())).json(&json!({"timeout": 1}));
    poll.send().await.unwrap();
    bot.says("another program polls").await;
    ask(&api, 1);
    api.message_to(1, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_settings_at_botfather_are_logged() {
    let api = BotApi::start().await;
    api.change_bot(json!({
        "supports_inline_queries": false, "can_join_groups": false,
        "can_read_all_group_messages": true,
    }));
    let bot = Setup::new(&api).start();
    for hint in ["/setinline", "/setinlinefeedback", "/setjoingroups", "/setprivacy"] {
        bot.says(hint).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_killed_in_a_flood_loses_no_question() {
    const USERS: i64 = 40;
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let bot = setup.start();
    ask(&api, 1000);
    api.message_to(1000, 0).await;
    for _ in 0..5 {
        (1..=USERS).for_each(|user| _ = ask(&api, user));
    }
    setup.survives_a_kill_in_mid_flood(&api, bot, USERS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_bot_finishes_the_updates_in_hand() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let bot = setup.start();
    ask(&api, 1000);
    api.message_to(1000, 0).await;
    for _ in 0..3 {
        api.fail("sendMessage", Fault::Slow(Duration::from_secs(1)));
    }
    (1..=3).for_each(|user| _ = ask(&api, user));
    api.all_taken().await;
    assert!(bot.terminate().await.success());
    for user in 1..=3 {
        assert_eq!(api.sent_to(user).len(), 1);
    }
    assert_eq!(setup.count("updates WHERE body IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_that_are_not_finished_in_time_are_answered_after_the_next_start() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with("TELEGRAM__SHUTDOWN_SECONDS", "1");
    let bot = setup.start();
    ask(&api, 1000);
    api.message_to(1000, 0).await;
    api.fail("sendMessage", Fault::TooMany(60));
    ask(&api, 1);
    api.call_where("sendMessage", |call| call.params["chat_id"] == json!(1)).await;
    assert!(bot.terminate().await.success());
    assert!(api.sent_to(1).is_empty());
    let _bot = setup.start();
    api.message_to(1, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_polling_bot_answers_while_the_store_fails() {
    let Some(server) = Postgres::start() else { return };
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with("STORE__URL", &server.url());
    let bot = setup.start();
    ask(&api, 1);
    let card = api.message_to(1, 0).await;
    server.stop();
    for nth in 1..4 {
        ask(&api, 1);
        api.message_to(1, nth).await;
    }
    let id = api.press(1, 1, card.message_id(), &card.press_behind('+'));
    let is_it = |call: &Call| call.params["callback_query_id"] == json!(id);
    let answer = api.call_where("answerCallbackQuery", is_it).await;
    assert!(
        answer.params["text"].as_str().unwrap().contains("無法"),
        "the user should be told that the rating was not stored"
    );
    server.resume();
    for nth in 4..7 {
        ask(&api, 1);
        api.message_to(1, nth).await;
    }
    bot.says("the store is back").await;
    ask(&api, 1);
    api.message_to(1, 7).await;
    api.all_taken().await;
    assert_eq!(api.sent_to(1).len(), 8, "no question should be answered twice");
    assert_eq!(bot.log().matches("the store fails").count(), 1, "{}", bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn ratings_and_topics_survive_a_restart_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with("STORE__URL", &server.url());
    let bot = setup.start();
    let asked = ask(&api, 2);
    let card = api.message_to(2, 0).await;
    api.press(2, 2, card.message_id(), &card.press_behind('+'));
    api.call_where("answerCallbackQuery", |call| call.params["text"].is_string()).await;
    bot.kill();
    let _bot = setup.start();
    api.edit(2, 2, asked, "什么是云栖小镇？");
    api.call_where("editMessageText", |_| true).await;
}
