//! Reads interviews as they are found on the web.
//!
//! ```text
//! bytes ─▶ decode ─▶ html, markdown ─▶ repair ─▶ parse ─▶ Interview ─▶ Passage
//!                                                  │
//!                                                  └─▶ canonical (import) ─▶ a corpus file
//! ```

pub mod text;
mod canonical;
mod collection;
mod dates;
pub mod decode;
mod explanation;
pub mod file;
mod duplicate;
mod finding;
mod folder;
mod front_matter;
pub mod import;
mod interview;
mod mojibake;
mod names;
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
mod split;
mod twins;

pub use collection::{Corpus, QuestionOrigin, ReaderQuestions, by_key};
pub use duplicate::near_duplicates;
pub use explanation::{Confidence, ExplainedBlock};
pub use finding::{Diagnostic, Finding};
pub use folder::{Error, Folder, Loaded, Options};
pub use front_matter::{FrontMatter, is_date, is_slug};
pub use interview::{Date, Interview, Paragraph, Part, RepairedSpan, Turn};
pub use names::Name;
pub use overlay::{Addition, Overlay};
pub use passage::{Excerpt, NotAKey, Passage, PassageId, PassageKey};
pub use provenance::{Provenance, Provenances};
pub use questions::Questions;
pub use read::{LineRepair, ParsedFile, read};
pub use twins::NearDuplicates;
