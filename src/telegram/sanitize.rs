//! Turns updates, as Telegram sends them, into teloxide's types.
//!
//! The Bot API gets new fields and kinds of updates every few months, and teloxide supports
//! an older version. It drops what it does not know without an error: a message with one
//! unknown kind of entity has no text at all. So an update is first reduced to the fields
//! that the bot reads, each in a form that teloxide knows. Then nothing that is newer than
//! teloxide can hide a question.

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Map, Value, json};
use teloxide::types::{Update, UpdateId, UpdateKind};

use super::ephemeral;

/// The kinds of update that the bot asks Telegram for. Telegram leaves out kinds that it does not know.
pub(super) const ALLOWED_UPDATES: [&str; 9] = [
    "message",
    "guest_message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "my_chat_member",
];

/// The kinds of entities that the bot uses.
const ENTITIES: [&str; 3] = ["bot_command", "mention", "text_mention"];
/// The fields of a message that hold media. A message that has neither media nor text is a service
/// message, such as that somebody joined a group.
const MEDIA: [&str; 15] = [
    "animation",
    "audio",
    "checklist",
    "contact",
    "dice",
    "document",
    "location",
    "paid_media",
    "photo",
    "poll",
    "sticker",
    "story",
    "video",
    "video_note",
    "voice",
];

/// An update that the bot has a use for.
#[derive(Debug, Clone)]
pub(super) struct BotUpdate {
    /// A guest message is an ordinary message here, because teloxide does not know guest messages.
    pub(super) update: Update,
    /// Set for a guest message.
    pub(super) guest_query: Option<GuestQueryId>,
}

/// Identifies a mention of the bot in a chat that it is not a member of. It can be answered once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GuestQueryId(pub(super) String);

impl BotUpdate {
    pub(super) fn id(&self) -> i64 {
        self.update.id.0.into()
    }
}

type Object = Map<String, Value>;

/// The id of an update. It can be parsed even if the rest of the update cannot.
pub(super) fn update_id(raw: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Numbered {
        update_id: i64,
    }
    serde_json::from_str(raw).ok().map(|numbered: Numbered| numbered.update_id)
}

/// Parses an update. Returns `None` for an update that the bot does not use: a kind for which it
/// did not ask, or a service message.
pub(super) fn parse(raw: &str) -> serde_json::Result<Option<BotUpdate>> {
    let raw: Value = serde_json::from_str(raw)?;
    let known = ALLOWED_UPDATES.into_iter().find_map(|kind| Some((kind, raw.get(kind)?)));
    let Some((name, event)) = known else { return Ok(None) };
    let kind = match name {
        "inline_query" => UpdateKind::InlineQuery(read(inline_query(event))?),
        "chosen_inline_result" => UpdateKind::ChosenInlineResult(read(chosen_result(event))?),
        "callback_query" => UpdateKind::CallbackQuery(read(callback_query(event))?),
        "my_chat_member" => UpdateKind::MyChatMember(read(member_change(event))?),
        "message" | "guest_message" => UpdateKind::Message(read(message(event))?),
        "edited_message" => UpdateKind::EditedMessage(read(message(event))?),
        "channel_post" => UpdateKind::ChannelPost(read(message(event))?),
        _ => UpdateKind::EditedChannelPost(read(message(event))?),
    };
    let is_note = match kind {
        UpdateKind::Message(_) | UpdateKind::EditedMessage(_) => !says_something(event),
        UpdateKind::ChannelPost(_) | UpdateKind::EditedChannelPost(_) => !says_something(event),
        _ => false,
    };
    if is_note {
        return Ok(None);
    }
    let id = raw.get("update_id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
    let id = id.ok_or_else(|| serde_json::Error::custom("`update_id` is out of range"))?;
    let guest_query = event.get("guest_query_id").and_then(Value::as_str).map(str::to_owned);
    let guest_query = guest_query.filter(|_| name == "guest_message").map(GuestQueryId);
    if name == "guest_message" && guest_query.is_none() {
        return Err(serde_json::Error::custom("`guest_query_id` is missing"));
    }
    Ok(Some(BotUpdate { update: Update { id: UpdateId(id), kind }, guest_query }))
}

fn read<T: for<'de> Deserialize<'de>>(object: Object) -> serde_json::Result<T> {
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| {
        // The error itself repeats the value, which may be what somebody wrote.
        serde_json::Error::custom(format!("`{}` has an unexpected type or value", error.path()))
    })
}

