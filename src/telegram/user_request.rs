//! Decides whether a message addresses the bot, and what it asks for.
//!
//! In a private chat every message is meant for the bot. In other chats only commands, mentions and
//! replies to the bot's messages are. All other messages are dropped here.

use teloxide::types::{
    CallbackQuery, Chat, ChatKind, ChatType, Document, MaybeInaccessibleMessage, Message,
    MessageEntity, MessageEntityKind, PublicChatKind, UpdateKind, User,
};

use super::command::{CommandText, OperatorCommand, UserCommand};
use super::entity;
use super::ephemeral::{self, Receiver};
use super::sanitize::BotUpdate;

/// The bot's account, and the accounts of its operators.
#[derive(Debug, Clone)]
pub(super) struct BotIdentity {
    pub(super) id: i64,
    /// The bot's user name, without the `@`.
    pub(super) username: String,
    /// The ids of the users who run the bot.
    pub(super) operators: Vec<i64>,
}

impl BotIdentity {
    /// Returns whether the user is an operator who writes in their private chat with the bot. A
    /// private chat has the same id as its user.
    pub(super) fn obeys(&self, chat_id: i64, user_id: i64) -> bool {
        chat_id == user_id && self.operators.contains(&user_id)
    }
}

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
    /// The callback query, if a button was pressed.
    callback_query_id: Option<String>,
}

/// What a message asks of the bot.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum UserRequest {
    Command(UserCommand),
    OperatorCommand(OperatorCommand),
    /// An operator sent a file, with a caption.
    File(Box<Document>, String),
    /// A question, perhaps in reply to a message of the bot's with the id `about`.
    Question {
        question: String,
        about: Option<i32>,
    },
    /// The message addresses the bot, and says nothing else.
    Nothing,
    /// The message has no words: it is a sticker, a voice message, or a picture.
    Wordless,
    UnknownCommand,
}

/// Returns whether an update asks anything of the bot. Other updates are not stored.
pub(super) fn concerns_bot(update: &BotUpdate, bot: &BotIdentity) -> bool {
    match &update.update.kind {
        // Two bots that mention each other would go on for ever.
        UpdateKind::Message(message) if update.guest_query.is_some() => !is_by_bot(message),
        UpdateKind::Message(message) | UpdateKind::ChannelPost(message) => {
            message.migrate_to_chat_id().is_some() || UserRequest::of(message, bot).is_some()
        }
        UpdateKind::EditedMessage(message) | UpdateKind::EditedChannelPost(message) => {
            UserRequest::of(message, bot).is_some()
        }
        _ => true,
    }
}

/// Returns the key of the queue of an update: updates with the same key are handled one after
/// another. Messages are queued by chat. Callback queries and inline queries are queued by user, so
/// that a busy group does not delay them. Guest messages are queued by user as well, because the ids of
/// their chats may be those of other chats.
pub(super) fn queue_key(update: &BotUpdate) -> i64 {
    match &update.update.kind {
        UpdateKind::Message(message) if update.guest_query.is_some() => sender_id(message),
        UpdateKind::InlineQuery(query) => user_id(&query.from),
        UpdateKind::ChosenInlineResult(chosen) => user_id(&chosen.from),
        UpdateKind::CallbackQuery(query) => user_id(&query.from),
        _ => update.update.chat().map_or(0, |chat| chat.id.0),
    }
}

/// Returns a text that identifies the mention of the bot in an update, if there is one outside of the
/// bot's private chats.
///
/// If the bot is a member of the chat, a mention may arrive as a message and as a guest message. Then
/// both have the same chat, message, sender, time and words, but different ids of their updates.
pub(super) fn mention(update: &BotUpdate, bot: &BotIdentity) -> Option<String> {
    let UpdateKind::Message(message) = &update.update.kind else { return None };
    let words = words(message)?;
    let is_mention = update.guest_query.is_some()
        || (!message.chat.is_private() && without_mention(words, entities(message), bot).1);
    is_mention.then(|| {
        let (chat, sender) = (message.chat.id, sender_id(message));
        format!("{chat} {} {sender} {} {words}", message.id, message.date.timestamp())
    })
}

