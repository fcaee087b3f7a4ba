//! The bot's messages about a small interview in each language, compared with snapshots.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call};
use crate::support::program::LIGHTHOUSE;

/// Returns the HTML of a message, followed by a line for each row of buttons.
pub(crate) fn drawn(call: &Call) -> String {
    let mut text = call.params["text"].as_str().unwrap().to_owned();
    let rows = call.params["reply_markup"]["inline_keyboard"].as_array();
    for row in rows.into_iter().flatten().filter_map(Value::as_array) {
        let labels: Vec<&str> = row.iter().map(|button| button["text"].as_str().unwrap()).collect();
        write!(text, "\n[{}]", labels.join("] [")).unwrap();
    }
    text
}

/// Sends all commands and these questions as `user`, presses every button of a card, and returns the messages
/// that the user sees.
async fn conversation(user: i64, questions: [&str; 4]) -> String {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_transcript(LIGHTHOUSE);
    let _bot = setup.start();
    let mut shown = String::new();
    let commands = [
        "/start",
        "/help",
        "/topics",
        "/source",
        "/saved",
        "/daily",
        "/follow",
        "/settings",
        "/privacy",
        "/ask",
    ];
    let lines = commands.into_iter().chain(questions);
    for (nth, said) in lines.enumerate() {
        api.say(user, user, said, json!({}));
        let reply = api.message_to(user, nth).await;
        write!(shown, "## {said}\n{}\n\n", drawn(&reply)).unwrap();
    }
    let card = api.sent_to(user)[10].clone();
    // Words of the question are bold once the question is noted.
    setup.settled().await;
    api.press(user, user, card.message_id(), &card.press("⋯"));
    let card = api.call_where("editMessageText", Call::is_done).await;
    let message_id = card.params["message_id"].as_i64().unwrap();
    write!(shown, "## [⋯]\n{}\n\n", drawn(&card)).unwrap();
    // Pictures and links are sent as new messages instead of changing the card; `telegram_reader` and
    // `telegram_links` test them.
    let is_shown = |button: &Value| {
        let data = button["callback_data"].as_str();
        data.is_some_and(|data| !data.starts_with("1i") && !data.starts_with("1l"))
    };
    let callbacks = card.buttons().into_iter().filter(is_shown);
    for button in callbacks {
        let label = button["text"].as_str().unwrap();
        let data = button["callback_data"].as_str().unwrap();
        let before = api.calls("editMessageText").len();
        let id = api.press(user, user, message_id, data);
        let is_it = |call: &Call| call.params["callback_query_id"] == json!(id);
        let answer = api.call_where("answerCallbackQuery", is_it).await;
        writeln!(shown, "## [{label}]").unwrap();
        if let Some(toast) = answer.params["text"].as_str() {
            writeln!(shown, "({toast})").unwrap();
        }
        let edit = api.until(|api| api.calls("editMessageText").into_iter().nth(before)).await;
        let edit = edit.unwrap_or_else(|| panic!("the button `{label}` had no effect:\n{shown}"));
        write!(shown, "{}\n\n", drawn(&edit)).unwrap();
    }
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn in_simplified_chinese() {
    let questions = ["台风来的时候您害怕吗？", "自动的灯", "量子计算机的价格", "你好"];
    insta::assert_snapshot!(conversation(42, questions).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_traditional_chinese() {
    let questions = ["颱風來的時候您害怕嗎？", "自動的燈", "量子計算機的價格", "您好"];
    insta::assert_snapshot!(conversation(43, questions).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_english() {
    let questions = ["颱風 害怕", "自動的燈", "price of a quantum computer", "hello"];
    insta::assert_snapshot!(conversation(1042, questions).await);
}