/// Returns whether a message has text, media, or the note that its group was
/// upgraded to a supergroup.
fn says_something(message: &Value) -> bool {
    let has = |field: &str| message.get(field).is_some_and(|value| !value.is_null());
    ["text", "caption", "migrate_to_chat_id"].iter().chain(&MEDIA).any(|field| has(field))
}

fn message(raw: &Value) -> Object {
    let mut message = header(raw);
    copy(raw, &["is_automatic_forward", "migrate_to_chat_id"], &mut message);
    reduce(raw, "from", user, &mut message);
    reduce(raw, "sender_chat", chat, &mut message);
    reduce(raw, "via_bot", user, &mut message);
    reduce(raw, "quote", quote, &mut message);
    reduce(raw, "reply_to_message", replied, &mut message);
    words(raw, &mut message);
    message
}

/// Reduces a message to which another one replies. The message to which it
/// replies itself is dropped.
fn replied(raw: &Value) -> Object {
    let mut message = header(raw);
    reduce(raw, "from", user, &mut message);
    words(raw, &mut message);
    message
}

/// Copies the chat, the date and the ids of a message. An ephemeral message has its own id in place of 0.
fn header(raw: &Value) -> Object {
    let mut message = Object::new();
    copy(raw, &["message_id", "message_thread_id", "is_topic_message"], &mut message);
    let ephemeral_id = raw.get("ephemeral_message_id").and_then(Value::as_i64);
    if let Some(id) = ephemeral_id.and_then(ephemeral::as_message_id) {
        message.insert("message_id".to_owned(), json!(id));
    }
    // Telegram sets the date to 0 for a message that is too old to be accessed.
    message.insert("date".to_owned(), raw.get("date").cloned().unwrap_or_else(|| json!(0)));
    reduce(raw, "chat", chat, &mut message);
    message
}

/// Copies the text of a message. A caption becomes the text, so that it does not
/// matter whether teloxide knows the kind of media. Only documents are kept, because
/// operators may send transcripts.
fn words(raw: &Value, message: &mut Object) {
    let [text, caption] = ["text", "caption"].map(|field| raw.get(field).filter(|v| v.is_string()));
    let document = raw.get("document").filter(|_| raw.get("animation").is_none());
    if let (None, Some(document)) = (text, document) {
        message.insert("document".to_owned(), Value::Object(file(document)));
        copy(raw, &["caption"], message);
        message.insert("caption_entities".to_owned(), entities(raw.get("caption_entities")));
    } else if let Some(words) = text.or(caption) {
        let field = if text.is_some() { "entities" } else { "caption_entities" };
        message.insert("text".to_owned(), words.clone());
        message.insert("entities".to_owned(), entities(raw.get(field)));
    }
}

fn entities(raw: Option<&Value>) -> Value {
    let entity = |raw: &Value| {
        let kind = raw.get("type")?.as_str().filter(|kind| ENTITIES.contains(kind))?;
        let [offset, length] = ["offset", "length"].map(|field| raw.get(field)?.as_u64());
        let mut entity = json!({"type": kind, "offset": offset?, "length": length?});
        if kind == "text_mention" {
            entity["user"] = Value::Object(user(raw.get("user")?));
        }
        Some(entity)
    };
    raw.and_then(Value::as_array).into_iter().flatten().filter_map(entity).collect()
}

fn file(raw: &Value) -> Object {
    let mut file = Object::new();
    copy(raw, &["file_id", "file_unique_id", "file_name", "file_size"], &mut file);
    file.entry("file_unique_id").or_insert_with(|| json!(""));
    file
}

fn quote(raw: &Value) -> Object {
    let mut quote = Object::new();
    copy(raw, &["text"], &mut quote);
    quote.insert("position".to_owned(), json!(0));
    quote
}

