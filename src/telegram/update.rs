//! An update as far as we read it.
//!
//! The Bot API grows every other month, and types that know all of it lose the text of a message
//! for one entity kind that they have not heard of. So these name only what is used, leave kinds
//! that may grow as strings, and skip the rest: nothing new can hide a question.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// Which kinds of update we ask Telegram for.
pub(super) const KINDS: [&str; 8] = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "my_chat_member",
];

/// What happened.
#[derive(Debug)]
pub(super) enum Event {
    /// A message in a private chat or a group.
    Message(Box<Message>),
    /// It was changed.
    EditedMessage(Box<Message>),
    /// A message in a channel.
    ChannelPost(Box<Message>),
    /// It was changed.
    EditedChannelPost(Box<Message>),
    /// Somebody types `@bot words` in some chat.
    InlineQuery(InlineQuery),
    /// And sent one of the results.
    ChosenInlineResult(ChosenInlineResult),
    /// A button was pressed.
    CallbackQuery(Box<CallbackQuery>),
    /// We were added to a chat or removed from it.
    MyChatMember(ChatMemberUpdated),
}

/// The event of an update's JSON object; `None` for kinds that we did not ask for.
pub(super) fn event(update: &Value) -> serde_json::Result<Option<Event>> {
    let known = KINDS.iter().find_map(|kind| Some((*kind, update.get(kind)?)));
    let Some((kind, event)) = known else { return Ok(None) };
    Ok(Some(match kind {
        "message" => Event::Message(Box::deserialize(event)?),
        "edited_message" => Event::EditedMessage(Box::deserialize(event)?),
        "channel_post" => Event::ChannelPost(Box::deserialize(event)?),
        "edited_channel_post" => Event::EditedChannelPost(Box::deserialize(event)?),
        "inline_query" => Event::InlineQuery(InlineQuery::deserialize(event)?),
        "chosen_inline_result" => {
            Event::ChosenInlineResult(ChosenInlineResult::deserialize(event)?)
        }
        "callback_query" => Event::CallbackQuery(Box::deserialize(event)?),
        _ => Event::MyChatMember(ChatMemberUpdated::deserialize(event)?),
    }))
}

impl Event {
    /// Whose turn it is: events of one key are handled one after another. Messages go by their
    /// chat; presses and inline queries by who waits for them, so that a busy group delays none.
    pub(super) fn lane(&self) -> i64 {
        match self {
            Self::Message(message)
            | Self::EditedMessage(message)
            | Self::ChannelPost(message)
            | Self::EditedChannelPost(message) => message.chat.id,
            Self::InlineQuery(query) => query.from.id,
            Self::ChosenInlineResult(chosen) => chosen.from.id,
            Self::CallbackQuery(press) => press.from.id,
            Self::MyChatMember(change) => change.chat.id,
        }
    }
}

/// A message.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    #[serde(rename = "message_id")]
    pub(super) id: i32,
    #[serde(rename = "message_thread_id")]
    thread_id: Option<i32>,
    #[serde(rename = "is_topic_message", default)]
    in_topic: bool,
    pub(super) chat: Chat,
    /// Absent in channels.
    pub(super) from: Option<User>,
    /// The group of an anonymous admin, or the channel as which somebody writes.
    pub(super) sender_chat: Option<Chat>,
    pub(super) via_bot: Option<User>,
    /// A channel's post that Telegram put into its discussion group.
    #[serde(default)]
    pub(super) is_automatic_forward: bool,
    #[serde(rename = "reply_to_message")]
    pub(super) replied: Option<Box<Message>>,
    pub(super) quote: Option<TextQuote>,
    text: Option<String>,
    #[serde(default)]
    entities: Vec<Entity>,
    caption: Option<String>,
    #[serde(default)]
    caption_entities: Vec<Entity>,
    pub(super) migrate_to_chat_id: Option<i64>,
    animation: Option<IgnoredAny>,
    audio: Option<IgnoredAny>,
    contact: Option<IgnoredAny>,
    dice: Option<IgnoredAny>,
    document: Option<IgnoredAny>,
    location: Option<IgnoredAny>,
    photo: Option<IgnoredAny>,
    poll: Option<IgnoredAny>,
    sticker: Option<IgnoredAny>,
    story: Option<IgnoredAny>,
    video: Option<IgnoredAny>,
    video_note: Option<IgnoredAny>,
    voice: Option<IgnoredAny>,
}

impl Message {
    /// What it says: its text, or the caption of what it carries.
    pub(super) fn words(&self) -> Option<&str> {
        self.text.as_deref().or(self.caption.as_deref())
    }

    /// What is marked in its words.
    pub(super) fn entities(&self) -> &[Entity] {
        if self.text.is_some() { &self.entities } else { &self.caption_entities }
    }

    /// It carries something to look at or listen to (and is no note of the service's own).
    pub(super) fn has_media(&self) -> bool {
        [
            &self.animation,
            &self.audio,
            &self.contact,
            &self.dice,
            &self.document,
            &self.location,
            &self.photo,
            &self.poll,
            &self.sticker,
            &self.story,
            &self.video,
            &self.video_note,
            &self.voice,
        ]
        .into_iter()
        .any(Option::is_some)
    }

    /// The topic it stands in, if any. Replies in the General topic carry thread ids although they
    /// are in none, and 1, the General topic's own, must not be sent.
    pub(super) fn topic(&self) -> Option<i32> {
        self.thread_id.filter(|id| self.in_topic && *id != 1)
    }

