//! Links to the bot: one that opens the answer to a question, and one that adds the bot to a group.

use serde_json::json;

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call, SUPERGROUP, USERNAME};
use crate::support::program::LIGHTHOUSE;

const HANS: i64 = 42;
const ENGLISH: i64 = 1042;
const QUESTION: &str = "台风来的时候您害怕吗？";

/// Presses the button for a link below a card, and returns the parameter of the link that is sent.
async fn link_of(api: &BotApi, chat: i64, user: i64, card: &Call) -> String {
    let nth = api.sent_to(chat).len();
    api.press(chat, user, card.message_id(), &card.press_behind('l'));
    let sent = api.message_to(chat, nth).await;
    let start = format!("https://t.me/{USERNAME}?start=");
    let (_, parameter) = sent.text.text.split_once(&start).unwrap_or_else(|| panic!("{sent:#?}"));
    let link = format!("{start}{parameter}");
    assert_eq!(sent.buttons()[0]["copy_text"]["text"], json!(link));
    assert!(sent.buttons()[1]["url"].as_str().unwrap().starts_with("https://t.me/share/url?url="));
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    assert!(parameter.len() <= 64 && parameter.chars().all(is_allowed), "`{parameter}`");
    parameter.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_from_a_group_opens_the_answer_for_somebody_else() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_transcript(LIGHTHOUSE);
    let bot = setup.start();
    api.say(SUPERGROUP, HANS, &format!("/ask {QUESTION}"), json!({}));
    let card = api.message_to(SUPERGROUP, 0).await;
    setup.has_noted(1, "asked").await;
    let link = link_of(&api, SUPERGROUP, HANS, &card).await;
    assert!(link.starts_with("q_"), "`{link}`");
    assert_eq!(link_of(&api, SUPERGROUP, HANS, &card).await, link, "a question has one link");
    assert_eq!(setup.count("question_links").await, 1);

    bot.kill();
    let _bot = setup.start();
    let opened = api.ask(ENGLISH, ENGLISH, &format!("/start {link}")).await;
    assert_eq!(opened.text.marked("blockquote"), card.text.marked("blockquote"));
    assert!(!opened.text.marked("b").is_empty(), "{:?}", opened.text);
    setup.has_noted(2, "question_log").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_whose_question_is_forgotten_links_to_its_passage() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_transcript(LIGHTHOUSE);
    let _bot = setup.start();
    let card = api.ask(HANS, HANS, QUESTION).await;
    setup.has_noted(1, "asked").await;
    setup.execute("DELETE FROM asked").await;
    let link = link_of(&api, HANS, HANS, &card).await;
    assert!(link.starts_with("p_"), "`{link}`");
    let opened = api.ask(HANS, HANS, &format!("/start {link}")).await;
    assert_eq!(opened.text.marked("blockquote"), card.text.marked("blockquote"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_unknown_or_too_old_says_so() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_transcript(LIGHTHOUSE);
    let bot = setup.start();
    let card = api.ask(HANS, HANS, QUESTION).await;
    setup.has_noted(1, "asked").await;
    let link = link_of(&api, HANS, HANS, &card).await;
    for parameter in ["q_", "q_AAAAAAAAAAA", "q_not-a-key!", &format!("{link}A")] {
        let said = api.ask(HANS, HANS, &format!("/start {parameter}")).await;
        assert!(said.text.text.contains("链接已失效"), "`{parameter}`: {:?}", said.text);
    }
    setup.execute("UPDATE question_links SET used_at = used_at - 367 * 24 * 3600").await;
    assert!(bot.terminate().await.success());
    let _bot = setup.start();
    setup.has_noted(0, "question_links").await;
    let said = api.ask(HANS, HANS, &format!("/start {link}")).await;
    assert!(said.text.text.contains("链接已失效"), "{:?}", said.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_help_has_a_link_that_adds_the_bot_to_a_group_in_which_it_greets_once() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).with_transcript(LIGHTHOUSE).start();
    let help = api.ask(HANS, HANS, "/help").await;
    let url = format!("https://t.me/{USERNAME}?startgroup=group");
    assert_eq!(help.buttons()[0]["url"], json!(url));
    api.change_member(SUPERGROUP, "left", "member");
    api.say(SUPERGROUP, HANS, &format!("/start@{USERNAME} group"), json!({}));
    api.say(SUPERGROUP, HANS, "/help", json!({}));
    let help = api.message_to(SUPERGROUP, 1).await;
    assert!(help.text.text.contains("/topics") && help.buttons().is_empty(), "{help:#?}");
}
