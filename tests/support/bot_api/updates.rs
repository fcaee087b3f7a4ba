//! Creates updates: messages, edits, presses of buttons, inline queries and changes of chats.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::BotApi;

/// The bot's user name.
pub(crate) const USERNAME: &str = "wenjian_test_bot";
/// A group. Ids of groups, supergroups, forums and channels are negative; a positive id stands for a user and
/// for the private chat with this user.
pub(crate) const GROUP: i64 = -5;
pub(crate) const SUPERGROUP: i64 = -1_000_000_000_006;
pub(crate) const FORUM: i64 = -1_000_000_000_007;
pub(crate) const CHANNEL: i64 = -1_000_000_000_008;

/// A group that the bot is not a member of.
pub(crate) const FOREIGN: i64 = -9;

const BOT_ID: i64 = 7_000_001;
/// How long a guest query can be answered.
const GUEST_QUERY_LASTS: Duration = Duration::from_secs(30);

/// Returns the bot's user, as `getMe` does.
pub(super) fn me() -> Value {
    json!({
        "id": BOT_ID, "is_bot": true, "first_name": "Wenjian", "username": USERNAME,
        "can_join_groups": true, "can_read_all_group_messages": false,
        "supports_inline_queries": true, "supports_guest_queries": true, "can_connect_to_business": false,
        "has_main_web_app": false, "has_topics_enabled": false,
    })
}

impl BotApi {
    /// Sends `text` as a user. The fields in `extra` override those of the message. Commands and mentions
    /// become entities, as on Telegram. Returns the number of the message.
    pub(crate) fn say(&self, chat_id: i64, user: i64, text: &str, extra: Value) -> i64 {
        let message = self.message(chat_id, user, text, extra);
        let id = message["message_id"].as_i64().unwrap();
        let kind = if chat_id == CHANNEL { "channel_post" } else { "message" };
        self.push(kind, &message);
        id
    }

    /// Sends a file as a user. The fields in `extra` override those of the message.
    pub(crate) fn send_file(&self, user: i64, name: &str, bytes: &[u8], extra: Value) {
        let id = {
            let mut state = self.state();
            let id = format!("file-{}", state.next_update);
            state.files.insert(id.clone(), bytes.to_vec());
            id
        };
        let document = json!({
            "file_id": id, "file_unique_id": id, "file_name": name, "file_size": bytes.len(),
        });
        let mut message = self.message(
            user,
            user,
            "",
            json!({"text": null, "entities": null, "document": document}),
        );
        merge(&mut message, extra);
        self.push("message", &message);
    }

    /// Changes the text of the message with number `id`.
    pub(crate) fn edit(&self, chat_id: i64, user: i64, id: i64, text: &str) {
        let message = self.message(chat_id, user, text, json!({"message_id": id}));
        let kind = if chat_id == CHANNEL { "edited_channel_post" } else { "edited_message" };
        self.push(kind, &message);
    }

    /// Returns a message without handing it out as an update.
    pub(crate) fn message(&self, chat_id: i64, user: i64, text: &str, extra: Value) -> Value {
        let chat = chat(chat_id);
        let id = {
            let mut state = self.state();
            state.chats.insert(chat_id, chat.clone());
            if let (Some(topic), Some(true)) =
                (extra["message_thread_id"].as_i64(), extra["is_topic_message"].as_bool())
            {
                state.topics.insert((chat_id, topic));
            }
            state.new_message(chat_id, None)
        };
        let mut message = json!({
            "message_id": id, "date": 1_700_000_000, "chat": chat, "text": text,
            "entities": entities(text),
        });
        if chat_id == CHANNEL {
            message["sender_chat"] = chat;
        } else {
            message["from"] = from_user(user);
        }
        merge(&mut message, extra);
        message
    }

    /// Returns a message of the bot, as it occurs in a reply to it.
    pub(crate) fn own_message(chat_id: i64, id: i64, text: &str) -> Value {
        json!({
            "message_id": id, "date": 1_700_000_000, "chat": chat(chat_id), "from": me(),
            "text": text,
        })
    }

    /// Presses a button under a message of the bot, and returns the id of the callback query.
    pub(crate) fn press(&self, chat_id: i64, user: i64, message_id: i64, data: &str) -> String {
        let message = Self::own_message(chat_id, message_id, "…");
        self.press_on(user, json!({"message": message, "data": data}))
    }

    /// Presses a button under a message that was sent in inline mode, and returns the id of the callback query.
    pub(crate) fn press_inline(&self, user: i64, inline_id: &str, data: &str) -> String {
        self.press_on(user, json!({"inline_message_id": inline_id, "data": data}))
    }

    pub(super) fn press_on(&self, user: i64, extra: Value) -> String {
        let id = {
            let mut state = self.state();
            let id = format!("press-{}", state.next_update);
            state.presses.insert(id.clone());
            if let Some(chat) = extra["message"]["chat"]["id"].as_i64() {
                state.pressed.insert(id.clone(), (chat, user));
            }
            id
        };
        let mut press = json!({"id": id, "from": from_user(user), "chat_instance": "1"});
        merge(&mut press, extra);
        self.push("callback_query", &press);
        id
    }

    /// Sends an inline query, and returns its id.
    pub(crate) fn type_inline(&self, user: i64, query: &str, offset: &str) -> String {
        let id = {
            let mut state = self.state();
            let id = format!("inline-{}", state.next_update);
            state.inline_queries.insert(id.clone());
            id
        };
        let query = json!({"id": id, "from": from_user(user), "query": query, "offset": offset});
        self.push("inline_query", &query);
        id
    }

