//! The methods of the Bot API that the bot calls, with the checks that Telegram makes.

use std::collections::HashSet;
use std::time::Instant;

use serde_json::{Value, json};

use super::ephemeral::{self, EphemeralMode};
use super::html::{self, Parsed};
use super::{Refusal, State, webhook};

pub(super) type Outcome = Result<Value, Refusal>;

/// Executes a call. `getUpdates` is not among the methods here.
pub(super) fn call(
    state: &mut State,
    method: &str,
    params: &Value,
    file: Option<&[u8]>,
) -> Outcome {
    let known: &[&str] = match method {
        "getme" => &[],
        "sendmessage" => &[
            "chat_id",
            "text",
            "parse_mode",
            "message_thread_id",
            "link_preview_options",
            "reply_parameters",
            "reply_markup",
            // The last, so that it can be left out.
            "ephemeral_message_parameters",
        ],
        "editephemeralmessagetext" if state.ephemerals == EphemeralMode::Known => &[
            "chat_id",
            "receiver_user_id",
            "ephemeral_message_id",
            "text",
            "parse_mode",
            "link_preview_options",
            "reply_markup",
        ],
        "editmessagetext" => &[
            "chat_id",
            "message_id",
            "inline_message_id",
            "text",
            "parse_mode",
            "link_preview_options",
            "reply_markup",
        ],
        "senddocument" => {
            &["chat_id", "document", "caption", "message_thread_id", "reply_parameters"]
        }
        "sendphoto" => &["chat_id", "photo", "caption", "message_thread_id", "reply_parameters"],
        "getfile" => &["file_id"],
        "answercallbackquery" => &["callback_query_id", "text", "show_alert", "url", "cache_time"],
        "answerinlinequery" => {
            &["inline_query_id", "results", "cache_time", "is_personal", "next_offset", "button"]
        }
        "answerguestquery" if state.has_guest_mode => &["guest_query_id", "result"],
        "getchatmember" => &["chat_id", "user_id"],
        "sendchataction" => &["chat_id", "action", "message_thread_id"],
        "setchatmenubutton" => &["chat_id", "menu_button"],
        "setmycommands" => &["commands", "scope", "language_code"],
        "setmydescription" => &["description", "language_code"],
        "setmyshortdescription" => &["short_description", "language_code"],
        "deletewebhook" => &["drop_pending_updates"],
        "setwebhook" => &["url", "secret_token", "max_connections", "allowed_updates"],
        _ => return Err(Refusal::new(404, "Not Found")),
    };
    let knows_all = method != "sendmessage" || state.ephemerals != EphemeralMode::Refused;
    let known = if knows_all { known } else { &known[..known.len() - 1] };
    let given = params.as_object().ok_or_else(|| bad("parameters are no object"))?;
    if let Some(unknown) = given.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(bad(&format!("unknown parameter `{unknown}`")));
    }
    match method {
        "getme" => Ok(state.me.clone()),
        "sendmessage" => send_message(state, params),
        "editmessagetext" => edit_message_text(state, params),
        "editephemeralmessagetext" => ephemeral::edit_text(state, params),
        "senddocument" => send_document(state, params, file),
        "sendphoto" => send_photo(state, params, file),
        "getfile" => get_file(state, params),
        "answercallbackquery" => answer_callback_query(state, params),
        "answerinlinequery" => answer_inline_query(state, params),
        "answerguestquery" => answer_guest_query(state, params),
        "getchatmember" => get_chat_member(state, params),
        "setmycommands" => set_my_commands(state, params),
        "setwebhook" => webhook::set(state, params),
        "deletewebhook" => webhook::set(state, &json!({"url": ""})),
        "setmydescription" => within(params, "description", 512),
        "setmyshortdescription" => within(params, "short_description", 120),
        _ => Ok(json!(true)),
    }
}

/// Parses the text of a message according to `parse_mode`.
pub(super) fn parsed_text(params: &Value, field: &str) -> Result<Parsed, Refusal> {
    let text = params[field].as_str().ok_or_else(|| bad("message text is empty"))?;
    let parsed = match params["parse_mode"].as_str() {
        None => Parsed { text: text.to_owned(), entities: Vec::new() },
        Some("HTML") => {
            html::parse(text).map_err(|error| bad(&format!("can't parse entities: {error}")))?
        }
        Some(_) => return Err(bad("unsupported parse_mode")),
    };
    if parsed.text.trim().is_empty() {
        return Err(bad("message text is empty"));
    }
    if parsed.units() > 4096 {
        return Err(bad("message is too long"));
    }
    if parsed.entities.len() > 100 {
        return Err(bad("too many entities; Telegram would drop some"));
    }
    Ok(parsed)
}

