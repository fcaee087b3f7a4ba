//! The integration tests, in one binary. Each module drives the built program as its users do.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failing test should panic and print why"
)]

mod support;

/// The store, on SQLite and PostgreSQL.
mod store;
/// The bot in a private chat.
mod telegram_private;
/// What people say about the quotation that they see.
mod telegram_last_card;
/// Messages in groups that only one member sees.
mod telegram_ephemeral;
/// Groups, topics and channels.
mod telegram_group;
/// Inline mode: quotations in any chat.
mod telegram_inline;
/// Guest mode on Telegram.
mod telegram_guest;
/// Faults of Telegram, the network and the store.
mod telegram_faults;
/// Many users at the same time.
mod telegram_flood;
/// Webhook mode: updates that Telegram delivers.
mod telegram_webhook;
/// Why the bot does not use teloxide's dispatcher.
mod teloxide_dispatcher;
/// Several replicas on one store.
mod telegram_replicas;
/// A soak of many questions while everything fails; run by hand.
mod soak;
/// The proxies of `deploy/` in front of two replicas.
mod proxies;
/// The program on a full disk and on a damaged store.
mod store_faults;
/// The bot's messages in each language, as snapshots.
mod telegram_cards;
/// Operators' commands: statistics, unanswered questions, transcripts, exports.
mod telegram_operators;
/// New interviews, of which chats and askers are told.
mod telegram_follow;
/// A quotation a day.
mod telegram_daily;
/// Links that open an answer, and the one that adds the bot to a group.
mod telegram_links;
/// Saved quotations on Telegram.
mod telegram_saved;
/// Links from cards to the reader pages, and cards as pictures.
mod telegram_reader;
/// The command line: valid and invalid input, messages and exit codes.
mod command_line;
/// How much artificial damage is repaired.
mod repair;
/// Importing transcripts as sites publish them.
mod import;
/// `/admin/import`, over HTTP.
mod admin_import;
/// Transcripts that cannot be used, and the messages about them.
mod bad_transcripts;
/// Drafts of readers' questions from a model, whose endpoint misbehaves.
mod enrich;
/// Search by meaning with a sentence encoder.
mod encoder;
/// Floors for the quality of the search.
mod quality;
/// The same question in all places where it can be asked.
mod faces;
/// Generations of the index that are stale, damaged, locked or half-built.
mod generations;
/// Excerpts hold the answer.
mod excerpts;
/// What people say besides questions.
mod talk;
/// Everything that is quoted stands in the transcript word for word.
mod verbatim;
/// Rules for the source code: layers, homes of crates, comments on settings.
mod tidy;
/// Files that use each other in turn.
mod circles;
/// The reader pages over HTTP and in a browser.
mod reader;
/// The JSON API and its description.
mod api;
/// Several interviews: searches limited to one, and one interview from two sources.
mod several;
/// Reloading a changed corpus.
mod reload;
/// The web server against hostile clients.
mod hardening;
/// Tokens, passwords and keys show nowhere.
mod secrets;
/// `wenjian site`: the reader pages as files, and their search.
mod static_site;
/// `wenjian mcp`.
mod mcp;
/// The same over HTTP.
mod mcp_http;
