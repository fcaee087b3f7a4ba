//! The one answer to a guest message, and what to note about it.

use serde::{Deserialize, Serialize};
use teloxide::requests::Payload;
use teloxide::types::InlineQueryResult;

use super::api::ApiError;
use super::context::{AnsweredQuestion, BotContext};
use super::sanitize::GuestQueryId;

/// The answer to a guest message.
pub(super) struct GuestAnswer {
    pub(super) query: GuestQueryId,
    pub(super) result: InlineQueryResult,
    pub(super) sender_id: i64,
    /// `None` if no question was asked.
    pub(super) answered: Option<AnsweredQuestion>,
}

/// `answerGuestQuery`, which teloxide does not know.
#[derive(Serialize)]
struct AnswerGuestQuery<'a> {
    guest_query_id: &'a str,
    result: &'a InlineQueryResult,
}

impl Payload for AnswerGuestQuery<'_> {
    type Output = SentGuestMessage;
    const NAME: &'static str = "AnswerGuestQuery";
}

/// The message that was sent, known by its id among the messages of inline mode.
#[derive(Deserialize)]
struct SentGuestMessage {
    inline_message_id: String,
}

impl BotContext {
    /// Answers a guest message, and returns the id of the message that was sent; `None` if the query
    /// was answered before or is too old.
    pub(super) async fn answer_guest_query(
        &self,
        query: &GuestQueryId,
        result: &InlineQueryResult,
    ) -> Result<Option<String>, ApiError> {
        let answer = AnswerGuestQuery { guest_query_id: &query.0, result };
        match self.outbox.call::<_, SentGuestMessage>(&answer).await {
            Ok(sent) => Ok(Some(sent.inline_message_id)),
            Err(failure) if failure.refused_with(400).is_some_and(is_about_the_query) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// Whether Telegram complains that a query is unknown, answered or too old: its texts for these differ
/// from method to method.
fn is_about_the_query(complaint: &str) -> bool {
    complaint.contains("query is too old") || complaint.contains("QUERY_ID_INVALID")
}
