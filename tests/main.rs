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
/// Updates that Telegram brings.
mod telegram_webhook;
/// Several bots on one store.
mod telegram_replicas;
/// What people see, card by card.
mod telegram_cards;
/// Operators in the chat: figures, questions that went wrong, transcripts, exports.
mod telegram_operators;
/// The way from a card to the reader pages, and cards as pictures.
mod telegram_reader;
/// What is typed on the command line: good input, bad input, messages and exit codes.
mod command_line;
/// Damage to clean text, and how much of it is repaired.
mod repair;
/// Transcripts as sites publish them, into the corpus.
mod import;
/// Transcripts that cannot be used, and what is said of them.
mod bad_transcripts;
/// A model of meaning that cannot be used.
mod dense;
/// Drafts of readers' questions, from a fake endpoint that misbehaves.
mod enrich;
/// The same question at every face.
mod faces;
/// Generations: stale, damaged, locked, half-built, and what cannot be written.
mod generations;
/// Nothing is quoted that was not said, and how replies look.
mod verbatim;
/// The house keeps its own rules.
mod tidy;
/// The reader pages over HTTP and in a browser.
mod reader;
/// The JSON API and its description.
mod api;
/// Several interviews: searches kept to one, and one talk from two sources.
mod several;
/// A changed corpus, picked up without a gap.
mod reload;
/// Limits, headers, wrong secrets and clients that mean no good.
mod hardening;
