//! What must survive a restart, in SQLite or PostgreSQL by one code path.
//!
//! A store that fails never takes the program down: every operation is bounded in time, the first
//! failure is logged, and until it answers again the others return at once ([`Error::Resting`]), so
//! that callers can go on with what they know.

mod health;
mod sql;
mod person;
mod inbox;
mod replica;
mod journal;
mod asked;
mod settings;
mod blocked;
mod question_log;
mod feedback;
mod report;
mod lessons;
mod overlay;
mod pending;

use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize, Serializer};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{AnyPool, Executor};

pub use asked::{Asked, AskedAt};
pub use feedback::Rating;
pub use inbox::Batch;
pub use journal::{Done, Journal};
pub use lessons::{Lesson, Missed};
pub use pending::{MessageAt, Upload};
pub use person::Person;
pub use question_log::LoggedQuestion;
pub use replica::Lease;
pub use report::{Day, Report};
pub use settings::Settings;

use health::Health;
use person::Secret;
use replica::ReplicaId;
use sql::{Clock, Mark};

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// How long to wait for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// Connections that read, beside those that write.
const READERS: u32 = 4;
/// Connections that write on a database server. SQLite has one writer at a time, and a queue in
/// front of one connection is fairer and quicker than its lock.
const SERVER_WRITERS: u32 = 4;
/// How long an update is remembered as seen: Telegram keeps what was not fetched for a day.
const SEEN_FOR: Duration = Duration::from_hours(48);

/// Where the store is, and what it keeps.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// `sqlite://PATH?mode=rwc` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    #[serde(deserialize_with = "crate::secret::text", serialize_with = "masked")]
    pub url: String,
    /// Days after which questions and ratings are removed.
    pub keep_days: u32,
    /// Whether questions are logged at all.
    pub log_questions: bool,
    /// Hours for which a bot's message remembers the question that it answers.
    pub remember_hours: u32,
}

impl fmt::Debug for Options {
    /// Leaves the address out: it may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("keep_days", &self.keep_days).finish_non_exhaustive()
    }
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Its address is neither SQLite's nor PostgreSQL's.
    #[error(
        "`store.url` is no address of a store; hint: `sqlite://PATH?mode=rwc` or `postgres://…`"
    )]
    Address,
    /// The folder of the SQLite file cannot be made.
    #[error(
        "cannot make the folder `{folder}` for the store; hint: make it writable or set `store.url`"
    )]
    Folder {
        /// The folder.
        folder: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Its tables could not be brought up to date.
    #[error("cannot bring the store's tables up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database failed.
    #[error("the store failed")]
    Database(#[from] sqlx::Error),
    /// The database took too long.
    #[error("the store did not answer in time")]
    Timeout,
    /// It failed a moment ago and is not asked again yet.
    #[error("the store failed a moment ago")]
    Resting,
}

impl Error {
    /// It may go well later: a server that is not up yet.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Database(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) | Self::Timeout
        )
    }
}

/// Result of an operation on the store.
pub type Result<T> = std::result::Result<T, Error>;

/// An open store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: AnyPool,
    writers: AnyPool,
    mark: Mark,
    clock: Clock,
    secret: Secret,
    replica: ReplicaId,
    health: Health,
    options: Options,
}