/// Returns the question of a guest message, which is empty if it has no words but the mention.
pub(super) fn guest_question(message: &Message, bot: &BotIdentity) -> String {
    let (own_words, _) =
        without_mention(words(message).unwrap_or_default(), entities(message), bot);
    let command = CommandText::of(&own_words, entities(message)).map(|command| command.argument);
    match UserRequest::question(command.unwrap_or(&own_words), message, bot) {
        UserRequest::Question { question, .. } => question,
        _ => String::new(),
    }
}

/// Returns whether a message was written by a bot. Messages of anonymous admins and of channels, which
/// have a bot of Telegram's as their sender, were not.
fn is_by_bot(message: &Message) -> bool {
    message.sender_chat.is_none() && message.from.as_ref().is_some_and(|user| user.is_bot)
}

/// Returns the id of a user as a signed number, like the ids of chats.
pub(super) fn user_id(user: &User) -> i64 {
    user.id.0.cast_signed()
}

/// Returns the text of a message, or its caption.
pub(super) fn words(message: &Message) -> Option<&str> {
    message.text().or_else(|| message.caption())
}

fn entities(message: &Message) -> &[MessageEntity] {
    message.entities().or_else(|| message.caption_entities()).unwrap_or_default()
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
            callback_query_id: None,
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
            callback_query_id: Some(query.id.0.clone()),
        })
    }

    pub(super) fn is_private(&self) -> bool {
        self.chat_type == ChatType::Private
    }

    pub(super) fn is_group(&self) -> bool {
        matches!(self.chat_type, ChatType::Group | ChatType::Supergroup)
    }

    pub(super) fn is_press(&self) -> bool {
        self.callback_query_id.is_some()
    }

    /// Returns whether only the sender and the bot see the message, or the message with the button.
    pub(super) fn is_ephemeral(&self) -> bool {
        ephemeral::ephemeral_id(self.message_id).is_some()
    }

    /// Returns the sender as the only one who is to see a reply. There is none outside of groups, and for those who write
    /// in the name of a chat, whose ids are negative.
    pub(super) fn receiver(&self) -> Option<Receiver> {
        (self.is_group() && self.sender_id > 0).then(|| self.sender())
    }

    /// Returns the sender as the receiver of a message.
    pub(super) fn sender(&self) -> Receiver {
        Receiver { user_id: self.sender_id, callback_query_id: self.callback_query_id.clone() }
    }

    /// Returns the name of the chat's type in the store.
    pub(super) fn chat_kind(&self) -> &'static str {
        match self.chat_type {
            ChatType::Private | ChatType::Sender => "private",
            ChatType::Group => "group",
            ChatType::Supergroup => "supergroup",
            ChatType::Channel => "channel",
        }
    }
}

