//! Everything that must survive a restart, in SQLite or PostgreSQL.
//!
//! A failing store never stops the program. Every operation has a time limit, the first failure is
//! logged, and for a moment after a failure all operations return [`Error::Resting`] at once, so
//! that callers go on with what they have in memory.

mod sql;
mod sqlite;
mod connect;
mod health;
mod single_statement;
mod person_hash;
mod inbox;
mod mentions;
mod replica;
mod journal;
mod answer_messages;
mod settings;
mod blocked_chats;
mod question_log;
mod feedback;
mod question_report;
mod question_stats;
mod overlay;
mod pending;
mod subscriber;
mod question_links;
mod saved_quotes;
mod daily_quotes;
mod follows;

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sqlx::AnyPool;
use sqlx::migrate::{MigrateError, Migrator};

pub use answer_messages::{AnswerMessage, AnswerMessageId, PastAnswer};
pub use daily_quotes::{DailyProgress, DailyQuote, MAX_DAILY_AHEAD};
pub use feedback::Rating;
pub use follows::{FollowedQuestion, PendingNotice};
pub use inbox::{BatchId, LeftUpdate};
pub use journal::{CompletedUpdate, Journal};
pub use pending::{MessageAt, Upload};
pub use person_hash::PersonHash;
pub use question_log::LoggedQuestion;
pub use question_report::{Day, QuestionReport};
pub use question_stats::{MissedQuestion, QuestionOutcome};
pub use replica::Lease;
pub use saved_quotes::{MAX_SAVED, SaveResult, SavedQuote};
pub use settings::Settings;
pub use subscriber::Subscriber;

use crate::secret::{self, Secret};
use blocked_chats::end_subscriptions;
use connect::{Database, pool};
use health::Health;
use person_hash::HashKey;
use replica::ReplicaId;
use sql::{PlaceholderMark, TimeExpression};

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// The number of connections for reading, in addition to those for writing.
const READERS: u32 = 4;
/// The number of connections for writing to PostgreSQL. SQLite has only one writer at a time, and
/// waiting for the one connection is fairer and faster than waiting for the lock of the file.
const POSTGRES_WRITERS: u32 = 4;
/// How long the id of an update is kept. Telegram keeps an update for a day.
const SEEN_FOR: Duration = Duration::from_hours(48);

/// `[store]`: where the store is, and how long it keeps things.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// `sqlite://PATH?mode=rwc` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    #[serde(deserialize_with = "secret::text", serialize_with = "connect::serialize_masked")]
    pub url: String,
    /// The part of the key for hashing ids that is not kept in the store; empty if there is none.
    #[serde(deserialize_with = "secret::long_or_empty")]
    pub hash_key: Secret,
    /// Whether a damaged SQLite file is renamed and an empty one used in its place.
    pub replace_damaged: bool,
    /// The number of days after which questions and ratings are deleted.
    pub keep_days: u32,
    /// Whether questions are logged at all.
    pub log_questions: bool,
    /// For how many hours the store keeps which question a message of the bot answers.
    pub remember_hours: u32,
}

impl fmt::Debug for Options {
    /// Omits the address, because it may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("keep_days", &self.keep_days).finish_non_exhaustive()
    }
}

