//! Ephemeral messages (Bot API 10.2 and 10.3): messages in a group that only one of its members sees. teloxide does not
//! know them yet.
//!
//! An administrator of the group may send them at any time. Other bots may answer with one for 15 seconds after a button
//! was pressed or an ephemeral command was sent. A server that does not know them refuses the parameter or ignores it. So
//! each is sent with something to fall back on, and what was refused once is not tried again for a while.
//!
//! Ephemeral messages have ids of their own, and 0 as their `message_id`. In the bot, such a message has its ephemeral id
//! as a negative message id, which no other message has.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use teloxide::payloads::SendMessage;
use teloxide::requests::Payload;
use teloxide::types::{
    BotCommand, BotCommandScope, ChatId, InlineKeyboardMarkup, LinkPreviewOptions, Message,
    ParseMode, True,
};

use super::api::ApiError;

/// How long a chat that refused an ephemeral message gets none: the bot may become an administrator meanwhile.
const REFUSED_FOR: Duration = Duration::from_hours(1);

/// Returns the message id that stands for an ephemeral message in the bot. `None` for an id that is none of Telegram's.
pub(super) fn as_message_id(ephemeral_id: i64) -> Option<i32> {
    i32::try_from(ephemeral_id).ok().filter(|id| *id > 0).map(|id| -id)
}

/// Returns the ephemeral id of a message, if it is an ephemeral message.
pub(super) fn ephemeral_id(message_id: i32) -> Option<i32> {
    (message_id < 0).then(|| message_id.saturating_neg())
}

/// The only user who is to see a message.
#[derive(Debug, Clone)]
pub(super) struct Receiver {
    pub(super) user_id: i64,
    /// The callback query of the button that the user has pressed, if they have.
    pub(super) callback_query_id: Option<String>,
}

/// `ephemeral_message_parameters` of the methods that send messages.
#[derive(Debug, Clone, Serialize)]
struct EphemeralMessageParameters {
    receiver_user_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_query_id: Option<String>,
}

/// `reply_parameters` of a reply to an ephemeral message.
#[derive(Debug, Clone, Serialize)]
struct EphemeralReplyParameters {
    ephemeral_message_id: i32,
}

/// `sendMessage` for an ephemeral message.
#[derive(Serialize)]
pub(super) struct SendEphemeral {
    /// Without `reply_parameters`.
    #[serde(flatten)]
    pub(super) message: SendMessage,
    ephemeral_message_parameters: EphemeralMessageParameters,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_parameters: Option<EphemeralReplyParameters>,
}

impl SendEphemeral {
    /// Sends `message` to `receiver`, as a reply to the message `reply_to` if that is ephemeral as well.
    pub(super) fn new(message: SendMessage, receiver: Receiver, reply_to: Option<i32>) -> Self {
        let Receiver { user_id, callback_query_id } = receiver;
        let reply_to = reply_to.filter(|_| callback_query_id.is_none()).and_then(ephemeral_id);
        Self {
            message: SendMessage { reply_parameters: None, ..message },
            ephemeral_message_parameters: EphemeralMessageParameters {
                receiver_user_id: user_id,
                callback_query_id,
            },
            reply_parameters: reply_to
                .map(|ephemeral_message_id| EphemeralReplyParameters { ephemeral_message_id }),
        }
    }

    /// Returns whether the receiver has done something that any bot may answer.
    fn is_answer(&self) -> bool {
        self.ephemeral_message_parameters.callback_query_id.is_some()
            || self.reply_parameters.is_some()
    }
}

impl Payload for SendEphemeral {
    type Output = Message;
    const NAME: &'static str = "SendMessage";
}

/// `editEphemeralMessageText`.
#[derive(Serialize)]
pub(super) struct EditEphemeral {
    pub(super) chat_id: ChatId,
    pub(super) receiver_user_id: i64,
    pub(super) ephemeral_message_id: i32,
    pub(super) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parse_mode: Option<ParseMode>,
    pub(super) link_preview_options: LinkPreviewOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply_markup: Option<InlineKeyboardMarkup>,
}

impl Payload for EditEphemeral {
    type Output = True;
    const NAME: &'static str = "EditEphemeralMessageText";
}

/// A command in a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct MenuCommand {
    #[serde(flatten)]
    pub(super) command: BotCommand,
    /// Whether only the bot sees the command when somebody sends it in a group.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_ephemeral: bool,
}

/// `setMyCommands` with ephemeral commands.
#[derive(Serialize)]
pub(super) struct SetCommands {
    pub(super) commands: Vec<MenuCommand>,
    pub(super) scope: BotCommandScope,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) language_code: Option<String>,
}

impl Payload for SetCommands {
    type Output = True;
    const NAME: &'static str = "SetMyCommands";
}

/// The fields of a message that `sendMessage` returns.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct SentEphemeral {
    message_id: i32,
    ephemeral_message_id: Option<i64>,
}

