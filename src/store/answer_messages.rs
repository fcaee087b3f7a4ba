//! What each message of the bot shows and which question it answers, kept for `store.remember_hours`.
//!
//! Highlighted words, edits, follow-up questions and ratings need it. Nothing else is lost without it.

use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::sql::{with_rows, without_nul};
use super::{PersonHash, Result, Store, now};

/// A message that answers a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerMessage {
    pub id: AnswerMessageId,
    /// The person who asked, if known.
    pub person: Option<PersonHash>,
    /// The question as it was searched, or an empty text if there is none to remember.
    pub question: String,
    /// Whether the interviews do not answer the question. Then it is no topic to go on with.
    pub is_missed: bool,
    /// The state of the card that the message shows, which the store does not interpret.
    pub card: Option<String>,
}

/// What an earlier message of the bot shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastAnswer {
    /// The question that it answers, or an empty text.
    pub question: String,
    /// The state of its card, as it was kept.
    pub card: Option<String>,
}

/// Identifies a message that answers a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerMessageId {
    /// A message in a chat.
    Message {
        /// The id of the chat.
        chat_id: i64,
        /// The id of the bot's message.
        message_id: i64,
        /// The id of the message that asked.
        asked_id: i64,
    },
    /// A message that was sent through inline mode, by its id.
    Inline(String),
}

impl Store {
    /// Returns the question that a message of the bot answers.
    pub async fn question_of(&self, chat_id: i64, message_id: i64) -> Result<Option<String>> {
        let query = sqlx::query(
            "SELECT question FROM asked \
             WHERE chat = $1 AND message_id = $2 AND expires_at > $3 AND question <> '' \
             AND missed = 0",
        )
        .bind(self.chat(chat_id))
        .bind(message_id)
        .bind(now());
        self.read_one(query).await
    }

    /// Returns the question that a message of the bot could not answer.
    pub async fn missed_question(&self, chat_id: i64, message_id: i64) -> Result<Option<String>> {
        let query = sqlx::query(
            "SELECT question FROM asked \
             WHERE chat = $1 AND message_id = $2 AND expires_at > $3 AND missed = 1",
        )
        .bind(self.chat(chat_id))
        .bind(message_id)
        .bind(now());
        self.read_one(query).await
    }

    /// Returns the question that a message sent through inline mode answers.
    pub async fn question_of_inline(&self, inline_id: &str) -> Result<Option<String>> {
        let query = sqlx::query(
            "SELECT question FROM asked_inline WHERE inline_id = $1 AND expires_at > $2",
        )
        .bind(inline_id.to_owned())
        .bind(now());
        self.read_one(query).await
    }

    /// Returns what a message of the bot shows.
    pub async fn answer_in(&self, chat_id: i64, message_id: i64) -> Result<Option<PastAnswer>> {
        self.past_answer("message_id = $3", chat_id, now(), message_id).await
    }

    /// Returns the last answer to a question in a chat, if it is at most `seconds` old.
    pub async fn last_answer(&self, chat_id: i64, seconds: i64) -> Result<Option<PastAnswer>> {
        let expires_after = self.expiry_of_what_is_older_than(seconds);
        let condition = "question <> '' AND message_id > $3";
        self.past_answer(condition, chat_id, expires_after, 0).await
    }

    /// Returns the newest card of a chat, if it was shown or changed at most `seconds` ago.
    pub async fn last_card(&self, chat_id: i64, seconds: i64) -> Result<Option<PastAnswer>> {
        let expires_after = self.expiry_of_what_is_older_than(seconds);
        self.past_answer("card IS NOT NULL AND message_id > $3", chat_id, expires_after, 0).await
    }

    /// Returns when answers expire that were given `seconds` ago.
    fn expiry_of_what_is_older_than(&self, seconds: i64) -> i64 {
        now() + i64::from(self.options.remember_hours) * 3600 - seconds
    }

    /// Returns the newest answer of a chat for which `condition` holds, whose `$3` is a message id.
    async fn past_answer(
        &self,
        condition: &'static str,
        chat_id: i64,
        expires_after: i64,
        message_id: i64,
    ) -> Result<Option<PastAnswer>> {
        let query = sqlx::query(AssertSqlSafe(format!(
            "SELECT question, card FROM asked WHERE chat = $1 AND expires_at > $2 AND {condition} \
             AND missed = 0 ORDER BY message_id DESC LIMIT 1"
        )))
        .bind(self.chat(chat_id))
        .bind(expires_after)
        .bind(message_id);
        self.read_row(query, |row| {
            Ok(PastAnswer { question: row.try_get(0)?, card: row.try_get(1)? })
        })
        .await
    }

    /// Returns the id of the message that answers the question in message `asked_id`.
    pub async fn answer_to(&self, chat_id: i64, asked_id: i64) -> Result<Option<i64>> {
        let query = sqlx::query(
            "SELECT message_id FROM asked WHERE chat = $1 AND asked_id = $2 AND expires_at > $3 \
             ORDER BY message_id DESC LIMIT 1",
        )
        .bind(self.chat(chat_id))
        .bind(asked_id)
        .bind(now());
        self.read_one(query).await
    }
}

/// Writes which messages answer which questions.
pub(super) async fn remember(
    connection: &mut AnyConnection,
    store: &Store,
    messages: &[&AnswerMessage],
) -> sqlx::Result<()> {
    let expires_at = store.expiry_of_what_is_older_than(0);
    let mut in_chats = Vec::with_capacity(messages.len());
    for message in messages {
        match &message.id {
            AnswerMessageId::Message { chat_id, message_id, asked_id } => {
                in_chats.push((*chat_id, *message_id, *asked_id, *message));
            }
            AnswerMessageId::Inline(inline_id) => {
                sqlx::query(
                    "INSERT INTO asked_inline (inline_id, person, question, expires_at) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (inline_id) DO NOTHING",
                )
                .bind(inline_id.as_str())
                .bind(message.person.map(|person| person.0))
                .bind(without_nul(&message.question))
                .bind(expires_at)
                .execute(&mut *connection)
                .await?;
            }
        }
    }
    // One statement may not change a row twice. If an answer was edited twice in one batch, only
    // the last edit is written.
    in_chats.reverse();
    in_chats.sort_by_key(|(chat_id, message_id, ..)| (*chat_id, *message_id));
    in_chats.dedup_by_key(|(chat_id, message_id, ..)| (*chat_id, *message_id));
    if in_chats.is_empty() {
        return Ok(());
    }
    let statement = with_rows(
        "INSERT INTO asked (chat, message_id, asked_id, person, question, expires_at, missed, card) \
         VALUES {} ON CONFLICT (chat, message_id) DO UPDATE SET question = excluded.question, \
         expires_at = excluded.expires_at, missed = excluded.missed, card = excluded.card",
        store.mark,
        in_chats.len(),
        8,
    );
    let query = in_chats.iter().fold(
        sqlx::query(statement),
        |query, (chat_id, message_id, asked_id, message)| {
            query
                .bind(store.chat(*chat_id))
                .bind(*message_id)
                .bind(*asked_id)
                .bind(message.person.map(|person| person.0))
                .bind(without_nul(&message.question))
                .bind(expires_at)
                .bind(i64::from(message.is_missed))
                .bind(message.card.as_deref())
        },
    );
    query.persistent(false).execute(connection).await?;
    Ok(())
}
