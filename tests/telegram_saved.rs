//! Saved quotations: a button saves one, `/saved` lists them, and they can be removed and exported.

use serde_json::json;

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call, SUPERGROUP};
use crate::support::program::LIGHTHOUSE;

const HANS: i64 = 42;
const OTHER: i64 = 44;
const QUESTIONS: [&str; 2] = ["台风来的时候您害怕吗？", "年轻人愿意来学吗？"];

/// Asks a question, and saves the quotation that answers it.
async fn save(api: &BotApi, user: i64, question: &str) -> Call {
    let card = api.ask(user, user, question).await;
    let said = api.toast(user, user, card.message_id(), &card.press_behind('k')).await;
    assert!(said.starts_with("已收藏"), "`{said}`");
    card
}

fn quotation(call: &Call) -> String {
    call.text.marked("blockquote").concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quotation_can_be_saved_opened_and_removed() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_transcript(LIGHTHOUSE);
    let bot = setup.start();
    assert!(api.ask(HANS, HANS, "/saved").await.text.text.contains("还没有收藏"));
    let card = api.ask(HANS, HANS, QUESTIONS[0]).await;
    let all_buttons = api.edited(&card, "⋯").await;
    let ticked = api.edited(&all_buttons, "⭐").await;
    assert_eq!(ticked.press("✓ ⭐"), all_buttons.press("⭐"));
    assert_eq!(ticked.text, card.text, "saving should change nothing but the buttons");
    let again = api.toast(HANS, HANS, card.message_id(), &card.press_behind('k')).await;
    assert!(again.contains("已经收藏过了"), "`{again}`");
    assert_eq!(setup.count("saved_quotes").await, 1);

    bot.kill();
    let _bot = setup.start();
    let list = api.ask(HANS, HANS, "/saved").await;
    assert_eq!(quotation(&list), quotation(&card));
    assert!(list.text.text.contains("林海"), "{:?}", list.text);
    let nth = api.sent_to(HANS).len();
    api.toast(HANS, HANS, list.message_id(), &list.press("1")).await;
    let opened = api.message_to(HANS, nth).await;
    assert_eq!(quotation(&opened), quotation(&card));

    let editing = api.edited(&list, "移除").await;
    let emptied = api.edited(&editing, "✕ 1").await;
    assert!(emptied.text.text.contains("还没有收藏"), "{:?}", emptied.text);
    assert_eq!(setup.count("saved_quotes").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_pages_and_can_be_exported() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with("WEB__PUBLIC_URL", "https://read.example");
    let _bot = setup.start();
    let topics = api.ask(HANS, HANS, "/topics").await;
    for nth in 0..6 {
        let sent = api.sent_to(HANS).len();
        let data = topics.buttons()[nth]["callback_data"].as_str().unwrap().to_owned();
        api.toast(HANS, HANS, topics.message_id(), &data).await;
        let card = api.message_to(HANS, sent).await;
        api.toast(HANS, HANS, card.message_id(), &card.press_behind('k')).await;
    }
    let first = api.ask(HANS, HANS, "/saved").await;
    assert_eq!(first.text.marked("blockquote").len(), 5, "{:?}", first.text);
    let second = api.edited(&first, "下一页").await;
    assert_eq!(second.text.marked("blockquote").len(), 1, "{:?}", second.text);
    assert!(second.text.text.contains("\n6."), "{:?}", second.text);
    api.toast(HANS, HANS, second.message_id(), &second.press("导出")).await;
    let file = api.call_where("sendDocument", Call::is_done).await;
    let markdown = String::from_utf8(file.file.unwrap()).unwrap();
    assert!(markdown.starts_with("# 收藏的原话\n\n> "), "{markdown}");
    assert_eq!(markdown.matches("](https://read.example/i/caijing-wangjian/").count(), 6);
    for quoted in first.text.marked("blockquote") {
        assert!(markdown.contains(quoted), "`{quoted}` is missing in:\n{markdown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_has_their_own_list_which_is_shown_and_deleted_in_private() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_transcript(LIGHTHOUSE);
    let _bot = setup.start();
    save(&api, OTHER, QUESTIONS[1]).await;
    api.say(SUPERGROUP, HANS, &format!("/ask {}", QUESTIONS[0]), json!({}));
    let card = api.message_to(SUPERGROUP, 0).await;
    let said = api.toast(SUPERGROUP, HANS, card.message_id(), &card.press_behind('k')).await;
    assert!(said.starts_with("已收藏"), "`{said}`");
    assert!(api.calls("editMessageText").len() <= 1, "the card of a group is everybody's");
    api.say(SUPERGROUP, HANS, "/saved", json!({}));
    assert!(api.message_to(SUPERGROUP, 1).await.text.text.contains("私聊"));
    assert_eq!(quotation(&api.ask(HANS, HANS, "/saved").await), quotation(&card));

    let privacy = api.ask(HANS, HANS, "/privacy").await;
    assert!(privacy.text.text.contains("收藏"), "{:?}", privacy.text);
    api.toast(HANS, HANS, privacy.message_id(), &privacy.press("删除")).await;
    assert!(api.ask(HANS, HANS, "/saved").await.text.text.contains("还没有收藏"));
    assert_eq!(setup.count("saved_quotes").await, 1, "other users should keep their list");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passage_that_is_gone_can_be_removed_from_the_list() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_transcript(LIGHTHOUSE);
    let _bot = setup.start();
    save(&api, HANS, QUESTIONS[0]).await;
    setup.execute("UPDATE saved_quotes SET passage = 'aaaaaaab'").await;
    let list = api.ask(HANS, HANS, "/saved").await;
    assert!(list.text.text.contains("已经没有这段话"), "{:?}", list.text);
    let editing = api.edited(&list, "移除").await;
    assert!(api.edited(&editing, "✕ 1").await.text.text.contains("还没有收藏"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quotation_in_a_chat_of_others_can_be_saved() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_transcript(LIGHTHOUSE);
    let _bot = setup.start();
    let card = api.ask(HANS, HANS, QUESTIONS[0]).await;
    let id = api.press_inline(OTHER, "no message that the server knows", &card.press_behind('k'));
    let is_it = |call: &Call| call.params["callback_query_id"] == json!(id);
    let said = api.call_where("answerCallbackQuery", is_it).await;
    assert!(said.params["text"].as_str().unwrap().contains("/saved"), "{said:#?}");
    assert_eq!(quotation(&api.ask(OTHER, OTHER, "/saved").await), quotation(&card));
}
