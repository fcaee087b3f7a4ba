//! A soak: two replicas behind nginx answer many questions while Telegram, the network, the database and
//! the replicas themselves fail at random.
//!
//! It is run by hand, and its results are in docs/reliability.md:
//!
//! ```text
//! WENJIAN_SOAK_UPDATES=100000 WENJIAN_SOAK_MINUTES=20 \
//!     cargo test --release --test wenjian -- --ignored --nocapture soak
//! ```
//!
//! Each question comes from another user, so that every answer that is missing or was sent twice is seen.
//!
//! A second test only kills: it floods one program that polls, kills it in mid-flood again and again, and
//! counts the same.

use std::time::{Duration, Instant};

use rand::seq::IndexedRandom;
use serde_json::json;
use tokio::time::{interval, sleep};

use crate::support::bot::{Bot, Setup};
use crate::support::bot_api::{BotApi, Fault};
use crate::support::nginx::{Nginx, free_port};
use crate::support::postgres::Postgres;

const QUESTIONS: [&str; 4] =
    ["硅谷为什么解释不了杭州？", "什么是云栖小镇？", "他怎么看人工智能？", "月亮是什么做的？"];
/// The first user's id.
const FIRST_USER: i64 = 1_000_000;
/// How often something fails, as one of so many messages.
const ONE_FAULT_IN: usize = 20;
/// How often Telegram executes a call and nothing of its response arrives. Nobody can tell whether such a
/// message was sent, so each of these is sent twice.
const ONE_LOST_RESPONSE_IN: usize = 1000;
/// How often one of the two replicas is killed.
const KILL_EVERY: Duration = Duration::from_secs(45);
/// How often the database stops, and for how long.
const STOP_EVERY: Duration = Duration::from_secs(100);
const STOPPED_FOR: Duration = Duration::from_secs(5);
/// How long the last answers may take after the last question.
const PATIENCE: Duration = Duration::from_mins(5);

/// Counts of what happened during the soak.
#[derive(Default)]
struct Tally {
    n_asked: usize,
    n_faults: usize,
    n_lost_responses: usize,
    n_kills: usize,
    n_stops: usize,
    /// The memory of the replicas at the end of each tenth of the time, in MiB.
    memory: Vec<u64>,
}

