//! Webhook mode: a delivery gets 200 only once its update is in the store.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::bot::{Bot, SECRET, Setup};
use crate::support::bot_api::{BotApi, Fault, TOKEN};
use crate::support::nginx::free_port;
use crate::support::postgres::Postgres;

const QUESTION: &str = "硅谷为什么解释不了杭州？";
const HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";

fn ask(api: &BotApi, user: i64) {
    api.say(user, user, QUESTION, json!({}));
}

/// Starts a bot and waits until it has set its webhook.
async fn started(api: &BotApi, setup: &Setup) -> Bot {
    let bot = setup.start();
    api.call_where("setWebhook", |_| true).await;
    bot
}

/// Posts `body` with `secret` to the bot's server, and returns the status and the body of the response.
async fn post(bot: &Bot, secret: Option<&str>, body: impl Into<reqwest::Body>) -> (u16, String) {
    let url = format!("{}/telegram", bot.site().await);
    let mut request = reqwest::Client::new().post(url).body(body);
    if let Some(secret) = secret {
        request = request.header(HEADER, secret);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Posts only the beginning of a body, and returns the first 12 bytes of the response.
async fn unfinished(bot: &Bot, secret: &str) -> String {
    let address = bot.site().await.replace("http://", "");
    let head = format!(
        "POST /telegram HTTP/1.1\r\nHost: x\r\n{HEADER}: {secret}\r\nContent-Length: 99\r\n\r\n{{"
    );
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(25))).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    });
    answer.await.unwrap()
}