impl Store {
    /// Opens the store as a replica of its own, brings its tables up to date and makes the hashing
    /// secret if there is none.
    pub async fn open(options: &Options) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let url = options.url.as_str();
        let is_sqlite = url.starts_with("sqlite:");
        if is_sqlite {
            make_folder(url)?;
        } else if !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
            return Err(Error::Address);
        }
        let writers = pool(url, if is_sqlite { 1 } else { SERVER_WRITERS }).await?;
        MIGRATIONS.run(&writers).await?;
        let secret = Secret::load_or_make(&writers).await?;
        let readers = pool(url, READERS).await?;
        let (mark, clock) =
            if is_sqlite { (Mark::SQLITE, Clock::SQLITE) } else { (Mark::SERVER, Clock::SERVER) };
        let (replica, health) = (ReplicaId::new(), Health::default());
        let options = options.clone();
        Ok(Self { readers, writers, mark, clock, secret, replica, health, options })
    }

    /// Removes what has been kept for long enough.
    pub async fn purge(&self) -> Result<()> {
        let now = now();
        let kept_from = now - i64::from(self.options.keep_days) * 24 * 3600;
        let seen_from = now - SEEN_FOR.as_secs().cast_signed();
        self.health
            .watch(async {
                for (statement, before) in [
                    ("DELETE FROM updates WHERE received_at < $1 AND body IS NULL", seen_from),
                    ("DELETE FROM replicas WHERE seen_at < $1", seen_from),
                    ("DELETE FROM asked WHERE expires_at < $1", now),
                    ("DELETE FROM asked_inline WHERE expires_at < $1", now),
                    ("DELETE FROM drafts WHERE expires_at < $1", now),
                    ("DELETE FROM uploads WHERE expires_at < $1", now),
                    ("DELETE FROM question_log WHERE asked_at < $1", kept_from),
                    ("DELETE FROM feedback WHERE given_at < $1", kept_from),
                ] {
                    sqlx::query(statement).bind(before).execute(&self.writers).await?;
                }
                Ok(())
            })
            .await
    }

    /// Removes all that is kept of a person: questions and ratings. What they added to the corpus
    /// stays, as nobody's.
    pub async fn forget_person(&self, user_id: i64) -> Result<()> {
        let person = self.person(user_id).0;
        self.health
            .watch(async {
                let mut transaction = self.writers.begin().await?;
                for statement in [
                    "DELETE FROM question_log WHERE person = $1",
                    "DELETE FROM feedback WHERE person = $1",
                    "DELETE FROM asked WHERE person = $1",
                    "DELETE FROM asked_inline WHERE person = $1",
                    "UPDATE additions SET person = 0 WHERE person = $1",
                    "UPDATE corpus_files SET person = 0 WHERE person = $1",
                ] {
                    sqlx::query(statement).bind(person).execute(&mut *transaction).await?;
                }
                transaction.commit().await
            })
            .await
    }

    /// Removes what belongs to a chat: its settings and remembered questions.
    pub async fn forget_chat(&self, chat_id: i64) -> Result<()> {
        self.health
            .watch(async {
                let mut transaction = self.writers.begin().await?;
                for statement in [
                    "DELETE FROM settings WHERE chat_id = $1",
                    "DELETE FROM asked WHERE chat_id = $1",
                ] {
                    sqlx::query(statement).bind(chat_id).execute(&mut *transaction).await?;
                }
                transaction.commit().await
            })
            .await
    }

    /// Gives the settings of a group to the supergroup that it became.
    pub async fn move_chat(&self, from: i64, to: i64) -> Result<()> {
        self.health
            .watch(async {
                let mut transaction = self.writers.begin().await?;
                for statement in [
                    "DELETE FROM settings WHERE chat_id = $2 AND EXISTS (SELECT 1 FROM settings WHERE chat_id = $1)",
                    "UPDATE settings SET chat_id = $2 WHERE chat_id = $1",
                ] {
                    sqlx::query(statement).bind(from).bind(to).execute(&mut *transaction).await?;
                }
                transaction.commit().await
            })
            .await
    }

    /// Whether it answered when it was last asked.
    pub fn is_up(&self) -> bool {
        self.health.is_up()
    }

    /// Leaves the other replicas what is not done, and closes the connections once those in use are
    /// back.
    pub async fn close(&self) {
        // If that fails, the others find out in a moment.
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

async fn pool(url: &str, connections: u32) -> Result<AnyPool> {
    let is_sqlite = url.starts_with("sqlite:");
    let pool = AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(!is_sqlite)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if is_sqlite {
                    connection.execute(SQLITE_PRAGMAS).await?;
                }
                Ok(())
            })
        })
        .connect(url)
        .await?;
    Ok(pool)
}

/// A write-ahead log lets readers go on beside the writer; `NORMAL` survives the death of the
/// program, though a power cut may cost the last moments.
const SQLITE_PRAGMAS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 3000;";

fn masked<S: Serializer>(url: &str, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(&without_password(url))
}

/// The address with its password masked, whether it stands before the host or among the parameters.
fn without_password(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
        Some((key, _)) if percent_decode_str(key).decode_utf8_lossy().contains("password") => {
            format!("{key}=***")
        }
        _ => parameter.to_owned(),
    });
    let query = parameters.collect::<Vec<_>>().join("&");
    let url = if query.is_empty() { address.to_owned() } else { format!("{address}?{query}") };
    let masked = url.rsplit_once('@').and_then(|(before, host)| {
        let (scheme, login) = before.split_once("://")?;
        let (user, _) = login.split_once(':')?;
        Some(format!("{scheme}://{user}:***@{host}"))
    });
    masked.unwrap_or(url)
}

fn make_folder(url: &str) -> Result<()> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let path = path.split('?').next().unwrap_or_default();
    let Some(folder) = Path::new(path).parent() else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|source| Error::Folder { folder: folder.display().to_string(), source })
}

/// Unix time in seconds.
fn now() -> i64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs().cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_an_address_shows_its_password() {
        let cases = [
            ("postgres://bot:p%40ss@db/wenjian", "postgres://bot:***@db/wenjian"),
            ("postgres://bot:p@ss?x@db/wenjian", "postgres://bot:***@db/wenjian"),
            ("postgres://db/w?user=bot&password=pass", "postgres://db/w?user=bot&password=***"),
            ("postgres://db/w?pass%77ord=p&a=x@y", "postgres://db/w?pass%77ord=***&a=x@y"),
            ("sqlite://data/w.sqlite?mode=rwc", "sqlite://data/w.sqlite?mode=rwc"),
        ];
        for (url, masked) in cases {
            assert_eq!(without_password(url), masked);
        }
    }
}