/// Returns the type of chat with this name in the store; see [`UpdateOrigin::chat_kind`].
pub(super) fn chat_type_of(kind: &str) -> ChatType {
    match kind {
        "group" => ChatType::Group,
        "supergroup" => ChatType::Supergroup,
        "channel" => ChatType::Channel,
        _ => ChatType::Private,
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

impl UserRequest {
    /// Reads what a message asks of the bot. Returns `None` if it does not address the bot.
    pub(super) fn of(message: &Message, bot: &BotIdentity) -> Option<Self> {
        let via_this_bot = message.via_bot.as_ref().is_some_and(|via| user_id(via) == bot.id);
        if message.is_automatic_forward() || via_this_bot || is_by_bot(message) {
            return None;
        }
        let is_private = message.chat.is_private();
        if let Some(document) = message.document()
            && bot.obeys(message.chat.id.0, sender_id(message))
        {
            let caption = words(message).unwrap_or_default().to_owned();
            return Some(Self::File(Box::new(document.clone()), caption));
        }
        let Some(words) = words(message) else { return is_private.then_some(Self::Wordless) };
        let (words, is_mentioned) = without_mention(words, entities(message), bot);
        if let Some(command) = CommandText::of(&words, entities(message)) {
            return Self::of_command(command, message, bot);
        }
        let is_addressed = is_private || is_mentioned || replied_to_bot(message, bot).is_some();
        is_addressed.then(|| Self::question(&words, message, bot))
    }

    fn of_command(command: CommandText<'_>, message: &Message, bot: &BotIdentity) -> Option<Self> {
        if !command.is_for(&bot.username) {
            return None;
        }
        let is_private = message.chat.is_private();
        let said = match command.parse() {
            Some(UserCommand::Ask(question)) => Some(Self::question(&question, message, bot)),
            Some(command) => Some(Self::Command(command)),
            None => command.parse().and_then(|command| {
                if bot.obeys(message.chat.id.0, sender_id(message)) {
                    Some(Self::OperatorCommand(command))
                } else {
                    is_private.then_some(Self::Command(UserCommand::Help))
                }
            }),
        };
        match said {
            // Posts in a channel are meant for its readers. Only a question, and what a channel can subscribe to, is for
            // the bot.
            Some(Self::Command(command)) if message.chat.is_channel() => {
                matches!(command, UserCommand::Daily(_) | UserCommand::Follow)
                    .then_some(Self::Command(command))
            }
            None if is_private => Some(Self::UnknownCommand),
            said => said,
        }
    }

    /// Returns the question in the message's own words or, if it has none, in the message
    /// to which it replies.
    fn question(own_words: &str, message: &Message, bot: &BotIdentity) -> Self {
        let about = replied_to_bot(message, bot);
        let question = if !own_words.trim().is_empty() {
            own_words.trim().to_owned()
        } else if about.is_none()
            && let Some(replied) = message.reply_to_message()
        {
            let quoted = message.quote().map(|quote| quote.text.as_str());
            let text = quoted.or_else(|| words(replied)).unwrap_or_default();
            // If that message is a command, the question is its argument.
            let command = CommandText::of(text, entities(replied)).filter(|_| quoted.is_none());
            command.map_or(text, |command| command.argument).trim().to_owned()
        } else {
            String::new()
        };
        if question.is_empty() { Self::Nothing } else { Self::Question { question, about } }
    }
}

/// Returns the id of the bot's message to which this one replies.
fn replied_to_bot(message: &Message, bot: &BotIdentity) -> Option<i32> {
    let replied = message.reply_to_message()?;
    replied.from.as_ref().filter(|user| user_id(user) == bot.id).map(|_| replied.id.0)
}

/// Removes mentions of the bot from a text, and returns whether there were any.
fn without_mention(text: &str, entities: &[MessageEntity], bot: &BotIdentity) -> (String, bool) {
    let is_bot = |entity: &&MessageEntity| match &entity.kind {
        MessageEntityKind::Mention => entity::split(text, entity).is_some_and(|(_, name, _)| {
            name.strip_prefix('@').is_some_and(|name| name.eq_ignore_ascii_case(&bot.username))
        }),
        MessageEntityKind::TextMention { user } => user_id(user) == bot.id,
        _ => false,
    };
    let mut own = text.to_owned();
    let mut is_mentioned = false;
    // Mentions are removed from the last to the first, so that the offsets of
    // the others stay valid.
    let mut mentions: Vec<&MessageEntity> = entities.iter().filter(is_bot).collect();
    mentions.sort_by_key(|entity| std::cmp::Reverse(entity.offset));
    for mention in mentions {
        is_mentioned = true;
        if let Some((before, _, after)) = entity::split(&own, mention) {
            own = format!("{before}{after}");
        }
    }
    if !is_mentioned {
        return (own, false);
    }
    let joins = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | ':' | '：' | '、');
    (own.trim_start_matches(joins).trim_end().to_owned(), true)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sanitize;
    use super::*;

    fn bot() -> BotIdentity {
        BotIdentity { id: 7, username: "asker_bot".to_owned(), operators: vec![42] }
    }

    fn message(fields: &Value) -> Message {
        let mut message = json!({
            "message_id": 3, "date": 1, "chat": {"id": -5, "type": "group"},
            "from": {"id": 42, "is_bot": false, "first_name": "U"},
        });
        message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let update = json!({"update_id": 1, "message": message}).to_string();
        match sanitize::parse(&update).unwrap().unwrap().update.kind {
            UpdateKind::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }

    /// What a message in a chat of this kind says to the bot.
    fn said(kind: &str, text: &str, entities: &Value, extra: &Value) -> Option<UserRequest> {
        let mut fields = json!({
            "chat": {"id": -5, "type": kind}, "text": text, "entities": entities,
        });
        fields.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        UserRequest::of(&message(&fields), &bot())
    }

    fn check(said: Option<UserRequest>, question: &str) {
        let Some(UserRequest::Question { question: asked, about: None }) = said else {
            panic!("{said:?}")
        };
        assert_eq!(asked, question);
    }

    fn command(length: usize) -> Value {
        json!([{"type": "bot_command", "offset": 0, "length": length}])
    }

    #[test]
    fn a_command_takes_what_follows_it() {
        let said = |kind, text, length| said(kind, text, &command(length), &json!({}));
        check(said("group", "/ask 杭州", 4), "杭州");
        check(said("group", "/ask\n杭州\n為什麼", 4), "杭州\n為什麼");
        check(said("group", "/ask杭州", 4), "杭州");
        check(said("group", "/Ask@ASKER_bot 杭州", 14), "杭州");
        assert_eq!(said("group", "/ask@other_bot 杭州", 14), None);
        assert_eq!(said("private", "/ask", 4), Some(UserRequest::Nothing));
        let page = UserRequest::Command(UserCommand::Topics("3".to_owned()));
        assert_eq!(said("private", "/topics 3", 7), Some(page));
        assert_eq!(said("private", "/dance", 6), Some(UserRequest::UnknownCommand));
        assert_eq!(said("group", "/dance", 6), None);
    }

    #[test]
    fn channels_only_ask() {
        let said = |text, length| said("channel", text, &command(length), &json!({}));
        check(said("/ask 杭州", 4), "杭州");
        assert_eq!(said("/ask", 4), Some(UserRequest::Nothing));
        assert_eq!(said("/help", 5), None);
    }

    #[test]
    fn operators_are_obeyed_in_their_own_chat_and_nowhere_else() {
        let said = |kind, chat: i64, user: i64| {
            let extra = json!({
                "chat": {"id": chat, "type": kind},
                "from": {"id": user, "is_bot": false, "first_name": "U"},
            });
            said(kind, "/stats", &command(6), &extra)
        };
        assert_eq!(
            said("private", 42, 42),
            Some(UserRequest::OperatorCommand(OperatorCommand::Stats))
        );
        assert_eq!(said("private", 43, 43), Some(UserRequest::Command(UserCommand::Help)));
        assert_eq!(said("supergroup", -5, 42), None);
        assert_eq!(said("channel", -6, 42), None);
    }

    #[test]
    fn a_mention_is_found_behind_characters_of_two_units_and_taken_out() {
        let said = |text, entity: Value| said("supergroup", text, &json!([entity]), &json!({}));
        let mention = |offset| json!({"type": "mention", "offset": offset, "length": 10});
        check(said("👍 @asker_bot，杭州", mention(3)), "👍 ，杭州");
        check(said("@asker_bot：杭州", mention(0)), "杭州");
        assert_eq!(said("@asker_box 杭州", mention(0)), None);
        let us = json!({"id": 7, "is_bot": true, "first_name": "B"});
        let by_id = json!({"type": "text_mention", "offset": 0, "length": 2, "user": us});
        check(said("問堅 杭州", by_id), "杭州");
    }

    #[test]
    fn ranges_that_are_none_of_the_text_do_no_harm() {
        for (offset, length) in [(1, 10), (0, 999), (999, 1), (0, 1)] {
            for kind in ["mention", "bot_command", "text_mention"] {
                let entities = json!([{"type": kind, "offset": offset, "length": length}]);
                check(said("private", "👍杭州", &entities, &json!({})), "👍杭州");
            }
        }
    }

    #[test]
    fn a_reply_without_words_of_its_own_asks_what_it_replies_to() {
        let replied = |text: &str| {
            json!({"reply_to_message": {
                "message_id": 2, "date": 1, "chat": {"id": -5, "type": "group"}, "text": text,
                "from": {"id": 43, "is_bot": false, "first_name": "V"}, "entities": command(14),
            }})
        };
        let said = |text, entities: Value, to| said("group", text, &entities, &replied(to));
        check(said("/ask", command(4), "杭州"), "杭州");
        check(said("/ask", command(4), "/ask@other_bot 杭州"), "杭州");
        check(said("/ask 谷", command(4), "杭州"), "谷");
        assert_eq!(said("谷", json!([]), "杭州"), None, "not a reply to the bot");
    }

    #[test]
    fn the_general_topic_is_none() {
        let topic = |mut fields: Value| {
            fields["text"] = json!("杭州");
            UpdateOrigin::of_message(&message(&fields)).topic
        };
        assert_eq!(topic(json!({"message_thread_id": 8, "is_topic_message": true})), Some(8));
        assert_eq!(topic(json!({"message_thread_id": 1, "is_topic_message": true})), None);
        assert_eq!(topic(json!({"message_thread_id": 8})), None);
    }
}
