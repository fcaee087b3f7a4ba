//! The time by which the bot sends what nobody asked for at that moment.

use std::path::PathBuf;
use std::time::SystemTime;

/// A clock, which tests can replace by a file.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    System,
    /// A file that has the Unix time as a decimal number.
    File(PathBuf),
}

impl Clock {
    /// Returns the clock for `telegram.clock_file`.
    pub(super) fn of(file: &str) -> Self {
        if file.is_empty() { Self::System } else { Self::File(file.into()) }
    }

    /// Returns the Unix time in seconds; `None` if the file cannot be read.
    pub(super) fn now(&self) -> Option<i64> {
        match self {
            Self::System => {
                let elapsed = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
                Some(elapsed.as_secs().cast_signed())
            }
            Self::File(path) => std::fs::read_to_string(path).ok()?.trim().parse().ok(),
        }
    }
}
