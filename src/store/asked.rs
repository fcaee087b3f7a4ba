//! Which question a message of ours answers, for a while: for marked words, edits, follow-ups and
//! ratings. Its absence costs only that.

use sqlx::{AnyConnection, Row};

use super::sql::{Mark, with_rows};
use super::{Person, Result, Store, now};

/// A question, and where its answer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Where the answer stands.
    pub at: AskedAt,
    /// Who asked, where known.
    pub person: Option<Person>,
    /// The question, as it was searched; empty where nothing was found.
    pub question: String,
}

/// Where an answer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedAt {
    /// In a chat.
    Message {
        /// The chat.
        chat_id: i64,
        /// Our message.
        message_id: i64,
        /// The message that asked.
        asked_id: i64,
    },
    /// In a message that was sent by way of inline mode.
    Inline(String),
}

impl Store {
    /// The question that our message answers.
    pub async fn question_of(&self, chat_id: i64, message_id: i64) -> Result<Option<String>> {
        let query = sqlx::query(
            "SELECT question FROM asked \
             WHERE chat_id = $1 AND message_id = $2 AND expires_at > $3 AND question <> ''",
        )
        .bind(chat_id)
        .bind(message_id)
        .bind(now());
        self.read_one(query).await
    }

    /// The question that an inline message of ours answers.
    pub async fn question_of_inline(&self, inline_id: &str) -> Result<Option<String>> {
        let query = sqlx::query(
            "SELECT question FROM asked_inline WHERE inline_id = $1 AND expires_at > $2",
        )
        .bind(inline_id.to_owned())
        .bind(now());
        self.read_one(query).await
    }

    /// The last question of a chat that was asked at most `seconds` ago.
    pub async fn last_question(&self, chat_id: i64, seconds: i64) -> Result<Option<String>> {
        let lifetime = i64::from(self.options.remember_hours) * 3600;
        let query = sqlx::query(
            "SELECT question FROM asked \
             WHERE chat_id = $1 AND expires_at > $2 AND question <> '' \
             ORDER BY message_id DESC LIMIT 1",
        )
        .bind(chat_id)
        .bind(now() + lifetime - seconds);
        self.read_one(query).await
    }

    /// Our message that answers the question in message `asked_id`.
    pub async fn answer_to(&self, chat_id: i64, asked_id: i64) -> Result<Option<i64>> {
        let query = sqlx::query(
            "SELECT message_id FROM asked WHERE chat_id = $1 AND asked_id = $2 AND expires_at > $3 \
             ORDER BY message_id DESC LIMIT 1",
        )
        .bind(chat_id)
        .bind(asked_id)
        .bind(now());
        self.read_one(query).await
    }

    /// The first column of the one row that `query` gives, if any.
    pub(super) async fn read_one<T>(
        &self,
        query: sqlx::query::Query<'_, sqlx::Any, sqlx::any::AnyArguments>,
    ) -> Result<Option<T>>
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Any> + sqlx::Type<sqlx::Any>,
    {
        self.health
            .watch(async {
                query.fetch_optional(&self.readers).await?.map(|row| row.try_get(0)).transpose()
            })
            .await
    }
}

/// Notes which questions were answered where.
pub(super) async fn remember(
    connection: &mut AnyConnection,
    mark: Mark,
    asked: &[&Asked],
    hours: u32,
) -> sqlx::Result<()> {
    let expires_at = now() + i64::from(hours) * 3600;
    let mut in_chats = Vec::with_capacity(asked.len());
    for asked in asked {
        match &asked.at {
            AskedAt::Message { chat_id, message_id, asked_id } => {
                in_chats.push((*chat_id, *message_id, *asked_id, *asked));
            }
            AskedAt::Inline(inline_id) => {
                sqlx::query(
                    "INSERT INTO asked_inline (inline_id, person, question, expires_at) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (inline_id) DO NOTHING",
                )
                .bind(inline_id.as_str())
                .bind(asked.person.map(|person| person.0))
                .bind(asked.question.as_str())
                .bind(expires_at)
                .execute(&mut *connection)
                .await?;
            }
        }
    }
    // An answer that was edited twice in one batch: only the last counts, and one statement may not
    // change a row twice.
    in_chats.reverse();
    in_chats.sort_by_key(|(chat_id, message_id, ..)| (*chat_id, *message_id));
    in_chats.dedup_by_key(|(chat_id, message_id, ..)| (*chat_id, *message_id));
    if in_chats.is_empty() {
        return Ok(());
    }
    let statement = with_rows(
        "INSERT INTO asked (chat_id, message_id, asked_id, person, question, expires_at) VALUES {} \
         ON CONFLICT (chat_id, message_id) DO UPDATE SET \
         question = excluded.question, expires_at = excluded.expires_at",
        mark,
        in_chats.len(),
        6,
    );
    let query = in_chats.iter().fold(
        sqlx::query(statement),
        |query, (chat_id, message_id, asked_id, asked)| {
            query
                .bind(*chat_id)
                .bind(*message_id)
                .bind(*asked_id)
                .bind(asked.person.map(|person| person.0))
                .bind(asked.question.as_str())
                .bind(expires_at)
        },
    );
    query.persistent(false).execute(connection).await?;
    Ok(())
}
