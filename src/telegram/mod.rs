//! The face on Telegram, and the one home of its Bot API.
//!
//! ```text
//! getUpdates ─▶ intake (inbox, duplicates, floods) ─▶ lanes ─▶ handler (read ▸ service ▸ render)
//!                                                                 │
//!                              journal (struck, remembered) ◀── outbox (paced, tried again)
//! ```
//!
//! An update is in the store's inbox before Telegram may forget it, and struck once its answer is
//! out: whatever ends the program, the next start goes on with what was in hand.

mod api;
mod update;
mod html;
mod render;
mod settings;
mod read;
mod chats;
mod flood;
mod lanes;
mod pacing;
mod outbox;
mod handler;
mod press;
mod inline;
mod intake;
mod poll;
mod setup;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{interval, timeout};

use crate::dialogue::Reader;
use crate::service::Service;
use crate::store::{Journal, Store};

pub use api::Token;
pub use pacing::Limits;

use api::Api;
use chats::Chats;
use handler::Handler;
use intake::Intake;
use outbox::Outbox;
use pacing::Pacing;

/// The longest that the journal may take once nothing is in hand.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How often what is only of the moment is forgotten.
const TIDY_EVERY: Duration = Duration::from_mins(1);
/// How often, in the same steps, the store is.
const PURGE_EVERY: u32 = 60;

/// `[telegram]`: the bot.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// From @BotFather.
    pub token: Token,
    /// Address of the Bot API server.
    pub api_url: String,
    /// How updates come.
    pub mode: Mode,
    /// Which limits are kept.
    pub limits: Limits,
    /// How long a poll waits, seconds.
    pub poll_seconds: u32,
    /// Questions that one sender may ask within `flood_seconds`.
    pub flood_questions: u32,
    /// See `flood_questions`.
    pub flood_seconds: u32,
    /// Updates in hand at once.
    pub max_in_hand: u32,
    /// Updates that wait in one chat.
    pub max_in_a_chat: usize,
    /// How long a private chat's topic lasts, seconds.
    pub follow_up_seconds: u32,
    /// How long Telegram may keep inline results, seconds.
    pub inline_cache_seconds: u32,
    /// How long what is in hand may take at the end, seconds.
    pub shutdown_seconds: u32,
}

/// How updates come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// We ask for them.
    Polling,
}

/// Why the bot cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no token.
    #[error("there is no bot token; hint: get one from @BotFather and set TELOXIDE_TOKEN")]
    NoToken,
    /// Telegram does not know the token.
    #[error(
        "Telegram does not know this bot token; hint: compare it with what @BotFather says (/mybots, API Token)"
    )]
    WrongToken,
    /// The server's address is none.
    #[error(
        "`telegram.api_url` is `{0}`; hint: the address of a Bot API server, like `https://api.telegram.org`"
    )]
    Address(String),
}

/// Answers on Telegram until `stop` is ready, then finishes what is in hand.
pub async fn run(
    service: Arc<Service>,
    store: Store,
    options: Options,
    reader: Reader,
    stop: impl Future<Output = ()>,
) -> Result<(), Error> {
    if options.token.is_empty() {
        return Err(Error::NoToken);
    }
    let api = Api::new(&options.api_url, &options.token)
        .map(Arc::new)
        .ok_or_else(|| Error::Address(options.api_url.clone()))?;
    tokio::pin!(stop);
    let me = tokio::select! {
        me = setup::introduce(&api) => me?,
        () = &mut stop => return Ok(()),
    };
    let chats = Arc::new(Chats::load(store.clone()).await);
    let outbox = Outbox::new(Arc::clone(&api), Pacing::new(options.limits), Arc::clone(&chats));
    let handler =
        Arc::new(Handler { service, store: store.clone(), outbox, chats, me, reader, options });
    let (journal, writer) = Journal::start(store.clone());
    let intake = Intake::new(Arc::clone(&handler), journal);
    intake.resume().await;
    let helpers = [
        tokio::spawn(setup::register(Arc::clone(&handler))),
        tokio::spawn(tidy(Arc::clone(&handler), intake.clone())),
    ];
    let seconds = handler.options.poll_seconds;
    let result = poll::poll(&api, &intake, seconds, stop).await;
    helpers.iter().for_each(tokio::task::JoinHandle::abort);

    let deadline = Duration::from_secs(handler.options.shutdown_seconds.into());
    if timeout(deadline, intake.drain()).await.is_err() {
        let left = intake.in_hand();
        tracing::warn!(left, "updates stay in the inbox and are answered after the next start");
    } else {
        drop(intake);
        // It ends with the last way to it; a panic in it has been logged.
        let _ = timeout(LAST_WORDS, writer).await;
    }
    store.close().await;
    result
}

/// Keeps memory and store from growing.
async fn tidy(handler: Arc<Handler>, intake: Intake) {
    let mut minutes = interval(TIDY_EVERY);
    for minute in 0_u32.. {
        minutes.tick().await;
        handler.outbox.tidy();
        intake.tidy();
        if minute % PURGE_EVERY == 0 {
            // The store says itself when it fails.
            let _ = handler.store.purge().await;
        }
    }
}
