//! What must survive a restart does, in SQLite and in PostgreSQL alike.

use tempfile::TempDir;
use wenjian::store::{
    Asked, AskedAt, Done, Error, Journal, LoggedQuestion, Options, Rating, Report, Settings, Store,
};

use crate::support::postgres::Postgres;

fn options(url: String) -> Options {
    Options { url, keep_days: 30, log_questions: true, remember_hours: 1 }
}

fn sqlite(folder: &TempDir) -> Options {
    let path = folder.path().join("new/store.sqlite");
    options(format!("sqlite://{}?mode=rwc", path.display()))
}

/// Runs a check against both databases.
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

fn update(id: i64) -> (i64, String) {
    (id, format!(r#"{{"update_id":{id}}}"#))
}

fn asked(message_id: i64, asked_id: i64, question: &str) -> Asked {
    let at = AskedAt::Message { chat_id: 5, message_id, asked_id };
    Asked { at, person: None, question: question.to_owned() }
}

on_both! {
    a_report_counts_what_was_asked_and_what_came_of_it(options) {
        let store = Store::open(options).await.unwrap();
        assert_eq!(store.report(30).await.unwrap(), Report::default());
        let (journal, writer) = Journal::start(store.clone());
        let lines = [("為什麼", "none", 30), ("為什麼", "none", 20), ("開源", "answer", 10), ("小鎮", "chosen", 1)];
        for (number, (question, verdict, elapsed_us)) in (1..).zip(lines) {
            let passage = (verdict == "answer").then(|| "talk/1.1".to_owned());
            let question = question.to_owned();
            let line = LoggedQuestion { person: None, chat_kind: "private", question, verdict, passage, elapsed_us };
            assert!(journal.note(Done { update_id: number, question: Some(line), ..Done::default() }).await);
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

    an_update_is_new_once_and_pending_until_it_is_done(options) {
        let store = Store::open(options).await.unwrap();
        let new = store.admit(&[update(1), update(2), update(2)]).await.unwrap();
        assert_eq!(new, [1, 2].into());
        let new = store.admit(&[update(2), update(3)]).await.unwrap();
        assert_eq!(new, [3].into());

        let (journal, writer) = Journal::start(store.clone());
        assert!(journal.note(Done { update_id: 2, ..Done::default() }).await);
        drop(journal);
        writer.await.unwrap();
        store.close().await;

        let store = Store::open(options).await.unwrap();
        assert_eq!(store.pending().await.unwrap(), [update(1), update(3)]);
        assert!(store.admit(&[update(2)]).await.unwrap().is_empty(), "seen before the restart");
    }

    a_message_remembers_its_question(options) {
        let store = Store::open(options).await.unwrap();
        let (journal, _writer) = Journal::start(store.clone());
        let note = |asked| journal.note(Done { asked: Some(asked), ..Done::default() });
        assert!(note(asked(11, 10, "為什麼")).await);
        assert!(note(asked(13, 12, "杭州")).await);
        assert!(note(asked(11, 10, "為什麼是杭州")).await, "the question was edited");
        let inline = AskedAt::Inline("AbC".to_owned());
        assert!(note(Asked { at: inline, person: None, question: "硅谷".to_owned() }).await);

        assert_eq!(store.question_of(5, 11).await.unwrap().as_deref(), Some("為什麼是杭州"));
        assert_eq!(store.question_of(6, 11).await.unwrap(), None);
        assert_eq!(store.question_of_inline("AbC").await.unwrap().as_deref(), Some("硅谷"));
        assert_eq!(store.last_question(5, 600).await.unwrap().as_deref(), Some("杭州"));
        assert_eq!(store.answer_to(5, 10).await.unwrap(), Some(11));
        assert_eq!(store.answer_to(5, 99).await.unwrap(), None);
    }

    questions_of_a_batch_that_touch_one_message_keep_the_last(options) {
        let store = Store::open(options).await.unwrap();
        let (journal, _writer) = Journal::start(store.clone());
        let notes = (0..40).map(|n| {
            let done = Done { asked: Some(asked(11, 10, &n.to_string())), ..Done::default() };
            let journal = journal.clone();
            async move { journal.note(done).await }
        });
        for note in notes.map(tokio::spawn).collect::<Vec<_>>() {
            assert!(note.await.unwrap());
        }
        assert!(store.question_of(5, 11).await.unwrap().is_some());
    }

    settings_move_with_their_group_and_go_with_it(options) {
        let store = Store::open(options).await.unwrap();
        let settings = Settings { language: Some("en".to_owned()), script: None };
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
        let asked = Asked { person: Some(person), ..asked(11, 10, "杭州") };
        let done = Done { update_id: 1, asked: Some(asked), question: Some(question) };
        assert!(journal.note(done).await);
        let rating = |good| Rating { person, passage: "a/1.1".to_owned(), question: String::new(), good };
        store.rate(&rating(true)).await.unwrap();
        store.rate(&rating(false)).await.unwrap();
        store.forget_person(5).await.unwrap();
        assert_eq!(store.question_of(5, 11).await.unwrap(), None);
        store.purge().await.unwrap();
    }

    a_person_is_known_again_after_a_restart(options) {
        let store = Store::open(options).await.unwrap();
        let person = store.person(5);
        store.close().await;
        let store = Store::open(options).await.unwrap();
        assert_eq!(store.person(5), person);
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    let refused = Store::open(&options("mysql://host/db".to_owned())).await;
    assert!(matches!(refused, Err(Error::Address)));
}

#[tokio::test]
async fn a_store_that_stops_fails_fast_and_comes_back() {
    let Some(server) = Postgres::start() else { return };
    let store = Store::open(&options(server.url())).await.unwrap();
    server.stop();
    assert!(store.admit(&[update(1)]).await.is_err());
    assert!(matches!(store.admit(&[update(1)]).await, Err(Error::Resting)));
    server.resume();
    let back = async {
        while store.admit(&[update(1)]).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), back).await.unwrap();
}
