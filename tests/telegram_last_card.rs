//! What people say about the quotation that they see, which may have come by a button or a follow-up question.

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call};

const USER: i64 = 42;

/// The number of the interviewer's question in the attribution below a quotation, or in the reply to 谁问的.
fn turn(message: &Call) -> String {
    let text = &message.text.text;
    let (before, _) = text.rsplit_once('问').unwrap_or_else(|| panic!("no source in {text}"));
    before.rsplit_once('第').unwrap().1.to_owned()
}

/// The quotations in a card.
fn quoted(card: &Call) -> Vec<String> {
    card.text.marked("blockquote").into_iter().map(str::to_owned).collect()
}

/// Waits until so many cards are noted.
async fn n_noted(setup: &Setup, n: i64) {
    setup.has_noted(n, "asked WHERE card IS NOT NULL").await;
}

/// Turns a card to the next page, and waits until that is noted.
async fn turned(api: &BotApi, setup: &Setup, card: &Call) -> Call {
    let next = api.edited(card, "▶").await;
    // The button holds the state of the card that it shows.
    setup.has_noted(1, &format!("asked WHERE card = '{}'", card.press("▶"))).await;
    next
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_about_a_quotation_mean_the_page_that_is_open() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    let card = api.ask(USER, USER, "硅谷为什么解释不了杭州？").await;
    n_noted(&setup, 1).await;
    let second = turned(&api, &setup, &card).await;
    assert_ne!(quoted(&second), quoted(&card));
    assert_eq!(turn(&api.ask(USER, USER, "谁问的？").await), turn(&second));

    let next = api.ask(USER, USER, "继续").await;
    assert!(![quoted(&card), quoted(&second)].contains(&quoted(&next)), "{:?}", next.text);
    n_noted(&setup, 2).await;
    assert_eq!(turn(&api.ask(USER, USER, "谁问的？").await), turn(&next));
    let first = api.ask(USER, USER, "第1个").await;
    assert_eq!(quoted(&first), quoted(&card));
}

#[tokio::test(flavor = "multi_thread")]
async fn they_mean_the_passages_of_a_follow_up_question() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    api.ask(USER, USER, "杭州为什么能做好创新？").await;
    n_noted(&setup, 1).await;
    let follow_up = api.ask(USER, USER, "那政府呢？").await;
    assert!(follow_up.text.text.contains("杭州为什么能做好创新"), "{:?}", follow_up.text);
    n_noted(&setup, 2).await;
    assert_eq!(turn(&api.ask(USER, USER, "谁问的？").await), turn(&follow_up));
    let translation = api.ask(USER, USER, "英文呢").await;
    assert!(translation.text.text.contains("不翻译"), "{:?}", translation.text);
    let second = turned(&api, &setup, &follow_up).await;
    let third = turned(&api, &setup, &second).await;
    assert_eq!(quoted(&api.ask(USER, USER, "第2个").await), quoted(&second));
    n_noted(&setup, 3).await;
    assert_eq!(quoted(&api.ask(USER, USER, "第3个").await), quoted(&third));
}

#[tokio::test(flavor = "multi_thread")]
async fn they_mean_a_card_that_answers_no_question() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let _bot = setup.start();
    let random = api.ask(USER, USER, "/random").await;
    n_noted(&setup, 1).await;
    assert_eq!(turn(&api.ask(USER, USER, "谁问的？").await), turn(&random));
    let topics = api.ask(USER, USER, "/topics").await;
    let nth = api.sent_to(USER).len();
    api.press(USER, USER, topics.message_id(), &topics.press("2"));
    let opened = api.message_to(USER, nth).await;
    n_noted(&setup, 2).await;
    assert_eq!(turn(&api.ask(USER, USER, "哪一年说的").await), turn(&opened));
    let translation = api.ask(USER, USER, "in English, please").await;
    assert!(translation.text.text.contains("translate"), "{:?}", translation.text);
}
