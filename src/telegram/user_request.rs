//! Decides whether a message addresses the bot, and what it asks for.
//!
//! In a private chat every message is meant for the bot. In other chats only commands, mentions and
//! replies to the bot's messages are. All other messages are dropped here.

use teloxide::types::{Document, Message, MessageEntity, MessageEntityKind, Update, UpdateKind};

use super::command::{CommandText, OperatorCommand, UserCommand};
use super::entity;
use super::update_origin::{sender_id, user_id};

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
pub(super) fn concerns_bot(update: &Update, bot: &BotIdentity) -> bool {
    match &update.kind {
        UpdateKind::Message(message) | UpdateKind::ChannelPost(message) => {
            message.migrate_to_chat_id().is_some() || UserRequest::of(message, bot).is_some()
        }
        UpdateKind::EditedMessage(message) | UpdateKind::EditedChannelPost(message) => {
            UserRequest::of(message, bot).is_some()
        }
        _ => true,
    }
}

/// Returns the text of a message, or its caption.
pub(super) fn words(message: &Message) -> Option<&str> {
    message.text().or_else(|| message.caption())
}

fn entities(message: &Message) -> &[MessageEntity] {
    message.entities().or_else(|| message.caption_entities()).unwrap_or_default()
}

impl UserRequest {
    /// Reads what a message asks of the bot. Returns `None` if it does not address the bot.
    pub(super) fn of(message: &Message, bot: &BotIdentity) -> Option<Self> {
        let via_this_bot = message.via_bot.as_ref().is_some_and(|via| user_id(via) == bot.id);
        // Messages of anonymous admins and of channels have a bot of Telegram's as their sender.
        let by_bot =
            message.sender_chat.is_none() && message.from.as_ref().is_some_and(|user| user.is_bot);
        if message.is_automatic_forward() || via_this_bot || by_bot {
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
            // Posts in a channel are meant for its readers. Only a question is for the bot.
            Some(Self::Command(_)) if message.chat.is_channel() => None,
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
        match sanitize::parse(&update).unwrap().unwrap().kind {
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
}
