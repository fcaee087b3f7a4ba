//! Messages to chats that have subscribed to something. Each is claimed in the store, sent once, and given back to the
//! store if it was surely not sent.

use super::api::ApiError;
use super::context::{Audience, BotContext};
use super::outbox::{Destination, OutgoingMessage};
use super::user_request::UpdateOrigin;
use crate::store::Subscriber;

/// What came of a message that was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendOutcome {
    /// It was sent, or it may have been: it must not be sent again.
    Done,
    /// It was surely not sent, and may be tried again later.
    TryLater,
    /// Nothing can be sent to this chat any more.
    ChatIsGone,
}

impl SendOutcome {
    /// Reads the result of the call that sends a message.
    fn of<T>(result: &Result<T, ApiError>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(failure) if failure.says_that_chat_is_gone() => Self::ChatIsGone,
            Err(failure) if failure.may_be_tried_later() => Self::TryLater,
            Err(_) => Self::Done,
        }
    }
}

impl UpdateOrigin {
    /// Returns the chat as a subscriber.
    pub(super) fn subscriber(&self) -> Subscriber {
        Subscriber {
            chat_id: self.chat_id,
            chat_kind: self.chat_kind().to_owned(),
            topic: self.topic.unwrap_or_default().into(),
            language_code: self.language_code.clone().unwrap_or_default(),
        }
    }
}

impl Destination {
    /// Returns where the messages to a subscriber go.
    pub(super) fn of_subscriber(subscriber: &Subscriber) -> Self {
        let topic = i32::try_from(subscriber.topic).ok().filter(|topic| *topic != 0);
        Self { chat_id: subscriber.chat_id, topic, reply_to: None }
    }
}

impl BotContext {
    /// Returns the audience in a chat that was subscribed by somebody with this language.
    pub(super) async fn audience_of(&self, chat_id: i64, language_code: &str) -> Audience {
        self.audience(chat_id, Some(language_code).filter(|code| !code.is_empty())).await
    }

    /// Sends a message that was claimed. Ends all subscriptions of a chat that is gone. `what` names the message in
    /// the log.
    pub(super) async fn send_claimed(
        &self,
        to: Destination,
        draft: OutgoingMessage,
        what: &str,
    ) -> SendOutcome {
        let sent = self.outbox.send_once(to, draft).await;
        self.settle_claimed(to, &sent, what).await
    }

    /// Reads the result of the call that sent a message which was claimed. Ends all subscriptions of a chat that is gone.
    pub(super) async fn settle_claimed<T>(
        &self,
        to: Destination,
        sent: &Result<T, ApiError>,
        what: &str,
    ) -> SendOutcome {
        if let Err(failure) = sent {
            let error = failure as &dyn std::error::Error;
            tracing::warn!(error, "{what} could not be sent");
        }
        let outcome = SendOutcome::of(sent);
        if outcome == SendOutcome::ChatIsGone {
            // If the store fails, the next message finds the chat gone again.
            let _ = self.store.end_subscriptions(to.chat_id).await;
        }
        outcome
    }
}
