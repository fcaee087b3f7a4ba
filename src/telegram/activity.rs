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
        let call = Arc::new(call);
        Self::repeat(PATIENCE, REPEAT, move || {
            let (context, call) = (Arc::clone(&context), Arc::clone(&call));
            async move {
                let announced: Result<True, _> = context.outbox.call(&*call).await;
                if let Err(failure) = &announced {
                    tracing::debug!(error = %failure, "an activity could not be announced");
                }
                announced.is_ok()
            }
        })
    }

    /// Calls `announce` after `patience` and then at this `interval`, until it returns false.
    fn repeat<F>(
        patience: Duration,
        interval: Duration,
        announce: impl Fn() -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = bool> + Send,
    {
        Self(tokio::spawn(async move {
            tokio::time::sleep(patience).await;
            while announce().await {
                tokio::time::sleep(interval).await;
            }
        }))
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    /// Starts an activity whose announcements are received instead of sent, and fail if `fails`.
    fn received(patience: Duration, fails: bool) -> (Activity, UnboundedReceiver<()>) {
        let (sender, receiver) = unbounded_channel();
        let activity = Activity::repeat(patience, Duration::ZERO, move || {
            let is_sent = sender.send(()).is_ok();
            async move { is_sent && !fails }
        });
        (activity, receiver)
    }

    #[tokio::test]
    async fn a_long_answer_is_announced_until_it_is_there() {
        let (activity, mut announced) = received(Duration::ZERO, false);
        assert_eq!(announced.recv().await, Some(()));
        assert_eq!(announced.recv().await, Some(()), "it is announced again");
        drop(activity);
        // The channel is closed once nothing announces any more.
        while announced.recv().await.is_some() {}
    }

    #[tokio::test]
    async fn a_quick_answer_is_not_announced() {
        let (activity, mut announced) = received(HOUR, false);
        drop(activity);
        assert_eq!(announced.recv().await, None);
    }

    #[tokio::test]
    async fn what_cannot_be_announced_is_not_tried_again() {
        let (_activity, mut announced) = received(Duration::ZERO, true);
        assert_eq!((announced.recv().await, announced.recv().await), (Some(()), None));
    }
}
