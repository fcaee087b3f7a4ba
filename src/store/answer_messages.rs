//! The question that each message of the bot answers, kept for `store.remember_hours`.
//!
//! Highlighted words, edits, follow-up questions and ratings need it. Nothing else is lost without it.

use sqlx::AnyConnection;

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

    /// Returns the last question of a chat, if it was asked at most `seconds` ago.
    pub async fn last_question(&self, chat_id: i64, seconds: i64) -> Result<Option<String>> {
        let lifetime = i64::from(self.options.remember_hours) * 3600;
        let query = sqlx::query(
            "SELECT question FROM asked \
             WHERE chat = $1 AND expires_at > $2 AND question <> '' AND missed = 0 \
             ORDER BY message_id DESC LIMIT 1",
        )
        .bind(self.chat(chat_id))
        .bind(now() + lifetime - seconds);
        self.read_one(query).await
    }

    /// Returns how many messages of a chat answered `question` in the last `seconds`.
    pub async fn answers_to(&self, chat_id: i64, question: &str, seconds: i64) -> Result<i64> {
        let lifetime = i64::from(self.options.remember_hours) * 3600;
        let query = sqlx::query(
            "SELECT COUNT(*) FROM asked WHERE chat = $1 AND question = $2 AND expires_at > $3 \
             AND missed = 0",
        )
        .bind(self.chat(chat_id))
        .bind(without_nul(question))
        .bind(now() + lifetime - seconds);
        Ok(self.read_one(query).await?.unwrap_or_default())
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
    let expires_at = now() + i64::from(store.options.remember_hours) * 3600;
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
        "INSERT INTO asked (chat, message_id, asked_id, person, question, expires_at, missed) VALUES {} \
         ON CONFLICT (chat, message_id) DO UPDATE SET question = excluded.question, \
         expires_at = excluded.expires_at, missed = excluded.missed",
        store.mark,
        in_chats.len(),
        7,
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
        },
    );
    query.persistent(false).execute(connection).await?;
    Ok(())
}
