//! Who wants to be told of new interviews: chats, and people whose question had no answer.
//!
//! When an interview is served for the first time, one transaction notes that it is known and writes a notice for each
//! of these chats. A notice is deleted, by one statement that succeeds only once, before its message is sent.

use std::collections::HashSet;
use std::time::Duration;

use sqlx::Row;

use super::sql::without_nul;
use super::subscriber::Subscriber;
use super::{Result, Store, now};

/// How many questions a chat can follow.
const MAX_QUESTIONS: i64 = 50;
/// The most notices that one statement returns.
const BATCH: i64 = 64;
/// How long a notice waits for a replica that serves its interview.
pub(super) const NOTICE_KEPT_FOR: Duration = Duration::from_hours(7 * 24);

/// A chat that is yet to be told of an interview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingNotice {
    pub slug: String,
    pub chat_id: i64,
    /// `None` if the chat follows questions only.
    pub follower: Option<Subscriber>,
}

/// A question that had no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedQuestion {
    pub chat_id: i64,
    pub question: String,
    /// The language of whoever asked, or an empty text if it is not known.
    pub language_code: String,
}

impl Store {
    /// Begins to tell a chat of new interviews or, if it is told already, ends that. Returns whether it is told now.
    /// The same command, known by the id of its message, has an effect only once.
    pub async fn toggle_follower(&self, follower: &Subscriber, command_id: i64) -> Result<bool> {
        let query = sqlx::query(
            "INSERT INTO followers (chat_id, chat_kind, topic, language_code, is_on, command_id) \
             VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT (chat_id) DO UPDATE SET \
             chat_kind = excluded.chat_kind, topic = excluded.topic, \
             language_code = excluded.language_code, command_id = excluded.command_id, is_on = \
             CASE WHEN followers.command_id = excluded.command_id THEN followers.is_on \
             ELSE 1 - followers.is_on END RETURNING is_on",
        )
        .bind(follower.chat_id)
        .bind(follower.chat_kind.clone())
        .bind(follower.topic)
        .bind(follower.language_code.clone())
        .bind(command_id);
        self.health
            .write(async {
                let row = query.fetch_one(&self.writers).await?;
                Ok(row.try_get::<i64, _>(0)? == 1)
            })
            .await
    }

    /// Follows a question. Returns false if the chat follows too many.
    pub async fn follow_question(&self, followed: &FollowedQuestion) -> Result<bool> {
        let question = without_nul(&followed.question);
        let hash = self.question_hash(&question);
        // PostgreSQL needs the types of parameters that stand in a SELECT.
        let query = sqlx::query(
            "INSERT INTO followed_questions (chat_id, question_hash, question, language_code) \
             SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT) \
             WHERE (SELECT COUNT(*) FROM followed_questions \
             WHERE chat_id = $1 AND question_hash <> $2) < $5 \
             ON CONFLICT (chat_id, question_hash) DO UPDATE SET \
             language_code = excluded.language_code",
        )
        .bind(followed.chat_id)
        .bind(hash)
        .bind(question)
        .bind(followed.language_code.clone())
        .bind(MAX_QUESTIONS);
        Ok(self.write_one(query).await? == 1)
    }

    /// Ends following a question. Returns false if it was not followed.
    pub async fn unfollow_question(&self, chat_id: i64, question: &str) -> Result<bool> {
        let query =
            sqlx::query("DELETE FROM followed_questions WHERE chat_id = $1 AND question_hash = $2")
                .bind(chat_id)
                .bind(self.question_hash(&without_nul(question)));
        Ok(self.write_one(query).await? == 1)
    }

    fn question_hash(&self, question: &str) -> i64 {
        self.hash_key.hash_bytes(b"followed", question.as_bytes())
    }

    /// Returns the questions that a chat follows.
    pub async fn followed_questions(&self, chat_id: i64) -> Result<Vec<FollowedQuestion>> {
        let query = sqlx::query(
            "SELECT question, language_code FROM followed_questions WHERE chat_id = $1 \
             ORDER BY question_hash",
        )
        .bind(chat_id);
        self.health
            .read(async {
                let rows = query.fetch_all(&self.readers).await?;
                let followed = |row: &sqlx::any::AnyRow| {
                    let (question, language_code) = (row.try_get(0)?, row.try_get(1)?);
                    Ok(FollowedQuestion { chat_id, question, language_code })
                };
                rows.iter().map(followed).collect()
            })
            .await
    }

