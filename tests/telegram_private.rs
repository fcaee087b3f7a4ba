//! Private chats: every text is a question, and every button works.

use serde_json::{Value, json};

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call, USERNAME};

/// A user who reads Simplified Chinese.
const HANS: i64 = 42;
/// A user who reads Traditional Chinese.
const HANT: i64 = 43;
/// A user who reads English.
const ENGLISH: i64 = 1042;
const QUESTION: &str = "硅谷为什么解释不了杭州？";

/// Returns the lines that were shown after presses.
fn toasts(api: &BotApi) -> Vec<String> {
    let answers = api.calls("answerCallbackQuery").into_iter();
    answers.filter_map(|call| Some(call.params["text"].as_str()?.to_owned())).collect()
}

/// Returns the number of rows of buttons under a message.
fn n_rows(call: &Call) -> usize {
    call.params["reply_markup"]["inline_keyboard"].as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_card_has_two_rows_of_buttons_and_shows_the_rest_when_asked() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let card = api.ask(HANS, HANS, QUESTION).await;
    assert_eq!(n_rows(&card), 2, "{card:#?}");
    assert_eq!(n_rows(&api.ask(HANS, HANS, "/random").await), 2);
    let all_buttons = api.edited(&card, "⋯").await;
    assert_eq!(n_rows(&all_buttons), 5, "{all_buttons:#?}");
    assert_eq!(all_buttons.text, card.text);
    let turned = api.edited(&all_buttons, "1/5").await;
    assert_eq!(n_rows(&turned), 5, "the buttons should stay when a page is turned");
    let last = api.edited(&turned, "✕").await;
    assert_eq!(n_rows(&last), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_answered_with_a_quotation_and_its_source() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let answer = api.ask(HANS, HANS, QUESTION).await;
    assert!(!answer.text.marked("blockquote").is_empty(), "{:?}", answer.text);
    assert!(
        answer.text.marked("b").contains(&"硅谷"),
        "matched words should be bold: {:?}",
        answer.text
    );
    assert!(answer.text.text.contains("《财经》") && answer.text.text.contains("王坚"));
    assert_eq!(answer.params["link_preview_options"]["is_disabled"], json!(true));

    let traditional = api.ask(HANT, HANT, "矽谷為什麼解釋不了杭州？").await;
    assert!(traditional.text.text.contains("《財經》"), "{:?}", traditional.text);
    let english = api.ask(ENGLISH, ENGLISH, "Silicon Valley").await;
    assert!(english.text.text.contains("question"), "{:?}", english.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_in_the_welcome_are_answered() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let welcome = api.ask(HANS, HANS, "/start").await;
    let examples = &welcome.buttons()[..3];
    for example in examples {
        let nth = api.sent_to(HANS).len();
        let data = example["callback_data"].as_str().unwrap();
        let id = api.press(HANS, HANS, welcome.message_id(), data);
        let answer = api.message_to(HANS, nth).await;
        assert!(!answer.text.marked("blockquote").is_empty(), "{example}: {:?}", answer.text);
        api.call_where("answerCallbackQuery", |call| call.params["callback_query_id"] == json!(id))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deep_link_opens_the_passage_that_was_shared() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let answer = api.ask(HANS, HANS, QUESTION).await;
    let share = api.edited(&answer, "⋯").await.buttons();
    let share = share.iter().find_map(|b| b["switch_inline_query_chosen_chat"]["query"].as_str());
    let opened = api.ask(HANS, HANS, &format!("/start {}", share.unwrap())).await;
    assert_eq!(opened.text.marked("blockquote"), answer.text.marked("blockquote"));
    let unknown = api.ask(HANS, HANS, "/start p_aaaaaaaa").await;
    assert!(unknown.text.text.contains("找不到"), "{:?}", unknown.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_is_answered() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let help = api.ask(HANS, HANS, "/help").await;
    assert!(help.text.text.contains(&format!("@{USERNAME}")), "{:?}", help.text);
    assert!(
        api.ask(HANS, HANS, "/source").await.text.text.contains("52"),
        "the number of passages should be shown"
    );
    assert!(!api.ask(HANS, HANS, "/random").await.text.marked("blockquote").is_empty());
    assert!(!api.ask(HANS, HANS, "/ask 杭州").await.text.marked("blockquote").is_empty());
    assert!(api.ask(HANS, HANS, "/ask").await.text.text.contains("/ask"));
    assert!(api.ask(HANS, HANS, "/settings").await.buttons().len() >= 8);
    assert_eq!(api.ask(HANS, HANS, "/privacy").await.buttons().len(), 1);
    assert!(api.ask(HANS, HANS, "/nonsense").await.text.text.contains("/help"));

    let registered =
        api.until(|api| (api.calls("setMyShortDescription").len() == 3).then_some(())).await;
    registered.expect("commands and descriptions are registered in three languages");
    let commands = api.calls("setMyCommands");
    assert!(commands.iter().all(Call::is_done), "{commands:#?}");
    for words in ["怎么用", "怎麼用", "How to use the bot"] {
        let in_language = |call: &&Call| call.params["commands"].to_string().contains(words);
        let scopes: Vec<&Value> =
            commands.iter().filter(in_language).map(|c| &c.params["scope"]["type"]).collect();
        assert_eq!(scopes, ["default", "all_private_chats", "all_group_chats"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_help_fits_one_screen_of_a_phone() {
    /// Latin letters in a line of a message, which is as wide as half as many Chinese characters.
    const LETTERS: usize = 36;
    const LINES: usize = 26;
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    for user in [HANS, HANT, ENGLISH] {
        let help = api.ask(user, user, "/help").await.text.text;
        let width =
            |line: &str| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
        let n_lines: usize = help.lines().map(|line| width(line).div_ceil(LETTERS).max(1)).sum();
        assert!(n_lines <= LINES, "{n_lines} lines:\n{help}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_have_pages_and_open_a_passage() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let first = api.ask(HANS, HANS, "/topics").await;
    let second = api.edited(&first, "下一页").await;
    assert_ne!(first.text.text, second.text.text);
    let labels = |call: &Call| -> Vec<String> {
        let buttons = call.buttons().into_iter();
        buttons.map(|button| button["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(labels(&first)[..6], ["1", "2", "3", "4", "5", "6"]);
    assert_eq!(labels(&second)[..6], ["7", "8", "9", "10", "11", "12"]);
    assert!(second.text.text.contains("\n7. "), "{:?}", second.text);
    let nth = api.sent_to(HANS).len();
    let data = second.buttons()[0]["callback_data"].as_str().unwrap().to_owned();
    api.press(HANS, HANS, first.message_id(), &data);
    let opened = api.message_to(HANS, nth).await;
    assert!(!opened.text.marked("blockquote").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_without_text_get_a_notice_and_captions_are_questions() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let sticker = json!({"text": null, "entities": null, "sticker": {"type": "hologram"}});
    api.say(HANS, HANS, "", sticker);
    assert!(api.message_to(HANS, 0).await.text.text.contains("文字"));
    let caption = json!({"text": null, "caption": QUESTION, "photo": [{"file_id": "x"}]});
    api.say(HANS, HANS, "", caption);
    assert!(!api.message_to(HANS, 1).await.text.marked("blockquote").is_empty());
    // A message with kinds of data that are newer than the program is answered all the same.
    let forwarded = json!({
        "forward_origin": {"type": "another_world", "date": 1},
        "entities": [{"type": "hologram", "offset": 0, "length": 2, "depth": {"z": 1}}],
        "rich_message": {"blocks": []},
    });
    api.say(HANS, HANS, QUESTION, forwarded);
    assert!(!api.message_to(HANS, 2).await.text.marked("blockquote").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_buttons_of_a_card_work_after_a_restart_and_without_the_store() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let bot = setup.start();
    let card = api.ask(HANS, HANS, QUESTION).await;
    setup.has_noted(1, "asked").await;
    bot.kill();
    let bot = setup.start();
    let second = api.edited(&card, "1/5").await;
    assert_ne!(second.text.text, card.text.text);
    assert!(
        !second.text.marked("b").is_empty(),
        "the question should be remembered: {:?}",
        second.text
    );
    let full = api.edited(&second, "完整回答").await;
    let all_buttons = api.edited(&full, "⋯").await;
    let context = api.edited(&all_buttons, "上下文").await;
    assert!(context.text.text.chars().count() > full.text.text.chars().count());
    let stored = api.edited(&context, "看原文").await;
    assert!(stored.text.text.contains("《財經》"), "{:?}", stored.text);

    // Without the store, the words of the question are not bold, and nothing else is lost.
    bot.kill();
    std::fs::remove_file(setup.store()).unwrap();
    let _bot = setup.start();
    let plain = api.edited(&card, "1/5").await;
    assert_eq!(plain.text.text, second.text.text);
    assert!(plain.text.marked("b").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn outdated_buttons_get_a_notice() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let card = api.ask(HANS, HANS, QUESTION).await;
    let data = card.press("1/5");
    // The data of the button, but with passages that are not in the corpus.
    let mut moved_on = data.clone();
    moved_on.replace_range(4.., &"A".repeat(data.len() - 4));
    for data in [moved_on.as_str(), "0old", "", "language:klingon"] {
        let id = api.press(HANS, HANS, card.message_id(), data);
        let answered = api
            .call_where("answerCallbackQuery", |call| call.params["callback_query_id"] == json!(id))
            .await;
        let line = answered.params["text"].as_str().unwrap_or_default();
        assert!(line.contains("重新提问"), "`{data}` got `{line}`");
    }
    assert!(api.calls("editMessageText").is_empty(), "the card should not be changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rating_is_stored_and_the_user_is_thanked() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    let card = api.ask(HANS, HANS, QUESTION).await;
    let all_buttons = api.edited(&card, "⋯").await;
    let rated = api.edited(&all_buttons, "👎").await;
    assert!(toasts(&api).last().unwrap().contains("谢谢"), "{:?}", toasts(&api));
    assert!(rated.buttons().iter().any(|button| button["text"] == "✓ 👎"), "{rated:#?}");
    assert_eq!(rated.text, card.text, "a rating should change nothing but the buttons");
    let closed = api.edited(&rated, "✕").await;
    let opened = api.edited(&closed, "⋯").await;
    assert!(opened.buttons().iter().any(|button| button["text"] == "✓ 👎"), "{opened:#?}");
    assert_eq!(setup.count("feedback WHERE good = 0 AND question <> ''").await, 1);
    let changed = api.edited(&opened, "👍").await;
    assert!(changed.buttons().iter().any(|button| button["text"] == "✓ 👍"), "{changed:#?}");
    assert_eq!(toasts(&api).last().unwrap(), "已改成 👍。");
    assert_eq!(setup.count("feedback WHERE good = 1").await, 1);
    assert_eq!(setup.count("feedback").await, 1, "the last rating takes the place of the first");
    assert_eq!(
        setup.count("question_log WHERE verdict = 'answer' AND chat_kind = 'private'").await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn users_can_choose_the_language_and_the_script() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let page = api.ask(HANS, HANS, "/settings").await;
    let page = api.edited(&page, "English").await;
    assert!(page.text.text.contains("Settings"), "{:?}", page.text);
    let page = api.edited(&page, "Original").await;
    assert!(page.buttons().iter().any(|b| b["text"] == json!("✓ Original")), "{page:#?}");
    let answer = api.ask(HANS, HANS, QUESTION).await;
    assert!(answer.text.text.contains("《財經》") && answer.text.text.contains("question"));
    let menu = |call: &Call| call.params["scope"] == json!({"type": "chat", "chat_id": HANS});
    assert!(
        api.call_where("setMyCommands", menu).await.is_done(),
        "the menu should change with the language"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn users_can_delete_their_data() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    let card = api.ask(HANS, HANS, QUESTION).await;
    api.press(HANS, HANS, card.message_id(), &card.press_behind('+'));
    api.ask(HANT, HANT, QUESTION).await;
    let page = api.ask(HANS, HANS, "/privacy").await;
    api.edited(&page, "删除").await;
    assert_eq!(setup.count("feedback").await, 0);
    assert_eq!(setup.count("question_log").await, 1, "questions of other users should be kept");
    assert_eq!(setup.count("asked").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn editing_the_question_edits_the_answer() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let asked = api.say(HANS, HANS, QUESTION, json!({}));
    let answer = api.message_to(HANS, 0).await;
    api.edit(HANS, HANS, asked, "什么是云栖小镇？");
    let edit = api.call_where("editMessageText", |_| true).await;
    assert_eq!(edit.params["message_id"], json!(answer.message_id()));
    assert!(edit.is_done() && edit.text.text != answer.text.text);
    api.edit(HANS, HANS, asked + 50, "不曾问过");
    api.ask(HANS, HANS, "杭州").await;
    assert_eq!(api.sent_to(HANS).len(), 2, "an edit of another message should have no effect");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_question_follows_up_on_the_topic() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    api.ask(HANS, HANS, "杭州为什么能做好创新？").await;
    let answer = api.ask(HANS, HANS, "那政府呢？").await;
    assert!(answer.text.text.contains("杭州为什么能做好创新"), "{:?}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_more_again_and_again_gets_another_passage_each_time() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    let mut shown = vec![api.ask(HANS, HANS, QUESTION).await];
    for said in ["继续", "还有吗", "下一段"] {
        setup.settled().await;
        shown.push(api.ask(HANS, HANS, said).await);
    }
    let mut quotations: Vec<String> = shown
        .iter()
        .map(|call| call.text.marked("blockquote").concat())
        .filter(|quotation| !quotation.is_empty())
        .collect();
    quotations.sort();
    quotations.dedup();
    assert_eq!(quotations.len(), 4, "{shown:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_text_gets_an_answer_that_telegram_accepts() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let texts = [
        "<b>&amp;</b> \"杭州\" <script>".to_owned(),
        "创新".repeat(2048),
        "👨‍👩‍👧‍👦🏳️‍🌈 杭州".to_owned(),
        "مرحبا \u{202e}杭州\u{202c} a\u{301}\u{302}".to_owned(),
        "\u{0} \u{7f}".to_owned(),
        "？？？".to_owned(),
    ];
    for text in texts {
        let answer = api.ask(HANS, HANS, &text).await;
        assert!(answer.is_done());
    }
    assert!(
        api.calls("sendMessage").iter().all(Call::is_done),
        "Telegram should refuse no message"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_arrives_twice_is_answered_once() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let bot = setup.start();
    let message = api.message(HANS, HANS, QUESTION, json!({}));
    let id = api.push("message", &message);
    let again = json!({"update_id": id, "message": message});
    api.message_to(HANS, 0).await;
    api.push_again(again.clone());
    api.ask(HANS, HANS, "杭州").await;
    assert!(bot.terminate().await.success());
    let _bot = setup.start();
    api.push_again(again);
    api.ask(HANS, HANS, "创新").await;
    assert_eq!(api.sent_to(HANS).len(), 3);
}
