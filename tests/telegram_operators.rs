//! Operators in the chat: what they see, what they can change, and that nobody else can do so.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use transcript::Addition;
use wenjian::store::Store;

use crate::support::bot::{Bot, Setup};
use crate::support::bot_api::{BotApi, Call, GROUP};
use crate::support::postgres::Postgres;
use crate::support::program::LIGHTHOUSE;
use crate::telegram_cards::drawn;

/// An operator who reads Simplified Chinese.
const OPERATOR: i64 = 44;
/// A reader of Simplified Chinese.
const READER: i64 = 42;
/// A question that the corpus does not answer until an operator adds it.
const UNANSWERED: &str = "收音机是什么牌子？";
/// Another made-up interview.
const BAKERY: &str = "《街坊》：您的麵包店為什麼凌晨三點開門？\n\n何敏：因為計程車司機那時候換班，他們要吃一口熱的。\n\n《街坊》：麵粉從哪裡來？\n\n何敏：從北邊的磨坊來，磨坊主人是我的小學同學，三十年沒有換過。\n";

fn setup(api: &BotApi) -> Setup {
    Setup::new(api).with_transcript(LIGHTHOUSE).with("TELEGRAM__OPERATORS", "7, 44")
}

/// Calls `happens` and returns the next message to `user`.
async fn answer_to(api: &BotApi, user: i64, happens: impl FnOnce(&BotApi)) -> Call {
    let nth = api.sent_to(user).len();
    happens(api);
    api.message_to(user, nth).await
}

/// Replies to a message of the bot, and returns the answer.
async fn reply(api: &BotApi, message: &Call, text: &str) -> Call {
    let extra =
        json!({"reply_to_message": BotApi::own_message(OPERATOR, message.message_id(), "…")});
    answer_to(api, OPERATOR, |api| {
        api.say(OPERATOR, OPERATOR, text, extra);
    })
    .await
}

fn quotes(call: &Call) -> String {
    call.text.marked("blockquote").concat()
}

/// Opens the unanswered question, and returns the message.
async fn opened(api: &BotApi) -> Call {
    let list = api.ask(OPERATOR, OPERATOR, "/unanswered").await;
    assert!(list.text.text.contains(UNANSWERED), "{}", list.text.text);
    answer_to(api, OPERATOR, |api| {
        api.press(OPERATOR, OPERATOR, list.message_id(), &list.press("1"));
    })
    .await
}

/// Starts a bot and asks it [`UNANSWERED`].
async fn asked_in_vain(api: &BotApi, setup: &Setup) -> Bot {
    let bot = setup.start();
    let vain = api.ask(READER, READER, UNANSWERED).await;
    assert_eq!(quotes(&vain), "", "{}", vain.text.text);
    setup.settled().await;
    setup.has_noted(1, "question_log").await;
    bot
}