/// The reason why an operation on the store failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(
        "`store.url` is not the address of a store; hint: `sqlite://PATH?mode=rwc` or `postgres://…`"
    )]
    Address,
    #[error(
        "cannot make the folder `{folder}` for the store; hint: make it writable or set `store.url`"
    )]
    Folder {
        folder: String,
        #[source]
        source: std::io::Error,
    },
    /// The SQLite file is damaged, or is something else than a database.
    #[error(
        "the store `{}` is damaged: {why}; hint: put a backup in its place, or set `store.replace_damaged = true` to have the file renamed and an empty one used", path.display()
    )]
    Damaged { path: PathBuf, why: String },
    #[error("cannot rename the damaged store `{}`; hint: move it out of the way", path.display())]
    SetAside {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("cannot bring the store's tables up to date")]
    Migrate(#[from] MigrateError),
    #[error("the store failed")]
    Database(#[from] sqlx::Error),
    #[error("the store did not answer in time")]
    Timeout,
    /// The store failed a moment ago and was not asked again.
    #[error("the store failed a moment ago")]
    Resting,
}

impl Error {
    /// Returns whether opening the store may succeed later, because a server is not up yet or
    /// the disk is full.
    pub fn is_transient(&self) -> bool {
        self.is_outage()
    }

    /// Returns whether the database cannot be used at present, and not only refused a statement.
    fn is_outage(&self) -> bool {
        match self {
            Self::Timeout | Self::Resting => true,
            Self::Database(error)
            | Self::Migrate(
                MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _),
            ) => health::is_outage(error),
            _ => false,
        }
    }
}

/// Result of an operation on the store.
pub type Result<T> = std::result::Result<T, Error>;

/// An open store. It is a handle that is cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: AnyPool,
    writers: AnyPool,
    mark: PlaceholderMark,
    clock: TimeExpression,
    database: Database,
    hash_key: HashKey,
    replica: ReplicaId,
    health: Health,
    options: Options,
}

