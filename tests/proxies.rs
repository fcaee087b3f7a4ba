//! The proxies of `deploy/` in front of two replicas on PostgreSQL: readers notice neither a rolling
//! restart nor an outage of the store.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;

use crate::support::bot::{Bot, Setup};
use crate::support::bot_api::BotApi;
use crate::support::caddy::Caddy;
use crate::support::nginx::{Nginx, free_port};
use crate::support::postgres::Postgres;

const QUESTION: &str = "硅谷为什么解释不了杭州？";

/// Two replicas, to which a proxy at `url` passes requests.
struct Replicas {
    api: BotApi,
    setups: [Setup; 2],
    postgres: Postgres,
    url: String,
}

impl Replicas {
    async fn start(postgres: Postgres, url: &str, ports: [u16; 2]) -> (Self, [Bot; 2]) {
        let api = BotApi::start().await;
        let [one, two] = ports.map(|port| format!("127.0.0.1:{port}"));
        let setup = Setup::new(&api)
            .with_webhook()
            .with("STORE__URL", &postgres.url())
            .with("WEB__PUBLIC_URL", url)
            .with("WEB__TRUSTED_PROXIES", "127.0.0.1")
            .with("WEB__LIMITS", "off")
            .with("WEB__LISTEN", &one);
        let setups = [setup.replica("one"), setup.replica("two").with("WEB__LISTEN", &two)];
        let bots = [setups[0].start(), setups[1].start()];
        for bot in &bots {
            bot.says("Telegram brings updates").await;
        }
        (Self { api, setups, postgres, url: url.to_owned() }, bots)
    }

    /// Restarts both replicas one after the other, as docs/operations.md describes, while pages are read.
    async fn survive_a_rolling_restart(self, bots: [Bot; 2]) {
        let readers = Readers::start(&self.url).await;
        let mut restarted = Vec::new();
        for (bot, setup) in bots.into_iter().zip(&self.setups) {
            self.api.say(1, 1, QUESTION, json!({}));
            assert!(bot.terminate().await.success());
            self.api.say(1, 1, QUESTION, json!({}));
            let bot = setup.start();
            ready(&bot).await;
            restarted.push(bot);
        }
        readers.read_everything();
        self.api.message_to(1, 3).await;
        self.api.all_taken().await;
        self.setups[0].settled().await;
        assert_eq!(self.api.sent_to(1).len(), 4, "each question is answered once");
    }

    /// Stops the database, so that deliveries are refused, while pages are read.
    async fn survive_an_outage_of_the_store(self) {
        let readers = Readers::start(&self.url).await;
        self.postgres.stop();
        for user in 1..=20 {
            self.api.say(user, user, QUESTION, json!({}));
        }
        self.api.refused_beyond(20).await;
        readers.read_more().await;
        readers.read_everything();
        self.postgres.resume();
        for user in 1..=20 {
            self.api.message_to(user, 0).await;
        }
    }
}

/// Waits until `/readyz` of a replica answers 200.
async fn ready(bot: &Bot) {
    let url = format!("{}/readyz", bot.site().await);
    while reqwest::get(&url).await.map_or(true, |answer| answer.status() != 200) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Threads that read pages without a pause.
struct Readers {
    results: Arc<Results>,
    threads: Vec<JoinHandle<()>>,
}

/// The results of the readers' requests.
#[derive(Default)]
struct Results {
    is_over: AtomicBool,
    n_pages: AtomicUsize,
    failures: Mutex<Vec<String>>,
}

impl Readers {
    /// Starts the threads, and returns once they have read some pages.
    async fn start(url: &str) -> Self {
        let results = Arc::new(Results::default());
        let paths =
            ["/", "/search?q=%E6%9D%AD%E5%B7%9E", "/i/caijing-wangjian/3", "/api/interviews"];
        let threads = paths.map(|path| {
            let (url, results) = (format!("{url}{path}"), Arc::clone(&results));
            std::thread::spawn(move || read(&url, &results))
        });
        let readers = Self { results, threads: threads.into() };
        readers.read_more().await;
        readers.results.failures.lock().unwrap().clear();
        readers
    }

    /// Waits until the threads have requested more pages.
    async fn read_more(&self) {
        let before = self.results.n_pages.load(Ordering::Relaxed);
        while self.results.n_pages.load(Ordering::Relaxed) < before + 60 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Ends the threads, and checks that each of their requests got a page.
    fn read_everything(self) {
        self.results.is_over.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|thread| thread.join().unwrap());
        let failures = self.results.failures.lock().unwrap();
        let n_pages = self.results.n_pages.load(Ordering::Relaxed);
        assert!(failures.is_empty(), "{} of {n_pages}: {failures:?}", failures.len());
    }
}

fn read(url: &str, results: &Results) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into();
    while !results.is_over.load(Ordering::Relaxed) {
        let failure = match agent.get(url).call() {
            Ok(answer) if answer.status() == 200 => None,
            Ok(answer) => Some(answer.status().to_string()),
            Err(error) => Some(error.to_string()),
        };
        results.failures.lock().unwrap().extend(failure);
        results.n_pages.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_nginx_pages_are_served_through_a_rolling_restart() {
    let (Some(postgres), ports) = (Postgres::start(), [free_port(), free_port()]) else { return };
    let Some(nginx) = Nginx::start(&ports) else { return };
    let (replicas, bots) = Replicas::start(postgres, &nginx.url, ports).await;
    replicas.survive_a_rolling_restart(bots).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_nginx_pages_are_served_through_an_outage_of_the_store() {
    let (Some(postgres), ports) = (Postgres::start(), [free_port(), free_port()]) else { return };
    let Some(nginx) = Nginx::start(&ports) else { return };
    let (replicas, _bots) = Replicas::start(postgres, &nginx.url, ports).await;
    replicas.survive_an_outage_of_the_store().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_caddy_pages_are_served_through_a_rolling_restart() {
    let (Some(postgres), ports) = (Postgres::start(), [free_port(), free_port()]) else { return };
    let Some(caddy) = Caddy::start(ports) else { return };
    let (replicas, bots) = Replicas::start(postgres, &caddy.url, ports).await;
    replicas.survive_a_rolling_restart(bots).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_caddy_pages_are_served_through_an_outage_of_the_store() {
    let (Some(postgres), ports) = (Postgres::start(), [free_port(), free_port()]) else { return };
    let Some(caddy) = Caddy::start(ports) else { return };
    let (replicas, _bots) = Replicas::start(postgres, &caddy.url, ports).await;
    replicas.survive_an_outage_of_the_store().await;
}