    /// Mentions the bot in [`FOREIGN`], and returns the id of the guest query. The fields in `extra`
    /// override those of the message.
    pub(crate) fn summon(&self, user: i64, text: &str, extra: Value) -> String {
        let id = self.guest_query();
        let mut message = json!({
            "message_id": 1, "date": 1_700_000_000, "text": text, "entities": entities(text),
            "chat": {"id": FOREIGN, "type": "group", "title": "X"}, "from": from_user(user),
            "guest_query_id": id,
        });
        merge(&mut message, extra);
        self.push("guest_message", &message);
        id
    }

    /// Returns the id of a new guest query.
    pub(crate) fn guest_query(&self) -> String {
        let mut state = self.state();
        let id = format!("guest-{}-{}", state.next_update, state.guest_queries.len());
        state.guest_queries.insert(id.clone(), Instant::now() + GUEST_QUERY_LASTS);
        id
    }

    /// Makes all guest queries expire.
    pub(crate) fn expire_guest_queries(&self) {
        self.state().guest_queries.clear();
    }

    /// Makes the server one of before version 10.0, which has no guest mode.
    pub(crate) fn without_guest_mode(self) -> Self {
        self.state().has_guest_mode = false;
        self.change_bot(json!({"supports_guest_queries": null}));
        self
    }

    /// Sends a result of an inline query to a chat.
    pub(crate) fn choose(&self, user: i64, result_id: &str, query: &str, inline_id: &str) {
        self.state().inline_messages.insert(inline_id.to_owned(), String::new());
        let chosen = json!({
            "result_id": result_id, "from": from_user(user), "query": query,
            "inline_message_id": inline_id,
        });
        self.push("chosen_inline_result", &chosen);
    }

    /// Changes the status of the bot in a chat.
    pub(crate) fn change_member(&self, chat_id: i64, from: &str, to: &str) {
        self.state().chats.insert(chat_id, chat(chat_id));
        let member = |status: &str| json!({"status": status, "user": me()});
        let change = json!({
            "chat": chat(chat_id), "from": from_user(1), "date": 1_700_000_000,
            "old_chat_member": member(from), "new_chat_member": member(to),
        });
        self.push("my_chat_member", &change);
    }

    /// Changes the settings of the bot, as @BotFather does.
    pub(crate) fn change_bot(&self, fields: Value) {
        merge(&mut self.state().me, fields);
    }

    /// Makes a chat block the bot.
    pub(crate) fn block(&self, chat_id: i64) {
        self.state().blocked.insert(chat_id);
    }

    /// Makes a chat unblock the bot.
    pub(crate) fn unblock(&self, chat_id: i64) {
        self.state().blocked.remove(&chat_id);
    }

    /// Turns a group into a supergroup.
    pub(crate) fn migrate(&self, from: i64, to: i64) {
        let mut state = self.state();
        state.chats.insert(to, chat(to));
        state.migrated.insert(from, to);
    }

    /// Makes a user an admin of a group.
    pub(crate) fn make_admin(&self, chat_id: i64, user: i64) {
        self.state().admins.insert((chat_id, user));
    }

    /// Hands out an update with the next number, and returns this number.
    pub(crate) fn push(&self, kind: &str, event: &Value) -> i64 {
        let mut state = self.state();
        let id = state.next_update;
        state.next_update += 1;
        state.updates.push_back(json!({"update_id": id, kind: event}));
        drop(state);
        self.inner.changed.notify_waiters();
        id
    }

    /// Hands out an update whose message is this text, which need not be valid JSON.
    pub(crate) fn push_raw(&self, message: &str) {
        let placeholder = format!("raw event {}", self.state().raw_events.len());
        self.state().raw_events.push((placeholder.clone(), message.to_owned()));
        self.push("message", &json!(placeholder));
    }

    /// Hands out an update that was handed out before.
    pub(crate) fn push_again(&self, update: Value) {
        self.state().updates.push_back(update);
        self.inner.changed.notify_waiters();
    }
}

/// Returns a user. Ids over 1,000 use English, other even ids Simplified and odd ids Traditional Chinese.
fn from_user(id: i64) -> Value {
    let language = match id {
        1001.. => "en",
        id if id % 2 == 0 => "zh-hans",
        _ => "zh-hant",
    };
    json!({"id": id, "is_bot": false, "first_name": "U", "language_code": language})
}

fn chat(id: i64) -> Value {
    match id {
        GROUP => json!({"id": id, "type": "group", "title": "G"}),
        CHANNEL => json!({"id": id, "type": "channel", "title": "C"}),
        FORUM => json!({"id": id, "type": "supergroup", "title": "F", "is_forum": true}),
        ..0 => json!({"id": id, "type": "supergroup", "title": "S"}),
        _ => json!({"id": id, "type": "private", "first_name": "U"}),
    }
}

/// Returns the entities of commands and mentions, with offsets in UTF-16 code units.
fn entities(text: &str) -> Value {
    let mut entities = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let name = word.trim_end();
        let kind = match name.chars().next() {
            Some('/') => Some("bot_command"),
            Some('@') => Some("mention"),
            _ => None,
        };
        if let Some(kind) = kind {
            let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '/' | '@' | '_');
            let length = name.chars().take_while(is_part).count();
            entities.push(json!({"type": kind, "offset": offset, "length": length}));
        }
        offset += word.encode_utf16().count();
    }
    Value::Array(entities)
}

/// Adds the fields of `extra` to an object. A field that is null is removed.
pub(super) fn merge(into: &mut Value, extra: Value) {
    if let (Value::Object(into), Value::Object(extra)) = (into, extra) {
        into.extend(extra);
        into.retain(|_, value| !value.is_null());
    }
}
