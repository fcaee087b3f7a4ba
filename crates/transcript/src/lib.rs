//! Reads interviews as they are found on the web.
//!
//! ```text
//! bytes ─▶ decode ─▶ html, markdown ─▶ repair ─▶ parse ─▶ Interview ─▶ Passage
//!                                                  │
//!                                                  └─▶ canonical (import) ─▶ a corpus file
//! ```

pub mod atomic_file;
mod canonical;
mod corpus;
mod correction;
mod dates;
pub mod decode;
mod explanation;
mod finding;
mod folder;
mod front_matter;
#[cfg(test)]
mod hostile_input;
pub mod import;
mod interview;
mod marks;
mod mojibake;
mod moment_link;
mod names;
mod near_duplicates;
mod overlay;
mod page;
#[cfg(test)]
mod page_samples;
pub mod parse;
mod passage;
mod provenance;
pub mod questions;
mod read;
pub mod repair;
mod repair_log;
mod source_line;
mod split;
pub mod text;

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
