//! Finds the passages of interviews that answer a question, and quotes them.
//!
//! ```text
//! corpus/*.txt ─▶ transcript (parse, repair) ─▶ Interview ─▶ Passage ─▶ index/ (a generation)
//!                                                                          │
//! question ─▶ retrieval: search (candidates, rank) ─▶ answer (excerpt, verdict)
//!                                                        │
//!                           dialogue (Intent, Reply) ─▶ service ─▶ a face: terminal, telegram, web, mcp
//! ```
//!
//! The crate `transcript` reads interviews and the crate `retrieval` finds passages; the modules here
//! turn them into a program with several faces. They are listed in reading order, lowest layer first:
//! a module may use only those above it in the list.

pub mod secret;
pub mod dialogue;
pub mod store;
pub mod service;
pub mod editor;
pub mod picture;
pub mod reload;
pub mod terminal;
pub mod telegram;
pub mod mcp;
pub mod web;
pub mod config;
pub mod commands;