fn from_environment(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Makes some of the next `n` messages fail.
fn scatter_faults(api: &BotApi, n: usize, tally: &mut Tally) {
    let faults = [
        Fault::BreakOff,
        Fault::TooMany(1),
        Fault::Refuse(500, "Internal Server Error"),
        Fault::Refuse(502, "Bad Gateway"),
        Fault::Page(503, "<html>busy</html>"),
        Fault::Reset,
        Fault::HalfClose,
        Fault::Stall,
        Fault::Slow(Duration::from_millis(300)),
    ];
    for _ in 0..n {
        if rand::random_range(0..ONE_LOST_RESPONSE_IN) == 0 {
            api.fail("sendMessage", Fault::ResetAfter);
            tally.n_lost_responses += 1;
        } else if rand::random_range(0..ONE_FAULT_IN) == 0 {
            api.fail("sendMessage", faults.choose(&mut rand::rng()).unwrap().clone());
            tally.n_faults += 1;
        }
    }
}

/// Asks `n` questions evenly over `minutes`, while everything fails from time to time.
async fn ask_under_stress(
    api: &BotApi,
    setups: &[Setup; 2],
    bots: &mut [Bot; 2],
    postgres: &Postgres,
    (n, duration): (usize, Duration),
) -> Tally {
    let mut tally = Tally::default();
    let started = Instant::now();
    let (mut killed_at, mut stopped_at, mut measured_at) = (started, started, started);
    let mut ticks = interval(Duration::from_millis(250));
    while tally.n_asked < n {
        ticks.tick().await;
        let share = (started.elapsed().as_secs_f64() / duration.as_secs_f64()).min(1.0);
        #[expect(clippy::cast_sign_loss, reason = "a share of a count is not negative")]
        let due = (share * n as f64) as usize;
        scatter_faults(api, due - tally.n_asked, &mut tally);
        for number in tally.n_asked..due {
            let user = FIRST_USER + i64::try_from(number).unwrap();
            api.say(user, user, QUESTIONS.choose(&mut rand::rng()).unwrap(), json!({}));
        }
        tally.n_asked = due;
        if killed_at.elapsed() > KILL_EVERY {
            killed_at = Instant::now();
            let number = rand::random_range(0..2);
            let killed = std::mem::replace(&mut bots[number], setups[number].start());
            killed.kill();
            tally.n_kills += 1;
        }
        if stopped_at.elapsed() > STOP_EVERY {
            postgres.stop();
            sleep(STOPPED_FOR).await;
            postgres.resume();
            stopped_at = Instant::now();
            tally.n_stops += 1;
        }
        if measured_at.elapsed() > duration / 10 {
            measured_at = Instant::now();
            tally.memory.push(bots.iter().map(Bot::resident_mib).max().unwrap_or_default());
        }
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes; docs/reliability.md says how to run it"]
async fn soak() {
    let n = from_environment("WENJIAN_SOAK_UPDATES", 5_000);
    let minutes = from_environment("WENJIAN_SOAK_MINUTES", 2);
    let duration = Duration::from_mins(u64::try_from(minutes).unwrap());
    let Some(postgres) = Postgres::start() else { return };
    let ports = [free_port(), free_port()];
    let Some(nginx) = Nginx::start(&ports) else { return };
    let api = BotApi::start().await;
    let [one, two] = ports.map(|port| format!("127.0.0.1:{port}"));
    let setup = Setup::new(&api)
        .with_webhook()
        .with("STORE__URL", &postgres.url())
        .with("LOG__LEVEL", "warn")
        .with("WEB__PUBLIC_URL", &nginx.url)
        .with("WEB__LISTEN", &one);
    let setups = [setup.replica("one"), setup.replica("two").with("WEB__LISTEN", &two)];
    let mut bots = [setups[0].start(), setups[1].start()];
    while api.webhook().is_none() {
        sleep(Duration::from_millis(50)).await;
    }

    let tally = ask_under_stress(&api, &setups, &mut bots, &postgres, (n, duration)).await;
    answered(&api, &setup, n).await;
    let (n_lost, n_doubled) = lost_and_doubled(&api, n);
    let Tally { n_asked, n_faults, n_lost_responses, n_kills, n_stops, memory } = tally;
    eprintln!("| questions | {n_asked} in {minutes} min |");
    eprintln!("| faults of Telegram and the network | {n_faults} |");
    eprintln!("| messages that were sent, but whose response was lost | {n_lost_responses} |");
    eprintln!("| kills of a replica | {n_kills} |");
    eprintln!("| stops of the database | {n_stops} |");
    eprintln!("| lost | {n_lost} |");
    eprintln!("| answered twice | {n_doubled} |");
    eprintln!("| memory of a replica, MiB, over time | {memory:?} |");
    assert_eq!(n_lost, 0);
    assert!(n_doubled * 100 < n, "{n_doubled} of {n} were answered twice");
}

/// Waits until `n` questions are answered and the inbox is empty, for at most [`PATIENCE`].
async fn answered(api: &BotApi, setup: &Setup, n: usize) {
    let waiting = Instant::now();
    while waiting.elapsed() < PATIENCE {
        if api.messages_by_chat().len() >= n
            && setup.count("updates WHERE body IS NOT NULL").await == 0
        {
            return;
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// Returns how many of `n` questions were not answered, and how many further answers there were.
fn lost_and_doubled(api: &BotApi, n: usize) -> (usize, usize) {
    let answers = api.messages_by_chat();
    (n - answers.len(), answers.values().map(|count| count - 1).sum())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes; docs/reliability.md says how to run it"]
async fn kills_in_mid_flood() {
    let n_kills = from_environment("WENJIAN_SOAK_KILLS", 20);
    let n_per_kill = from_environment("WENJIAN_SOAK_QUESTIONS_PER_KILL", 500);
    let api = BotApi::start().await;
    let setup = Setup::new(&api).with("LOG__LEVEL", "warn");
    let mut bot = setup.start();
    let mut n_asked = 0;
    for _ in 0..n_kills {
        let n_answered = api.messages_by_chat().len();
        for _ in 0..n_per_kill {
            let user = FIRST_USER + i64::try_from(n_asked).unwrap();
            api.say(user, user, QUESTIONS.choose(&mut rand::rng()).unwrap(), json!({}));
            n_asked += 1;
        }
        let before_the_kill = n_answered + rand::random_range(n_per_kill / 10..n_per_kill);
        while api.messages_by_chat().len() < before_the_kill {
            sleep(Duration::from_millis(1)).await;
        }
        bot.kill();
        bot = setup.start();
    }
    answered(&api, &setup, n_asked).await;
    let (n_lost, n_doubled) = lost_and_doubled(&api, n_asked);
    eprintln!("| questions | {n_asked} |");
    eprintln!("| kills in mid-flood | {n_kills} |");
    eprintln!("| lost | {n_lost} |");
    eprintln!("| answered twice | {n_doubled} |");
    assert_eq!(n_lost, 0);
    assert!(n_doubled * 100 < n_asked, "{n_doubled} of {n_asked} were answered twice");
}
