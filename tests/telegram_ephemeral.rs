//! Messages in groups that only one member sees, and quiet groups, on servers that know such messages and on others.

use serde_json::{Value, json};

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call, EphemeralMode, Fault, SUPERGROUP};

/// An admin of the group.
const USER: i64 = 42;
const OTHER: i64 = 44;
const QUESTION: &str = "/ask 硅谷为什么解释不了杭州？";
const UNANSWERED: &str = "/ask 量子计算机的价格";

/// Returns the successful calls that sent a message to the group so that all see it.
fn public(api: &BotApi) -> Vec<Call> {
    let mut sent = api.sent_to(SUPERGROUP);
    sent.retain(|call| call.receiver().is_none());
    sent
}

/// Returns how many calls had the parameters of ephemeral messages.
fn n_ephemeral_calls(api: &BotApi) -> usize {
    let has_them = |call: &Call| !call.params["ephemeral_message_parameters"].is_null();
    api.calls("sendMessage").into_iter().filter(has_them).count()
}

/// Presses a button under an ephemeral message, and returns the message as it is edited then.
async fn edited(api: &BotApi, user: i64, message: &Call, label: &str) -> Call {
    let before = api.calls("editEphemeralMessageText").len();
    api.press_ephemeral(user, message, &message.press(label));
    let edit = api.until(|api| api.calls("editEphemeralMessageText").into_iter().nth(before)).await;
    let edit = edit.unwrap_or_else(|| panic!("nothing came of `{label}` in {message:#?}"));
    assert!(edit.is_done(), "{edit:#?}");
    edit
}

