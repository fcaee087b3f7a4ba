//! Links from cards to the reader pages, and cards as pictures.

use serde_json::{Value, json};

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call, GROUP};
use crate::support::browser::skipped;
use crate::support::program::LIGHTHOUSE;

const READER: i64 = 42;
const QUESTION: &str = "台风来的时候您害怕吗？";
const LABEL: &str = "看前后文";

fn setup(api: &BotApi) -> Setup {
    Setup::new(api).with_transcript(LIGHTHOUSE).with("WEB__PUBLIC_URL", "https://read.example/")
}

/// Returns the button with this label, and checks that there is only one.
fn button(buttons: &[Value], label: &str) -> Value {
    let mut named = buttons.iter().filter(|button| button["text"] == label);
    let button = named.next().unwrap_or_else(|| panic!("no `{label}` in {buttons:#?}")).clone();
    assert!(named.next().is_none(), "{buttons:#?}");
    button
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_links_to_its_quotation_in_the_reader_pages() {
    let api = BotApi::start().await;
    let _bot = setup(&api).start();
    api.say(READER, READER, QUESTION, json!({}));
    let card = api.message_to(READER, 0).await;
    let url = button(&card.buttons(), LABEL)["web_app"]["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("https://read.example/i/lighthouse/2.1"), "{url}");
    assert!(url.ends_with("script=hans"), "{url}");

    api.press(READER, READER, card.message_id(), &card.press("完整回答"));
    let edit = api.call_where("editMessageText", Call::is_done).await;
    assert!(button(&edit.buttons(), LABEL)["web_app"].is_object());

    api.say(GROUP, READER, &format!("/ask {QUESTION}"), json!({}));
    let in_group = button(&api.message_to(GROUP, 0).await.buttons(), LABEL);
    assert_eq!(in_group["url"], json!(url), "in groups Telegram cannot open pages within itself");

    api.type_inline(READER, QUESTION, "");
    let answer = api.call_where("answerInlineQuery", Call::is_done).await;
    let keyboard = &answer.params["results"][0]["reply_markup"]["inline_keyboard"];
    let buttons: Vec<Value> = keyboard
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap().clone())
        .collect();
    assert_eq!(button(&buttons, LABEL)["url"], json!(url));
    let all = buttons.iter().find(|button| button["text"] == "⋯").unwrap();
    api.press_inline(READER, "inline-1", all["callback_data"].as_str().unwrap());
    let is_inline = |call: &Call| call.params["inline_message_id"] == json!("inline-1");
    let all_buttons = api.call_where("editMessageText", is_inline).await.buttons();
    assert!(all_buttons.iter().any(|button| button["text"] == "上下文"), "{all_buttons:#?}");
    for (label, why) in [
        ("生成图片", "an inline message has no chat to which a picture could be sent"),
        ("👍", "whoever meets an inline message did not ask for it"),
    ] {
        assert!(all_buttons.iter().all(|button| button["text"] != label), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_button_opens_the_reader_pages_where_there_are_some() {
    for (public_url, kind) in [("https://read.example/", "web_app"), ("", "commands")] {
        let api = BotApi::start().await;
        let _bot = setup(&api).with("WEB__PUBLIC_URL", public_url).start();
        let call = api.call_where("setChatMenuButton", Call::is_done).await;
        assert_eq!(call.params["menu_button"]["type"], json!(kind), "{call:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_public_reader_pages_cards_have_no_link() {
    let api = BotApi::start().await;
    let _bot = setup(&api).with("WEB__PUBLIC_URL", "").start();
    api.say(READER, READER, QUESTION, json!({}));
    let card = api.message_to(READER, 0).await;
    assert!(card.buttons().iter().all(|button| button["text"] != LABEL));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_sent_as_a_picture() {
    let api = BotApi::start().await;
    let bot = setup(&api).start();
    api.say(READER, READER, QUESTION, json!({}));
    let card = api.message_to(READER, 0).await;
    let id = api.press(READER, READER, card.message_id(), &card.press_behind('i'));
    let is_it = |call: &Call| call.params["callback_query_id"] == json!(id);
    let answer = api.call_where("answerCallbackQuery", is_it).await;
    if answer.params["text"].is_string() {
        // There is no Chinese font. The bot says so, and everything else cannot be tested.
        assert!(answer.params["text"].as_str().unwrap().contains("字体"), "{answer:?}");
        assert!(bot.log().contains("fonts-noto-cjk"));
        skipped("a Chinese font");
        return;
    }
    let photo = api.call_where("sendPhoto", Call::is_done).await;
    assert_eq!(photo.params["chat_id"], json!(READER));
    let caption = photo.params["caption"].as_str().unwrap();
    assert!(caption.contains("林海") && caption.contains("守灯塔的人"), "{caption}");
}
