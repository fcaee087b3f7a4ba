//! Everything that goes out: paced, tried again where that can help, mended where Telegram says
//! what is wrong with it.

use std::sync::Arc;
use std::time::Duration;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use teloxide_core::payloads::{
    AnswerCallbackQuery, AnswerInlineQuery, EditMessageText, SendMessage,
};
use teloxide_core::requests::Payload;
use teloxide_core::types::{
    CallbackQueryId, ChatId, InlineKeyboardMarkup, LinkPreviewOptions, MessageId, ParseMode,
    ReplyMarkup, ReplyParameters, ThreadId, True,
};
use tokio::time::sleep;

use super::api::{Api, Failure};
use super::chats::Chats;
use super::html;
use super::pacing::Pacing;

/// How often a message is tried when no answer comes or the server fails: for about 15 s.
const TRIES: u32 = 6;
/// The same for what nobody waits for after a few seconds.
const QUICK_TRIES: u32 = 2;
/// How often a 429 is waited for.
const PAUSES: u32 = 10;
/// The longest pause that is worth waiting for.
const MAX_PAUSE: Duration = Duration::from_mins(5);
/// The pause before the second try; it doubles from try to try.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
/// How often a message is mended.
const MENDS: usize = 4;

/// A message to be sent, or to take another's place.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// In Telegram's HTML.
    pub(super) html: String,
    /// Buttons below it.
    pub(super) keyboard: InlineKeyboardMarkup,
}

/// Where a message goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address {
    pub(super) chat_id: i64,
    pub(super) topic: Option<i32>,
    /// The message that it answers.
    pub(super) reply_to: Option<i32>,
}

/// The message that was sent, as far as we need it.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Sent {
    #[serde(rename = "message_id")]
    pub(super) id: i32,
}

/// The way out.
pub(super) struct Outbox {
    api: Arc<Api>,
    pacing: Pacing,
    chats: Arc<Chats>,
}

impl Outbox {
    pub(super) fn new(api: Arc<Api>, pacing: Pacing, chats: Arc<Chats>) -> Self {
        Self { api, pacing, chats }
    }

    /// Sends a message.
    pub(super) async fn send(&self, to: Address, draft: Draft) -> Result<Sent, Failure> {
        let mut message = SendMessage::new(ChatId(to.chat_id), draft.html);
        message.parse_mode = Some(ParseMode::Html);
        message.message_thread_id = to.topic.map(|id| ThreadId(MessageId(id)));
        message.link_preview_options = Some(NO_PREVIEW);
        message.reply_parameters =
            to.reply_to.map(|id| ReplyParameters::new(MessageId(id)).allow_sending_without_reply());
        message.reply_markup = keyboard(draft.keyboard).map(ReplyMarkup::InlineKeyboard);

        let mut chat_id = to.chat_id;
        for _ in 0..MENDS {
            let failure = match self.deliver(Some(chat_id), TRIES, &message).await {
                Ok(sent) => return Ok(sent),
                Err(failure) => failure,
            };
            match &failure {
                Failure::Refused(refusal) if refusal.code == 403 => {
                    self.chats.block(chat_id).await;
                    return Err(failure);
                }
                Failure::Refused(refusal) => {
                    if let Some(moved_to) = refusal.migrate_to_chat_id {
                        self.chats.migrate(chat_id, moved_to).await;
                        chat_id = moved_to;
                        message.chat_id = ChatId(moved_to).into();
                        // Messages got new numbers with the move.
                        message.reply_parameters = None;
                    } else if !mend(&mut message, &refusal.description) {
                        return Err(failure);
                    }
                }
                Failure::Network(_) => return Err(failure),
            }
        }
        self.deliver(Some(chat_id), TRIES, &message).await
    }

    /// Puts `draft` in the place of a message of ours.
    pub(super) async fn edit(
        &self,
        chat_id: i64,
        message_id: i32,
        draft: Draft,
    ) -> Result<(), Failure> {
        let mut edit = EditMessageText::new(ChatId(chat_id), MessageId(message_id), draft.html);
        edit.parse_mode = Some(ParseMode::Html);
        edit.link_preview_options = Some(NO_PREVIEW);
        edit.reply_markup = keyboard(draft.keyboard);
        let mut result = self.deliver(Some(chat_id), TRIES, &edit).await;
        if let Err(failure) = &result
            && failure.refused_with(400).is_some_and(is_about_markup)
        {
            edit.text = html::plain(&edit.text);
            edit.parse_mode = None;
            result = self.deliver(Some(chat_id), TRIES, &edit).await;
        }
        if let Err(failure) = &result
            && failure.refused_with(403).is_some()
        {
            self.chats.block(chat_id).await;
        }
        settle(result)
    }

