//! Reads interviews as they are found on the web.
//!
//! ```text
//! bytes ─▶ decode ─▶ html, markdown ─▶ repair ─▶ parse ─▶ Interview ─▶ Passage
//!                                                  │
//!                                                  └─▶ canonical (import) ─▶ a corpus file
//! ```

pub mod text;
mod canonical;
mod corpus;
mod correction;
mod dates;
pub mod decode;
mod explanation;
pub mod atomic_file;
mod finding;
mod folder;
mod front_matter;
pub mod import;
mod interview;
mod mojibake;
mod names;
mod near_duplicates;
mod overlay;
mod page;
#[cfg(test)]
mod page_samples;
pub mod parse;
mod passage;
pub mod questions;
mod read;
mod repair_log;
mod provenance;
pub mod repair;
mod source_line;
mod split;

pub use corpus::{Corpus, QuestionOrigin, ReaderQuestions, by_key};
pub use correction::Correction;
pub use explanation::{BlockRole, Check, Confidence, ExplainedBlock};
pub use finding::{Diagnostic, Finding};
pub use folder::{Error, Folder, Loaded, Options};
pub use front_matter::{FrontMatter, is_date, is_slug};
pub use interview::{Date, Interview, Paragraph, Part, RepairedSpan, Turn};
pub use names::Name;
pub use near_duplicates::{NearDuplicates, near_duplicate_interviews};
pub use overlay::{Addition, Overlay};
pub use passage::{Excerpt, NotAKey, Passage, PassageId, PassageKey};
pub use provenance::{Provenance, Provenances};
pub use questions::Questions;
pub use read::{LineRepair, ParsedFile, read};