    /// The id of who wrote it: a user, or the chat in whose name it was written.
    pub(super) fn sender_id(&self) -> i64 {
        match (&self.sender_chat, &self.from) {
            (Some(chat), _) => chat.id,
            (None, Some(user)) => user.id,
            (None, None) => self.chat.id,
        }
    }
}

/// A chat.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Chat {
    pub(super) id: i64,
    #[serde(rename = "type")]
    pub(super) kind: ChatKind,
}

/// What sort of chat it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ChatKind {
    /// With one user.
    Private,
    /// Of several.
    Group,
    /// Of many.
    Supergroup,
    /// One speaks, many read.
    Channel,
    /// Newer than this program: taken for a group.
    #[serde(other)]
    Unknown,
}

impl ChatKind {
    /// Its name in the question log.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Group => "group",
            Self::Supergroup | Self::Unknown => "supergroup",
            Self::Channel => "channel",
        }
    }
}

/// A user or bot.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    pub(super) id: i64,
    #[serde(default)]
    pub(super) is_bot: bool,
    pub(super) language_code: Option<String>,
}

/// Marked characters of a text.
#[derive(Debug, Deserialize)]
pub(super) struct Entity {
    /// `bot_command`, `mention`, `text_mention`, and many that we do not look at.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// In UTF-16 units.
    pub(super) offset: usize,
    /// In UTF-16 units.
    pub(super) length: usize,
    /// Who is mentioned without a name of their own.
    pub(super) user: Option<User>,
}

/// The part of a message that a reply quotes.
#[derive(Debug, Deserialize)]
pub(super) struct TextQuote {
    pub(super) text: String,
}

/// Words typed after the bot's name in some chat.
#[derive(Debug, Deserialize)]
pub(super) struct InlineQuery {
    pub(super) id: String,
    pub(super) from: User,
    pub(super) query: String,
    #[serde(default)]
    pub(super) offset: String,
}

/// A result of an inline query that was sent.
#[derive(Debug, Deserialize)]
pub(super) struct ChosenInlineResult {
    pub(super) result_id: String,
    pub(super) from: User,
    pub(super) query: String,
    pub(super) inline_message_id: Option<String>,
}

/// A pressed button.
#[derive(Debug, Deserialize)]
pub(super) struct CallbackQuery {
    pub(super) id: String,
    pub(super) from: User,
    /// The message it stands under, in a chat that we are in.
    pub(super) message: Option<Message>,
    /// The message it stands under, sent by way of inline mode.
    pub(super) inline_message_id: Option<String>,
    pub(super) data: Option<String>,
}

/// A change of our own place in a chat.
#[derive(Debug, Deserialize)]
pub(super) struct ChatMemberUpdated {
    pub(super) chat: Chat,
    pub(super) from: User,
    old_chat_member: ChatMember,
    new_chat_member: ChatMember,
}

impl ChatMemberUpdated {
    /// Before the change we were in the chat.
    pub(super) fn was_in(&self) -> bool {
        self.old_chat_member.is_in()
    }

    /// After the change we are in the chat.
    pub(super) fn is_in(&self) -> bool {
        self.new_chat_member.is_in()
    }
}

/// A member of a chat.
#[derive(Debug, Deserialize)]
pub(super) struct ChatMember {
    status: String,
    /// Only of `restricted`.
    is_member: Option<bool>,
}

impl ChatMember {
    fn is_in(&self) -> bool {
        match self.status.as_str() {
            "left" | "kicked" => false,
            "restricted" => self.is_member.unwrap_or(true),
            _ => true,
        }
    }

    /// May change the group's settings.
    pub(super) fn is_admin(&self) -> bool {
        matches!(self.status.as_str(), "creator" | "administrator")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(fields: Value) -> Message {
        let mut message = json!({"message_id": 5, "date": 9, "chat": {"id": 7, "type": "private"}});
        let (Value::Object(all), Value::Object(more)) = (&mut message, fields) else {
            panic!("objects")
        };
        all.extend(more);
        let update = json!({"update_id": 1, "message": message});
        let Ok(Some(Event::Message(message))) = event(&update) else { panic!("a message") };
        *message
    }

    #[test]
    fn what_is_newer_than_the_program_does_not_hide_the_text() {
        let message = message(json!({
            "text": "杭州",
            "entities": [{"type": "hologram", "offset": 0, "length": 1, "depth": {}}],
            "forward_origin": {"type": "another_world"},
            "chat": {"id": -7, "type": "holodeck"},
            "rich_message": [1, 2],
        }));
        assert_eq!(message.words(), Some("杭州"));
        assert_eq!(message.chat.kind, ChatKind::Unknown);
    }

    #[test]
    fn a_caption_is_as_good_as_a_text() {
        let message = message(json!({
            "photo": [], "caption": "/ask 杭州",
            "caption_entities": [{"type": "bot_command", "offset": 0, "length": 4}],
        }));
        assert_eq!((message.words(), message.entities().len()), (Some("/ask 杭州"), 1));
        assert!(message.has_media());
    }

    #[test]
    fn the_general_topic_is_none() {
        let topic = |fields| message(fields).topic();
        assert_eq!(topic(json!({"message_thread_id": 8, "is_topic_message": true})), Some(8));
        assert_eq!(topic(json!({"message_thread_id": 1, "is_topic_message": true})), None);
        assert_eq!(topic(json!({"message_thread_id": 8})), None);
    }

    #[test]
    fn kinds_that_we_did_not_ask_for_are_nothing() {
        assert!(event(&json!({"update_id": 1, "poll": {}})).unwrap().is_none());
        assert!(event(&json!([])).unwrap().is_none());
        assert!(event(&json!({"update_id": 1, "message": {"message_id": "x"}})).is_err());
    }
}
