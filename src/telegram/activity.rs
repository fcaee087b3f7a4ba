//! Tells a chat that an answer takes longer: Telegram shows “typing” or “sending a photo” below the chat's name.

use std::sync::Arc;
use std::time::Duration;

use teloxide::payloads::SendChatAction;
use teloxide::types::{ChatAction, ChatId, MessageId, ThreadId, True};
use tokio::task::JoinHandle;

use super::context::BotContext;
use super::user_request::UpdateOrigin;

/// How long an answer may take before the chat is told: a quick answer needs no announcement.
const PATIENCE: Duration = Duration::from_millis(500);
/// Telegram shows an activity for five seconds.
const REPEAT: Duration = Duration::from_secs(4);

/// Announces what the bot is doing, until it is dropped.
pub(super) struct Activity(JoinHandle<()>);

impl Activity {
    /// Announces `action` in the chat of `origin` after half a second, and as long as it lasts.
    pub(super) fn announce(
        context: &Arc<BotContext>,
        origin: &UpdateOrigin,
        action: ChatAction,
    ) -> Self {
        let context = Arc::clone(context);
        let mut call = SendChatAction::new(ChatId(origin.chat_id), action);
        call.message_thread_id = origin.topic.map(|id| ThreadId(MessageId(id)));
        Self(tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            loop {
                let announced: Result<True, _> = context.outbox.call(&call).await;
                if let Err(failure) = announced {
                    tracing::debug!(error = %failure, "an activity could not be announced");
                    return;
                }
                tokio::time::sleep(REPEAT).await;
            }
        }))
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        self.0.abort();
    }
}