/// Reduces a chat. A type of chat that teloxide does not know becomes a supergroup.
fn chat(raw: &Value) -> Object {
    let mut chat = Object::new();
    copy(raw, &["id", "title"], &mut chat);
    let kind = raw.get("type").and_then(Value::as_str).unwrap_or_default();
    let is_known = matches!(kind, "private" | "group" | "channel");
    chat.insert("type".to_owned(), json!(if is_known { kind } else { "supergroup" }));
    chat
}

fn user(raw: &Value) -> Object {
    let mut user = Object::new();
    copy(raw, &["id", "is_bot", "first_name", "username", "language_code"], &mut user);
    user.entry("is_bot").or_insert_with(|| json!(false));
    user.entry("first_name").or_insert_with(|| json!(""));
    user
}

fn inline_query(raw: &Value) -> Object {
    let mut query = Object::new();
    copy(raw, &["id", "query", "offset"], &mut query);
    query.entry("offset").or_insert_with(|| json!(""));
    reduce(raw, "from", user, &mut query);
    query
}

fn chosen_result(raw: &Value) -> Object {
    let mut chosen = Object::new();
    copy(raw, &["result_id", "query", "inline_message_id"], &mut chosen);
    reduce(raw, "from", user, &mut chosen);
    chosen
}

fn callback_query(raw: &Value) -> Object {
    let mut query = Object::new();
    copy(raw, &["id", "inline_message_id", "chat_instance", "data"], &mut query);
    query.entry("chat_instance").or_insert_with(|| json!(""));
    reduce(raw, "from", user, &mut query);
    reduce(raw, "message", header, &mut query);
    query
}

fn member_change(raw: &Value) -> Object {
    let mut change = Object::new();
    change.insert("date".to_owned(), raw.get("date").cloned().unwrap_or_else(|| json!(0)));
    reduce(raw, "chat", chat, &mut change);
    reduce(raw, "from", user, &mut change);
    reduce(raw, "old_chat_member", member, &mut change);
    reduce(raw, "new_chat_member", member, &mut change);
    change
}

/// Reduces a chat member to whether it is in the chat.
fn member(raw: &Value) -> Object {
    let is_in = match raw.get("status").and_then(Value::as_str) {
        Some("left" | "kicked") => false,
        Some("restricted") => raw.get("is_member").and_then(Value::as_bool).unwrap_or(true),
        _ => true,
    };
    let mut member = Object::new();
    member.insert("status".to_owned(), json!(if is_in { "member" } else { "left" }));
    reduce(raw, "user", user, &mut member);
    member
}

/// Copies fields unchanged, except those that are null.
fn copy(raw: &Value, fields: &[&str], into: &mut Object) {
    for field in fields {
        if let Some(value) = raw.get(field).filter(|value| !value.is_null()) {
            into.insert((*field).to_owned(), value.clone());
        }
    }
}

/// Copies a field that is an object after reducing it with `to`.
fn reduce(raw: &Value, field: &str, to: fn(&Value) -> Object, into: &mut Object) {
    if let Some(value) = raw.get(field).filter(|value| value.is_object()) {
        into.insert(field.to_owned(), Value::Object(to(value)));
    }
}

#[cfg(test)]
mod tests {
    use teloxide::types::Message;

    use super::*;

