//! The face on Telegram, and the one home of its Bot API.
//!
//! ```text
//! poll    ─▶ intake (inbox, duplicates, floods) ─▶ lanes ─▶ handler (read ▸ service ▸ render)
//! webhook ─▶    ▲                                                │
//! replica ─▶ ───┘                journal (struck, remembered) ◀── outbox (paced, tried again)
//! ```
//!
//! An update is in the store's inbox before Telegram may forget it, and struck once its answer is
//! out: whatever ends the program, another replica or the next start goes on with what was in hand.

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
mod picture;
mod operator;
mod inline;
mod intake;
mod replica;
mod poll;
mod webhook;
mod setup;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use crate::dialogue::Reader;
use crate::picture::Painter;
use crate::reload::Follower;
use crate::secret::Secret;
use crate::service::Service;
use crate::store::{Journal, Store};

pub use pacing::Limits;
pub use webhook::{Deliveries, Door, NotTaken, open};

use api::Api;
use chats::Chats;
use handler::Handler;
use intake::Intake;
use outbox::Outbox;
use pacing::Pacing;
use picture::Gallery;

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
    pub token: Secret,
    /// Address of the Bot API server.
    pub api_url: String,
    /// The users who run the bot, by their numbers on Telegram.
    pub operators: Vec<i64>,
    /// How updates come.
    pub mode: Mode,
    /// Which limits are kept.
    pub limits: Limits,
    /// Address to which Telegram brings updates; empty: the web server's public one.
    pub webhook_url: String,
    /// Path on the web server where they come in; empty: that of the address.
    pub webhook_path: String,
    /// What Telegram shows there; empty: made of the token.
    pub webhook_secret: Secret,
    /// Updates that Telegram may bring at once.
    pub webhook_connections: u8,
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
    /// Telegram brings them to our web server.
    Webhook,
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
    /// Nothing says where Telegram finds us.
    #[error(
        "`telegram.mode` is `webhook`, and nothing says where Telegram finds it; hint: set `web.public_url`, or `telegram.webhook_url`"
    )]
    NoWebhookAddress,
    /// The webhook's address is none.
    #[error("`{0}` is no address for a webhook; hint: like `https://example.org/telegram`")]
    WebhookUrl(String),
    /// The path on our server is none.
    #[error(
        "`{0}` is no path for a webhook; hint: `telegram.webhook_path` like `/telegram`, of letters, digits and `-_.~%:/`"
    )]
    WebhookPath(String),
    /// Telegram would not take the secret.
    #[error(
        "`telegram.webhook_secret` is not of 1 to 256 letters, digits, `-` and `_`; hint: leave it empty, or `openssl rand -hex 32`"
    )]
    WebhookSecret,
    /// Telegram will not bring updates there.
    #[error(
        "Telegram refuses the webhook `{url}`: {why}; hint: it has to be https with a certificate that all know, on port 443, 80, 88 or 8443"
    )]
    Webhook {
        /// Where to.
        url: String,
        /// In Telegram's words.
        why: String,
    },
}

/// The bot, ready to run.
pub struct Bot {
    /// What answers.
    pub service: Arc<Service>,
    /// What survives a restart.
    pub store: Store,
    /// What builds the corpus that operators add to.
    pub follower: Arc<Follower>,
    /// What draws quotations.
    pub painter: Arc<Painter>,
    /// Where the reader pages are; empty where there are none.
    pub public_url: String,
    /// Who is spoken to where nothing else is known.
    pub reader: Reader,
    /// `[telegram]`.
    pub options: Options,
}

impl Bot {
    /// Answers on Telegram until `stop` is ready, then finishes what is in hand. Takes in
    /// `deliveries` where updates are brought, and polls where there are none.
    pub async fn run(
        self,
        deliveries: Option<Deliveries>,
        stop: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        let Self { service, store, follower, painter, public_url, reader, options } = self;
        if options.token.is_empty() {
            return Err(Error::NoToken);
        }
        let api = Api::new(&options.api_url, &options.token)
            .map(Arc::new)
            .ok_or_else(|| Error::Address(options.api_url.clone()))?;
        tokio::pin!(stop);
        let me = tokio::select! {
            me = setup::introduce(&api, &options.operators) => me?,
            () = &mut stop => return Ok(()),
        };
        let chats = Arc::new(Chats::load(store.clone()).await);
        let outbox = Outbox::new(Arc::clone(&api), Pacing::new(options.limits), Arc::clone(&chats));
        let handler = Arc::new(Handler {
            service,
            store: store.clone(),
            outbox,
            chats,
            me,
            reader,
            options,
            public_url,
            follower,
            gallery: Gallery::new(painter),
        });
        let (journal, writer) = Journal::start(store.clone());
        let intake = Intake::new(Arc::clone(&handler), journal);
        let (turn, may_poll) = watch::channel(false);
        let turn = deliveries.is_none().then_some(turn);
        // Before anything is in hand, and until nothing is: else others would take it for a dead one's.
        let beats = tokio::spawn(replica::beat(store.clone(), turn));
        let helpers = [
            tokio::spawn(replica::take_over(intake.clone())),
            tokio::spawn(setup::register(Arc::clone(&handler))),
            tokio::spawn(tidy(Arc::clone(&handler), intake.clone())),
        ];
        let options = &handler.options;
        let result = match deliveries {
            Some(deliveries) => {
                let incoming = (deliveries, options.webhook_connections);
                webhook::receive(&api, &intake, incoming, stop).await
            }
            None => poll::poll(&api, &intake, options.poll_seconds, may_poll, stop).await,
        };
        helpers.iter().for_each(JoinHandle::abort);
        finish(intake, writer, Duration::from_secs(options.shutdown_seconds.into())).await;
        beats.abort();
        store.close().await;
        result
    }
}

/// Finishes what is in hand, if that is done within `deadline`.
async fn finish(intake: Intake, writer: JoinHandle<()>, deadline: Duration) {
    if timeout(deadline, intake.drain()).await.is_err() {
        let left = intake.in_hand();
        tracing::warn!(left, "updates stay in the inbox and are answered after the next start");
    } else {
        drop(intake);
        // It ends with the last way to it; a panic in it has been logged.
        let _ = timeout(LAST_WORDS, writer).await;
    }
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
