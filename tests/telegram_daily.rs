//! A quotation a day, by a simulated clock: each is sent once, whatever happens to the program.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::bot::{Bot, Setup};
use crate::support::bot_api::{BotApi, CHANNEL, Call, Fault, SUPERGROUP};
use crate::support::browser::skipped;
use crate::support::postgres::Postgres;

const HANS: i64 = 42;
const OTHER: i64 = 44;
/// Noon of a day in Shanghai.
const START: i64 = 1_800_072_000;
const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// Quotations that can be read alone.
const N_QUOTES: usize = 10;

/// A clock that only moves when it is told to.
struct FakeClock {
    _folder: TempDir,
    file: PathBuf,
    now: i64,
}

impl FakeClock {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("clock");
        std::fs::write(&file, START.to_string()).unwrap();
        Self { _folder: folder, file, now: START }
    }

    fn set(&mut self, now: i64) {
        self.now = now;
        // The program must not read a half-written file.
        let new = self.file.with_extension("new");
        std::fs::write(&new, now.to_string()).unwrap();
        std::fs::rename(&new, &self.file).unwrap();
    }

    fn advance(&mut self, seconds: i64) {
        self.set(self.now + seconds);
    }
}

/// An interview with [`N_QUOTES`] answers that can be read alone, and one that cannot.
fn interview() -> String {
    let trades = ["木匠", "铁匠", "船工", "渔夫", "裁缝", "石匠", "厨师", "园丁", "邮差", "医生"];
    let mut text = "+++\nslug = \"harbour\"\ntitle = \"港口的人\"\npublisher = \"《海风》\"\n\
        interviewee = \"林海\"\ninterviewers = [\"《海风》\"]\n+++\n"
        .to_owned();
    for trade in trades {
        write!(
            text,
            "\n《海风》：{trade}的手艺怎么学？\n\n林海：{trade}的手艺要在港口学上三年，第一年只许看，\
             第二年才许动手，第三年师傅会把自己的工具留下一半给徒弟。\n"
        )
        .unwrap();
    }
    text + "\n《海风》：后来呢？\n\n林海：这些人后来都走了，他们去了别的地方，再也没有回来，只有工具还挂在墙上。\n"
}

fn setup(api: &BotApi, clock: &FakeClock) -> Setup {
    let clock = clock.file.display().to_string();
    Setup::new(api).with_transcript(&interview()).with("TELEGRAM__CLOCK_FILE", &clock)
}

fn quotes_sent_to(api: &BotApi, chat: i64) -> Vec<String> {
    let sent = api.sent_to(chat).into_iter().filter(|call| call.text.text.starts_with("每日一段"));
    sent.map(|call| call.text.marked("blockquote").concat()).collect()
}

/// Waits until so many quotations of the day were sent to a chat.
async fn quotes(api: &BotApi, chat: i64, n: usize) -> Vec<String> {
    let enough = api.until(|api| Some(quotes_sent_to(api, chat)).filter(|sent| sent.len() >= n));
    let sent = enough.await.unwrap_or_else(|| panic!("fewer than {n}: {:?}", api.sent_to(chat)));
    assert_eq!(sent.len(), n, "{sent:#?}");
    sent
}

