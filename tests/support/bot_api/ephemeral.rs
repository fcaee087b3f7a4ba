//! Ephemeral messages of Bot API 10.3, and the servers of before.

use serde_json::{Value, json};

use super::methods::{Outcome, bad, integer, keyboard, parsed_text, shown};
use super::updates::merge;
use super::{BotApi, Call, Refusal, State};

/// What the server does with the parameters of ephemeral messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EphemeralMode {
    /// It knows them.
    Known,
    /// It ignores them, as Telegram's own older servers do.
    Ignored,
    /// It refuses them.
    Refused,
}

/// Returns the receiver of an ephemeral message, and checks that the bot may send it to them.
pub(super) fn receiver(
    state: &State,
    chat_id: i64,
    params: &Value,
) -> Result<Option<i64>, Refusal> {
    let ephemeral = &params["ephemeral_message_parameters"];
    if ephemeral.is_null() || state.ephemerals == EphemeralMode::Ignored {
        return Ok(None);
    }
    let fields = ephemeral.as_object().ok_or_else(|| bad("they are no object"))?;
    let known = ["receiver_user_id", "callback_query_id", "replace_callback_query_message"];
    if let Some(unknown) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(bad(&format!("unknown parameter `{unknown}`")));
    }
    let user = integer(ephemeral, "receiver_user_id")?;
    let is_group = matches!(state.chats[&chat_id]["type"].as_str(), Some("group" | "supergroup"));
    if user <= 0 || state.me["id"] == user || !is_group {
        return Err(bad("ephemeral messages can be sent only to users in groups"));
    }
    if let Some(press) = ephemeral["callback_query_id"].as_str() {
        let is_theirs = state.pressed.get(press) == Some(&(chat_id, user));
        return if is_theirs { Ok(Some(user)) } else { Err(bad("QUERY_ID_INVALID")) };
    }
    if let Some(replied) = params["reply_parameters"]["ephemeral_message_id"].as_i64() {
        let is_theirs = state.ephemeral_commands.contains(&(chat_id, user, replied));
        return if is_theirs { Ok(Some(user)) } else { Err(bad("MESSAGE_NOT_COMMAND")) };
    }
    let me = state.me["id"].as_i64().unwrap();
    if !state.admins.contains(&(chat_id, me)) {
        return Err(bad("not enough rights to send ephemeral messages to the chat"));
    }
    Ok(Some(user))
}

/// Adds an ephemeral message, and returns its id.
pub(super) fn add(state: &mut State, chat_id: i64, user: i64, shown: String) -> i64 {
    let id = state.new_message(chat_id, None);
    state.ephemeral_messages.insert((chat_id, user, id), shown);
    id
}

/// `editEphemeralMessageText`.
pub(super) fn edit_text(state: &mut State, params: &Value) -> Outcome {
    let parsed = parsed_text(params, "text")?;
    keyboard(&params["reply_markup"], false)?;
    let [chat, user, id] =
        ["chat_id", "receiver_user_id", "ephemeral_message_id"].map(|field| integer(params, field));
    let old = state.ephemeral_messages.get_mut(&(chat?, user?, id?));
    let old = old.ok_or_else(|| bad("message to edit not found"))?;
    let new = shown(&parsed, params);
    if *old == new {
        return Err(bad("message is not modified"));
    }
    *old = new;
    Ok(json!(true))
}

impl BotApi {
    /// Makes the server treat the parameters of ephemeral messages so.
    pub(crate) fn with_ephemerals(self, mode: EphemeralMode) -> Self {
        self.state().ephemerals = mode;
        self
    }

    /// Makes the bot an admin of a group.
    pub(crate) fn promote_bot(&self, chat_id: i64) {
        let mut state = self.state();
        let me = state.me["id"].as_i64().unwrap();
        state.admins.insert((chat_id, me));
    }

    /// Sends a command that only the bot sees, and returns its ephemeral id.
    pub(crate) fn say_ephemerally(&self, chat_id: i64, user: i64, text: &str) -> i64 {
        let mut message = self.message(chat_id, user, text, json!({}));
        let id = message["message_id"].as_i64().unwrap();
        self.state().ephemeral_commands.insert((chat_id, user, id));
        merge(&mut message, json!({"message_id": 0, "ephemeral_message_id": id}));
        self.push("message", &message);
        id
    }

    /// Presses a button under an ephemeral message, and returns the id of the callback query.
    pub(crate) fn press_ephemeral(&self, user: i64, message: &Call, data: &str) -> String {
        let chat_id = message.params["chat_id"].as_i64().unwrap();
        let mut below = Self::own_message(chat_id, 0, "…");
        merge(&mut below, json!({"ephemeral_message_id": message.ephemeral_id().unwrap()}));
        self.press_on(user, json!({"message": below, "data": data}))
    }
}

impl Call {
    /// Returns the ephemeral id of the message that was sent or edited, if it is an ephemeral one.
    pub(crate) fn ephemeral_id(&self) -> Option<i64> {
        let sent = || self.result.as_ref()?["result"]["ephemeral_message_id"].as_i64();
        self.params["ephemeral_message_id"].as_i64().or_else(sent)
    }

    /// Returns the only user who sees the message that was sent; `None` if all do.
    pub(crate) fn receiver(&self) -> Option<i64> {
        self.result.as_ref()?["result"]["receiver_user"]["id"].as_i64()
    }
}