/// Replaces the parts of a message that differ from run to run.
fn steady(text: &str) -> String {
    let lines = text.lines().map(|line| match line {
        line if line.starts_with("30 天的速度") => "30 天的速度：…",
        line if line.starts_with("正在使用") => {
            line.rsplit_once(' ').map_or(line, |(line, _)| line)
        }
        line => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_operators_are_shown() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let _bot = asked_in_vain(&api, &setup).await;
    api.ask(READER, READER, "台风来的时候您害怕吗？").await;
    setup.settled().await;
    setup.has_noted(2, "question_log").await;
    let stats = api.ask(OPERATOR, OPERATOR, "/stats").await;
    let list = api.ask(OPERATOR, OPERATOR, "/unanswered").await;
    let item = opened(&api).await;
    let offer = reply(&api, &item, "收音机").await;
    let preview = answer_to(&api, OPERATOR, |api| {
        api.send_file(OPERATOR, "bakery.txt", BAKERY.as_bytes(), json!({"caption": "title: 麵包"}));
    })
    .await;
    let shown = [&stats, &list, &item, &offer, &preview].map(drawn).join("\n\n----\n\n");
    insta::assert_snapshot!(steady(&shown));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_added_by_an_operator_is_answered_at_once() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let _bot = asked_in_vain(&api, &setup).await;
    let item = opened(&api).await;
    let added = api.edited(&item, "问题").await;
    assert!(added.text.text.contains("立即生效"), "{}", added.text.text);
    let answer = api.ask(READER, READER, UNANSWERED).await;
    assert_ne!(quotes(&answer), "", "{}", answer.text.text);
    let list = api.ask(OPERATOR, OPERATOR, "/unanswered").await;
    assert!(
        !list.text.text.contains(UNANSWERED),
        "the question should no longer be listed: {}",
        list.text.text
    );
    let gone = api.toast(OPERATOR, OPERATOR, list.message_id(), "op:open:00000001").await;
    assert!(gone.contains("处理过"), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_adds_words_to_the_passage_that_it_names() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let _bot = asked_in_vain(&api, &setup).await;
    let item = opened(&api).await;
    let said = |call: Call| call.text.text;
    let added = said(reply(&api, &item, "2.1 夜里抱着什么过的？").await);
    assert!(
        added.contains("「夜里抱着什么过的？」") && added.contains("lighthouse/2.1"),
        "{added}"
    );
    let known = said(reply(&api, &item, "lighthouse/2.1 夜里抱着什么过的？").await);
    assert!(known.contains("之前"), "{known}");
    assert!(said(reply(&api, &item, "9.9 没有这一段").await).contains("9.9"));
    assert!(said(reply(&api, &item, &format!("2.1 {}", "长".repeat(301))).await).contains("300"));
    let term = said(reply(&api, &item, "3.2 #切磋").await);
    assert!(term.contains("词"), "{term}");
    let offer = reply(&api, &item, "互相教会了什么").await;
    let added = api.edited(&offer, "3.2：问题").await;
    assert!(added.text.text.contains("「互相教会了什么」"), "{}", added.text.text);
    let kinds = [("question", 2), ("term", 1)];
    for (kind, count) in kinds {
        assert_eq!(setup.count(&format!("additions WHERE kind = '{kind}'")).await, count);
    }
    assert_eq!(
        setup.count("additions WHERE person = 44").await,
        0,
        "the id of the operator should be hashed"
    );
    let answer = api.ask(READER, READER, "夜里抱着什么过的").await;
    assert!(quotes(&answer).contains("灯坐了一夜"), "{}", answer.text.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_commands_do_nothing_for_others_and_in_groups() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    api.message(OPERATOR, OPERATOR, "hello", json!({}));
    let bot = asked_in_vain(&api, &setup).await;
    let help = api.ask(READER, READER, "/help").await.text.text;
    for command in ["/stats", "/unanswered", "/reload", "/export"] {
        assert_eq!(api.ask(READER, READER, command).await.text.text, help);
    }
    let file = answer_to(&api, READER, |api| {
        api.send_file(READER, "bakery.txt", BAKERY.as_bytes(), json!({}));
    })
    .await;
    assert!(file.text.text.contains("看得懂文字"), "{}", file.text.text);
    let item = opened(&api).await;
    let add = item.press("问题");
    let message = item.message_id();
    // Another user sends the data of an operator's button, and an operator does so in a group.
    for (chat, user) in [(READER, READER), (GROUP, READER), (GROUP, OPERATOR)] {
        for data in [add.as_str(), "op:import:yes", "op:page:0"] {
            let line = api.toast(chat, user, message, data).await;
            assert!(line.contains("失效"), "{line}");
        }
    }
    api.say(GROUP, OPERATOR, "/stats", json!({}));
    api.say(GROUP, OPERATOR, "/ask 台风", json!({}));
    assert_ne!(
        quotes(&api.message_to(GROUP, 0).await),
        "",
        "the first message in the group should be the answer"
    );
    assert_eq!(setup.count("additions").await, 0);
    assert!(api.calls("getFile").is_empty());
    for call in api.calls("setMyCommands") {
        let has_stats = call.params["commands"].to_string().contains("\"stats\"");
        let scope = &call.params["scope"];
        let is_operators = [json!(OPERATOR), json!(7)].contains(&scope["chat_id"]);
        assert_eq!(has_stats, scope["type"] == "chat" && is_operators, "{scope}");
    }
    let of = |user: i64| move |call: &Call| call.params["scope"]["chat_id"] == json!(user);
    assert!(api.call_where("setMyCommands", of(OPERATOR)).await.is_done());
    let refused = api.call_where("setMyCommands", of(7)).await;
    assert!(!refused.is_done(), "Telegram does not know this operator's chat yet");
    api.ask(7, 7, "/start").await;
    let is_registered = |call: &Call| of(7)(call) && call.is_done();
    api.call_where("setMyCommands", is_registered).await;
    drop(bot);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_is_served_once_an_operator_has_confirmed_it() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let bot = setup.start();
    let question = "计程车司机那时候换班";
    let caption = json!({"caption": "slug: bakery\npublisher：《街坊》"});
    let preview = answer_to(&api, OPERATOR, |api| {
        api.send_file(OPERATOR, "面包.txt", BAKERY.as_bytes(), caption);
    })
    .await;
    for part in ["bakery", "何敏", "《街坊》", "2 问", "凌晨三點"] {
        assert!(preview.text.text.contains(part), "no `{part}`: {}", preview.text.text);
    }
    setup.settled().await;
    assert_eq!(
        quotes(&api.ask(READER, READER, question).await),
        "",
        "the transcript is not confirmed yet"
    );
    bot.kill();
    let _bot = setup.start();
    let done = api.edited(&preview, "导入").await;
    assert!(done.text.text.contains("bakery 已导入"), "{}", done.text.text);
    let answer = api.ask(READER, READER, question).await;
    assert!(quotes(&answer).contains("热的"), "{}", answer.text.text);
    let again = api.edited(&preview, "导入").await;
    assert!(again.text.text.contains("不在等候"), "{}", again.text.text);
    let near = answer_to(&api, OPERATOR, |api| {
        api.send_file(OPERATOR, "copy.txt", BAKERY.as_bytes(), json!({}));
    })
    .await;
    assert!(near.text.text.contains("100%") && near.text.text.contains("bakery"));
    let dropped = api.edited(&near, "不要").await;
    assert!(dropped.text.text.contains("没有导入"), "{}", dropped.text.text);
    assert_eq!(setup.count("uploads").await, 0);
    assert_eq!(setup.count("corpus_files WHERE slug = 'bakery'").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_that_cannot_be_used_changes_nothing() {
    let api = BotApi::start().await;
    let setup = setup(&api).with("CORPUS__MAX_BYTES", "4000");
    let _bot = setup.start();
    let send = async |name: &str, bytes: &[u8], caption: &str| {
        let extra = if caption.is_empty() { json!({}) } else { json!({"caption": caption}) };
        let sent = answer_to(&api, OPERATOR, |api| api.send_file(OPERATOR, name, bytes, extra));
        let call = sent.await;
        assert!(call.buttons().is_empty(), "{}", call.text.text);
        call.text.text
    };
    assert!(send("a.txt", "沒有人說話。".as_bytes(), "").await.contains("nobody answers"));
    assert!(send("a.txt", b" \n", "").await.contains("empty"));
    assert!(send("a.txt", &[b'x'; 4001], "").await.contains("4000"));
    assert!(send("a.txt", BAKERY.as_bytes(), "新的访谈").await.contains("「新的访谈」"));
    // The transcript with this slug in the folder has another file name.
    let taken = send("a.txt", BAKERY.as_bytes(), "slug: lighthouse").await;
    assert!(taken.contains("`lighthouse` is the slug of"), "{taken}");
    api.fail(
        "getFile",
        crate::support::bot_api::Fault::Refuse(400, "Bad Request: file is too big"),
    );
    assert!(send("a.txt", BAKERY.as_bytes(), "").await.contains("too big"));
    assert_eq!(setup.count("uploads").await + setup.count("corpus_files").await, 0);
    let answer = api.ask(READER, READER, "台风来的时候您害怕吗？").await;
    assert!(quotes(&answer).contains("害怕"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_addition_is_picked_up_by_another_replica() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let bot = asked_in_vain(&api, &setup).await;
    let other_api = BotApi::start().await.number_from(50_000);
    let other = setup.sibling(&other_api).start();
    other.says("connected").await;
    assert!(!other.log().contains("a new generation is served"));
    api.edited(&opened(&api).await, "问题").await;
    other.says("a new generation is served").await;
    // Only one of several replicas polls, so the first has to stop before the other can answer.
    assert!(bot.terminate().await.success());
    assert_ne!(quotes(&other_api.ask(READER, READER, UNANSWERED).await), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn additions_are_still_served_while_the_store_is_down() {
    let Some(server) = Postgres::start() else { return };
    let api = BotApi::start().await;
    let setup = setup(&api).with("STORE__URL", &server.url());
    let bot = setup.start();
    assert_eq!(quotes(&api.ask(READER, READER, UNANSWERED).await), "");
    let url = server.url();
    let options = crate::store::options(url);
    let store = Store::open(&options).await.unwrap();
    let (passage, words) = ("lighthouse/1.1".to_owned(), UNANSWERED.to_owned());
    let addition = Addition { passage, is_question: true, words };
    assert!(store.add(&addition, store.person(OPERATOR)).await.unwrap());
    store.close().await;
    bot.says("a new generation is served").await;
    server.stop();
    assert_ne!(quotes(&api.ask(READER, READER, UNANSWERED).await), "");
    let failed = api.ask(OPERATOR, OPERATOR, "/reload").await.text.text;
    assert!(failed.contains("仍用原来的语料"), "{failed}");
    assert_ne!(quotes(&api.ask(READER, READER, UNANSWERED).await), "");
}

/// Reads the corpus of the current generation in an index folder.
fn corpus_in(index: &Path) -> Value {
    let current = fs::read_to_string(index.join("CURRENT")).unwrap();
    let bytes = fs::read(index.join(current.trim()).join("corpus.json")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_files_build_the_corpus_that_was_served() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let bot = asked_in_vain(&api, &setup).await;
    let item = opened(&api).await;
    api.edited(&item, "问题").await;
    reply(&api, &item, "3.2 #切磋").await;
    let preview = answer_to(&api, OPERATOR, |api| {
        api.send_file(OPERATOR, "bakery.txt", BAKERY.as_bytes(), json!({}));
    })
    .await;
    api.edited(&preview, "导入").await;
    assert!(bot.terminate().await.success());
    let index = setup.corpus().with_file_name("index");
    let served = corpus_in(&index);

    let written = setup.run(&["export"]);
    assert_eq!(written.lines().count(), 3, "{written}");
    assert_eq!(setup.count("additions").await, 2, "the additions should be kept without --clear");
    assert_eq!(setup.run(&["export", "--clear"]).lines().count(), 3, "the export can be repeated");
    for table in ["additions", "corpus_files"] {
        assert_eq!(setup.count(table).await, 0);
    }
    assert_eq!(fs::read(setup.corpus().join("received/bakery.txt")).unwrap(), BAKERY.as_bytes());
    let questions = setup.corpus().join("lighthouse.questions.toml");
    assert!(fs::read_to_string(questions).unwrap().contains("origin = \"operator\""));
    setup.run(&["index"]);
    assert_eq!(corpus_in(&index), served);
}

#[tokio::test(flavor = "multi_thread")]
async fn additions_that_cannot_be_used_are_left_out() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let bot = setup.start();
    api.ask(READER, READER, "台风").await;
    setup
        .execute(
            "INSERT INTO corpus_files VALUES ('bad.txt', 'bad', x'2b2b2b0a736c7567203d2031', 1, 1)",
        )
        .await;
    setup.execute("INSERT INTO additions VALUES ('gone/1.1', 'question', '何处？', 1, 1)").await;
    setup.execute("UPDATE overlay SET revision = revision + 1").await;
    bot.says("bad.txt").await;
    bot.says("gone/1.1").await;
    assert_ne!(quotes(&api.ask(READER, READER, "台风来的时候您害怕吗？").await), "");
    assert!(bot.terminate().await.success());
    fs::remove_dir_all(setup.corpus().with_file_name("index")).unwrap();
    let bot = setup.start();
    assert_ne!(quotes(&api.ask(READER, READER, "您为什么要留在这座灯塔？").await), "");
    assert!(bot.log().contains("left out"), "{}", bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn reload_reads_the_corpus_again() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let _bot = setup.start();
    assert!(api.ask(OPERATOR, OPERATOR, "/reload").await.text.text.contains("没有变化"));
    let with_front = format!("+++\nslug = \"bakery\"\n+++\n{BAKERY}");
    fs::write(setup.corpus().join("bakery.txt"), with_front).unwrap();
    assert!(api.ask(OPERATOR, OPERATOR, "/reload").await.text.text.contains("已启用：7 段"));
    fs::write(setup.corpus().join("bakery.txt"), "+++\nslug = 1\n+++\n").unwrap();
    let failed = api.ask(OPERATOR, OPERATOR, "/reload").await.text.text;
    assert!(failed.contains("bakery.txt:2"), "{failed}");
    assert_ne!(quotes(&api.ask(READER, READER, "计程车司机那时候换班").await), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_question_set_can_be_evaluated() {
    let api = BotApi::start().await;
    let setup = setup(&api);
    let bot = setup.start();
    assert!(api.ask(OPERATOR, OPERATOR, "/export").await.text.text.contains("还没有"));
    api.ask(READER, READER, UNANSWERED).await;
    let card = api.ask(READER, READER, "台风来的时候您害怕吗？").await;
    setup.settled().await;
    api.toast(READER, READER, card.message_id(), &card.press_behind('+')).await;
    api.say(OPERATOR, OPERATOR, "/export", json!({}));
    let sent = api.call_where("sendDocument", Call::is_done).await;
    let file = sent.file.unwrap();
    let lines: Vec<Value> = std::str::from_utf8(&file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |question: &str| lines.iter().find(|line| line["q"] == question).unwrap();
    assert_eq!(of("台风来的时候您害怕吗？")["gold"], json!(["2.1"]));
    assert_eq!(of("台风来的时候您害怕吗？")["style"], "good");
    assert_eq!(of(UNANSWERED)["gold"], json!([]));
    assert!(bot.terminate().await.success());
    let questions = setup.corpus().with_file_name("questions.jsonl");
    fs::write(&questions, &file).unwrap();
    let report: Value =
        serde_json::from_str(&setup.run(&["eval", "--json", questions.to_str().unwrap()])).unwrap();
    assert_eq!(report["by_style"]["good"]["hit@1"], json!(1.0), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_costs_too_much_is_refused_and_the_bot_goes_on() {
    let api = BotApi::start().await;
    let setup = setup(&api).with("CORPUS__MAX_BYTES", "20000000");
    let _bot = setup.start();
    api.ask(OPERATOR, OPERATOR, "/stats").await;
    // Longer than any interview: a debug build cannot read it in time, nor within the memory.
    let text = "《街坊》：您的麵包店為什麼凌晨三點開門？\n何敏：因為計程車司機那時候換班。\n"
        .repeat(150_000);
    let refused = answer_to(&api, OPERATOR, |api| {
        api.send_file(OPERATOR, "long.txt", text.as_bytes(), json!({}));
    })
    .await;
    assert!(refused.text.text.contains("时间或内存"), "{:?}", refused.text);
    api.ask(OPERATOR, OPERATOR, "/stats").await;
}

/// Returns whether a process runs that has this argument.
fn is_running(argument: &str) -> bool {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let mut command_lines =
        processes.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    command_lines.any(|line| line.split(|byte| *byte == 0).any(|part| part == argument.as_bytes()))
}

/// Waits until `condition` holds, for at most five seconds.
async fn until(condition: impl Fn() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("waited in vain");
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_an_upload_does_not_outlive_the_bot() {
    const NAME: &str = "a-file-that-takes-long-to-read.txt";
    let api = BotApi::start().await;
    let bot = setup(&api).with("TELEGRAM__SHUTDOWN_SECONDS", "1").start();
    let turn = "《街坊》：麵粉從哪裡來？\\n\\n何敏：從北邊的磨坊來，三十年沒有換過。\\n\\n";
    api.send_file(OPERATOR, NAME, turn.repeat(15_000).as_bytes(), json!({}));
    until(|| is_running(NAME)).await;
    assert!(bot.terminate().await.success());
    until(|| !is_running(NAME)).await;
    assert!(api.sent_to(OPERATOR).is_empty(), "it should not have been read to its end");
}