/// Waits until the next quotation of all chats is after the clock's time.
async fn caught_up(setup: &Setup, clock: &FakeClock) {
    let is_due = format!("daily_quotes WHERE next_at <= {}", clock.now);
    setup.has_noted(0, &is_due).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_and_the_zone_are_chosen_with_buttons_or_words() {
    let api = BotApi::start().await;
    let mut clock = FakeClock::new();
    let setup = setup(&api, &clock);
    let _bot = setup.start();
    let page = api.ask(HANS, HANS, "/daily").await;
    assert!(page.text.text.contains("选一个时间"), "{:?}", page.text);
    api.toast(HANS, HANS, page.message_id(), &page.press("18:00")).await;
    let page = api.call_where("editMessageText", |_| true).await;
    assert!(page.text.text.contains("每天 18:00（北京、上海）"), "{:?}", page.text);
    api.toast(HANS, HANS, page.message_id(), &page.press("时区")).await;
    let zones =
        api.call_where("editMessageText", |call| call.text.text.contains("选一个时区")).await;
    api.toast(HANS, HANS, zones.message_id(), &zones.press("东京")).await;
    let is_tokyo = |call: &Call| call.text.text.contains("每天 18:00（东京）");
    api.call_where("editMessageText", is_tokyo).await;

    // It is noon in Shanghai, and 13:00 in Tokyo.
    clock.advance(5 * HOUR - MINUTE);
    clock.advance(MINUTE);
    quotes(&api, HANS, 1).await;
    assert!(api.ask(HANS, HANS, "/daily 25:00").await.text.text.contains("7:30"));
    let moved = api.ask(HANS, HANS, "/daily 19：30").await;
    assert!(moved.text.text.contains("每天 19:30（东京）"), "{:?}", moved.text);
    // There has been one today.
    clock.advance(3 * HOUR);
    caught_up(&setup, &clock).await;
    clock.advance(DAY - HOUR);
    quotes(&api, HANS, 2).await;

    let page = api.ask(HANS, HANS, "/daily").await;
    api.toast(HANS, HANS, page.message_id(), &page.press("关闭")).await;
    setup.has_noted(0, "daily_quotes WHERE next_at IS NOT NULL").await;
    clock.advance(3 * DAY);
    api.ask(HANS, HANS, "/daily 18:00").await;
    api.ask(HANS, HANS, "/daily off").await;
    assert_eq!(quotes_sent_to(&api, HANS).len(), 2);
}

/// Returns the pictures of the day that the server was asked to send to a chat.
fn pictures_for(api: &BotApi, chat: i64) -> Vec<Call> {
    let mut calls = api.calls("sendPhoto");
    calls.retain(|call| {
        let caption = call.params["caption"].as_str().unwrap_or_default();
        call.params["chat_id"] == chat && caption.starts_with("每日一段\n——林海")
    });
    calls
}

/// Chooses a picture every day at 18:00.
async fn choose_pictures(api: &BotApi) {
    let page = api.ask(HANS, HANS, "/daily 18:00").await;
    api.toast(HANS, HANS, page.message_id(), &page.press("发成图片")).await;
    let is_chosen = |call: &Call| call.params.to_string().contains("✓ 🖼 发成图片");
    api.call_where("editMessageText", is_chosen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_gets_a_picture_if_it_prefers_and_a_text_if_telegram_refuses_it() {
    let api = BotApi::start().await;
    let mut clock = FakeClock::new();
    let setup = setup(&api, &clock);
    let bot = setup.start();
    choose_pictures(&api).await;
    clock.advance(6 * HOUR);
    caught_up(&setup, &clock).await;
    if bot.log().contains("could not be drawn") {
        quotes(&api, HANS, 1).await;
        return skipped("a Chinese font");
    }
    let is_sent = |n: usize| move |api: &BotApi| (pictures_for(api, HANS).len() == n).then_some(());
    api.until(is_sent(1)).await.expect("the quotation should be a picture");
    assert!(quotes_sent_to(&api, HANS).is_empty());

    api.fail("sendPhoto", Fault::Refuse(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"));
    clock.advance(DAY);
    quotes(&api, HANS, 1).await;
    // What may have been sent is not sent again, neither as a picture nor as a text.
    api.fail("sendPhoto", Fault::ResetAfter);
    clock.advance(DAY);
    api.until(is_sent(3)).await.expect("there should be a third try to send a picture");
    caught_up(&setup, &clock).await;
    clock.advance(DAY);
    api.until(is_sent(4)).await.expect("the next day has its own picture");
    assert_eq!(quotes_sent_to(&api, HANS).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_choose_in_groups_and_channels() {
    let api = BotApi::start().await;
    let mut clock = FakeClock::new();
    let setup = setup(&api, &clock);
    let _bot = setup.start();
    assert!(api.ask(SUPERGROUP, HANS, "/daily").await.text.text.contains("管理员"));
    api.make_admin(SUPERGROUP, HANS);
    let page = api.ask(SUPERGROUP, HANS, "/daily").await;
    let refused = api.toast(SUPERGROUP, OTHER, page.message_id(), &page.press("18:00")).await;
    assert!(refused.contains("管理员"), "`{refused}`");
    api.toast(SUPERGROUP, HANS, page.message_id(), &page.press("18:00")).await;

    // Only admins post in a channel, but all readers can press buttons.
    let page = api.ask(CHANNEL, 0, "/daily 18:00").await;
    let refused = api.toast(CHANNEL, OTHER, page.message_id(), &page.press("8:00")).await;
    assert!(refused.contains("管理") || refused.contains("admin"), "`{refused}`");
    setup.has_noted(2, "daily_quotes WHERE minute_of_day = 1080").await;
    clock.advance(6 * HOUR);
    quotes(&api, SUPERGROUP, 1).await;
    let is_sent = |api: &BotApi| (api.sent_to(CHANNEL).len() == 2).then_some(());
    api.until(is_sent).await.expect("the channel should have its quotation");
    let labels = format!("{:?}", api.sent_to(CHANNEL)[1].buttons());
    assert!(!labels.contains("👍"), "posts in channels have no ratings: {labels}");
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_days_with_kills_restarts_and_outages_bring_each_quotation_once() {
    let api = BotApi::start().await;
    let mut clock = FakeClock::new();
    let setup = setup(&api, &clock);
    let [one, two] = ["one", "two"].map(|log| setup.replica(log));
    let mut bots: Vec<Bot> = vec![one.start()];
    api.ask(HANS, HANS, "/daily 18:00").await;
    api.ask(OTHER, OTHER, "/daily 8:00").await;
    api.ask(OTHER, OTHER, "/daily off").await;
    setup.settled().await;
    bots.push(two.start());
    clock.set(START + 6 * HOUR - DAY);
    let mut n_kills = 0;
    // The quotation of each day, if one was sent.
    let mut days: Vec<Option<String>> = Vec::new();
    for day in 0..30 {
        clock.advance(DAY);
        match day % 6 {
            // Both replicas see that the quotation is due, and one is killed at that moment.
            1 => {
                let killed = bots.remove(day % 2);
                let n_calls = quotes_sent_to(&api, HANS).len();
                let sent =
                    api.until(|api| (quotes_sent_to(api, HANS).len() > n_calls).then_some(()));
                let _ = tokio::time::timeout(Duration::from_millis(700), sent).await;
                killed.kill();
                n_kills += 1;
                bots.push(if bots.is_empty() || day % 2 == 0 { one.start() } else { two.start() });
            }
            // Both are killed before, and start after the time has come.
            3 => {
                bots.drain(..).for_each(Bot::kill);
                clock.advance(10 * MINUTE);
                bots = vec![one.start(), two.start()];
                clock.advance(-10 * MINUTE);
            }
            5 => {
                assert!(bots.remove(0).terminate().await.success());
                bots.push(one.start());
            }
            _ => {}
        }
        caught_up(&setup, &clock).await;
        let n_before = days.iter().flatten().count();
        if day % 6 == 1 {
            // If the program died between its claim and its call, the quotation is lost.
            let is_sent = |api: &BotApi| (quotes_sent_to(api, HANS).len() > n_before).then_some(());
            let _ = api.until(is_sent).await;
        } else {
            quotes(&api, HANS, n_before + 1).await;
        }
        let sent = quotes_sent_to(&api, HANS);
        assert!(sent.len() <= n_before + 1, "more than one quotation on day {day}");
        days.push(sent.into_iter().nth(n_before));
    }
    let sent: Vec<&String> = days.iter().flatten().collect();
    assert!(sent.len() >= 30 - n_kills, "{} of 30 days", sent.len());
    for round in days.chunks(N_QUOTES) {
        let sent: Vec<&String> = round.iter().flatten().collect();
        let different: HashSet<&String> = sent.iter().copied().collect();
        assert_eq!(different.len(), sent.len(), "each once before any repeats: {days:#?}");
    }
    assert!(sent.iter().all(|quote| !quote.contains("这些人")));
    assert!(quotes_sent_to(&api, OTHER).is_empty(), "it was switched off");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_long_outage_missed_is_skipped_and_a_short_one_delays() {
    let api = BotApi::start().await;
    let mut clock = FakeClock::new();
    let setup = setup(&api, &clock);
    let bot = setup.start();
    api.ask(HANS, HANS, "/daily 18:00").await;
    setup.settled().await;
    bot.kill();
    clock.advance(10 * DAY);
    let _bot = setup.start();
    caught_up(&setup, &clock).await;
    assert!(quotes_sent_to(&api, HANS).is_empty());
    // Telegram does not execute calls for a while.
    api.fail("sendMessage", Fault::Refuse(502, "Bad Gateway"));
    api.fail("sendMessage", Fault::TooMany(1));
    clock.advance(6 * HOUR);
    quotes(&api, HANS, 1).await;
    // A call that was executed, or may have been, is not repeated.
    for fault in [Fault::ResetAfter, Fault::BreakOff] {
        let before = api.calls("sendMessage").len();
        api.fail("sendMessage", fault);
        clock.advance(DAY);
        api.until(|api| (api.calls("sendMessage").len() > before).then_some(())).await.unwrap();
        caught_up(&setup, &clock).await;
    }
    clock.advance(DAY);
    let is_it = |call: &Call| call.text.text.starts_with("每日一段");
    let today = api.calls("sendMessage").into_iter().filter(is_it).count();
    let is_next = |api: &BotApi| {
        let calls = api.calls("sendMessage").into_iter().filter(is_it).count();
        (calls > today).then_some(calls)
    };
    // Two refusals, the delayed one, two that were lost, and today's.
    assert_eq!(api.until(is_next).await.unwrap_or(today), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_back_or_ran_wrong_brings_no_second_quotation() {
    let api = BotApi::start().await;
    let mut clock = FakeClock::new();
    let setup = setup(&api, &clock);
    let _bot = setup.start();
    api.ask(HANS, HANS, "/daily 18:00").await;
    clock.advance(6 * HOUR);
    quotes(&api, HANS, 1).await;
    clock.advance(-HOUR);
    api.ask(HANS, HANS, "/daily").await;
    clock.advance(2 * HOUR);
    caught_up(&setup, &clock).await;
    quotes(&api, HANS, 1).await;
    // A year ahead, and back again.
    let now = clock.now;
    clock.advance(365 * DAY);
    caught_up(&setup, &clock).await;
    clock.set(now + DAY - 2 * HOUR);
    let soon = format!("daily_quotes WHERE next_at < {}", clock.now + 2 * DAY);
    setup.has_noted(1, &soon).await;
    let n = quotes_sent_to(&api, HANS).len();
    clock.advance(HOUR);
    quotes(&api, HANS, n + 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_when_the_bot_is_blocked_or_removed_and_moves_with_the_group() {
    let api = BotApi::start().await;
    let mut clock = FakeClock::new();
    let setup = setup(&api, &clock);
    let _bot = setup.start();
    api.make_admin(SUPERGROUP, HANS);
    for (chat, user) in [(HANS, HANS), (OTHER, OTHER), (SUPERGROUP, HANS)] {
        api.ask(chat, user, "/daily 18:00").await;
    }
    api.block(HANS);
    api.change_member(SUPERGROUP, "member", "kicked");
    setup.has_noted(2, "daily_quotes").await;
    clock.advance(6 * HOUR);
    quotes(&api, OTHER, 1).await;
    setup.has_noted(1, "daily_quotes").await;
    let privacy = api.ask(OTHER, OTHER, "/privacy").await;
    api.toast(OTHER, OTHER, privacy.message_id(), &privacy.press("删除")).await;
    setup.has_noted(0, "daily_quotes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_database_neither_loses_nor_doubles_a_quotation() {
    let Some(postgres) = Postgres::start() else { return };
    let api = BotApi::start().await;
    let mut clock = FakeClock::new();
    let setup = setup(&api, &clock).with("STORE__URL", &postgres.url());
    let [one, two] = ["one", "two"].map(|log| setup.replica(log));
    let first = one.start();
    api.ask(HANS, HANS, "/daily 18:00").await;
    let second = two.start();
    second.says("another program on the same store polls").await;
    clock.advance(6 * HOUR);
    quotes(&api, HANS, 1).await;
    postgres.stop();
    clock.advance(DAY);
    first.says("the store fails").await;
    assert_eq!(quotes_sent_to(&api, HANS).len(), 1);
    postgres.resume();
    quotes(&api, HANS, 2).await;
    caught_up(&setup, &clock).await;
    drop(first);
    clock.advance(DAY);
    quotes(&api, HANS, 3).await;
}
