//! Connections to the database, and its address with the password left out.

use std::time::Duration;

use serde::Serializer;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Executor};

use super::sqlite;

/// How long to wait for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// The parameters of an address that may be shown. All others, such as `password`, are masked.
const HARMLESS: [&str; 9] =
    ["mode", "cache", "immutable", "vfs", "host", "port", "dbname", "user", "sslmode"];

/// The kinds of databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// Returns `None` if the address is of another kind.
    pub(super) fn of(url: &str) -> Option<Self> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            _ => None,
        }
    }
}

/// Opens a pool of at most `connections` connections.
pub(super) async fn pool(url: &str, database: Database, connections: u32) -> sqlx::Result<AnyPool> {
    let is_sqlite = database == Database::Sqlite;
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(!is_sqlite)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if is_sqlite {
                    connection.execute(sqlite::PRAGMAS).await?;
                }
                Ok(())
            })
        })
        .connect(url)
        .await
}

/// Serializes the address of a store without its password.
pub(super) fn serialize_masked<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&masked(url))
}

/// `postgres://USER:***@HOST/DATABASE?password=***`
fn masked(url: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(a, q)| (a, Some(q)));
    if query.is_some_and(|query| query.contains('@')) {
        // The password contains a `?`, so that the parts of the address cannot be told apart.
        let scheme = url.split(':').next().unwrap_or_default();
        return format!("{scheme}://***");
    }
    let masked = address.rsplit_once('@').and_then(|(before, host)| {
        let (scheme, login) = before.split_once("://")?;
        let (user, _) = login.split_once(':')?;
        Some(format!("{scheme}://{user}:***@{host}"))
    });
    let mut masked = masked.unwrap_or_else(|| address.to_owned());
    for (number, parameter) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
        masked.push(if number == 0 { '?' } else { '&' });
        match parameter.split_once('=') {
            Some((key, _)) if !HARMLESS.contains(&key) => {
                masked.push_str(key);
                masked.push_str("=***");
            }
            _ => masked.push_str(parameter),
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_shows_nowhere_in_an_address() {
        for (url, shown) in [
            ("sqlite://data/store.sqlite?mode=rwc", "sqlite://data/store.sqlite?mode=rwc"),
            ("postgres://bot:secret@db/wenjian", "postgres://bot:***@db/wenjian"),
            ("postgres://bot:se@cret@db/x", "postgres://bot:***@db/x"),
            ("postgres://bot@db/x?password=secret", "postgres://bot@db/x?password=***"),
            (
                "postgres:///x?host=db&user=bot&Password=secret&sslmode=require",
                "postgres:///x?host=db&user=bot&Password=***&sslmode=require",
            ),
            ("postgres://bot@db/x?pass%77ord=secret", "postgres://bot@db/x?pass%77ord=***"),
            ("postgres://bot:secret?more@db/x", "postgres://***"),
        ] {
            assert_eq!(masked(url), shown);
        }
    }
}
