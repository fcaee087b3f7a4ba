//! Finds the passages of interviews that answer a question.
//!
//! ```text
//! Passage ─▶ index (a generation on disk) ─▶ candidates
//!                                                │
//! question ─▶ search (rank the candidates) ─▶ answer (excerpt, verdict)
//! ```
//!
//! Everything here is synchronous and does no I/O beyond the folder of the index.

mod library;
mod forward;
pub mod index;
pub mod search;
pub mod answer;

pub use library::{Comparisons, Library, SameKey};