async fn get(url: String) -> (u16, String) {
    let response = reqwest::get(url).await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn delivered_updates_are_answered_and_the_webhook_stays_set() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_webhook();
    let bot = started(&api, &setup).await;
    let webhook = api.webhook().unwrap();
    assert_eq!(webhook.url, format!("{}/telegram", bot.site().await));
    assert_eq!((webhook.secret.as_str(), webhook.max_connections), (SECRET, 40));
    assert!(webhook.allowed_updates.contains(&"callback_query".to_owned()));
    assert!(!webhook.allowed_updates.contains(&"poll".to_owned()));

    ask(&api, 2);
    let card = api.message_to(2, 0).await;
    api.press(2, 2, card.message_id(), &card.press("完整回答"));
    api.call_where("editMessageText", |_| true).await;
    api.all_taken().await;
    assert!(bot.terminate().await.success());
    assert!(api.webhook().is_some() && api.calls("deleteWebhook").is_empty());
    assert!(api.calls("getUpdates").is_empty());

    ask(&api, 3);
    let _bot = setup.start();
    api.message_to(3, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_without_the_secret_are_refused() {
    let api = BotApi::start().await;
    let bot = started(&api, &Setup::new(&api).with_webhook()).await;
    let message = api.message(7, 7, QUESTION, json!({}));
    let body = json!({"update_id": 900, "message": message}).to_string();
    let near = SECRET.trim_end_matches('r');
    for secret in [None, Some(""), Some(near), Some("SHOWN-BY-THE-FAKE-SERVER"), Some(TOKEN)] {
        assert_eq!(post(&bot, secret, body.clone()).await, (401, String::new()), "{secret:?}");
    }
    assert_eq!(
        unfinished(&bot, "wrong").await,
        "HTTP/1.1 401",
        "the server should not wait for the body"
    );
    assert_eq!(get(format!("{}/telegram", bot.site().await)).await.0, 405);

    assert_eq!(post(&bot, Some(SECRET), body).await, (200, String::new()));
    api.message_to(7, 0).await;
    assert_eq!(api.sent_to(7).len(), 1);
    assert!(!bot.log().contains(SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_bodies_are_refused_and_unreadable_updates_are_skipped() {
    let api = BotApi::start().await;
    let bot = started(&api, &Setup::new(&api).with_webhook()).await;
    for body in ["", "{", r#"{"update_id":"#, "[]", r#"{"message":{}}"#, r#"{"update_id":"1"}"#] {
        assert_eq!(post(&bot, Some(SECRET), body).await, (400, String::new()), "{body}");
    }
    assert_eq!(post(&bot, Some(SECRET), vec![0xff; 9]).await.0, 400);
    bot.says("what was delivered is no update").await;
    // The body is only a little too large, so that the client has sent all of it before the response.
    assert_eq!(post(&bot, Some(SECRET), vec![b'['; (1 << 20) + 1]).await.0, 413);

    api.push("message", &json!({"message_id": "what?", "chat": null}));
    ask(&api, 1);
    api.message_to(1, 0).await;
    bot.says("an update cannot be read").await;
    // The unreadable update was accepted, because repeating it would not make it readable.
    api.all_taken().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_arrive_times_out() {
    let api = BotApi::start().await;
    let bot = started(&api, &Setup::new(&api).with_webhook()).await;
    let answer = unfinished(&bot, SECRET);
    let meanwhile = async {
        ask(&api, 1);
        api.message_to(1, 0).await
    };
    assert_eq!(tokio::join!(answer, meanwhile).0, "HTTP/1.1 408");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_delivered_again_is_answered_once() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_webhook();
    let bot = started(&api, &setup).await;
    let message = api.message(7, 7, QUESTION, json!({}));
    let body = json!({"update_id": 900, "message": message}).to_string();
    let twice = tokio::join!(
        post(&bot, Some(SECRET), body.clone()),
        post(&bot, Some(SECRET), body.clone())
    );
    assert_eq!((twice.0.0, twice.1.0), (200, 200));
    api.message_to(7, 0).await;
    setup.settled().await;
    assert!(bot.terminate().await.success());
    let bot = setup.start();
    api.call_where("setWebhook", |_| true).await;
    assert_eq!(post(&bot, Some(SECRET), body).await.0, 200);
    ask(&api, 7);
    api.message_to(7, 1).await;
    assert_eq!(api.sent_to(7).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_refused_while_too_many_updates_are_in_hand() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_webhook().with("TELEGRAM__MAX_IN_HAND", "2");
    let _bot = started(&api, &setup).await;
    for _ in 0..2 {
        api.fail("sendMessage", Fault::Slow(Duration::from_secs(1)));
    }
    (1..=9).for_each(|user| ask(&api, user));
    api.refused_beyond(0).await;
    for user in 1..=9 {
        api.message_to(user, 0).await;
    }
    api.all_taken().await;
    setup.settled().await;
    assert!((1..=9).all(|user| api.sent_to(user).len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_outage_the_backlog_fills_and_telegram_keeps_the_rest() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_webhook().with("TELEGRAM__MAX_IN_HAND", "3");
    let bot = started(&api, &setup).await;
    ask(&api, 1000);
    api.message_to(1000, 0).await;
    setup.settled().await;
    api.break_down(Some(Fault::Refuse(502, "Bad Gateway")));
    (1..=5).for_each(|user| ask(&api, user));
    api.refused_beyond(3).await;
    bot.says("Telegram cannot be reached").await;
    assert_eq!(api.delivered_with(200), 4, "what is in hand, and the first question");
    let (status, readiness) = get(format!("{}/readyz", bot.site().await)).await;
    let readiness: Value = serde_json::from_str(&readiness).unwrap();
    assert_eq!((status, &readiness["is_telegram_reachable"]), (200, &json!(false)));
    api.break_down(None);
    for user in 1..=5 {
        api.message_to(user, 0).await;
    }
    api.all_taken().await;
    setup.settled().await;
    assert!((1..=5).all(|user| api.sent_to(user).len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_refused_while_the_store_fails() {
    let Some(server) = Postgres::start() else { return };
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_webhook().with("STORE__URL", &server.url());
    let bot = started(&api, &setup).await;
    ask(&api, 1);
    api.message_to(1, 0).await;
    api.all_taken().await;
    server.stop();
    (2..=5).for_each(|user| ask(&api, user));
    api.refused_beyond(0).await;
    let (status, readiness) = get(format!("{}/readyz", bot.site().await)).await;
    let readiness: Value = serde_json::from_str(&readiness).unwrap();
    assert_eq!(
        (status, &readiness["is_store_up"]),
        (200, &json!(false)),
        "the pages can still be read"
    );
    assert!((2..=5).all(|user| api.sent_to(user).is_empty()));
    server.resume();
    for user in 2..=5 {
        api.message_to(user, 0).await;
    }
    api.all_taken().await;
    assert!((1..=5).all(|user| api.sent_to(user).len() == 1));
    assert_eq!(bot.log().matches("the store fails").count(), 1, "{}", bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_written_after_a_timeout_is_answered() {
    let Some(server) = Postgres::start() else { return };
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_webhook().with("STORE__URL", &server.url());
    let _bot = started(&api, &setup).await;
    ask(&api, 1);
    api.message_to(1, 0).await;
    setup.settled().await;

    sqlx::any::install_default_drivers();
    let store = sqlx::AnyPool::connect(&server.url()).await.unwrap();
    let mut rival = store.begin().await.unwrap();
    sqlx::query("INSERT INTO updates (update_id, received_at) VALUES (501, 0)")
        .execute(&mut *rival)
        .await
        .unwrap();
    assert_eq!(api.push("message", &api.message(2, 2, QUESTION, json!({}))), 501);
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity \
        WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO updates%'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&store).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    api.refused_beyond(api.delivered_with(503)).await;
    // The database now executes the statement for which the bot no longer waits. When Telegram delivers the
    // update again, the bot knows it, and still has to answer it.
    rival.rollback().await.unwrap();
    api.message_to(2, 0).await;
    api.all_taken().await;
    setup.settled().await;
    assert_eq!(api.sent_to(2).len(), 1);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_bot_is_not_ready_finishes_its_answers_and_refuses_deliveries() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_webhook();
    let bot = started(&api, &setup).await;
    let ready = format!("{}/readyz", bot.site().await);
    assert_eq!(get(ready.clone()).await.0, 200);
    api.fail("sendMessage", Fault::Slow(Duration::from_secs(3)));
    ask(&api, 1);
    api.call_where("sendMessage", |_| true).await;
    let ended = tokio::spawn(bot.terminate());
    let readiness = loop {
        let (status, body) = get(ready.clone()).await;
        if status != 200 {
            break (status, serde_json::from_str::<Value>(&body).unwrap());
        }
    };
    assert_eq!((readiness.0, &readiness.1["is_ending"]), (503, &json!(true)));
    ask(&api, 2);
    api.refused_beyond(0).await;
    assert!(ended.await.unwrap().success());
    assert_eq!((api.sent_to(1).len(), api.sent_to(2).len()), (1, 0));
    let _bot = setup.start();
    api.message_to(2, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_killed_in_a_flood_loses_no_question() {
    const USERS: i64 = 40;
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_webhook();
    let bot = started(&api, &setup).await;
    for _ in 0..5 {
        (1..=USERS).for_each(|user| ask(&api, user));
    }
    setup.survives_a_kill_in_mid_flood(&api, bot, USERS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_webhook_settings_are_errors_that_name_the_setting() {
    let api = BotApi::start().await;
    for (key, value, hint) in [
        ("WEB__LISTEN", "", "web.listen"),
        ("WEB__PUBLIC_URL", "", "web.public_url"),
        ("TELEGRAM__WEBHOOK_SECRET", "with a space", "telegram.webhook_secret"),
        ("TELEGRAM__WEBHOOK_PATH", "/", "telegram.webhook_path"),
        ("TELEGRAM__WEBHOOK_URL", "http://example.org/telegram", "HTTPS"),
    ] {
        let mut bot = Setup::new(&api).with_webhook().with(key, value).start();
        assert!(!bot.ended().await.success());
        assert!(bot.log().contains(hint), "{}", bot.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_the_webhook_can_be_configured() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_webhook().with("TELEGRAM__WEBHOOK_SECRET", "");
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/of/my:own");
    let setup = setup
        .with("WEB__LISTEN", &format!("127.0.0.1:{port}"))
        .with("WEB__PUBLIC_URL", "")
        .with("WEB__METRICS_LISTEN", "127.0.0.1:0")
        .with("TELEGRAM__WEBHOOK_URL", &url);
    let bot = started(&api, &setup).await;
    let webhook = api.webhook().unwrap();
    assert_eq!((webhook.url, webhook.secret.len()), (url, 43));
    ask(&api, 1);
    api.message_to(1, 0).await;
    assert!(!bot.log().contains(&webhook.secret));
    assert!(!bot.log().contains("my:own"), "some put the token into the path");
    let log = bot.log();
    let metrics = log.lines().find_map(|line| line.strip_prefix("metrics on ")).unwrap();
    let (_, metrics) = get(metrics.to_owned()).await;
    assert!(metrics.contains(r#"route="webhook""#) && !metrics.contains("my:own"), "{metrics}");
    assert_eq!(get(bot.site().await).await.0, 200, "the pages should be served as well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_polling_bot_removes_an_existing_webhook() {
    let api = BotApi::start().await;
    api.set_webhook_to("https://elsewhere.example.org/");
    let bot = Setup::new(&api).start();
    bot.says("removing it").await;
    ask(&api, 1);
    api.message_to(1, 0).await;
    assert!(api.webhook().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_count_updates_and_calls() {
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with_webhook().with("WEB__METRICS_LISTEN", "127.0.0.1:0");
    let bot = started(&api, &setup).await;
    api.fail("sendMessage", Fault::Refuse(502, "Bad Gateway"));
    ask(&api, 2);
    let card = api.message_to(2, 0).await;
    api.press(2, 2, card.message_id(), &card.press("完整回答"));
    api.call_where("editMessageText", |_| true).await;
    assert_eq!(post(&bot, Some("wrong"), "{}").await.0, 401);
    let log = bot.log();
    let url = log.lines().find_map(|line| line.strip_prefix("metrics on ")).unwrap();
    let mut metrics = String::new();
    // An update is in hand until what it shows is noted, which is a moment after its answer was sent.
    for _ in 0..600 {
        metrics = get(url.to_owned()).await.1;
        if metrics.contains("wenjian_update_seconds_count 2\n")
            && metrics.contains("wenjian_updates_in_hand 0\n")
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for line in [
        r#"wenjian_updates_total{kind="message"} 1"#,
        r#"wenjian_updates_total{kind="callback_query"} 1"#,
        r#"wenjian_updates_refused_total{reason="secret"} 1"#,
        r#"wenjian_telegram_calls_total{method="SendMessage"} 2"#,
        r#"wenjian_telegram_errors_total{method="SendMessage",kind="server"} 1"#,
        "wenjian_updates_in_hand 0",
        "wenjian_update_seconds_count 2",
        "wenjian_store_up 1",
        "wenjian_telegram_reachable 1",
    ] {
        assert!(metrics.lines().any(|known| known == line), "no `{line}` in\n{metrics}");
    }
}
