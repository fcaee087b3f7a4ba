//! Why the bot runs teloxide's handler tree, but not teloxide's `Dispatcher`.
//!
//! Each of these tests shows a fault of the dispatcher that would break a promise of the bot. If one
//! fails after an upgrade of teloxide, the fault was fixed, and its reason no longer holds.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::{Json, Router};
use serde_json::json;
use teloxide::dispatching::{Dispatcher, UpdateHandler};
use teloxide::dptree;
use teloxide::error_handlers::LoggingErrorHandler;
use teloxide::prelude::{Bot, Update};
use teloxide::stop::{StopToken, mk_stop_token};
use teloxide::types::{Message, UpdateId, UpdateKind};
use teloxide::update_listeners::{AsUpdateStream, UpdateListener};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_stream::Iter;

/// A listener that yields this number of messages, each in another chat, and then ends.
struct Messages(u32, StopToken);

impl UpdateListener for Messages {
    type Err = Infallible;

    fn stop_token(&mut self) -> StopToken {
        self.1.clone()
    }
}

impl AsUpdateStream<'_> for Messages {
    type StreamErr = Infallible;
    type Stream = Iter<std::vec::IntoIter<Result<Update, Infallible>>>;

    fn as_stream(&mut self) -> Self::Stream {
        let update = |id| {
            let chat = json!({"id": id, "type": "private", "first_name": "U"});
            let message = json!({"message_id": 1, "date": 1, "chat": chat, "text": "?"});
            let message: Message = serde_json::from_value(message).unwrap();
            Ok(Update { id: UpdateId(id), kind: UpdateKind::Message(message) })
        };
        tokio_stream::iter((1..=self.0).map(update).collect::<Vec<_>>())
    }
}

/// Runs a dispatcher over `messages` messages, with updates handled in parallel.
async fn dispatch(messages: u32, handler: UpdateHandler<Infallible>) -> JoinHandle<()> {
    let me = json!({"ok": true, "result": {
        "id": 7, "is_bot": true, "first_name": "B", "username": "b_bot", "can_join_groups": true,
        "can_read_all_group_messages": false, "supports_inline_queries": true,
        "can_connect_to_business": false, "has_main_web_app": false,
    }});
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let router = Router::new().fallback(move || async move { Json(me) });
    tokio::spawn(async move { axum::serve(server, router).await });
    let bot = Bot::new("7:test").set_api_url(url.parse().unwrap());
    tokio::spawn(async move {
        let mut dispatcher =
            Dispatcher::builder(bot, handler).distribution_function(|_| None::<Infallible>).build();
        let listener = Messages(messages, mk_stop_token().0);
        let errors = LoggingErrorHandler::new();
        dispatcher.try_dispatch_with_listener(listener, errors).await.unwrap();
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_one_handler_ends_all_others() {
    let answered = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&answered);
    let handler = dptree::endpoint(move |update: Update| {
        let counter = Arc::clone(&counter);
        async move {
            assert_ne!(update.id.0, 1, "a handler that panics");
            tokio::time::sleep(Duration::from_millis(50)).await;
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    });
    let ended = dispatch(10, handler).await.await;
    assert!(ended.is_err(), "the panic reaches whoever runs the dispatcher");
    assert_eq!(answered.load(Ordering::SeqCst), 0, "and the other nine updates are lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn handlers_share_one_thread_at_a_time() {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&running), Arc::clone(&most));
    let handler = dptree::endpoint(move |_: Update| {
        let (running, most) = counters.clone();
        async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // This keeps the thread busy, as a search does.
            std::thread::sleep(Duration::from_millis(5));
            running.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        }
    });
    dispatch(20, handler).await.await.unwrap();
    assert_eq!(most.load(Ordering::SeqCst), 1, "with four threads, one search at a time");
}
