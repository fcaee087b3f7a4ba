//! The one test binary: each module drives the built program the way its users do.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test that fails says why")]

mod support;

/// What must survive a restart, on SQLite and PostgreSQL.
mod store;
/// The bot in a private chat.
mod telegram_private;
/// Groups, topics and channels.
mod telegram_group;
/// Inline mode.
mod telegram_inline;
/// Faults of Telegram, the network and the store.
mod telegram_faults;
/// Many at once.
mod telegram_flood;
