//! Sends and replaces ephemeral messages, which only one member of a group sees.

use std::time::Instant;

use teloxide::types::{ChatId, ParseMode};

use super::api::ApiError;
use super::ephemeral::{self, EditEphemeral, Receiver, SendEphemeral, SentEphemeral};
use super::html;
use super::outbox::{
    Destination, EditTarget, NO_PREVIEW, Outbox, OutgoingMessage, SentMessage, keyboard, message,
    settle, wanted_until,
};

impl Outbox {
    /// Sends an answer that only `only_for` sees or, where that cannot be, the message `fallback` for everyone.
    pub(super) async fn send_ephemeral(
        &self,
        to: Destination,
        only_for: Receiver,
        (draft, fallback): (OutgoingMessage, OutgoingMessage),
        received: Instant,
    ) -> Result<SentMessage, ApiError> {
        let mut call = SendEphemeral::new(message(to, draft), only_for, to.reply_to);
        if !self.ephemerals.may_send(to.chat_id, &call) {
            return self.send(to, fallback, received).await;
        }
        let patience = wanted_until(to.chat_id, received);
        let mut result = self.deliver(Some(to.chat_id), patience, &call).await;
        if result.as_ref().is_err_and(ApiError::is_about_markup) {
            call.message.text = html::plain(&call.message.text);
            call.message.parse_mode = None;
            result = self.deliver(Some(to.chat_id), patience, &call).await;
        }
        let sent: SentEphemeral = match result {
            Ok(sent) => sent,
            Err(failure) => {
                // Telegram has said that it did not send the message.
                let Some(why) = ephemeral::refusal(&failure) else { return Err(failure) };
                self.ephemerals.was_refused(to.chat_id, &call, why);
                return self.send(to, fallback, received).await;
            }
        };
        let (id, is_ephemeral) = sent.id();
        if !is_ephemeral {
            // An older server has ignored the parameter, and everybody sees the message.
            self.ephemerals.is_missing();
            let message = EditTarget::Chat { chat_id: to.chat_id, message_id: id };
            Box::pin(self.edit(&message, fallback, received)).await?;
        }
        Ok(SentMessage { id })
    }

    /// Replaces a message that only `only_for` sees. If Telegram refuses that and the receiver has pressed a button, sends
    /// the new message below the old one.
    pub(super) async fn edit_ephemeral(
        &self,
        (chat_id, ephemeral_message_id): (i64, i32),
        only_for: &Receiver,
        draft: OutgoingMessage,
        received: Instant,
    ) -> Result<(), ApiError> {
        let patience = wanted_until(chat_id, received);
        let mut edit = EditEphemeral {
            chat_id: ChatId(chat_id),
            receiver_user_id: only_for.user_id,
            ephemeral_message_id,
            text: draft.html.clone(),
            parse_mode: Some(ParseMode::Html),
            link_preview_options: NO_PREVIEW,
            reply_markup: keyboard(draft.keyboard.clone()),
        };
        let mut result = self.deliver(Some(chat_id), patience, &edit).await;
        if result.as_ref().is_err_and(ApiError::is_about_markup) {
            edit.text = html::plain(&edit.text);
            edit.parse_mode = None;
            result = self.deliver(Some(chat_id), patience, &edit).await;
        }
        match settle(result) {
            Err(failure)
                if failure.refused_with(400).is_some() && only_for.callback_query_id.is_some() =>
            {
                let to = Destination { chat_id, topic: None, reply_to: None };
                let again = SendEphemeral::new(message(to, draft), only_for.clone(), None);
                settle(self.deliver(Some(chat_id), patience, &again).await)
            }
            settled => settled,
        }
    }
}