fn send_message(state: &mut State, params: &Value) -> Outcome {
    let chat_id = open_chat(state, params)?;
    let parsed = parsed_text(params, "text")?;
    keyboard(&params["reply_markup"], chat_id > 0)?;
    let receiver = ephemeral::receiver(state, chat_id, params)?;
    standing(state, chat_id, params)?;
    let shown = shown(&parsed, params);
    let id = match receiver {
        None => state.new_message(chat_id, shown),
        Some(user) => ephemeral::add(state, chat_id, user, shown),
    };
    let mut message = json!({
        "message_id": id, "date": 1_700_000_000, "chat": state.chats[&chat_id], "from": state.me,
        "text": parsed.text,
        // The response has kinds of data that the client does not know, as from a newer server.
        "hologram": {"type": "new"}, "entities": [{"type": "hologram", "offset": 0, "length": 1}],
    });
    if let Some(user) = receiver {
        message["message_id"] = json!(0);
        message["ephemeral_message_id"] = json!(id);
        message["receiver_user"] = json!({"id": user, "is_bot": false, "first_name": "U"});
    }
    Ok(message)
}

/// Returns the id of the chat to which a message is sent, and checks that the bot may send to it.
fn open_chat(state: &State, params: &Value) -> Result<i64, Refusal> {
    let chat_id = integer(params, "chat_id")?;
    if let Some(to) = state.migrated.get(&chat_id) {
        let mut refusal = bad("group chat was upgraded to a supergroup chat");
        refusal.migrate_to_chat_id = Some(*to);
        return Err(refusal);
    }
    if state.blocked.contains(&chat_id) {
        return Err(Refusal::new(403, "Forbidden: bot was blocked by the user"));
    }
    if !state.chats.contains_key(&chat_id) {
        return Err(bad("chat not found"));
    }
    Ok(chat_id)
}

/// Checks that the topic and the message to reply to exist.
fn standing(state: &State, chat_id: i64, params: &Value) -> Result<(), Refusal> {
    if let Some(topic) = params["message_thread_id"].as_i64()
        && !state.topics.contains(&(chat_id, topic))
    {
        return Err(bad("message thread not found"));
    }
    let reply = &params["reply_parameters"];
    if !reply.is_null() && reply["ephemeral_message_id"].is_null() {
        let replied = (chat_id, integer(reply, "message_id")?);
        if !state.messages.contains_key(&replied)
            && reply["allow_sending_without_reply"] != json!(true)
        {
            return Err(bad("message to be replied not found"));
        }
    }
    Ok(())
}

fn send_document(state: &mut State, params: &Value, file: Option<&[u8]>) -> Outcome {
    let file = file.filter(|file| !file.is_empty()).ok_or_else(|| bad("file must be non-empty"))?;
    if file.len() > 50_000_000 {
        return Err(Refusal::new(413, "Request Entity Too Large"));
    }
    nonempty(&params["document"], "file_name")?;
    send_media(state, params)
}

fn send_photo(state: &mut State, params: &Value, file: Option<&[u8]>) -> Outcome {
    let file = file.ok_or_else(|| bad("there is no photo in the request"))?;
    // A PNG has its width and height at fixed offsets near its start.
    let size = |at: usize| file.get(at..at + 4).map(|b| u32::from_be_bytes(b.try_into().unwrap()));
    let (Some(width), Some(height)) = (size(16), size(20)) else {
        return Err(bad("IMAGE_PROCESS_FAILED"));
    };
    if !file.starts_with(b"\x89PNG\r\n\x1a\n") || width == 0 || height == 0 {
        return Err(bad("IMAGE_PROCESS_FAILED"));
    }
    let is_narrow = width.max(height) > 20 * width.min(height);
    if file.len() > 10_000_000 || width + height > 10_000 || is_narrow {
        return Err(bad("PHOTO_INVALID_DIMENSIONS"));
    }
    send_media(state, params)
}