impl Store {
    /// Opens the store as a new replica, brings its tables up to date, and makes the random part of
    /// the hash key if there is none.
    pub async fn open(options: &Options) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let url = options.url.as_str();
        let database = Database::of(url).ok_or(Error::Address)?;
        let (n_writers, mark, clock) = match database {
            Database::Sqlite => (1, PlaceholderMark::SQLITE, TimeExpression::SQLITE),
            Database::Postgres => {
                (POSTGRES_WRITERS, PlaceholderMark::POSTGRES, TimeExpression::POSTGRES)
            }
        };
        if database == Database::Sqlite {
            sqlite::prepare(options).await?;
        }
        let writers = pool(url, database, n_writers).await?;
        MIGRATIONS.run(&writers).await?;
        let hash_key = HashKey::load_or_make(&writers, &options.hash_key).await?;
        let readers = pool(url, database, READERS).await?;
        let (replica, health) = (ReplicaId::new(), Health::default());
        let options = options.clone();
        Ok(Self { readers, writers, mark, clock, database, hash_key, replica, health, options })
    }

    /// Deletes everything whose time to be kept has passed.
    pub async fn purge(&self) -> Result<()> {
        let now = now();
        let kept_from = now - i64::from(self.options.keep_days) * 24 * 3600;
        let seen_from = now - SEEN_FOR.as_secs().cast_signed();
        let notices_from = now - follows::NOTICE_KEPT_FOR.as_secs().cast_signed();
        let links_from = now - question_links::KEPT_FOR.as_secs().cast_signed();
        self.health
            .write(async {
                for (statement, before) in [
                    ("DELETE FROM updates WHERE received_at < $1 AND body IS NULL", seen_from),
                    ("DELETE FROM replicas WHERE seen_at < $1", seen_from),
                    ("DELETE FROM asked WHERE expires_at < $1", now),
                    ("DELETE FROM asked_inline WHERE expires_at < $1", now),
                    ("DELETE FROM mentions WHERE expires_at < $1", now),
                    ("DELETE FROM question_links WHERE used_at < $1", links_from),
                    ("DELETE FROM notices WHERE added_at < $1", notices_from),
                    ("DELETE FROM drafts WHERE expires_at < $1", now),
                    ("DELETE FROM uploads WHERE expires_at < $1", now),
                    ("DELETE FROM question_log WHERE asked_at < $1", kept_from),
                    ("DELETE FROM feedback WHERE given_at < $1", kept_from),
                ] {
                    sqlx::query(statement).bind(before).execute(&self.writers).await?;
                }
                Ok(())
            })
            .await?;
        self.overwrite_deleted().await
    }

    /// Removes deleted rows from the disk as well. PostgreSQL does this by itself some time later.
    async fn overwrite_deleted(&self) -> Result<()> {
        match self.database {
            Database::Sqlite => self.health.write(sqlite::empty_log(&self.writers)).await,
            Database::Postgres => Ok(()),
        }
    }

    /// Deletes everything about a person: questions, ratings, saved quotations, and the settings of their private
    /// chat, which has the same id. What they added to the corpus stays, because it does not
    /// tell who added it.
    pub async fn forget_person(&self, user_id: i64) -> Result<()> {
        let person = self.person(user_id).0;
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                for (statement, key) in [
                    ("DELETE FROM question_log WHERE person = $1", person),
                    ("DELETE FROM feedback WHERE person = $1", person),
                    ("DELETE FROM asked WHERE person = $1", person),
                    ("DELETE FROM asked WHERE chat = $1", self.chat(user_id)),
                    ("DELETE FROM asked_inline WHERE person = $1", person),
                    ("DELETE FROM saved_quotes WHERE person = $1", person),
                    ("DELETE FROM settings WHERE chat_id = $1", user_id),
                    ("UPDATE additions SET person = 0 WHERE person = $1", person),
                    ("UPDATE corpus_files SET person = 0 WHERE person = $1", person),
                ] {
                    sqlx::query(statement).bind(key).execute(&mut *transaction).await?;
                }
                end_subscriptions(&mut transaction, user_id).await?;
                transaction.commit().await
            })
            .await?;
        self.overwrite_deleted().await
    }

    /// Deletes what belongs to a chat: its settings, its subscriptions and the questions of its messages.
    pub async fn forget_chat(&self, chat_id: i64) -> Result<()> {
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                for (statement, key) in [
                    ("DELETE FROM settings WHERE chat_id = $1", chat_id),
                    ("DELETE FROM asked WHERE chat = $1", self.chat(chat_id)),
                ] {
                    sqlx::query(statement).bind(key).execute(&mut *transaction).await?;
                }
                end_subscriptions(&mut transaction, chat_id).await?;
                transaction.commit().await
            })
            .await
    }

    /// Moves the settings and the subscriptions of a group to the supergroup to which it was upgraded.
    pub async fn move_chat(&self, from: i64, to: i64) -> Result<()> {
        self.health
            .write(async {
                let mut transaction = self.writers.begin().await?;
                for statement in [
                    "DELETE FROM settings WHERE chat_id = $2 AND EXISTS (SELECT 1 FROM settings WHERE chat_id = $1)",
                    "UPDATE settings SET chat_id = $2 WHERE chat_id = $1",
                    "DELETE FROM daily_quotes WHERE chat_id = $2 AND EXISTS (SELECT 1 FROM daily_quotes WHERE chat_id = $1)",
                    "UPDATE daily_quotes SET chat_id = $2 WHERE chat_id = $1",
                    "DELETE FROM followers WHERE chat_id = $2 AND EXISTS (SELECT 1 FROM followers WHERE chat_id = $1)",
                    "UPDATE followers SET chat_id = $2 WHERE chat_id = $1",
                    "DELETE FROM notices WHERE chat_id = $2 AND EXISTS (SELECT 1 FROM notices WHERE chat_id = $1)",
                    "UPDATE notices SET chat_id = $2 WHERE chat_id = $1",
                ] {
                    sqlx::query(statement).bind(from).bind(to).execute(&mut *transaction).await?;
                }
                transaction.commit().await
            })
            .await
    }

    /// Returns whether the last operations succeeded. Statements that the database
    /// refused count as success.
    pub fn is_up(&self) -> bool {
        self.health.is_up()
    }

    /// Leaves unfinished updates to the other replicas, and closes the connections when they are
    /// not in use any more.
    pub async fn close(&self) {
        // If this fails, the other replicas notice within seconds that this one has ended.
        let _ = self.leave().await;
        self.readers.close().await;
        self.writers.close().await;
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Returns the Unix time in seconds.
fn now() -> i64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs().cast_signed())
}
