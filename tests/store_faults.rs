//! The program with a store that fails: on a full disk, and with a damaged file.

use serde_json::json;

use crate::support::bot::Setup;
use crate::support::bot_api::BotApi;

const QUESTION: &str = "硅谷为什么解释不了杭州？";

/// Asks a question and waits for its answer.
async fn answered(api: &BotApi, nth: usize) {
    api.say(1, 1, QUESTION, json!({}));
    api.message_to(1, nth).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_restarted_on_a_full_disk_polls_and_answers() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    let bot = setup.start();
    answered(&api, 0).await;
    setup.settled().await;
    bot.kill();

    // Nothing can be written beyond the first 32 KiB of a file, and the store's files are larger.
    let bot = setup.start_with_files_of_at_most(32);
    answered(&api, 1).await;
    bot.says("the store fails").await;
    for nth in 2..12 {
        answered(&api, nth).await;
    }
    let log = bot.log();
    assert_eq!(log.matches("the store fails").count(), 1, "{log}");
    assert_eq!(log.matches("the store is back").count(), 0, "{log}");
    bot.kill();

    let _bot = setup.start();
    answered(&api, 12).await;
    setup.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_store_is_an_error_or_replaced_as_configured() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api);
    std::fs::write(setup.store(), "no database".repeat(100)).unwrap();
    let mut bot = setup.start();
    assert!(!bot.ended().await.success());
    let log = bot.log();
    assert!(log.contains("is damaged") && log.contains("store.replace_damaged"), "{log}");

    let bot = setup.with("STORE__REPLACE_DAMAGED", "true").start();
    answered(&api, 0).await;
    assert!(bot.log().contains("an empty one is used"), "{}", bot.log());
}
