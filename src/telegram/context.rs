//! What every handler may use, and for whom its reply is.

use std::sync::Arc;
use std::time::Instant;

use teloxide::payloads::GetChatMember;
use teloxide::types::{ChatId, ChatType, UserId};

use super::Options;
use super::api::ApiError;
use super::card_state;
use super::chats::Chats;
use super::clock::Clock;
use super::html::escape;
use super::outbox::{Destination, Outbox, OutgoingMessage};
use super::render::{RenderTarget, render};
use super::render_queue::RenderQueue;
use super::settings::{chosen_language, chosen_script};
use super::user_request::{BotIdentity, UpdateOrigin};
use crate::dialogue::{Intent, Language, Outcome, Phrases, Reader, Reply, fill};
use crate::reload::Follower;
use crate::service::Service;
use crate::store::{Lease, Settings, Store};

/// What every handler may use.
pub(super) struct BotContext {
    pub(super) service: Arc<Service>,
    pub(super) store: Store,
    pub(super) outbox: Outbox,
    pub(super) chats: Arc<Chats>,
    pub(super) bot: BotIdentity,
    /// The language and script for users of whom nothing is known.
    pub(super) default_reader: Reader,
    pub(super) clock: Clock,
    pub(super) options: Options,
    /// The address of the reader pages, or an empty text if there are none.
    pub(super) public_url: String,
    /// Builds generations of the corpus with what operators add.
    pub(super) follower: Arc<Follower>,
    pub(super) pictures: RenderQueue,
}

/// The reader for whom a reply is, with the settings of their chat.
#[derive(Clone)]
pub(super) struct Audience {
    pub(super) settings: Settings,
    pub(super) reader: Reader,
    pub(super) phrases: &'static Phrases,
}

/// A question with its outcome and the time that it took.
pub(super) struct AnsweredQuestion {
    pub(super) outcome: Outcome,
    /// Whether the reply says that there is no answer.
    pub(super) is_missed: bool,
    pub(super) elapsed_us: i64,
    /// The state of the card that answers it; see `card_state`.
    pub(super) card: Option<String>,
}

impl BotContext {
    /// Returns the audience in a chat: language and script are those that the chat chose, or else
    /// those of the user's client, or else the configured ones.
    pub(super) async fn audience(&self, chat_id: i64, language_code: Option<&str>) -> Audience {
        let settings = self.chats.settings(chat_id).await;
        self.audience_with(settings, language_code)
    }

    /// Like [`Self::audience`], for a chat whose settings have been read.
    pub(super) fn audience_with(
        &self,
        settings: Settings,
        language_code: Option<&str>,
    ) -> Audience {
        let own = language_code.map(Language::of_tag);
        let reader = Reader {
            language: chosen_language(&settings).or(own).unwrap_or(self.default_reader.language),
            script: chosen_script(&settings).unwrap_or(self.default_reader.script),
        };
        Audience { settings, reader, phrases: Phrases::of(reader.language) }
    }

    /// Returns the service's reply.
    pub(super) fn ask_service(
        &self,
        intent: &Intent,
        reader: Reader,
    ) -> (Reply, Option<AnsweredQuestion>) {
        let started = Instant::now();
        let reply = self.service.handle(intent, reader);
        let elapsed_us = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
        let answered = reply.outcome().cloned();
        let is_missed = matches!(reply, Reply::NoAnswer(_));
        let answered = answered.map(|outcome| {
            let card = card_state::encode(&reply);
            AnsweredQuestion { outcome, is_missed, elapsed_us, card }
        });
        (reply, answered)
    }

    /// Renders a reply for a kind of chat or, if there is none, for inline mode.
    pub(super) fn draw(&self, reply: &Reply, chat: Option<ChatType>) -> OutgoingMessage {
        render(reply, RenderTarget { chat, public_url: &self.public_url })
    }

    /// Returns whether a user is an admin of a group; false if Telegram does not answer.
    pub(super) async fn is_admin(&self, chat_id: i64, user_id: i64) -> bool {
        let Ok(user) = u64::try_from(user_id) else { return false };
        let call = GetChatMember::new(ChatId(chat_id), UserId(user));
        let member: Result<MemberStatus, ApiError> = self.outbox.call(&call).await;
        member.is_ok_and(|member| matches!(member.status.as_str(), "creator" | "administrator"))
    }

    /// Returns whether the sender may change the settings of the chat: in a private chat always, in
    /// a group if they are an admin. An anonymous admin writes in the name of the group.
    pub(super) async fn may_set(&self, origin: &UpdateOrigin) -> bool {
        origin.is_private()
            || origin.sender_id == origin.chat_id
            || self.is_admin(origin.chat_id, origin.sender_id).await
    }

    /// Returns whether this replica is the one that sends notices.
    pub(super) async fn sends_notices(&self) -> bool {
        self.store.hold(Lease::Notices).await.unwrap_or(false)
    }

    /// Informs all operators about an update that was set aside.
    pub(super) async fn tell_of_set_aside(&self, update_id: i64, kind: &str, file: &str) {
        for operator in &self.bot.operators {
            let audience = self.audience(*operator, None).await;
            let words = &audience.phrases.telegram.operator.set_aside;
            let values = [("id", &*update_id.to_string()), ("kind", kind), ("file", file)];
            let draft = line(fill(words, &values).trim_end());
            let to = Destination { chat_id: *operator, topic: None, reply_to: None };
            if let Err(failure) = self.outbox.send(to, draft, Instant::now()).await {
                tracing::warn!(error = %failure, "an operator could not be told");
            }
        }
    }

    /// Returns the slug of the interview to which a chat limits its searches, if that interview
    /// still exists and is not the only one.
    pub(super) fn chosen_interview(&self, settings: &Settings) -> Option<String> {
        let slug = settings.interview.as_ref()?;
        let engine = self.service.engine();
        let is_choice = engine.library().corpus().interviews.len() > 1;
        (is_choice && engine.library().named(slug).is_some()).then(|| slug.clone())
    }
}

/// The status of a chat member. It is a text, because Telegram may add kinds of members.
#[derive(serde::Deserialize)]
struct MemberStatus {
    status: String,
}

impl UpdateOrigin {
    /// Returns where an answer is sent: to the same topic and, in groups, as a
    /// reply to the question.
    pub(super) fn destination(&self) -> Destination {
        Destination {
            chat_id: self.chat_id,
            topic: self.topic,
            reply_to: (!self.is_private()).then_some(self.message_id),
        }
    }
}

/// Returns a message with only the bot's own words.
pub(super) fn line(words: &str) -> OutgoingMessage {
    OutgoingMessage {
        html: escape(words),
        keyboard: teloxide::types::InlineKeyboardMarkup::default(),
    }
}
