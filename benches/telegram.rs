//! Puts the bot under load, and prints answers per second, processor time per
//! answer, latency and memory.
//!
//! A minimal Bot API server in this process hands out updates and takes the answers; the bot is
//! the built binary, with its limits off. Run it with `cargo bench --bench telegram`;
//! docs/telegram.md has the figures.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::collections::{HashMap, VecDeque};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Router, http::StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::{interval, sleep, timeout};

/// Number of private chats from which questions come.
const CHATS: i64 = 2_000;
/// Number of answers in each of the three rounds at full speed.
const ROUND: usize = 30_000;
/// Questions per second in the paced round.
const PACED_RATE: u32 = 200;
/// Duration of the paced round.
const PACED_SECONDS: u32 = 20;

#[derive(Default)]
struct Server {
    updates: Mutex<VecDeque<(i64, String)>>,
    /// When the last question of each chat was handed out.
    asked: Mutex<HashMap<i64, Instant>>,
    latencies: Mutex<Vec<Duration>>,
    next: Mutex<i64>,
    changed: Notify,
}

impl Server {
    fn ask(&self, question: &str) {
        let id = {
            let mut next = self.next.lock().unwrap();
            *next += 1;
            *next
        };
        let chat = 1 + id % CHATS;
        let update = json!({"update_id": id, "message": {
            "message_id": id, "date": 1_700_000_000, "text": question,
            "chat": {"id": chat, "type": "private", "first_name": "U"},
            "from": {"id": chat, "is_bot": false, "first_name": "U", "language_code": "zh-hans"},
        }});
        self.updates.lock().unwrap().push_back((id, update.to_string()));
    }

    fn n_answers(&self) -> usize {
        self.latencies.lock().unwrap().len()
    }

    /// Returns up to 100 updates from `offset` on, as JSON. If there are none, waits up to 20 s for one.
    async fn poll(&self, offset: i64) -> String {
        loop {
            let changed = self.changed.notified();
            {
                let mut updates = self.updates.lock().unwrap();
                while updates.front().is_some_and(|(id, _)| *id < offset) {
                    updates.pop_front();
                }
                if !updates.is_empty() {
                    let batch: Vec<&str> =
                        updates.iter().take(100).map(|(_, update)| update.as_str()).collect();
                    let now = Instant::now();
                    let mut asked = self.asked.lock().unwrap();
                    for (id, _) in updates.iter().take(100) {
                        asked.insert(1 + id % CHATS, now);
                    }
                    return format!(r#"{{"ok":true,"result":[{}]}}"#, batch.join(","));
                }
            }
            if timeout(Duration::from_secs(20), changed).await.is_err() {
                return r#"{"ok":true,"result":[]}"#.to_owned();
            }
        }
    }
}

async fn serve(
    State(server): State<Arc<Server>>,
    Path((_, method)): Path<(String, String)>,
    body: Bytes,
) -> impl IntoResponse {
    let params: Value = serde_json::from_slice(&body).unwrap_or_default();
    let body = match method.to_ascii_lowercase().as_str() {
        "getupdates" => server.poll(params["offset"].as_i64().unwrap_or(0)).await,
        "getme" => json!({"ok": true, "result": {
            "id": 7, "is_bot": true, "first_name": "B", "username": "b_bot", "can_join_groups": true,
            "can_read_all_group_messages": false, "supports_inline_queries": true,
        }})
        .to_string(),
        "sendmessage" => {
            let chat = params["chat_id"].as_i64().unwrap();
            let asked = server.asked.lock().unwrap().get(&chat).copied().unwrap();
            server.latencies.lock().unwrap().push(asked.elapsed());
            format!(
                r#"{{"ok":true,"result":{{"message_id":{},"date":1,"chat":{{"id":{chat},"type":"private"}},"text":"x"}}}}"#,
                server.n_answers()
            )
        }
        _ => r#"{"ok":true,"result":true}"#.to_owned(),
    };
    (StatusCode::OK, [(CONTENT_TYPE, "application/json")], body)
}

/// The bot's process, which is killed when this is dropped.
struct Bot(Child);

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Bot {
    fn start(api_url: &str, folder: &TempDir) -> Self {
        let path = |name: &str| folder.path().join(name).display().to_string();
        let bot = Command::new(env!("CARGO_BIN_EXE_wenjian"))
            .arg("serve")
            .env("TELOXIDE_TOKEN", "7:bench")
            .env("WENJIAN__TELEGRAM__API_URL", api_url)
            .env("WENJIAN__TELEGRAM__LIMITS", "off")
            .env("WENJIAN__INDEX__DIR", path("index"))
            .env("WENJIAN__STORE__URL", format!("sqlite://{}?mode=rwc", path("store.sqlite")))
            .spawn();
        Self(bot.unwrap())
    }

    /// Returns the processor time used so far, in user and kernel mode together.
    fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks: u64 = [11, 12].iter().map(|at| fields[*at].parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Returns the resident memory in MiB.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

/// Reads the development questions.
fn questions() -> Vec<String> {
    let file = std::fs::read_to_string("tests/data/questions.jsonl").unwrap();
    let question = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["q"].as_str().unwrap().to_owned()
    };
    file.lines().map(question).collect()
}

async fn wait_for(server: &Server, answers: usize) {
    while server.n_answers() < answers {
        sleep(Duration::from_millis(5)).await;
    }
}

fn percentile(sorted: &[Duration], per_mille: usize) -> f64 {
    sorted[(sorted.len() - 1) * per_mille / 1000].as_secs_f64() * 1e3
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let questions = questions();
    let server = Arc::new(Server::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router =
        Router::new().route("/{token}/{method}", post(serve)).with_state(Arc::clone(&server));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = TempDir::new().unwrap();
    let bot = Bot::start(&url, &folder);
    let mut next = questions.iter().cycle();

    // The first answers are not measured, because they load dictionaries and fill caches.
    (0..500).for_each(|_| server.ask(next.next().unwrap()));
    server.changed.notify_waiters();
    wait_for(&server, 500).await;

    for _ in 0..3 {
        let (started, cpu, before) = (Instant::now(), bot.cpu(), server.n_answers());
        (0..ROUND).for_each(|_| server.ask(next.next().unwrap()));
        server.changed.notify_waiters();
        wait_for(&server, before + ROUND).await;
        println!(
            "{ROUND} answers: {:.0} per second, {:.3} ms of processor time per answer, {} MiB",
            ROUND as f64 / started.elapsed().as_secs_f64(),
            bot.cpu().abs_diff(cpu).as_secs_f64() * 1e3 / ROUND as f64,
            bot.memory(),
        );
    }

    server.latencies.lock().unwrap().clear();
    let mut ticks = interval(Duration::from_secs(1) / PACED_RATE);
    for _ in 0..PACED_RATE * PACED_SECONDS {
        ticks.tick().await;
        server.ask(next.next().unwrap());
        server.changed.notify_waiters();
    }
    wait_for(&server, (PACED_RATE * PACED_SECONDS) as usize).await;
    let mut latencies = server.latencies.lock().unwrap().clone();
    latencies.sort();
    println!(
        "{PACED_RATE} per second: p50 {:.2} ms, p99 {:.2} ms, {} MiB",
        percentile(&latencies, 500),
        percentile(&latencies, 990),
        bot.memory(),
    );
}
