//! New interviews: `/follow` tells a chat of them, and 🔔 tells who asked something that had no answer before.

use serde_json::json;

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Call, Fault, SUPERGROUP};
use crate::support::program::LIGHTHOUSE;

const HANS: i64 = 42;
const OTHER: i64 = 44;
const ENGLISH: i64 = 1042;
/// Only the bakery answers this.
const QUESTION: &str = "面包怎样发酵？";

const BAKERY: &str = "+++
slug = \"bakery\"
title = \"面包师的早晨\"
publisher = \"《街坊》\"
date = \"2025-03\"
interviewee = \"周米\"
interviewers = [\"《街坊》\"]
+++

《街坊》：您几点开始烤面包？

周米：凌晨三点。炉子要先烧一个小时，等第一批客人出门上班，面包正好出炉。

《街坊》：面包怎样发酵才好吃？

周米：发酵要慢。面团在凉的地方放上一夜，酵母慢慢地吃糖，面包才有麦子的香味。

《街坊》：您为什么不开分店？

周米：一双手只能揉这么多面。分店开了，面包就是别人揉的了。

《街坊》：客人里谁最让您难忘？

周米：一位老太太，每天买一个小圆面包，二十年没有断过。
";

/// Settings for a bot that serves the lighthouse, and whatever is added to its corpus.
fn setup(api: &BotApi) -> Setup {
    Setup::new(api).with_transcript(LIGHTHOUSE).with("CORPUS__WATCH", "true")
}

/// Adds the second interview to the corpus of a running bot.
fn add_bakery(setup: &Setup) {
    std::fs::write(setup.corpus().join("bakery.txt"), BAKERY).unwrap();
}

/// Waits until everybody has been told.
async fn all_told(setup: &Setup) {
    setup.has_noted(2, "known_interviews").await;
    setup.has_noted(0, "notices").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_is_told_once_of_a_new_interview() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let bot = setup.start();
    assert!(api.ask(HANS, HANS, "/follow").await.text.text.contains("再发一次"));
    assert!(api.ask(ENGLISH, ENGLISH, "/follow").await.text.text.contains("again"));
    api.ask(OTHER, OTHER, "/follow").await;
    assert!(api.ask(OTHER, OTHER, "/follow").await.text.text.contains("已取消"));
    assert!(api.ask(SUPERGROUP, HANS, "/follow").await.text.text.contains("管理员"));
    api.make_admin(SUPERGROUP, HANS);
    api.ask(SUPERGROUP, HANS, "/follow").await;
    setup.has_noted(1, "known_interviews").await;

    add_bakery(&setup);
    let told = api.message_to(HANS, 1).await;
    assert!(
        told.text.text.starts_with("新的访谈：《街坊》 · 面包师的早晨 · 2025-03"),
        "{:?}",
        told.text
    );
    assert_eq!(told.buttons().len(), 3, "{told:#?}");
    assert!(api.message_to(ENGLISH, 1).await.text.text.starts_with("New interview: "));
    assert!(api.message_to(SUPERGROUP, 2).await.text.text.contains("面包师的早晨"));
    api.toast(HANS, HANS, told.message_id(), &told.press("1")).await;
    let opened = api.message_to(HANS, 2).await;
    assert!(opened.text.marked("blockquote").concat().contains("凌晨三点"), "{:?}", opened.text);

    all_told(&setup).await;
    assert!(bot.terminate().await.success());
    let _bot = setup.start();
    api.ask(HANS, HANS, "/help").await;
    all_told(&setup).await;
    assert_eq!(api.sent_to(ENGLISH).len(), 2);
    assert_eq!(api.sent_to(OTHER).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_in_vain_is_told_when_a_new_interview_has_the_answer() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let _bot = setup.start();
    let in_vain = api.ask(HANS, HANS, QUESTION).await;
    assert!(in_vain.text.marked("blockquote").is_empty(), "{:?}", in_vain.text);
    let never = api.ask(HANS, HANS, "量子计算机的价格").await;
    setup.has_noted(2, "asked WHERE missed = 1").await;
    assert!(
        api.toast(HANS, HANS, in_vain.message_id(), &in_vain.press("🔔"))
            .await
            .contains("就告诉你")
    );
    let followed = api.call_where("editMessageText", Call::is_done).await;
    assert!(
        api.toast(HANS, HANS, followed.message_id(), &followed.press("🔕"))
            .await
            .contains("已取消")
    );
    setup.has_noted(0, "followed_questions").await;
    api.toast(HANS, HANS, in_vain.message_id(), &in_vain.press("🔔")).await;
    api.toast(HANS, HANS, never.message_id(), &never.press("🔔")).await;
    setup.has_noted(2, "followed_questions").await;
    // A question that is changed into one without an answer can be followed, too.
    let question = api.say(ENGLISH, ENGLISH, "台风来的时候您害怕吗？", json!({}));
    api.message_to(ENGLISH, 0).await;
    api.edit(ENGLISH, ENGLISH, question, QUESTION);
    let edit = api.call_where("editMessageText", |call| call.params["chat_id"] == ENGLISH).await;
    edit.press("🔔");
    // The one who did not press is not told.
    api.ask(OTHER, OTHER, QUESTION).await;

    add_bakery(&setup);
    let told = api.message_to(HANS, 2).await;
    assert!(told.text.text.starts_with(&format!("你问过「{QUESTION}」")), "{:?}", told.text);
    assert!(told.text.marked("blockquote").concat().contains("发酵要慢"), "{:?}", told.text);
    all_told(&setup).await;
    setup.has_noted(1, "followed_questions").await;
    assert_eq!((api.sent_to(HANS).len(), api.sent_to(OTHER).len()), (3, 1));
    let privacy = api.ask(HANS, HANS, "/privacy").await;
    api.toast(HANS, HANS, privacy.message_id(), &privacy.press("删除")).await;
    setup.has_noted(0, "followed_questions").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_survives_kills_and_refusals_and_ends_with_the_chat() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let bot = setup.start();
    api.ask(HANS, HANS, "/follow").await;
    api.ask(OTHER, OTHER, "/follow").await;
    setup.has_noted(1, "known_interviews").await;
    setup.settled().await;
    bot.kill();
    add_bakery(&setup);
    api.block(OTHER);
    api.fail("sendMessage", Fault::Refuse(502, "Bad Gateway"));
    let bot = setup.start();
    api.call_where("sendMessage", |call| call.text.text.starts_with("新的访谈")).await;
    bot.kill();
    let _bot = setup.start();
    all_told(&setup).await;
    let n_told = api.sent_to(HANS).len() - 1;
    assert!(n_told <= 1, "it was told {n_told} times");
    setup.has_noted(1, "followers").await;
}
