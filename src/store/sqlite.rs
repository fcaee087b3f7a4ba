//! What only a SQLite file needs: its folder, its settings, a check when it is opened, and the
//! removal of deleted rows from the disk.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::sqlite::{SqliteConnectOptions, SqliteError};
use sqlx::{AnyConnection, AnyPool, Connection, Executor};

use super::{Error, Options, Result, now};

/// The settings of every connection.
///
/// With a write-ahead log, readers do not wait for the writer. With `synchronous = NORMAL`, a
/// commit survives the end of the program, but a power cut may lose the last commits.
/// `secure_delete` overwrites deleted rows with zeros; otherwise their bytes would stay
/// readable in the file.
pub(super) const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
    PRAGMA busy_timeout = 3000; PRAGMA secure_delete = ON;";

/// SQLite's primary result codes for a file that is damaged, or is no database at all.
const DAMAGED: [i32; 2] = [11, 26];

/// Creates the folder of the file, and checks the file. Replaces it with an empty one if it is
/// damaged and `options.replace_damaged` allows that.
pub(super) async fn prepare(options: &Options) -> Result<()> {
    let file = SqliteConnectOptions::from_str(&options.url).map_err(|_| Error::Address)?;
    let path = file.get_filename();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|source| Error::Folder { folder: folder.display().to_string(), source })?;
    }
    match check(&options.url).await {
        Err(Error::Damaged { why, .. }) => {
            if !options.replace_damaged {
                return Err(Error::Damaged { path: path.to_path_buf(), why });
            }
            let kept = set_aside(path)?;
            tracing::error!(
                path = %path.display(),
                kept = %kept.display(),
                why,
                "the store was damaged; it was renamed, and an empty one is used from now on"
            );
            check(&options.url).await
        }
        checked => checked,
    }
}

/// Opens the file and reads all of its pages.
async fn check(url: &str) -> Result<()> {
    let checked = async {
        let mut connection = AnyConnection::connect(url).await?;
        connection.execute(PRAGMAS).await?;
        let found: String =
            sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
        overwrite_what_was_deleted_before(&mut connection).await;
        connection.close().await?;
        Ok(found)
    };
    match checked.await {
        Ok(found) if found == "ok" => Ok(()),
        Ok(why) => Err(Error::Damaged { path: PathBuf::new(), why }),
        Err(error) if is_damage(&error) => {
            Err(Error::Damaged { path: PathBuf::new(), why: error.to_string() })
        }
        Err(error) => Err(error.into()),
    }
}

/// Rewrites, once, a file that was made before `secure_delete` was set.
async fn overwrite_what_was_deleted_before(connection: &mut AnyConnection) {
    let version = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await;
    if matches!(version, Ok(0_i64)) {
        let written = connection.execute("VACUUM; PRAGMA user_version = 1;").await;
        if let Err(error) = written {
            tracing::warn!(%error, "the store could not be compacted; trying again at the next start");
        }
    }
}

fn is_damage(error: &sqlx::Error) -> bool {
    let error =
        error.as_database_error().filter(|error| error.try_downcast_ref::<SqliteError>().is_some());
    let code = error.and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| DAMAGED.contains(&(code & 0xff)))
}

/// Renames the file and its write-ahead log, and returns the new name.
fn set_aside(path: &Path) -> Result<PathBuf> {
    let renamed = |suffix: &str| {
        let append =
            |end: String| PathBuf::from(OsString::from_iter([path.as_os_str(), end.as_ref()]));
        (append(suffix.to_owned()), append(format!(".damaged-{}{suffix}", now())))
    };
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = renamed(suffix);
        match std::fs::rename(&from, &to) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            other => other.map_err(|source| Error::SetAside { path: from, source })?,
        }
    }
    Ok(renamed("").1)
}

/// Copies the write-ahead log into the file and empties it, because deleted rows are in the log as
/// well. If a reader still needs the log, this is left to the next time.
pub(super) async fn empty_log(writers: &AnyPool) -> sqlx::Result<()> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(writers).await.map(|_| ())
}
