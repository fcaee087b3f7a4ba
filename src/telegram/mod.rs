//! The Telegram bot. No other module uses the Bot API.
//!
//! ```text
//! polling ─▶ ingest (sanitize, inbox, floods) ─▶ chat_queue ─▶ schema ─▶ contexts
//! webhook ─▶    ▲                                                            │ effects
//! replica ─▶ ───┘        journal (struck, remembered) ◀── outbox (paced, tried again)
//! ```
//!
//! An update is written into the store's inbox before Telegram may forget it, and removed after its
//! answer was sent. If the program ends in between, another replica or the next start answers it.
//!
//! Begin reading at `schema`, which tells which update reaches which handler.

mod api;
mod ephemeral;
mod sanitize;
mod entity;
mod command;
mod deep_link;
mod user_request;
mod html;
mod render;
mod settings;
mod chats;
mod arrival;
mod flood;
mod chat_queue;
mod pacing;
mod outage;
mod sending_gate;
mod outbox;
mod ephemeral_outbox;
mod retries;
mod clock;
mod render_queue;
mod card_state;
mod context;
mod subscription;
mod guest_answer;
mod effects;
mod activity;
mod picture;
mod quote_range;
mod pressed_card;
mod saved;
mod follow;
mod question_link;
mod daily;
mod quiet;
mod conversation;
mod inline;
mod guest;
mod operator;
mod callback_query;
mod schema;
mod ingest;
mod replica;
mod notices;
mod polling;
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

pub use outage::Reachability;
pub use pacing::PacingLimits;
pub use webhook::{Deliveries, NotTaken, WebhookEndpoint, open};

use api::Api;
use chats::Chats;
use clock::Clock;
use context::BotContext;
use ingest::Ingest;
use outbox::Outbox;
use pacing::Pacing;
use render_queue::RenderQueue;

/// How long the bot waits at the end for responses to calls that have been made.
const LAST_CALLS: Duration = Duration::from_secs(5);
/// How long the journal may take to write everything at the end.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How often expired entries are removed from memory.
const TIDY_EVERY: Duration = Duration::from_mins(1);
/// The store is purged every so many times that memory is.
const PURGE_EVERY: u32 = 60;

/// `[telegram]`: the bot.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The token from @BotFather.
    pub token: Secret,
    /// The address of the Bot API server.
    pub api_url: String,
    /// The user ids of the operators.
    pub operators: Vec<i64>,
    /// How updates are received.
    pub mode: Mode,
    /// Whether Telegram's limits and the flood limits are kept.
    pub limits: PacingLimits,
    /// The address to which Telegram delivers updates; if empty, the web server's public one.
    pub webhook_url: String,
    /// The path on the web server that receives updates; if empty, the path of the address.
    pub webhook_path: String,
    /// The secret that Telegram sends with each update; if empty, it is derived from the token.
    pub webhook_secret: Secret,
    /// How many connections Telegram may use at the same time.
    pub webhook_connections: u8,
    /// How long a poll waits, in seconds.
    pub poll_seconds: u32,
    /// How many questions one sender may ask within `flood_seconds`.
    pub flood_questions: u32,
    /// The period of `flood_questions`, in seconds.
    pub flood_seconds: u32,
    /// How many updates may be handled or wait at the same time.
    pub max_in_hand: u32,
    /// How many updates may wait in one chat.
    pub max_in_a_chat: usize,
    /// For how many seconds a question in a private chat may follow up the question before it.
    pub follow_up_seconds: u32,
    /// For how many seconds Telegram may cache the results of an inline query.
    pub inline_cache_seconds: u32,
    /// For how many seconds updates that are being handled may go on when the bot is told to stop.
    pub shutdown_seconds: u32,
    /// The file with the time for `/daily`; if empty, the system's clock is used.
    pub clock_file: String,
}

/// How updates are received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The bot asks Telegram for updates with `getUpdates`.
    Polling,
    /// Telegram delivers updates to the web server.
    Webhook,
}

/// The reason why the bot cannot run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No token is set.
    #[error("there is no bot token; hint: get one from @BotFather and set TELOXIDE_TOKEN")]
    NoToken,
    /// Telegram does not know the token.
    #[error(
        "Telegram does not know this bot token; hint: compare it with what @BotFather says (/mybots, API Token)"
    )]
    WrongToken,
    /// `telegram.api_url` is not an address.
    #[error(
        "`telegram.api_url` is `{0}`, which is not an address; hint: set that of a Bot API server, like `https://api.telegram.org`"
    )]
    Address(String),
    /// No address for the webhook is set.
    #[error(
        "`telegram.mode` is `webhook`, and nothing says where Telegram finds it; hint: set `web.public_url`, or `telegram.webhook_url`"
    )]
    NoWebhookAddress,
    /// The address of the webhook is not valid.
    #[error(
        "`{0}` is not an address for a webhook; hint: set one like `https://example.org/telegram`"
    )]
    WebhookUrl(String),
    /// The path of the webhook is not valid.
    #[error(
        "`{0}` is not a path for a webhook; hint: set `telegram.webhook_path` to one like `/telegram`, of letters, digits and `-_.~%:/`"
    )]
    WebhookPath(String),
    /// Telegram would not accept the secret.
    #[error(
        "`telegram.webhook_secret` must consist of 1 to 256 letters, digits, `-` and `_`; hint: leave it empty, or use the output of `openssl rand -hex 32`"
    )]
    WebhookSecret,
    /// Telegram refuses the webhook.
    #[error(
        "Telegram refuses the webhook `{url}`: {why}; hint: Telegram needs https with a publicly trusted certificate, on port 443, 80, 88 or 8443"
    )]
    Webhook { url: String, why: String },
}

