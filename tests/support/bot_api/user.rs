//! What tests do as a user who waits for what comes of it.

use serde_json::json;

use super::{BotApi, Call};

impl BotApi {
    /// Sends a message, and returns the next message to the chat.
    pub(crate) async fn ask(&self, chat: i64, user: i64, text: &str) -> Call {
        let nth = self.sent_to(chat).len();
        self.say(chat, user, text, json!({}));
        self.message_to(chat, nth).await
    }

    /// Presses a button with `data` under a message, and returns the notice that Telegram shows for a moment; it is empty
    /// if there is none.
    pub(crate) async fn toast(&self, chat: i64, user: i64, message_id: i64, data: &str) -> String {
        let id = self.press(chat, user, message_id, data);
        let is_it = |call: &Call| call.params["callback_query_id"] == json!(id);
        let answer = self.call_where("answerCallbackQuery", is_it).await;
        answer.params["text"].as_str().unwrap_or_default().to_owned()
    }

    /// Presses the button with `label` under `message` in a private chat, and returns the message as it is edited then.
    pub(crate) async fn edited(&self, message: &Call, label: &str) -> Call {
        let before = self.calls("editMessageText").len();
        let user = message.params["chat_id"].as_i64().unwrap();
        self.toast(user, user, message.message_id(), &message.press(label)).await;
        let edit = self.until(|api| api.calls("editMessageText").into_iter().nth(before)).await;
        let edit = edit.unwrap_or_else(|| panic!("nothing came of `{label}` in {message:#?}"));
        assert!(edit.is_done(), "{edit:#?}");
        edit
    }
}
