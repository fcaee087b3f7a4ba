//! Several replicas on one store: each update is answered by one of them, and none is lost if one of them dies.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use crate::support::bot::{Bot, Setup};
use crate::support::bot_api::{BotApi, Call, Fault};
use crate::support::nginx::{Nginx, free_port};
use crate::support::postgres::Postgres;

const QUESTION: &str = "硅谷为什么解释不了杭州？";
const USERS: i64 = 25;

/// Two replicas on PostgreSQL, to which nginx passes on Telegram's deliveries.
struct Cluster {
    api: BotApi,
    setups: [Setup; 2],
    asked: usize,
    _nginx: Nginx,
    postgres: Postgres,
}

impl Cluster {
    /// Starts nginx, the database and both replicas. Returns `None` if nginx or PostgreSQL is missing.
    async fn start() -> Option<(Self, [Bot; 2])> {
        let postgres = Postgres::start()?;
        let ports = [free_port(), free_port()];
        let nginx = Nginx::start(&ports)?;
        let api = BotApi::start().await;
        let [one, two] = ports.map(|port| format!("127.0.0.1:{port}"));
        let setup = Setup::new(&api)
            .with_webhook()
            .with("STORE__URL", &postgres.url())
            .with("WEB__PUBLIC_URL", &nginx.url)
            .with("WEB__LISTEN", &one);
        let setups = [setup.replica("one"), setup.replica("two").with("WEB__LISTEN", &two)];
        let bots = [setups[0].start(), setups[1].start()];
        for bot in &bots {
            bot.says("Telegram brings updates").await;
        }
        Some((Self { api, setups, asked: 0, _nginx: nginx, postgres }, bots))
    }

    /// Sends one question from every user.
    fn ask(&mut self) {
        (1..=USERS).for_each(|user| _ = self.api.say(user, user, QUESTION, json!({})));
        self.asked += 1;
    }

    /// Waits until `n` questions of the first user are answered.
    async fn answered(&self, n: usize) {
        self.api.message_to(1, n - 1).await;
    }