/// The bot, ready to run.
pub struct Bot {
    pub service: Arc<Service>,
    pub store: Store,
    /// Builds generations of the corpus with what operators add.
    pub follower: Arc<Follower>,
    /// Draws quotations as pictures.
    pub painter: Arc<Painter>,
    /// The address of the reader pages, or an empty text if there are none.
    pub public_url: String,
    /// The language and script for users of whom nothing is known.
    pub reader: Reader,
    /// Tells the readiness check whether Telegram can be reached.
    pub reachability: Reachability,
    pub options: Options,
}

impl Bot {
    /// Answers on Telegram until `stop` is ready, and then finishes the updates that are being
    /// handled. Updates are taken from `deliveries` if there are any, and polled otherwise.
    pub async fn run(
        self,
        deliveries: Option<Deliveries>,
        stop: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        let Self { service, store, follower, painter, public_url, reader, reachability, options } =
            self;
        if options.token.is_empty() {
            return Err(Error::NoToken);
        }
        let api = Api::new(&options.api_url, &options.token)
            .map(Arc::new)
            .ok_or_else(|| Error::Address(options.api_url.clone()))?;
        tokio::pin!(stop);
        let bot = tokio::select! {
            bot = setup::introduce(&api, &options.operators) => bot?,
            () = &mut stop => return Ok(()),
        };
        let chats = Arc::new(Chats::load(store.clone()).await);
        let pacing = Pacing::new(options.limits);
        let outbox = Outbox::new(Arc::clone(&api), pacing, Arc::clone(&chats), reachability);
        let context = Arc::new(BotContext {
            service,
            store: store.clone(),
            outbox,
            chats,
            bot,
            default_reader: reader,
            clock: Clock::of(&options.clock_file),
            options,
            public_url,
            follower,
            pictures: RenderQueue::new(painter),
        });
        let (journal, writer) = Journal::start(store.clone());
        let ingest = Ingest::new(Arc::clone(&context), journal);
        let (turn, may_poll) = watch::channel(false);
        let turn = deliveries.is_none().then_some(turn);
        // This runs as long as any update may be being handled. Otherwise other replicas would take
        // this one for dead and handle its updates as well.
        let beats = tokio::spawn(replica::beat(store.clone(), turn));
        let helpers = [
            tokio::spawn(replica::take_over(ingest.clone())),
            tokio::spawn(setup::register(Arc::clone(&context))),
            tokio::spawn(tidy(Arc::clone(&context), ingest.clone())),
        ];
        let (end_notices, notices_end) = watch::channel(false);
        let mut notices = tokio::spawn(notices::send(Arc::clone(&context), notices_end));
        let options = &context.options;
        let result = match deliveries {
            Some(deliveries) => {
                let incoming = (deliveries, options.webhook_connections);
                webhook::receive(&api, &ingest, incoming, stop).await
            }
            None => polling::poll(&api, &ingest, options.poll_seconds, may_poll, stop).await,
        };
        helpers.iter().for_each(JoinHandle::abort);
        end_notices.send_replace(true);
        // What has been claimed is sent, as long as waiting is reasonable.
        if timeout(LAST_CALLS, &mut notices).await.is_err() {
            notices.abort();
        }
        let deadline = Duration::from_secs(options.shutdown_seconds.into());
        finish(ingest, &context.outbox, writer, deadline).await;
        beats.abort();
        store.close().await;
        result
    }
}

/// Finishes the updates that are being handled, if this takes no longer than `deadline`. The others
/// stay in the inbox. Nothing is sent after that, because another replica may answer them as soon
/// as this one has left.
async fn finish(ingest: Ingest, outbox: &Outbox, writer: JoinHandle<()>, deadline: Duration) {
    if timeout(deadline, ingest.drain()).await.is_err() {
        let left = ingest.in_hand();
        tracing::warn!(left, "updates stay in the inbox and are answered after the next start");
        outbox.close(LAST_CALLS).await;
        // Updates whose calls have got a response are noted as done.
        let _ = timeout(LAST_WORDS, ingest.drain()).await;
    } else {
        drop(ingest);
        // The writer ends after all handles to it were dropped. If it panicked,
        // that has been logged.
        let _ = timeout(LAST_WORDS, writer).await;
    }
}

/// Removes expired entries from memory and from the store, again and again.
async fn tidy(context: Arc<BotContext>, ingest: Ingest) {
    let mut minutes = interval(TIDY_EVERY);
    for minute in 0_u32.. {
        minutes.tick().await;
        context.outbox.tidy();
        ingest.tidy();
        if minute % PURGE_EVERY == 0 {
            // The store itself logs when it fails.
            let _ = context.store.purge().await;
        }
    }
}