    /// Notes which interviews are served. Of those that were never served before, it writes notices for all chats that
    /// want to be told, unless there was no interview before.
    pub async fn note_interviews(&self, slugs: &[String]) -> Result<()> {
        let rows = sqlx::query("SELECT slug FROM known_interviews");
        let known: HashSet<String> = self
            .health
            .read(async {
                let rows = rows.fetch_all(&self.readers).await?;
                rows.iter().map(|row| row.try_get(0)).collect()
            })
            .await?;
        let new: Vec<&String> = slugs.iter().filter(|slug| !known.contains(*slug)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let is_first = known.is_empty();
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                for slug in new {
                    let n_new = sqlx::query(
                        "INSERT INTO known_interviews (slug) VALUES ($1) \
                         ON CONFLICT (slug) DO NOTHING",
                    )
                    .bind(slug.as_str())
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected();
                    if is_first || n_new == 0 {
                        continue;
                    }
                    sqlx::query(
                        "INSERT INTO notices (slug, chat_id, added_at) \
                         SELECT CAST($1 AS TEXT), chat_id, CAST($2 AS BIGINT) FROM ( \
                         SELECT chat_id FROM followers WHERE is_on = 1 \
                         UNION SELECT chat_id FROM followed_questions) AS chats",
                    )
                    .bind(slug.as_str())
                    .bind(now())
                    .execute(&mut *transaction)
                    .await?;
                }
                transaction.commit().await
            })
            .await
    }

    /// Returns the slugs of the interviews of which somebody is yet to be told.
    pub async fn slugs_with_notices(&self) -> Result<Vec<String>> {
        let query = sqlx::query("SELECT DISTINCT slug FROM notices ORDER BY slug");
        self.health
            .read(async {
                let rows = query.fetch_all(&self.readers).await?;
                rows.iter().map(|row| row.try_get(0)).collect()
            })
            .await
    }

    /// Returns chats that are yet to be told of an interview.
    pub async fn notices(&self, slug: &str) -> Result<Vec<PendingNotice>> {
        let query = sqlx::query(
            "SELECT notices.chat_id, chat_kind, topic, language_code FROM notices \
             LEFT JOIN followers ON followers.chat_id = notices.chat_id AND is_on = 1 \
             WHERE slug = $1 ORDER BY notices.chat_id LIMIT $2",
        )
        .bind(slug.to_owned())
        .bind(BATCH);
        self.health
            .read(async {
                let rows = query.fetch_all(&self.readers).await?;
                let notice = |row: &sqlx::any::AnyRow| {
                    let chat_id = row.try_get(0)?;
                    let follower = match row.try_get::<Option<String>, _>(1)? {
                        Some(chat_kind) => Some(Subscriber {
                            chat_id,
                            chat_kind,
                            topic: row.try_get(2)?,
                            language_code: row.try_get(3)?,
                        }),
                        None => None,
                    };
                    Ok(PendingNotice { slug: slug.to_owned(), chat_id, follower })
                };
                rows.iter().map(notice).collect()
            })
            .await
    }

    /// Deletes a notice. Returns false if another replica was faster.
    pub async fn claim_notice(&self, notice: &PendingNotice) -> Result<bool> {
        let query = sqlx::query("DELETE FROM notices WHERE slug = $1 AND chat_id = $2")
            .bind(notice.slug.clone())
            .bind(notice.chat_id);
        Ok(self.write_one(query).await? == 1)
    }

    /// Gives a notice back that could not be sent.
    pub async fn return_notice(&self, notice: &PendingNotice) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO notices (slug, chat_id, added_at) VALUES ($1, $2, $3) \
             ON CONFLICT (slug, chat_id) DO NOTHING",
        )
        .bind(notice.slug.clone())
        .bind(notice.chat_id)
        .bind(now());
        self.write_one(query).await.map(|_| ())
    }
}
