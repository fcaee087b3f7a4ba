//! Sends and replaces ephemeral messages, which only one member of a group sees.

use std::time::Instant;

use teloxide::types::{ChatId, ParseMode};

use super::api::ApiError;
use super::ephemeral::{self, EditEphemeral, Receiver, SendEphemeral, SentEphemeral};
use super::outbox::{
    Destination, NO_PREVIEW, Outbox, OutgoingMessage, SentMessage, keyboard, message, settle,
    wanted_until,
};

impl Outbox {
    /// Sends an answer that only `only_for` sees or, where that cannot be, the message `fallback` for everyone.
    pub(super) async fn send_ephemeral(
        &self,
        to: Destination,
        only_for: Receiver,
        draft: OutgoingMessage,
        fallback: OutgoingMessage,
        received: Instant,
    ) -> Result<SentMessage, ApiError> {
        let mut call = SendEphemeral::new(message(to, draft), only_for, to.reply_to);
        if !self.ephemerals.may_send(to.chat_id, &call) {
            return self.send(to, fallback, received).await;
        }
        let patience = wanted_until(to.chat_id, received);
        let result = self
            .deliver_marked_up(Some(to.chat_id), patience, &mut call, |call| {
                (&mut call.message.text, &mut call.message.parse_mode)
            })
            .await;
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
            self.edit_in_chat(to.chat_id, id, fallback, received).await?;
        }
        Ok(SentMessage { id })
    }

    /// Replaces a message that only `only_for` sees. If Telegram refuses that and the receiver has pressed a button, sends
    /// the new message below the old one.
    pub(super) async fn edit_ephemeral(
        &self,
        chat_id: i64,
        ephemeral_message_id: i32,
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
        let result = self
            .deliver_marked_up(Some(chat_id), patience, &mut edit, |edit| {
                (&mut edit.text, &mut edit.parse_mode)
            })
            .await;
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