    /// Waits until every question is answered, and returns the number of surplus answers.
    async fn doubled(&self) -> usize {
        for user in 1..=USERS {
            self.api.message_to(user, self.asked - 1).await;
        }
        self.api.all_taken().await;
        self.setups[0].settled().await;
        (1..=USERS).map(|user| self.api.sent_to(user).len() - self.asked).sum()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_under_load_answers_every_question_once() {
    let Some((mut cluster, bots)) = Cluster::start().await else { return };
    let mut restarted = Vec::new();
    for (bot, setup) in bots.into_iter().zip(cluster.setups.clone()) {
        cluster.ask();
        cluster.answered(cluster.asked).await;
        cluster.ask();
        let ended = tokio::spawn(bot.terminate());
        cluster.ask();
        assert!(ended.await.unwrap().success());
        cluster.ask();
        let bot = setup.start();
        bot.says("Telegram brings updates").await;
        restarted.push(bot);
    }
    assert_eq!(cluster.doubled().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_updates_of_a_killed_replica_are_answered_by_the_other() {
    let Some((mut cluster, [one, _two])) = Cluster::start().await else { return };
    for _ in 0..4 {
        cluster.ask();
    }
    let sent = |api: &BotApi| (api.calls("sendMessage").len() > 20).then_some(());
    cluster.api.until(sent).await.unwrap();
    one.kill();
    cluster.ask();
    let doubled = cluster.doubled().await;
    // At most one message in each chat was just being sent.
    assert!(doubled <= 25, "{doubled} were answered twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_database_loses_and_doubles_no_answer() {
    let Some((mut cluster, _bots)) = Cluster::start().await else { return };
    cluster.ask();
    cluster.answered(1).await;
    cluster.ask();
    cluster.postgres.stop();
    let stopped = std::time::Instant::now();
    cluster.ask();
    cluster.api.refused_beyond(0).await;
    // The outage is longer than the time after which a replica counts as dead.
    while stopped.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    cluster.postgres.resume();
    cluster.ask();
    assert_eq!(cluster.doubled().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_buttons_of_a_card_work_on_the_other_replica() {
    let Some((cluster, [one, two])) = Cluster::start().await else { return };
    assert!(two.terminate().await.success());
    cluster.api.say(2, 2, QUESTION, json!({}));
    let card = cluster.api.message_to(2, 0).await;
    assert!(one.terminate().await.success());
    let _two = cluster.setups[1].start();
    cluster.api.press(2, 2, card.message_id(), &card.press_behind('+'));
    let rated = cluster.api.call_where("answerCallbackQuery", |_| true).await;
    assert!(rated.params["text"].is_string(), "{rated:?}");
    cluster.api.press(2, 2, card.message_id(), &card.press("完整回答"));
    let is_full = |call: &Call| call.params["reply_markup"].to_string().contains("收起");
    let edit = cluster.api.call_where("editMessageText", is_full).await;
    assert!(edit.text.entities.len() > 1, "the words of the question should be bold: {edit:?}");
}

/// Checks that only one of two replicas polls, and that the other one takes over when it dies or stops.
async fn one_polls(api: &BotApi, setup: &Setup) {
    let [one, two] = ["one", "two"].map(|name| setup.replica(name));
    let first = one.start();
    api.say(1, 1, QUESTION, json!({}));
    api.message_to(1, 0).await;
    let second = two.start();
    second.says("another program on the same store polls").await;
    api.say(2, 2, QUESTION, json!({}));
    api.message_to(2, 0).await;
    assert!(
        !first.log().contains("another program"),
        "the first replica should poll without interruption:\n{}",
        first.log()
    );

    setup.settled().await;
    first.kill();
    api.say(3, 3, QUESTION, json!({}));
    api.message_to(3, 0).await;
    second.says("it is this program's turn to poll").await;

    // If a replica stops in order, the other one takes over at once.
    let third = one.start();
    third.says("another program on the same store polls").await;
    assert!(second.terminate().await.success());
    third.says("it is this program's turn to poll").await;
    api.say(4, 4, QUESTION, json!({}));
    api.message_to(4, 0).await;
    assert!((1..=4).all(|user| api.sent_to(user).len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_replicas_on_sqlite_polls() {
    let api = BotApi::start().await;
    one_polls(&api, &Setup::new(&api)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_replicas_on_postgres_polls() {
    let Some(server) = Postgres::start() else { return };
    let api = BotApi::start().await;
    one_polls(&api, &Setup::new(&api).with("STORE__URL", &server.url())).await;
}

/// Asks for a large page again and again and receives nothing, so that the server cannot end at once.
async fn slow_reader(bot: &Bot) -> TcpStream {
    let address = bot.site().await.replace("http://", "");
    let mut stream = TcpStream::connect(address).unwrap();
    let request = "GET /i/caijing-wangjian HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    // The server stops reading when it cannot write any more.
    let _ = stream.write_all(request.repeat(4000).as_bytes());
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_ends_sends_nothing_that_the_other_answers() {
    const QUESTIONS: usize = 15;
    let api = BotApi::start().await;
    let setup = Setup::new(&api)
        .with("TELEGRAM__SHUTDOWN_SECONDS", "1")
        .with("WEB__LIMITS", "off")
        .with("WEB__LISTEN", "127.0.0.1:0");
    let one = setup.replica("one").start();
    api.say(1, 1, QUESTION, json!({}));
    api.message_to(1, 0).await;
    let two = setup.replica("two").start();
    two.says("another program on the same store polls").await;
    let reader = slow_reader(&one).await;
    for _ in 0..10 * QUESTIONS {
        api.fail("sendMessage", Fault::Slow(Duration::from_millis(400)));
    }
    for user in 2..=5 {
        (0..QUESTIONS).for_each(|_| _ = api.say(user, user, QUESTION, json!({})));
    }
    api.message_to(2, 1).await;
    assert!(one.terminate().await.success());
    drop(reader);
    for user in 2..=5 {
        api.message_to(user, QUESTIONS - 1).await;
    }
    setup.settled().await;
    for user in 2..=5 {
        assert_eq!(api.sent_to(user).len(), QUESTIONS, "answers to {user}");
    }
}
