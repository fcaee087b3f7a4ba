//! Finds the passages of interviews that answer a question, and quotes them.
//!
//! ```text
//! corpus/*.txt ─▶ corpus (parse, repair) ─▶ Interview ─▶ Passage ─▶ index/ (a generation)
//!                                                                      │
//! question ─▶ search (candidates, rerank) ─▶ answer (excerpt, verdict) ◀┘
//!                                               │
//!                    dialogue (Intent, Reply) ─▶ service ─▶ a face: terminal, telegram, web
//! ```
//!
//! Modules in reading order, lowest layer first; each may use only those above it in this list.

pub mod secret;
pub mod text;
pub mod corpus;
pub mod index;
pub mod search;
pub mod answer;
pub mod dialogue;
pub mod store;
pub mod enrich;
pub mod service;
pub mod picture;
pub mod reload;
pub mod terminal;
pub mod telegram;
pub mod web;
pub mod config;
pub mod commands;