/// Makes the group quiet.
async fn make_quiet(api: &BotApi) {
    api.make_admin(SUPERGROUP, USER);
    let settings = api.ask(SUPERGROUP, USER, "/settings").await;
    let is_edit = |call: &Call| call.params.to_string().contains("✓ 答案只给提问的人看");
    if settings.receiver().is_some() {
        assert!(is_edit(&edited(api, USER, &settings, "答案只给提问的人看").await));
    } else {
        let data = settings.press("答案只给提问的人看");
        api.press(SUPERGROUP, USER, settings.message_id(), &data);
        api.call_where("editMessageText", is_edit).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_concerns_one_member_is_shown_to_them_alone() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    api.make_admin(SUPERGROUP, USER);
    api.promote_bot(SUPERGROUP);
    for said in ["/help", "/settings", "/daily", "/follow", "/ask", UNANSWERED] {
        let reply = api.ask(SUPERGROUP, OTHER, said).await;
        assert_eq!(reply.receiver(), Some(OTHER), "{said}: {reply:#?}");
    }
    let settings = api.ask(SUPERGROUP, USER, "/settings").await;
    let english = edited(&api, USER, &settings, "English").await;
    assert_eq!(english.params["receiver_user_id"], json!(USER));
    assert!(english.text.text.contains("Settings"), "{:?}", english.text);
    assert!(public(&api).is_empty());
    let answer = api.ask(SUPERGROUP, OTHER, QUESTION).await;
    assert!(answer.receiver().is_none(), "an answer is for everyone: {answer:#?}");
    let anonymous = json!({
        "from": {"id": 1_087_968_824, "is_bot": true, "first_name": "Group"},
        "sender_chat": {"id": SUPERGROUP, "type": "supergroup", "title": "S"},
    });
    api.say(SUPERGROUP, 0, "/help", anonymous);
    let is_help = |api: &BotApi| (public(api).len() == 2).then_some(());
    api.until(is_help).await.expect("nobody is known who alone could be shown the help");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_warning_is_shown_to_the_sender_alone() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with("TELEGRAM__LIMITS", "telegram");
    let _bot = setup.with("TELEGRAM__FLOOD_QUESTIONS", "1").start();
    api.promote_bot(SUPERGROUP);
    assert!(api.ask(SUPERGROUP, OTHER, QUESTION).await.receiver().is_none());
    let warning = api.ask(SUPERGROUP, OTHER, QUESTION).await;
    assert_eq!(warning.receiver(), Some(OTHER), "{warning:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_bot_answers_an_ephemeral_command_with_an_ephemeral_message() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    for (nth, said) in ["/help", "/source", "/topics", QUESTION].into_iter().enumerate() {
        let id = api.say_ephemerally(SUPERGROUP, OTHER, said);
        let reply = api.message_to(SUPERGROUP, nth).await;
        assert_eq!(reply.receiver(), Some(OTHER), "{said}: {reply:#?}");
        assert_eq!(reply.params["reply_parameters"], json!({"ephemeral_message_id": id}));
    }
    let registered = api.until(|api| {
        let calls = api.calls("setMyCommands").into_iter();
        calls.into_iter().find(|call| call.params["scope"]["type"] == "all_group_chats")
    });
    let commands = registered.await.unwrap();
    let is_ephemeral = |name: &str| {
        let commands = commands.params["commands"].as_array().unwrap();
        let command = commands.iter().find(|command| command["command"] == name).unwrap();
        command["is_ephemeral"] == json!(true)
    };
    assert!(is_ephemeral("help") && is_ephemeral("settings") && !is_ephemeral("ask"));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_quiet_group_the_asker_sees_the_answer_and_can_post_it_once() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    api.promote_bot(SUPERGROUP);
    make_quiet(&api).await;
    let is_menu = |call: &Call| call.params["scope"]["chat_id"] == json!(SUPERGROUP);
    let menu = api.call_where("setMyCommands", is_menu).await;
    let ask = menu.params["commands"].as_array().unwrap();
    let ask = ask.iter().find(|command| command["command"] == "ask").unwrap();
    assert_eq!(ask["is_ephemeral"], json!(true));

    let answer = api.ask(SUPERGROUP, OTHER, QUESTION).await;
    assert_eq!(answer.receiver(), Some(OTHER), "{answer:#?}");
    setup.has_noted(1, "asked WHERE card IS NOT NULL").await;
    let id = answer.ephemeral_id();
    let next = edited(&api, OTHER, &answer, "▶").await;
    assert_eq!(next.ephemeral_id(), id);
    assert!(public(&api).is_empty(), "nobody else has seen anything");

    let post = next.press("发给大家");
    let n_edits = api.calls("editEphemeralMessageText").len();
    let presses = [(); 2].map(|()| api.press_ephemeral(OTHER, &next, &post));
    for press in presses {
        let is_it = |call: &Call| call.params["callback_query_id"] == json!(press);
        let toast = api.call_where("answerCallbackQuery", is_it).await;
        assert_eq!(toast.params["text"], "已发给大家。");
    }
    let posted = public(&api);
    assert_eq!(posted.len(), 1, "{posted:#?}");
    assert_eq!(posted[0].text.marked("blockquote"), next.text.marked("blockquote"));
    assert!(posted[0].text.text.contains("硅谷为什么解释不了杭州"), "{:?}", posted[0].text);
    let edit = api.until(|api| api.calls("editEphemeralMessageText").into_iter().nth(n_edits));
    let without_post = edit.await.unwrap();
    assert!(!without_post.params.to_string().contains("发给大家"), "{without_post:#?}");
}

/// Asks for help and for an answer in a quiet group of an older server, and returns the messages.
async fn on_an_older_server(mode: EphemeralMode) -> (BotApi, Vec<Call>) {
    let api = BotApi::start().await.with_ephemerals(mode);
    let _bot = Setup::new(&api).start();
    api.promote_bot(SUPERGROUP);
    make_quiet(&api).await;
    for said in ["/help", QUESTION, UNANSWERED, "/help"] {
        api.ask(SUPERGROUP, OTHER, said).await;
    }
    let sent = api.sent_to(SUPERGROUP);
    assert_eq!(sent.len(), 5, "each is sent once: {sent:#?}");
    let buttons = sent.iter().flat_map(Call::buttons);
    let labels: Vec<Value> = buttons.map(|button| button["text"].clone()).collect();
    assert!(!labels.contains(&json!("📢 发给大家")), "everybody has seen it: {labels:?}");
    (api, sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_the_parameters_is_asked_once() {
    let (api, sent) = on_an_older_server(EphemeralMode::Refused).await;
    assert!(n_ephemeral_calls(&api) <= 1);
    assert!(sent.iter().all(|call| call.receiver().is_none()));
    let is_done = |call: &Call| call.is_done() && call.params["scope"]["type"] == "all_group_chats";
    let menu = api.call_where("setMyCommands", is_done).await;
    assert!(!menu.params.to_string().contains("is_ephemeral"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ignores_the_parameters_is_asked_once() {
    let (api, _) = on_an_older_server(EphemeralMode::Ignored).await;
    assert_eq!(n_ephemeral_calls(&api), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_whose_admin_the_bot_is_not_is_asked_once_until_that_changes() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    for _ in 0..3 {
        assert!(api.ask(SUPERGROUP, OTHER, "/help").await.receiver().is_none());
    }
    assert_eq!(n_ephemeral_calls(&api), 1);
    api.promote_bot(SUPERGROUP);
    api.change_member(SUPERGROUP, "member", "administrator");
    assert_eq!(api.ask(SUPERGROUP, OTHER, "/help").await.receiver(), Some(OTHER));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_cannot_be_edited_is_sent_again_for_its_receiver() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    api.say_ephemerally(SUPERGROUP, OTHER, QUESTION);
    let answer = api.message_to(SUPERGROUP, 0).await;
    let too_long = Fault::Refuse(400, "Bad Request: MEDIA_CAPTION_TOO_LONG");
    api.fail("editEphemeralMessageText", too_long);
    let press = api.press_ephemeral(OTHER, &answer, &answer.press("完整回答"));
    let again = api.message_to(SUPERGROUP, 1).await;
    assert_eq!(again.receiver(), Some(OTHER));
    assert_eq!(again.params["ephemeral_message_parameters"]["callback_query_id"], json!(press));
}