fn send_media(state: &mut State, params: &Value) -> Outcome {
    let chat_id = open_chat(state, params)?;
    standing(state, chat_id, params)?;
    let caption = params["caption"].as_str().unwrap_or_default();
    if caption.encode_utf16().count() > 1024 {
        return Err(bad("message caption is too long"));
    }
    let id = state.new_message(chat_id, None);
    Ok(json!({
        "message_id": id, "date": 1_700_000_000, "chat": state.chats[&chat_id], "from": state.me,
        "caption": caption,
    }))
}

fn get_file(state: &State, params: &Value) -> Outcome {
    let id = params["file_id"].as_str().unwrap_or_default();
    let file = state.files.get(id).ok_or_else(|| bad("invalid file_id"))?;
    if file.len() > 20_000_000 {
        return Err(bad("file is too big"));
    }
    Ok(json!({
        "file_id": id, "file_unique_id": id, "file_size": file.len(),
        "file_path": format!("documents/{id}"),
    }))
}

fn edit_message_text(state: &mut State, params: &Value) -> Outcome {
    let parsed = parsed_text(params, "text")?;
    let is_private = params["chat_id"].as_i64().is_some_and(|chat| chat > 0);
    keyboard(&params["reply_markup"], is_private)?;
    let new = shown(&parsed, params);
    let old = if let Some(inline_id) = params["inline_message_id"].as_str() {
        state.inline_messages.get_mut(inline_id).ok_or_else(|| bad("MESSAGE_ID_INVALID"))?
    } else {
        let chat_id = integer(params, "chat_id")?;
        let message = (chat_id, integer(params, "message_id")?);
        let old = state.messages.get_mut(&message);
        old.and_then(Option::as_mut).ok_or_else(|| bad("message to edit not found"))?
    };
    if *old == new {
        return Err(bad(
            "message is not modified: specified new message content and reply markup are exactly the same",
        ));
    }
    *old = new;
    Ok(json!(true))
}

pub(super) fn shown(parsed: &Parsed, params: &Value) -> String {
    format!("{parsed:?} {}", params["reply_markup"])
}

fn answer_callback_query(state: &mut State, params: &Value) -> Outcome {
    if params["text"].as_str().is_some_and(|text| text.chars().count() > 200) {
        return Err(bad("MESSAGE_TOO_LONG"));
    }
    known_query(&mut state.presses, params["callback_query_id"].as_str())
}

fn answer_inline_query(state: &mut State, params: &Value) -> Outcome {
    let results = params["results"].as_array().ok_or_else(|| bad("results are no list"))?;
    if results.len() > 50 {
        return Err(bad("RESULTS_TOO_MUCH"));
    }
    if params["next_offset"].as_str().is_some_and(|offset| offset.len() > 64) {
        return Err(bad("NEXT_OFFSET_INVALID"));
    }
    let mut ids = HashSet::new();
    for result in results {
        article(result)?;
        if !ids.insert(result["id"].as_str()) {
            return Err(bad("RESULT_ID_INVALID"));
        }
    }
    let button = &params["button"];
    if !button.is_null() {
        let start = button["start_parameter"].as_str().unwrap_or_default();
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=64).contains(&start.len()) || !start.chars().all(is_allowed) {
            return Err(bad("START_PARAM_INVALID"));
        }
        nonempty(button, "text")?;
    }
    known_query(&mut state.inline_queries, params["inline_query_id"].as_str())
}

/// Checks a result of the only kind that the bot uses, and returns the text of its message.
fn article(result: &Value) -> Result<Parsed, Refusal> {
    const FIELDS: [&str; 6] =
        ["type", "id", "title", "description", "input_message_content", "reply_markup"];
    let given = result.as_object().ok_or_else(|| bad("a result is no object"))?;
    if let Some(unknown) = given.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(bad(&format!("unknown field `{unknown}`")));
    }
    if !result["id"].as_str().is_some_and(|id| (1..=64).contains(&id.len())) {
        return Err(bad("RESULT_ID_INVALID"));
    }
    if result["type"] != "article" || result["title"].as_str().unwrap_or_default().is_empty() {
        return Err(bad("RESULT_TYPE_INVALID"));
    }
    keyboard(&result["reply_markup"], false)?;
    parsed_text(&result["input_message_content"], "message_text")
}

