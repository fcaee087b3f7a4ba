//! The store, on SQLite and on PostgreSQL: what is stored, for how long, and by which replica.

use tempfile::TempDir;
use transcript::Addition;
use wenjian::secret::Secret;
use wenjian::store::{
    AnswerMessage, AnswerMessageId, BatchId, CompletedUpdate, DailyProgress, DailyQuote, Error,
    FollowedQuestion, Journal, Lease, LeftUpdate, LoggedQuestion, MAX_SAVED, Options,
    PendingNotice, QuestionReport, Rating, SaveResult, SavedQuote, Settings, Store, Subscriber,
    Upload,
};

use crate::support::postgres::Postgres;
use crate::support::program::files;

/// Settings for a store at `url`.
pub(crate) fn options(url: String) -> Options {
    Options {
        url,
        hash_key: Secret::default(),
        replace_damaged: false,
        keep_days: 30,
        log_questions: true,
        remember_hours: 1,
    }
}

fn sqlite(folder: &TempDir) -> Options {
    let path = folder.path().join("new/store.sqlite");
    options(format!("sqlite://{}?mode=rwc", path.display()))
}

/// Defines tests that run on both databases.
macro_rules! on_both {
    ($($(#[$meta:meta])* $name:ident($store:ident) $body:block)*) => {
        mod on_sqlite {
            use super::*;
            $($(#[$meta])* #[tokio::test] async fn $name() {
                let folder = TempDir::new().unwrap();
                super::$name(&sqlite(&folder)).await;
            })*
        }
        mod on_postgres {
            use super::*;
            $($(#[$meta])* #[tokio::test] async fn $name() {
                let Some(server) = Postgres::start() else { return };
                super::$name(&options(server.url())).await;
            })*
        }
        $(async fn $name($store: &Options) $body)*
    };
}

/// The updates that were taken over, as they were written.
fn left(updates: Result<Vec<LeftUpdate>, Error>) -> Vec<(i64, String)> {
    updates.unwrap().into_iter().map(|left| (left.id, left.body)).collect()
}

fn update(id: i64) -> (i64, String) {
    (id, format!(r#"{{"update_id":{id}}}"#))
}

/// Changes rows of a table, for instance to simulate that time has passed.
async fn change(options: &Options, table: &str, change: &str) {
    sqlx::any::install_default_drivers();
    let store = sqlx::AnyPool::connect(&options.url).await.unwrap();
    let statement = sqlx::AssertSqlSafe(format!("UPDATE {table} SET {change}"));
    sqlx::query(statement).execute(&store).await.unwrap();
    store.close().await;
}

fn follower(chat_id: i64) -> Subscriber {
    let (chat_kind, language_code) = ("group".to_owned(), "en".to_owned());
    Subscriber { chat_id, chat_kind, topic: 3, language_code }
}

fn answer_to(message_id: i64, asked_id: i64, question: &str) -> AnswerMessage {
    let id = AnswerMessageId::Message { chat_id: 5, message_id, asked_id };
    AnswerMessage { id, person: None, question: question.to_owned(), is_missed: false, card: None }
}

/// Returns an entry of the question log.
fn answered() -> LoggedQuestion {
    LoggedQuestion {
        person: None,
        chat_kind: "private",
        question: "杭州".to_owned(),
        verdict: "answer",
        passage: None,
        elapsed_us: 90,
    }
}

on_both! {
    a_report_counts_questions_by_outcome(options) {
        let store = Store::open(options).await.unwrap();
        assert_eq!(store.report(30).await.unwrap(), QuestionReport::default());
        let (journal, writer) = Journal::start(store.clone());
        let lines = [("為什麼", "none", 30), ("為什麼", "none", 20), ("開源", "answer", 10), ("小鎮", "chosen", 1)];
        for (number, (question, verdict, elapsed_us)) in (1..).zip(lines) {
            let passage = (verdict == "answer").then(|| "talk/1.1".to_owned());
            let question = question.to_owned();
            let line = LoggedQuestion { person: None, chat_kind: "private", question, verdict, passage, elapsed_us };
            assert!(journal.note(CompletedUpdate { update_id: number, question: Some(line), ..CompletedUpdate::default() }).await);
        }
        drop(journal);
        writer.await.unwrap();
        let (passage, question) = ("talk/1.1".to_owned(), "開源".to_owned());
        let rating = Rating { person: store.person(1), passage, question, good: false };
        store.rate(&rating).await.unwrap();

        let report = store.report(30).await.unwrap();
        let [day] = report.days.as_slice() else { panic!("{report:?}") };
        assert_eq!((day.answer, day.related, day.none, report.n_questions()), (1, 0, 2, 3));
        assert_eq!(report.unanswered, [("為什麼".to_owned(), 2)]);
        assert_eq!(report.disliked, [("talk/1.1".to_owned(), "開源".to_owned(), 1)]);
        assert_eq!(report.quoted, [("talk/1.1".to_owned(), 1)]);
        assert_eq!((report.p50_us, report.p99_us), (Some(20), Some(30)));
    }

    an_update_is_new_only_once_and_pending_until_it_is_done(options) {
        let store = Store::open(options).await.unwrap();
        let new = store.admit(BatchId::new(), &[update(1), update(2), update(2)]).await.unwrap();
        assert_eq!(new, [1, 2].into());
        let new = store.admit(BatchId::new(), &[update(2), update(3)]).await.unwrap();
        assert_eq!(new, [3].into());

        let (journal, writer) = Journal::start(store.clone());
        assert!(journal.note(CompletedUpdate { update_id: 2, ..CompletedUpdate::default() }).await);
        drop(journal);
        writer.await.unwrap();
        store.close().await;

        let store = Store::open(options).await.unwrap();
        assert_eq!(left(store.take_over(BatchId::new()).await), [update(1), update(3)]);
        assert!(store.admit(BatchId::new(), &[update(2)]).await.unwrap().is_empty(), "seen before the restart");
    }

    updates_belong_to_a_replica_until_it_stops_or_dies(options) {
        let [one, two, three] = [
            Store::open(options).await.unwrap(),
            Store::open(options).await.unwrap(),
            Store::open(options).await.unwrap(),
        ];
        one.beat().await.unwrap();
        two.beat().await.unwrap();
        three.beat().await.unwrap();
        one.admit(BatchId::new(), &[update(1)]).await.unwrap();
        two.admit(BatchId::new(), &[update(2)]).await.unwrap();
        assert!(two.admit(BatchId::new(), &[update(1)]).await.unwrap().is_empty(), "the update belongs to the first replica");
        assert_eq!(three.take_over(BatchId::new()).await.unwrap(), []);

        one.close().await;
        let batch = BatchId::new();
        assert_eq!(left(two.take_over(batch).await), [update(1)], "it ended");
        assert_eq!(left(two.pending_in(batch).await), [update(1)]);
        assert_eq!(three.take_over(BatchId::new()).await.unwrap(), [], "the second replica has taken over the update");

        // After an outage of the database no replica was seen, but none counts as dead.
        change(options, "replicas", "seen_at = seen_at - 7, since = since - 60").await;
        assert_eq!(three.take_over(BatchId::new()).await.unwrap(), [], "the first call after the outage takes over nothing");
        three.beat().await.unwrap();
        assert_eq!(three.take_over(BatchId::new()).await.unwrap(), []);
        // Seven seconds later the third replica was seen all the time, and the second never.
        change(options, "replicas", "since = since - 7").await;
        three.beat().await.unwrap();
        assert_eq!(left(three.take_over(BatchId::new()).await), [update(1), update(2)]);
        two.beat().await.unwrap();
        assert_eq!(two.take_over(BatchId::new()).await.unwrap(), [], "the third replica is alive");
    }

    only_deaths_while_an_update_is_handled_alone_are_counted(options) {
        let store = Store::open(options).await.unwrap();
        store.admit(BatchId::new(), &[update(1), update(2), update(3)]).await.unwrap();
        // The program dies: nothing is closed.
        drop(store);
        for deaths in 0..=3 {
            let store = Store::open(options).await.unwrap();
            let batch = BatchId::new();
            let left = store.take_over(batch).await.unwrap();
            let attempts: Vec<_> = left.iter().map(|left| left.attempts).collect();
            assert_eq!(attempts, [0, deaths, 0], "the first is done each time, and the third only waits");
            let pending = store.pending_in(batch).await.unwrap();
            // Their ages may differ: a second may have passed.
            let known = |updates: &[wenjian::store::LeftUpdate]| -> Vec<(i64, i64)> {
                updates.iter().map(|update| (update.id, update.attempts)).collect()
            };
            assert_eq!(known(&pending), known(&left));
            store.mark_alone(1, true).await.unwrap();
            store.mark_alone(1, false).await.unwrap();
            store.mark_alone(2, true).await.unwrap();
        }
    }

    an_orderly_end_does_not_count_as_a_death(options) {
        let store = Store::open(options).await.unwrap();
        store.admit(BatchId::new(), &[update(1)]).await.unwrap();
        store.mark_alone(1, true).await.unwrap();
        store.close().await;
        let next = Store::open(options).await.unwrap();
        let left = next.take_over(BatchId::new()).await.unwrap();
        assert_eq!(left[0].attempts, 0);
    }

    only_the_owner_of_an_update_marks_it(options) {
        let [one, two] = [Store::open(options).await.unwrap(), Store::open(options).await.unwrap()];
        one.admit(BatchId::new(), &[update(1)]).await.unwrap();
        two.mark_alone(1, true).await.unwrap();
        drop(one);
        assert_eq!(two.take_over(BatchId::new()).await.unwrap()[0].attempts, 0);
    }

    a_lease_has_one_holder_until_that_stops_or_dies(options) {
        let one = Store::open(options).await.unwrap();
        let two = Store::open(options).await.unwrap();
        one.beat().await.unwrap();
        two.beat().await.unwrap();
        assert!(one.hold(Lease::Polling).await.unwrap());
        assert!(!two.hold(Lease::Polling).await.unwrap());
        assert!(one.hold(Lease::Polling).await.unwrap(), "the holder should keep the lease");
        one.close().await;
        assert!(two.hold(Lease::Polling).await.unwrap(), "it ended");
        let three = Store::open(options).await.unwrap();
        three.beat().await.unwrap();
        assert!(!three.hold(Lease::Polling).await.unwrap());
    }

    the_question_of_a_message_is_remembered(options) {
        let store = Store::open(options).await.unwrap();
        let (journal, _writer) = Journal::start(store.clone());
        let note = |answer| journal.note(CompletedUpdate { answer: Some(answer), ..CompletedUpdate::default() });
        assert!(note(answer_to(11, 10, "為什麼")).await);
        assert!(note(answer_to(13, 12, "杭州")).await);
        assert!(note(answer_to(11, 10, "為什麼是杭州")).await, "the question was edited");
        let inline = AnswerMessageId::Inline("AbC".to_owned());
        let inline = AnswerMessage { id: inline, ..answer_to(0, 0, "硅谷") };
        assert!(note(inline).await);
        let shown = AnswerMessage { card: Some("page 2".to_owned()), ..answer_to(15, 14, "") };
        assert!(note(shown).await);

        assert_eq!(store.question_of(5, 11).await.unwrap().as_deref(), Some("為什麼是杭州"));
        assert_eq!(store.question_of(6, 11).await.unwrap(), None);
        assert_eq!(store.question_of_inline("AbC").await.unwrap().as_deref(), Some("硅谷"));
        let last = store.last_answer(5, 600).await.unwrap().unwrap();
        assert_eq!((last.question.as_str(), last.card), ("杭州", None));
        let card = store.last_card(5, 600).await.unwrap();
        assert_eq!(card.as_ref().and_then(|card| card.card.as_deref()), Some("page 2"));
        assert_eq!(store.answer_in(5, 15).await.unwrap(), card);
        assert_eq!(store.last_card(6, 600).await.unwrap(), None);
        assert_eq!(store.answer_to(5, 10).await.unwrap(), Some(11));
        assert_eq!(store.answer_to(5, 99).await.unwrap(), None);
    }

    the_last_question_of_a_batch_counts_for_a_message(options) {
        let store = Store::open(options).await.unwrap();
        let (journal, _writer) = Journal::start(store.clone());
        let notes = (0..40).map(|n| {
            let done = CompletedUpdate { answer: Some(answer_to(11, 10, &n.to_string())), ..CompletedUpdate::default() };
            let journal = journal.clone();
            async move { journal.note(done).await }
        });
        for note in notes.map(tokio::spawn).collect::<Vec<_>>() {
            assert!(note.await.unwrap());
        }
        assert!(store.question_of(5, 11).await.unwrap().is_some());
    }

    everybody_saves_quotations_of_their_own(options) {
        let store = Store::open(options).await.unwrap();
        let [ann, bob] = [store.person(1), store.person(2)];
        let quote = |start| SavedQuote { passage: "aaaaaaab".to_owned(), start, end: start + 9 };
        for (start, result) in [(5, SaveResult::Saved), (5, SaveResult::Known), (30, SaveResult::Saved)] {
            assert_eq!(store.save_quote(ann, &quote(start)).await.unwrap(), result);
        }
        store.save_quote(bob, &quote(5)).await.unwrap();
        assert!(store.has_saved(ann, &quote(30)).await.unwrap());
        assert!(!store.has_saved(bob, &quote(30)).await.unwrap());
        change(options, "saved_quotes", "saved_at = saved_at + start_at").await;
        assert_eq!(store.saved_quotes(ann).await.unwrap(), [quote(30), quote(5)], "newest first");

        store.remove_quote(ann, &quote(30)).await.unwrap();
        assert_eq!(store.saved_quotes(ann).await.unwrap(), [quote(5)]);
        store.forget_person(1).await.unwrap();
        assert_eq!(store.saved_quotes(ann).await.unwrap(), []);
        assert_eq!(store.saved_quotes(bob).await.unwrap(), [quote(5)]);
    }

    a_command_that_follows_has_an_effect_once(options) {
        let store = Store::open(options).await.unwrap();
        let follower = follower(-7);
        for (command, is_on) in [(1, true), (1, true), (2, false), (2, false), (3, true)] {
            assert_eq!(store.toggle_follower(&follower, command).await.unwrap(), is_on, "{command}");
        }
        store.move_chat(-7, -1007).await.unwrap();
        assert!(!store.toggle_follower(&Subscriber { chat_id: -1007, ..follower }, 4).await.unwrap());
    }

    a_chat_is_told_once_of_an_interview_that_is_new(options) {
        let [one, two] = [Store::open(options).await.unwrap(), Store::open(options).await.unwrap()];
        let question = |text: &str| FollowedQuestion {
            chat_id: 6,
            question: text.to_owned(),
            language_code: "en".to_owned(),
        };
        one.toggle_follower(&follower(5), 1).await.unwrap();
        one.toggle_follower(&follower(8), 1).await.unwrap();
        one.toggle_follower(&follower(8), 2).await.unwrap();
        assert!(one.follow_question(&question("燈")).await.unwrap());
        let slugs = |slugs: &[&str]| slugs.iter().map(ToString::to_string).collect::<Vec<_>>();
        one.note_interviews(&slugs(&["old", "older"])).await.unwrap();
        assert_eq!(one.slugs_with_notices().await.unwrap(), slugs(&[]), "the first interviews are no news");
        let new = slugs(&["new", "old"]);
        let (first, second) = tokio::join!(one.note_interviews(&new), two.note_interviews(&new));
        first.unwrap();
        second.unwrap();
        assert_eq!(two.slugs_with_notices().await.unwrap(), slugs(&["new"]));
        let notices = two.notices("new").await.unwrap();
        let notice = |chat_id, follower| PendingNotice { slug: "new".to_owned(), chat_id, follower };
        assert_eq!(notices, [notice(5, Some(follower(5))), notice(6, None)]);

        let (first, second) = tokio::join!(one.claim_notice(&notices[0]), two.claim_notice(&notices[0]));
        assert_eq!(usize::from(first.unwrap()) + usize::from(second.unwrap()), 1);
        one.return_notice(&notices[0]).await.unwrap();
        assert!(two.claim_notice(&notices[0]).await.unwrap());
        assert_eq!(one.followed_questions(6).await.unwrap(), [question("燈")]);
        assert!(one.unfollow_question(6, "燈").await.unwrap());
        assert!(!two.unfollow_question(6, "燈").await.unwrap());

        one.note_interviews(&slugs(&["old"])).await.unwrap();
        one.note_interviews(&new).await.unwrap();
        assert_eq!(one.notices("new").await.unwrap(), [notice(6, None)], "an interview that comes back is known");
        one.block(6, 1).await.unwrap();
        assert_eq!(one.notices("new").await.unwrap(), []);
    }

    only_so_many_questions_can_be_followed(options) {
        let store = Store::open(options).await.unwrap();
        let follow = |n: i32| {
            let question = n.to_string();
            let followed = FollowedQuestion { chat_id: 6, question, language_code: String::new() };
            let store = store.clone();
            async move { store.follow_question(&followed).await.unwrap() }
        };
        for n in 0..50 {
            assert!(follow(n).await);
        }
        assert!(!follow(50).await);
        assert!(follow(49).await, "it is followed already");
        store.forget_person(6).await.unwrap();
        assert!(follow(50).await);
    }

    a_question_that_was_missed_is_remembered_and_is_no_topic(options) {
        let store = Store::open(options).await.unwrap();
        let (journal, _writer) = Journal::start(store.clone());
        let missed = AnswerMessage { is_missed: true, ..answer_to(11, 10, "量子") };
        assert!(journal.note(CompletedUpdate { answer: Some(missed), ..CompletedUpdate::default() }).await);
        assert_eq!(store.missed_question(5, 11).await.unwrap().as_deref(), Some("量子"));
        assert_eq!(store.question_of(5, 11).await.unwrap(), None);
        assert_eq!(store.last_answer(5, 600).await.unwrap(), None);
        assert_eq!(store.answer_in(5, 11).await.unwrap(), None);
        let answered = CompletedUpdate { answer: Some(answer_to(11, 10, "量子")), ..CompletedUpdate::default() };
        assert!(journal.note(answered).await);
        assert_eq!(store.missed_question(5, 11).await.unwrap(), None);
    }

    a_quotation_of_the_day_is_claimed_once_and_can_be_given_back(options) {
        let [one, two] = [Store::open(options).await.unwrap(), Store::open(options).await.unwrap()];
        let before = DailyProgress { next_at: Some(1000), sent_at: 0, place: i64::MIN };
        let daily = DailyQuote {
            subscriber: Subscriber {
                chat_id: 5,
                chat_kind: "private".to_owned(),
                topic: 0,
                language_code: "en".to_owned(),
            },
            minute_of_day: 480,
            zone: "Asia/Shanghai".to_owned(),
            as_picture: true,
            progress: before,
        };
        one.set_daily_quote(&daily).await.unwrap();
        assert_eq!(two.daily_quote(5).await.unwrap(), Some(daily.clone()));
        assert_eq!(one.due_daily_quotes(999).await.unwrap(), []);
        let only = std::slice::from_ref(&daily);
        assert_eq!(one.due_daily_quotes(1000).await.unwrap(), only);
        let far_back = 1000 - 3 * 24 * 3600;
        assert_eq!(one.due_daily_quotes(far_back).await.unwrap(), only, "a clock ran wrong");

        let after = DailyProgress { next_at: Some(2000), sent_at: 1000, place: 7 };
        let (first, second) = tokio::join!(
            one.advance_daily_quote(5, before, after),
            two.advance_daily_quote(5, before, after)
        );
        assert_eq!(usize::from(first.unwrap()) + usize::from(second.unwrap()), 1);
        assert!(one.advance_daily_quote(5, after, before).await.unwrap());
        assert!(two.advance_daily_quote(5, before, after).await.unwrap());
        one.stop_daily_quote(5).await.unwrap();
        assert!(!two.advance_daily_quote(5, after, before).await.unwrap(), "it is switched off");
        let progress = DailyProgress { next_at: None, ..after };
        assert_eq!(two.daily_quote(5).await.unwrap(), Some(DailyQuote { progress, ..daily.clone() }));

        one.set_daily_quote(&daily).await.unwrap();
        let progress = DailyProgress { next_at: before.next_at, ..after };
        assert_eq!(one.daily_quote(5).await.unwrap().unwrap().progress, progress, "what was seen is kept");
        one.move_chat(5, 6).await.unwrap();
        assert!(one.daily_quote(5).await.unwrap().is_none() && one.daily_quote(6).await.unwrap().is_some());
        one.block(6, 1).await.unwrap();
        assert_eq!(one.daily_quote(6).await.unwrap(), None);
    }

    a_question_has_one_link(options) {
        let store = Store::open(options).await.unwrap();
        let key = store.link_question("為什麼是杭州").await.unwrap();
        assert_eq!(store.link_question("為什麼是杭州").await.unwrap(), key);
        assert_ne!(store.link_question("為什麼").await.unwrap(), key);
        let question = store.linked_question(&key).await.unwrap();
        assert_eq!(question.as_deref(), Some("為什麼是杭州"));
        for key in ["", "AAAAAAAAAAA", "燈", &format!("{key}A")] {
            assert_eq!(store.linked_question(key).await.unwrap(), None, "`{key}`");
        }
        change(options, "question_links", "used_at = used_at - 365 * 24 * 3600").await;
        store.purge().await.unwrap();
        assert!(store.linked_question(&key).await.unwrap().is_some(), "a year is not over");
        store.purge().await.unwrap();
        change(options, "question_links", "used_at = used_at - 367 * 24 * 3600").await;
        store.purge().await.unwrap();
        assert_eq!(store.linked_question(&key).await.unwrap(), None);
    }

    only_so_many_quotations_can_be_saved(options) {
        let store = Store::open(options).await.unwrap();
        let person = store.person(1);
        let quote = |start| SavedQuote { passage: "aaaaaaab".to_owned(), start, end: start + 9 };
        for start in 0..MAX_SAVED {
            assert_eq!(store.save_quote(person, &quote(start)).await.unwrap(), SaveResult::Saved);
        }
        assert_eq!(store.save_quote(person, &quote(MAX_SAVED)).await.unwrap(), SaveResult::Full);
        assert_eq!(store.save_quote(person, &quote(0)).await.unwrap(), SaveResult::Known);
    }

    settings_move_to_the_supergroup_and_are_deleted_with_the_chat(options) {
        let store = Store::open(options).await.unwrap();
        let settings = Settings {
            language: Some("en".to_owned()),
            interview: Some("lighthouse".to_owned()),
            quiet: true,
            ..Settings::default()
        };
        assert_eq!(store.settings(-7).await.unwrap(), Settings::default());
        store.set_settings(-7, &settings).await.unwrap();
        store.move_chat(-7, -1007).await.unwrap();
        assert_eq!(store.settings(-7).await.unwrap(), Settings::default());
        assert_eq!(store.settings(-1007).await.unwrap(), settings);
        store.forget_chat(-1007).await.unwrap();
        assert_eq!(store.settings(-1007).await.unwrap(), Settings::default());
    }

    blocked_chats_are_remembered(options) {
        let store = Store::open(options).await.unwrap();
        store.block(4, 100).await.unwrap();
        store.block(4, 200).await.unwrap();
        assert_eq!(store.blocked_chats().await.unwrap(), [(4, 200)]);
        store.unblock(4).await.unwrap();
        assert_eq!(store.blocked_chats().await.unwrap(), []);
    }

    a_person_can_be_forgotten(options) {
        let store = Store::open(options).await.unwrap();
        let person = store.person(5);
        let (journal, _writer) = Journal::start(store.clone());
        let question = LoggedQuestion {
            person: Some(person),
            chat_kind: "private",
            question: "杭州".to_owned(),
            verdict: "answer",
            passage: None,
            elapsed_us: 90,
        };
        let answer = AnswerMessage { person: Some(person), ..answer_to(11, 10, "杭州") };
        let done = CompletedUpdate { update_id: 1, answer: Some(answer), question: Some(question) };
        assert!(journal.note(done).await);
        let rating = |good| Rating { person, passage: "a/1.1".to_owned(), question: String::new(), good };
        store.rate(&rating(true)).await.unwrap();
        store.rate(&rating(false)).await.unwrap();
        store.forget_person(5).await.unwrap();
        assert_eq!(store.question_of(5, 11).await.unwrap(), None);
        store.purge().await.unwrap();
    }

    additions_are_kept_and_change_the_revision(options) {
        let store = Store::open(options).await.unwrap();
        let before = store.overlay_revision().await.unwrap();
        assert!(store.overlay().await.unwrap().is_empty());
        let person = store.person(5);
        let file = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
        let first = [file("received/talk.html", &[0, 255, 10]), file("talk.txt", b"one")];
        store.put_transcript("talk", &first, person).await.unwrap();
        store.put_transcript("talk", &[file("talk.txt", b"two")], person).await.unwrap();
        store.put_transcript("other", &first[..1], person).await.unwrap();
        let addition = |words: &str, is_question| {
            Addition { passage: "talk/1.1".to_owned(), is_question, words: words.to_owned() }
        };
        assert!(store.add(&addition("誰？", true), person).await.unwrap());
        assert!(!store.add(&addition("誰？", true), person).await.unwrap(), "the addition already exists");
        assert!(store.add(&addition("誰？", false), person).await.unwrap());
        assert_eq!(store.overlay_revision().await.unwrap(), before + 5);
        store.close().await;

        let store = Store::open(options).await.unwrap();
        let mut read = store.overlay().await.unwrap();
        assert_eq!(read.files["talk.txt"], b"two");
        assert_eq!(read.files["received/talk.html"], [0, 255, 10]);
        assert_eq!(read.additions.len(), 2);
        read.files.insert("talk.txt".to_owned(), b"one".to_vec());
        read.additions.retain(|addition| addition.is_question);
        store.clear_overlay(&read).await.unwrap();
        let left = store.overlay().await.unwrap();
        assert_eq!(left.files.keys().collect::<Vec<_>>(), ["talk.txt"], "the transcript has changed since the export");
        assert_eq!(left.additions, [addition("誰？", false)]);
        assert_eq!(store.overlay_revision().await.unwrap(), before + 6);
    }

    unconfirmed_additions_survive_a_restart(options) {
        let store = Store::open(options).await.unwrap();
        let upload = Upload {
            name: "talk.txt".to_owned(),
            known: "slug: talk".to_owned(),
            bytes: vec![0, 159, 200],
        };
        store.keep_upload((5, 11), &upload).await.unwrap();
        store.keep_draft((5, 12), "誰？").await.unwrap();
        store.keep_draft((5, 12), "為什麼？").await.unwrap();
        store.close().await;
        let store = Store::open(options).await.unwrap();
        store.purge().await.unwrap();
        assert_eq!(store.upload((5, 11)).await.unwrap(), Some(upload));
        assert_eq!(store.draft((5, 12)).await.unwrap().as_deref(), Some("為什麼？"));
        assert_eq!(store.draft((6, 12)).await.unwrap(), None);
        store.drop_upload((5, 11)).await.unwrap();
        assert_eq!(store.upload((5, 11)).await.unwrap(), None);
    }

    outcomes_of_questions_are_counted(options) {
        let store = Store::open(options).await.unwrap();
        let (journal, writer) = Journal::start(store.clone());
        let lines = [("為什麼", "none"), ("為什麼", "none"), ("開源", "answer"), ("小鎮", "chosen")];
        for (number, (question, verdict)) in (1..).zip(lines) {
            let passage = (verdict == "answer").then(|| "talk/1.1".to_owned());
            let line = LoggedQuestion {
                person: None, chat_kind: "private", question: question.to_owned(), verdict, passage, elapsed_us: 1,
            };
            assert!(journal.note(CompletedUpdate { update_id: number, question: Some(line), ..CompletedUpdate::default() }).await);
        }
        drop(journal);
        writer.await.unwrap();
        for (person, question, good) in [(1, "開源", false), (2, "小鎮", true), (1, "", false)] {
            let (passage, question) = ("talk/1.1".to_owned(), question.to_owned());
            store.rate(&Rating { person: store.person(person), passage, question, good }).await.unwrap();
        }
        let missed = store.missed_questions(30, 10).await.unwrap();
        let missed: Vec<_> = missed.iter().map(|m| (m.question.as_str(), m.passage.as_deref(), m.times)).collect();
        assert_eq!(missed, [("為什麼", None, 2), ("開源", Some("talk/1.1"), 1)]);
        let outcomes = store.question_outcomes(10).await.unwrap();
        let outcomes: Vec<_> = outcomes.iter().map(|o| (o.question.as_str(), o.outcome.as_str(), o.times)).collect();
        assert_eq!(outcomes[0], ("為什麼", "none", 2));
        for outcome in [("小鎮", "good", 1), ("開源", "answer", 1), ("開源", "bad", 1)] {
            assert!(outcomes.contains(&outcome), "{outcomes:?}");
        }
    }

    old_entries_are_deleted_but_not_pending_updates(options) {
        let store = Store::open(options).await.unwrap();
        let (journal, _writer) = Journal::start(store.clone());
        store.admit(BatchId::new(), &[update(1), update(2)]).await.unwrap();
        let question = answered();
        let done = CompletedUpdate { update_id: 1, answer: Some(answer_to(11, 10, "杭州")), question: Some(question) };
        assert!(journal.note(done).await);
        let (passage, question) = ("a/1.1".to_owned(), "杭州".to_owned());
        let rating = Rating { person: store.person(5), passage, question, good: false };
        store.rate(&rating).await.unwrap();
        store.purge().await.unwrap();
        let report = store.report(365).await.unwrap();
        assert_eq!((report.n_questions(), report.disliked.len()), (1, 1));
        assert!(store.question_of(5, 11).await.unwrap().is_some());
        assert!(store.admit(BatchId::new(), &[update(1)]).await.unwrap().is_empty());

        let days = |days: i64| days * 24 * 3600;
        change(options, "question_log", &format!("asked_at = asked_at - {}", days(31))).await;
        change(options, "feedback", &format!("given_at = given_at - {}", days(31))).await;
        change(options, "asked", &format!("expires_at = expires_at - {}", days(1))).await;
        change(options, "updates", &format!("received_at = received_at - {}", days(3))).await;
        store.purge().await.unwrap();
        let report = store.report(365).await.unwrap();
        assert_eq!((report.n_questions(), report.disliked.len()), (0, 0));
        assert_eq!(store.question_of(5, 11).await.unwrap(), None);
        let new = store.admit(BatchId::new(), &[update(1), update(2)]).await.unwrap();
        assert_eq!(new, [1].into(), "the second update was never answered");
    }

    questions_are_logged_only_if_enabled(options) {
        let store = Store::open(&Options { log_questions: false, ..options.clone() }).await.unwrap();
        let (journal, _writer) = Journal::start(store.clone());
        let question = answered();
        assert!(journal.note(CompletedUpdate { question: Some(question), ..CompletedUpdate::default() }).await);
        assert_eq!(store.report(30).await.unwrap().n_questions(), 0);
    }

    a_long_question_can_be_rated_and_the_last_rating_counts(options) {
        let store = Store::open(options).await.unwrap();
        // All characters differ, so that the database cannot compress them into its index.
        let question: String = (0x4e00..0x4e00 + 2000).filter_map(char::from_u32).collect();
        for good in [false, true, false] {
            let (person, passage) = (store.person(1), "talk/1.1".to_owned());
            let rating = Rating { person, passage, question: question.clone(), good };
            store.rate(&rating).await.unwrap();
        }
        assert!(store.is_up());
        let disliked = store.report(30).await.unwrap().disliked;
        assert_eq!(disliked, [("talk/1.1".to_owned(), question, 1)]);
    }

    a_nul_character_in_a_question_is_left_out(options) {
        let store = Store::open(options).await.unwrap();
        let (journal, _writer) = Journal::start(store.clone());
        let question = LoggedQuestion { question: "杭\0州".to_owned(), ..answered() };
        let done = CompletedUpdate { update_id: 1, answer: Some(answer_to(11, 10, "杭\0州")), question: Some(question) };
        assert!(journal.note(done).await);
        assert_eq!(store.question_of(5, 11).await.unwrap().as_deref(), Some("杭州"));
        let (person, passage) = (store.person(1), "talk/1.1".to_owned());
        let rating = Rating { person, passage, question: "杭\0州".to_owned(), good: false };
        store.rate(&rating).await.unwrap();
        assert_eq!(store.report(30).await.unwrap().disliked[0].1, "杭州");
    }

    a_dead_replica_is_noticed_after_the_clock_was_set_back(options) {
        let [one, two] = [Store::open(options).await.unwrap(), Store::open(options).await.unwrap()];
        one.beat().await.unwrap();
        assert!(one.hold(Lease::Polling).await.unwrap());
        one.admit(BatchId::new(), &[update(1)]).await.unwrap();
        // The first dies, the clock is set back by an hour, and the second goes on.
        change(options, "replicas", "seen_at = seen_at + 3600, since = since + 3600").await;
        two.beat().await.unwrap();
        change(options, "replicas", "since = since - 7 WHERE seen_at < since + 1800").await;
        assert!(two.is_free(Lease::Polling).await.unwrap());
        two.beat().await.unwrap();
        assert!(two.hold(Lease::Polling).await.unwrap());
        assert_eq!(left(two.take_over(BatchId::new()).await), [update(1)]);
        // The second was there before the clock was set back, too: it counts from now on.
        change(options, "replicas", "seen_at = seen_at + 3600, since = since + 3600").await;
        two.beat().await.unwrap();
        change(options, "replicas", "since = since - 7").await;
        two.beat().await.unwrap();
        assert!(two.hold(Lease::Polling).await.unwrap());
    }

    the_id_of_a_user_is_not_stored_with_its_hash(options) {
        let store = Store::open(options).await.unwrap();
        let (journal, _writer) = Journal::start(store.clone());
        let answer = AnswerMessage { person: Some(store.person(5)), ..answer_to(11, 10, "杭州") };
        assert!(journal.note(CompletedUpdate { update_id: 1, answer: Some(answer), ..CompletedUpdate::default() }).await);
        let database = sqlx::AnyPool::connect(&options.url).await.unwrap();
        let (chat, person): (i64, i64) =
            sqlx::query_as("SELECT chat, person FROM asked").fetch_one(&database).await.unwrap();
        assert!(chat != 5 && person != 5 && chat != person, "the chat's id is that of its user");
        database.close().await;
    }

    the_configured_key_changes_the_hashes(options) {
        let keyed = |key: &str| Options { hash_key: Secret::from(key.to_owned()), ..options.clone() };
        let without = Store::open(options).await.unwrap();
        let with = Store::open(&keyed("a key of some length")).await.unwrap();
        let other = Store::open(&keyed("another key of some length")).await.unwrap();
        assert_ne!(without.person(5), with.person(5));
        assert_ne!(with.person(5), other.person(5));
    }

    the_hash_of_a_person_is_the_same_after_a_restart(options) {
        let store = Store::open(options).await.unwrap();
        let person = store.person(5);
        store.close().await;
        let store = Store::open(options).await.unwrap();
        assert_eq!(store.person(5), person);
    }
}

/// Returns whether a file of the store contains the bytes of `text`.
fn is_on_disk(folder: &TempDir, text: &str) -> bool {
    files(&folder.path().join("new")).iter().any(|file| {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn deleted_data_does_not_remain_in_the_file() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&sqlite(&folder)).await.unwrap();
    let (journal, _writer) = Journal::start(store.clone());
    let body = r#"{"update_id":1,"name":"Zebedee"}"#.to_owned();
    store.admit(BatchId::new(), &[(1, body)]).await.unwrap();
    let person = store.person(5);
    let question =
        LoggedQuestion { question: "Wherefore?".to_owned(), person: Some(person), ..answered() };
    let answer = AnswerMessage { person: Some(person), ..answer_to(11, 10, "Wherefore?") };
    let done = CompletedUpdate { update_id: 1, answer: Some(answer), question: Some(question) };
    assert!(journal.note(done).await);
    let (passage, question) = ("talk/1.1".to_owned(), "Wherefore?".to_owned());
    store.rate(&Rating { person, passage, question, good: true }).await.unwrap();
    assert!(is_on_disk(&folder, "Wherefore?") && is_on_disk(&folder, "Zebedee"));

    store.forget_person(5).await.unwrap();
    assert!(!is_on_disk(&folder, "Wherefore?"), "while it runs");
    assert!(!is_on_disk(&folder, "Zebedee"), "the update was answered");
    store.close().await;
    assert!(!is_on_disk(&folder, "Wherefore?") && !is_on_disk(&folder, "Zebedee"));
}

#[tokio::test]
async fn expired_data_does_not_remain_in_the_file() {
    let folder = TempDir::new().unwrap();
    let options = Options { keep_days: 0, ..sqlite(&folder) };
    let store = Store::open(&options).await.unwrap();
    let (journal, _writer) = Journal::start(store.clone());
    let question = LoggedQuestion { question: "Wherefore?".to_owned(), ..answered() };
    assert!(
        journal
            .note(CompletedUpdate { question: Some(question), ..CompletedUpdate::default() })
            .await
    );
    change(&options, "question_log", "asked_at = asked_at - 1").await;
    assert!(is_on_disk(&folder, "Wherefore?"));
    store.purge().await.unwrap();
    assert!(!is_on_disk(&folder, "Wherefore?"));
}

#[tokio::test]
async fn a_damaged_file_is_refused_or_renamed() {
    let folder = TempDir::new().unwrap();
    let options = sqlite(&folder);
    let store = Store::open(&options).await.unwrap();
    store.set_settings(-7, &Settings::default()).await.unwrap();
    store.close().await;
    let path = folder.path().join("new/store.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    for damage in [b"no database at all".to_vec(), {
        let middle = bytes.len() / 2;
        bytes[4096..middle].fill(0xa5);
        bytes
    }] {
        std::fs::write(&path, &damage).unwrap();
        let refused = Store::open(&options).await.err().unwrap();
        assert!(matches!(refused, Error::Damaged { .. }), "{refused}");
        assert!(!refused.is_transient(), "waiting would not help");
        let message = refused.to_string();
        assert!(
            message.contains("store.sqlite") && message.contains("replace_damaged"),
            "{message}"
        );

        let replaced = Options { replace_damaged: true, ..options.clone() };
        let store = Store::open(&replaced).await.unwrap();
        store.beat().await.unwrap();
        store.close().await;
        let kept = files(&folder.path().join("new")).into_iter().find(|file| {
            file.file_name().unwrap().to_string_lossy().starts_with("store.sqlite.damaged-")
        });
        let kept = kept.expect("the damaged file should be kept");
        assert_eq!(std::fs::read(&kept).unwrap(), damage);
        std::fs::remove_file(kept).unwrap();
    }
}

#[tokio::test]
async fn an_unsupported_address_is_refused() {
    let refused = Store::open(&options("mysql://host/db".to_owned())).await;
    assert!(matches!(refused, Err(Error::Address)));
}

#[tokio::test]
async fn calls_fail_fast_during_an_outage_and_succeed_after_it() {
    let Some(server) = Postgres::start() else { return };
    let store = Store::open(&options(server.url())).await.unwrap();
    server.stop();
    assert!(store.admit(BatchId::new(), &[update(1)]).await.is_err());
    assert!(matches!(store.admit(BatchId::new(), &[update(1)]).await, Err(Error::Resting)));
    server.resume();
    let back = async {
        while store.admit(BatchId::new(), &[update(1)]).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), back).await.unwrap();
}