    /// Puts `draft` in the place of a message that was sent by way of inline mode.
    pub(super) async fn edit_inline(&self, inline_id: &str, draft: Draft) -> Result<(), Failure> {
        let mut edit = EditInline {
            inline_message_id: inline_id.to_owned(),
            text: draft.html,
            parse_mode: Some(ParseMode::Html),
            link_preview_options: NO_PREVIEW,
            reply_markup: keyboard(draft.keyboard),
        };
        let mut result = self.deliver(None, TRIES, &edit).await;
        if let Err(failure) = &result
            && failure.refused_with(400).is_some_and(is_about_markup)
        {
            edit.text = html::plain(&edit.text);
            edit.parse_mode = None;
            result = self.deliver(None, TRIES, &edit).await;
        }
        settle(result)
    }

    /// Tells Telegram that a press was noticed, with a line to show for a moment.
    pub(super) async fn answer_press(
        &self,
        press_id: &str,
        toast: Option<String>,
    ) -> Result<(), Failure> {
        let mut answer = AnswerCallbackQuery::new(CallbackQueryId(press_id.to_owned()));
        answer.text = toast;
        settle(self.deliver(None, QUICK_TRIES, &answer).await)
    }

    /// Answers an inline query.
    pub(super) async fn answer_inline(&self, answer: &AnswerInlineQuery) -> Result<(), Failure> {
        settle(self.deliver(None, QUICK_TRIES, answer).await)
    }

    /// Makes any other call.
    pub(super) async fn call<P, T>(&self, payload: &P) -> Result<T, Failure>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        self.deliver(None, QUICK_TRIES, payload).await
    }

    /// Forgets what is only of the moment.
    pub(super) fn tidy(&self) {
        self.pacing.tidy();
    }

    /// Makes a call when it may go out, again and again where that can help.
    async fn deliver<P, T>(&self, chat: Option<i64>, tries: u32, payload: &P) -> Result<T, Failure>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        let (mut failed, mut paused) = (0, 0);
        loop {
            self.pacing.permit(chat).await;
            let failure = match self.api.call(payload).await {
                Ok(result) => return Ok(result),
                Err(failure) => failure,
            };
            if let Failure::Refused(refusal) = &failure
                && refusal.code == 429
            {
                paused += 1;
                let pause = Duration::from_secs(refusal.retry_after.unwrap_or(1));
                if paused > PAUSES || pause > MAX_PAUSE {
                    return Err(failure);
                }
                match chat {
                    Some(chat) => self.pacing.hold(chat, pause),
                    None => sleep(pause).await,
                }
            } else {
                failed += 1;
                if !failure.is_transient() || failed >= tries {
                    return Err(failure);
                }
                tracing::debug!(method = P::NAME, failed, error = %failure, "trying again");
                sleep(backoff(failed)).await;
            }
        }
    }
}

/// The form of editMessageText for inline messages; teloxide's does not know link previews.
#[derive(Serialize)]
struct EditInline {
    inline_message_id: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parse_mode: Option<ParseMode>,
    link_preview_options: LinkPreviewOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<InlineKeyboardMarkup>,
}

impl Payload for EditInline {
    type Output = True;
    const NAME: &'static str = "EditMessageTextInline";
}

/// Links are sources, not things to look at.
pub(super) const NO_PREVIEW: LinkPreviewOptions = LinkPreviewOptions {
    is_disabled: true,
    url: None,
    prefer_small_media: false,
    prefer_large_media: false,
    show_above_text: false,
};

fn keyboard(keyboard: InlineKeyboardMarkup) -> Option<InlineKeyboardMarkup> {
    (!keyboard.inline_keyboard.is_empty()).then_some(keyboard)
}

/// Changes what Telegram complains of. False if there is nothing to change.
fn mend(message: &mut SendMessage, complaint: &str) -> bool {
    let complaint = complaint.to_lowercase();
    if message.parse_mode.is_some() && is_about_markup(&complaint) {
        message.text = html::plain(&message.text);
        message.parse_mode = None;
        true
    } else if complaint.contains("thread not found") || complaint.contains("topic_deleted") {
        message.message_thread_id.take().is_some()
    } else if complaint.contains("button") {
        message.reply_markup.take().is_some()
    } else {
        false
    }
}

fn is_about_markup(complaint: &str) -> bool {
    complaint.contains("parse") || complaint.contains("entit")
}

/// What needs no further action is no failure: the message says already what it should, or the
/// press is so old that nobody waits any more.
fn settle(result: Result<IgnoredAny, Failure>) -> Result<(), Failure> {
    match result {
        Err(failure)
            if failure.refused_with(400).is_some_and(|complaint| {
                complaint.contains("message is not modified")
                    || complaint.contains("query is too old")
            }) =>
        {
            Ok(())
        }
        other => other.map(|_| ()),
    }
}

/// The pause after the `failed`-th failure, between half and the whole of what doubles each time.
fn backoff(failed: u32) -> Duration {
    let whole = FIRST_BACKOFF * 2_u32.saturating_pow(failed.saturating_sub(1).min(6));
    whole.mul_f64(rand::random_range(0.5..=1.0))
}