    fn parse_message(fields: Value) -> Message {
        let mut message = json!({"message_id": 5, "date": 9, "chat": {"id": 7, "type": "private"}});
        let (Value::Object(all), Value::Object(more)) = (&mut message, fields) else {
            panic!("objects")
        };
        all.extend(more);
        let update = parse(&json!({"update_id": 1, "message": message}).to_string()).unwrap();
        match update.unwrap().update.kind {
            UpdateKind::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_guest_message_is_a_message_with_a_query() {
        let mut message = json!({
            "message_id": 5, "date": 9, "chat": {"id": 7, "type": "private"}, "text": "@bot 杭州",
        });
        let parse =
            |message: &Value| parse(&json!({"update_id": 1, "guest_message": message}).to_string());
        assert!(parse(&message).is_err(), "it could not be answered");
        message["guest_query_id"] = json!("q");
        let update = parse(&message).unwrap().unwrap();
        assert_eq!(update.guest_query, Some(GuestQueryId("q".to_owned())));
        assert!(matches!(update.update.kind, UpdateKind::Message(_)));
    }

    #[test]
    fn what_is_newer_than_teloxide_does_not_hide_the_text() {
        let message = parse_message(json!({
            "text": "杭州",
            "entities": [
                {"type": "hologram", "offset": 0, "length": 1, "depth": {}},
                {"type": "bot_command", "offset": 0, "length": 1},
                {"type": "mention", "offset": -1, "length": 1},
            ],
            "forward_origin": {"type": "another_world"},
            "chat": {"id": -7, "type": "holodeck"},
            "rich_message": [1, 2],
        }));
        assert_eq!(message.text(), Some("杭州"));
        assert_eq!(message.entities().map(<[_]>::len), Some(1));
        assert!(message.chat.is_supergroup());
    }

    #[test]
    fn a_caption_is_as_good_as_a_text() {
        let message = parse_message(json!({
            "photo": [{"depth": 3}], "caption": "/ask 杭州",
            "caption_entities": [{"type": "bot_command", "offset": 0, "length": 4}],
        }));
        assert_eq!(message.text(), Some("/ask 杭州"));
        assert_eq!(message.entities().map(<[_]>::len), Some(1));
    }

    #[test]
    fn files_keep_what_it_takes_to_fetch_them() {
        let message = parse_message(json!({
            "document": {"file_id": "f", "file_size": 9, "mime_type": "no mime", "thumbnail": 3},
            "caption": "slug: talk",
        }));
        let document = message.document().unwrap();
        assert_eq!((document.file.id.0.as_str(), document.file.size), ("f", 9));
        assert_eq!(message.caption(), Some("slug: talk"));
    }

    #[test]
    fn media_without_words_is_kept_and_notes_of_telegrams_own_are_not() {
        let sticker = parse_message(json!({"sticker": {"type": "hologram"}}));
        assert_eq!((sticker.text(), sticker.caption()), (None, None));
        let note = json!({"message_id": 5, "date": 9, "chat": {"id": 7, "type": "private"}});
        let note = parse(&json!({"update_id": 1, "message": note}).to_string()).unwrap();
        assert!(note.is_none());
    }

    #[test]
    fn kinds_that_were_not_asked_for_are_left_out() {
        let parse = |update: Value| parse(&update.to_string());
        assert!(parse(json!({"update_id": 1, "poll": {}})).unwrap().is_none());
        assert!(parse(json!([])).unwrap().is_none());
        let faulty =
            json!({"update_id": 1, "message": {"message_id": "somebody's words", "text": "?"}});
        let error = parse(faulty).unwrap_err().to_string();
        assert!(error.contains("unexpected") && !error.contains("somebody"), "{error}");
    }

    #[test]
    fn the_id_is_read_where_nothing_else_can_be() {
        let deep = "[".repeat(500) + &"]".repeat(500);
        for event in [r#""\ud800""#, "1e999", deep.as_str()] {
            let raw = format!(r#"{{"message":{{"text":{event}}},"update_id":8}}"#);
            assert_eq!(update_id(&raw), Some(8), "{event}");
            assert!(!matches!(parse(&raw), Ok(Some(_))), "{event}");
        }
    }

    #[test]
    fn a_member_is_in_the_chat_or_not() {
        let is_in = |member: Value| {
            let user = json!({"id": 7, "is_bot": true, "first_name": "B"});
            let mut new = json!({"status": "left", "user": user});
            for (field, value) in member.as_object().unwrap() {
                new[field] = value.clone();
            }
            let change = json!({
                "chat": {"id": -5, "type": "group"}, "from": user, "date": 1,
                "old_chat_member": {"status": "left", "user": user}, "new_chat_member": new,
            });
            let update = json!({"update_id": 1, "my_chat_member": change}).to_string();
            match parse(&update).unwrap().unwrap().update.kind {
                UpdateKind::MyChatMember(change) => change.new_chat_member.is_present(),
                other => panic!("{other:?}"),
            }
        };
        assert!(is_in(json!({"status": "administrator"})) && is_in(json!({"status": "hologram"})));
        assert!(is_in(json!({"status": "restricted", "is_member": true})));
        assert!(!is_in(json!({"status": "restricted", "is_member": false})));
        assert!(!is_in(json!({"status": "kicked"})));
    }
}
