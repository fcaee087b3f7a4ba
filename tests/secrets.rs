//! Tokens, passwords and keys show nowhere: not in what commands print, in errors, in the log, in the
//! metrics or on the admin page.

use serde_json::json;

use crate::support::bot::Setup;
use crate::support::bot_api::{BotApi, Fault, TOKEN};
use crate::support::nginx::free_port;
use crate::support::program::{Program, Run};

/// The part of the token that gives control over the bot.
const KEY: &str = "strict-fake-secret";
const ADMIN_TOKEN: &str = "an-admin-token-of-a-test";
const HASH_KEY: &str = "a-hash-key-of-this-test";
const PASSWORD: &str = "a-password-of-a-database";

/// Fails if `text` contains any of the secrets.
fn check(text: &str) {
    for secret in [KEY, ADMIN_TOKEN, HASH_KEY, PASSWORD] {
        assert!(!text.contains(secret), "`{secret}` is in:\n{text}");
    }
}

#[test]
fn config_masks_secrets_wherever_they_are_part_of_a_setting() {
    let program = Program::bare();
    let mut command = program.command();
    command
        .arg("config")
        .env("TELOXIDE_TOKEN", TOKEN)
        .env("WENJIAN__TELEGRAM__WEBHOOK_PATH", format!("/{TOKEN}"))
        .env("WENJIAN__TELEGRAM__WEBHOOK_URL", format!("https://a/{}", TOKEN.replace(':', "%3A")))
        .env("WENJIAN__WEB__ADMIN_TOKEN", ADMIN_TOKEN)
        .env("WENJIAN__STORE__HASH_KEY", HASH_KEY)
        .env("WENJIAN__STORE__URL", format!("postgres://bot:{PASSWORD}@db/x?password={PASSWORD}"));
    let printed = Run::of(&mut command).succeeded().stdout;
    check(&printed);
    assert!(printed.contains("webhook_path = \"/***\""), "{printed}");
    assert!(printed.contains("token = \"***\""), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_most_talkative_log_the_metrics_and_the_admin_page_show_no_secret() {
    let api = BotApi::start().await;
    let url = format!("http://127.0.0.1:{}", free_port());
    let setup = Setup::new(&api)
        .with_webhook()
        .with("WEB__LISTEN", url.trim_start_matches("http://"))
        .with("WEB__PUBLIC_URL", &url)
        .with("WEB__METRICS_LISTEN", "127.0.0.1:0")
        .with("WEB__ADMIN_TOKEN", ADMIN_TOKEN)
        .with("TELEGRAM__WEBHOOK_PATH", &format!("/{TOKEN}"))
        .with("STORE__HASH_KEY", HASH_KEY)
        .with("LOG__LEVEL", "trace");
    let bot = setup.start();
    api.until(BotApi::webhook).await.unwrap();
    for fault in [Fault::Reset, Fault::Refuse(500, "Internal Server Error"), Fault::BreakOff] {
        api.fail("sendMessage", fault);
    }
    for user in [2, 4] {
        api.say(user, user, "硅谷为什么解释不了杭州？", json!({}));
        api.message_to(user, 0).await;
    }
    let client = reqwest::Client::new();
    let refused = client.post(format!("{url}/{TOKEN}")).body("{}").send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let admin = client.get(format!("{url}/admin")).bearer_auth(ADMIN_TOKEN).send().await.unwrap();
    assert_eq!(admin.status(), 200);
    check(&admin.text().await.unwrap());
    let log = bot.log();
    let metrics = log.lines().find_map(|line| line.strip_prefix("metrics on ")).unwrap();
    check(&client.get(metrics).send().await.unwrap().text().await.unwrap());
    check(&bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_about_the_webhook_and_the_store_show_no_secret() {
    let api = BotApi::start().await;
    let path = format!("/{TOKEN}");
    let store = format!("postgres://bot:{PASSWORD}@127.0.0.1:1/x");
    for (key, value, hint) in [
        ("TELEGRAM__WEBHOOK_PATH", format!("{path} "), "telegram.webhook_path"),
        ("TELEGRAM__WEBHOOK_URL", format!("a{path}"), "not an address for a webhook"),
        ("TELEGRAM__WEBHOOK_URL", format!("http://a{path}"), "refuses the webhook"),
        ("STORE__URL", store, "store cannot be used"),
    ] {
        let bot = Setup::new(&api).with_webhook().with(key, &value).start();
        bot.says(hint).await;
        check(&bot.log());
    }
}