fn answer_guest_query(state: &mut State, params: &Value) -> Outcome {
    let parsed = article(&params["result"])?;
    let id = params["guest_query_id"].as_str().unwrap_or_default();
    let expires_at = state.guest_queries.remove(id);
    if expires_at.is_none_or(|expires_at| expires_at < Instant::now()) {
        return Err(bad("query is too old and response timeout expired or query ID is invalid"));
    }
    let inline_id = format!("message-of-{id}");
    state.inline_messages.insert(inline_id.clone(), shown(&parsed, &params["result"]));
    Ok(json!({"inline_message_id": inline_id}))
}

/// Checks that a query exists, and removes it, because it can be answered only once.
fn known_query(open: &mut HashSet<String>, id: Option<&str>) -> Outcome {
    if id.is_some_and(|id| open.remove(id)) {
        return Ok(json!(true));
    }
    Err(bad("query is too old and response timeout expired or query ID is invalid"))
}

fn get_chat_member(state: &State, params: &Value) -> Outcome {
    let member = (integer(params, "chat_id")?, integer(params, "user_id")?);
    let status = if state.admins.contains(&member) { "administrator" } else { "member" };
    Ok(json!({"status": status, "user": {"id": member.1, "is_bot": false, "first_name": "U"}}))
}

fn set_my_commands(state: &State, params: &Value) -> Outcome {
    let scope = &params["scope"];
    if scope["type"] == "chat" && !state.chats.contains_key(&integer(scope, "chat_id")?) {
        return Err(bad("chat not found"));
    }
    let commands = params["commands"].as_array().ok_or_else(|| bad("no commands"))?;
    for command in commands {
        if state.ephemerals == EphemeralMode::Refused && !command["is_ephemeral"].is_null() {
            return Err(bad("unknown field `is_ephemeral`"));
        }
        let name = command["command"].as_str().unwrap_or_default();
        let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !(1..=32).contains(&name.len()) || !name.chars().all(is_allowed) {
            return Err(bad("BOT_COMMAND_INVALID"));
        }
        let description = command["description"].as_str().unwrap_or_default();
        if !(1..=256).contains(&description.chars().count()) {
            return Err(bad("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    Ok(json!(true))
}

/// Checks an inline keyboard: each button has a label and exactly one action, and only in private chats may
/// it open a page within Telegram.
pub(super) fn keyboard(markup: &Value, is_private: bool) -> Result<(), Refusal> {
    if markup.is_null() {
        return Ok(());
    }
    let rows = markup["inline_keyboard"].as_array().ok_or_else(|| bad("no inline keyboard"))?;
    for button in rows.iter().filter_map(Value::as_array).flatten() {
        nonempty(button, "text")?;
        let fields = button.as_object().ok_or_else(|| bad("a button is no object"))?;
        let [action] = fields.keys().filter(|name| *name != "text").collect::<Vec<_>>()[..] else {
            return Err(bad("BUTTON_TYPE_INVALID"));
        };
        let value = &button[action.as_str()];
        let is_valid = match action.as_str() {
            "callback_data" => value.as_str().is_some_and(|data| (1..=64).contains(&data.len())),
            "copy_text" => value["text"]
                .as_str()
                .is_some_and(|text| (1..=256).contains(&text.encode_utf16().count())),
            "switch_inline_query_chosen_chat" => {
                value["query"].as_str().is_some_and(|query| query.chars().count() <= 256)
            }
            "web_app" if !is_private => return Err(bad("BUTTON_TYPE_INVALID")),
            "web_app" => value["url"].as_str().is_some_and(|url| url.starts_with("https://")),
            "url" => value.as_str().is_some_and(|url| url.starts_with("https://")),
            _ => false,
        };
        if !is_valid {
            return Err(bad(&format!("BUTTON_DATA_INVALID: {button}")));
        }
    }
    Ok(())
}

fn within(params: &Value, field: &str, most: usize) -> Outcome {
    let text = params[field].as_str().unwrap_or_default();
    if text.chars().count() > most {
        return Err(bad(&format!("{field} is too long")));
    }
    Ok(json!(true))
}

fn nonempty(params: &Value, field: &str) -> Result<(), Refusal> {
    match params[field].as_str() {
        Some(text) if !text.is_empty() => Ok(()),
        _ => Err(bad(&format!("`{field}` is empty"))),
    }
}

pub(super) fn integer(params: &Value, field: &str) -> Result<i64, Refusal> {
    params[field].as_i64().ok_or_else(|| bad(&format!("`{field}` is no number")))
}

pub(super) fn bad(description: &str) -> Refusal {
    Refusal::new(400, &format!("Bad Request: {description}"))
}
