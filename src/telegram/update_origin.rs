//! Where and by whom an update was made.

use teloxide::types::{
    CallbackQuery, Chat, ChatKind, ChatType, MaybeInaccessibleMessage, Message, PublicChatKind,
    Update, UpdateKind, User,
};

/// Where and by whom a message was written or a button was pressed.
#[derive(Debug, Clone)]
pub(super) struct UpdateOrigin {
    pub(super) chat_id: i64,
    pub(super) chat_type: ChatType,
    /// The forum topic, if the message is in one.
    pub(super) topic: Option<i32>,
    pub(super) message_id: i32,
    /// The user, or the chat in whose name the message was written.
    pub(super) sender_id: i64,
    /// The language of the user's client, where Telegram tells it.
    pub(super) language_code: Option<String>,
}

/// Returns the key of the queue of an update: updates with the same key are handled one after
/// another. Messages are queued by chat. Callback queries and inline queries are queued by user, so
/// that a busy group does not delay them.
pub(super) fn queue_key(update: &Update) -> i64 {
    match &update.kind {
        UpdateKind::InlineQuery(query) => user_id(&query.from),
        UpdateKind::ChosenInlineResult(chosen) => user_id(&chosen.from),
        UpdateKind::CallbackQuery(query) => user_id(&query.from),
        _ => update.chat().map_or(0, |chat| chat.id.0),
    }
}

/// Returns the id of a user as a signed number, like the ids of chats.
pub(super) fn user_id(user: &User) -> i64 {
    user.id.0.cast_signed()
}

pub(super) fn chat_type(chat: &Chat) -> ChatType {
    match &chat.kind {
        ChatKind::Private(_) => ChatType::Private,
        ChatKind::Public(public) => match public.kind {
            PublicChatKind::Channel(_) => ChatType::Channel,
            PublicChatKind::Group => ChatType::Group,
            PublicChatKind::Supergroup(_) => ChatType::Supergroup,
        },
    }
}

impl UpdateOrigin {
    /// Returns where and by whom a message was written.
    pub(super) fn of_message(message: &Message) -> Self {
        Self {
            chat_id: message.chat.id.0,
            chat_type: chat_type(&message.chat),
            topic: topic(message),
            message_id: message.id.0,
            sender_id: sender_id(message),
            language_code: message.from.as_ref().and_then(|user| user.language_code.clone()),
        }
    }

    /// Returns where and by whom a button was pressed. Returns `None` for a message that was sent
    /// in inline mode, because the bot does not know its chat.
    pub(super) fn of_press(query: &CallbackQuery) -> Option<Self> {
        let message = query.message.as_ref()?;
        Some(Self {
            chat_id: message.chat().id.0,
            chat_type: chat_type(message.chat()),
            topic: message.regular_message().and_then(topic),
            message_id: message_id(message),
            sender_id: user_id(&query.from),
            language_code: query.from.language_code.clone(),
        })
    }

    pub(super) fn is_private(&self) -> bool {
        self.chat_type == ChatType::Private
    }

    /// Returns the name of the chat's type in the question log.
    pub(super) fn chat_kind(&self) -> &'static str {
        match self.chat_type {
            ChatType::Private | ChatType::Sender => "private",
            ChatType::Group => "group",
            ChatType::Supergroup => "supergroup",
            ChatType::Channel => "channel",
        }
    }
}

/// Returns the id of the message to which a button belongs.
pub(super) fn message_id(message: &MaybeInaccessibleMessage) -> i32 {
    message.id().0
}

/// Returns the forum topic of a message. Replies in the General topic have a thread id although
/// they are in no topic, and 1, the id of the General topic, must not be sent to Telegram.
fn topic(message: &Message) -> Option<i32> {
    let thread = message.thread_id.map(|thread| thread.0.0);
    thread.filter(|id| message.is_topic_message && *id != 1)
}

/// Returns the id of the user who wrote a message, or of the chat on whose behalf it was written.
pub(super) fn sender_id(message: &Message) -> i64 {
    match (&message.sender_chat, &message.from) {
        (Some(chat), _) => chat.id.0,
        (None, Some(user)) => user_id(user),
        (None, None) => message.chat.id.0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sanitize;
    use super::*;

    #[test]
    fn the_general_topic_is_none() {
        let topic = |mut fields: serde_json::Value| {
            let from = json!({"id": 42, "is_bot": false, "first_name": "U"});
            fields["message_id"] = json!(3);
            fields["date"] = json!(1);
            fields["chat"] = json!({"id": -5, "type": "supergroup"});
            fields["from"] = from;
            fields["text"] = json!("杭州");
            let update = json!({"update_id": 1, "message": fields}).to_string();
            match sanitize::parse(&update).unwrap().unwrap().kind {
                UpdateKind::Message(message) => UpdateOrigin::of_message(&message).topic,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(topic(json!({"message_thread_id": 8, "is_topic_message": true})), Some(8));
        assert_eq!(topic(json!({"message_thread_id": 1, "is_topic_message": true})), None);
        assert_eq!(topic(json!({"message_thread_id": 8})), None);
    }
}