impl SentEphemeral {
    /// Returns the id of the message in the bot, and whether the message is ephemeral.
    pub(super) fn id(self) -> (i32, bool) {
        match self.ephemeral_message_id {
            None => (self.message_id, false),
            Some(id) => (as_message_id(id).unwrap_or(self.message_id), true),
        }
    }
}

/// What a chat has refused: answers that any bot may give, or other ephemeral messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct RefusedKind {
    chat_id: i64,
    is_answer: bool,
}

/// Where ephemeral messages can be sent, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct EphemeralSupport {
    is_missing: AtomicBool,
    /// When a chat refused an ephemeral message of a kind.
    refused: Mutex<HashMap<RefusedKind, Instant>>,
}

impl EphemeralSupport {
    /// Returns whether the server may know ephemeral messages.
    pub(super) fn may_exist(&self) -> bool {
        !self.is_missing.load(Ordering::Relaxed)
    }

    /// Returns whether it is worth trying to send an ephemeral message to a chat.
    pub(super) fn may_send(&self, chat_id: i64, message: &SendEphemeral) -> bool {
        let kind = RefusedKind { chat_id, is_answer: message.is_answer() };
        let refused_at = self.refused().get(&kind).copied();
        self.may_exist() && refused_at.is_none_or(|at| at.elapsed() >= REFUSED_FOR)
    }

    /// Notes that the server does not know ephemeral messages.
    pub(super) fn is_missing(&self) {
        if !self.is_missing.swap(true, Ordering::Relaxed) {
            tracing::info!(
                "the Bot API server does not know ephemeral messages, so everybody in a group sees what concerns one member; hint: use a server with Bot API 10.3"
            );
        }
    }

    /// Notes that a chat refused an ephemeral message.
    pub(super) fn was_refused(&self, chat_id: i64, message: &SendEphemeral, why: &str) {
        if names_parameter(why) {
            self.is_missing();
        } else {
            let kind = RefusedKind { chat_id, is_answer: message.is_answer() };
            self.refused().insert(kind, Instant::now());
        }
    }

    /// Forgets what a chat refused, because the rights of the bot there have changed.
    pub(super) fn forget(&self, chat_id: i64) {
        self.refused().retain(|kind, _| kind.chat_id != chat_id);
    }

    /// Removes expired entries.
    pub(super) fn tidy(&self) {
        self.refused().retain(|_, at| at.elapsed() < REFUSED_FOR);
    }

    fn refused(&self) -> MutexGuard<'_, HashMap<RefusedKind, Instant>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether a refusal says that the server does not know the parameters of ephemeral messages.
fn names_parameter(why: &str) -> bool {
    ["ephemeral_message_parameters", "unknown parameter", "unsupported parameter"]
        .iter()
        .any(|words| why.contains(words))
}

/// Returns why Telegram refused a call, if that may be because of what is ephemeral in it.
pub(super) fn refusal(failure: &ApiError) -> Option<&str> {
    failure.refused_with(400).or_else(|| failure.refused_with(403))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(callback_query_id: Option<&str>) -> SendEphemeral {
        let callback_query_id = callback_query_id.map(str::to_owned);
        let receiver = Receiver { user_id: 42, callback_query_id };
        SendEphemeral::new(SendMessage::new(ChatId(-5), "杭州"), receiver, None)
    }

    #[test]
    fn a_refusal_counts_for_its_chat_and_a_missing_parameter_for_all() {
        let support = EphemeralSupport::default();
        let [unasked, answer] = [message(None), message(Some("press"))];
        support.was_refused(-5, &unasked, "Bad Request: not enough rights");
        assert!(!support.may_send(-5, &unasked));
        assert!(support.may_send(-6, &unasked) && support.may_send(-5, &answer));
        support.forget(-5);
        assert!(support.may_send(-5, &unasked));
        support.was_refused(-5, &answer, "unknown parameter `ephemeral_message_parameters`");
        assert!(!support.may_send(-6, &unasked) && !support.may_exist());
    }

    #[test]
    fn an_ephemeral_message_has_a_negative_id_of_its_own() {
        assert_eq!(as_message_id(29_341_834).and_then(ephemeral_id), Some(29_341_834));
        assert_eq!(
            (as_message_id(0), as_message_id(i64::MAX), ephemeral_id(7)),
            (None, None, None)
        );
    }

    #[test]
    fn the_parameters_are_those_of_the_bot_api() {
        let receiver = Receiver { user_id: 42, callback_query_id: None };
        let reply = SendEphemeral::new(SendMessage::new(ChatId(-5), "杭州"), receiver, Some(-7));
        let expected = serde_json::json!({
            "chat_id": -5, "text": "杭州",
            "ephemeral_message_parameters": {"receiver_user_id": 42},
            "reply_parameters": {"ephemeral_message_id": 7},
        });
        assert_eq!(serde_json::to_value(&reply).unwrap(), expected);
        let press = serde_json::to_value(message(Some("press"))).unwrap();
        assert_eq!(press["ephemeral_message_parameters"]["callback_query_id"], "press");
    }
}
