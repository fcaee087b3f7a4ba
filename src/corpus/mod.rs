//! From transcript files to interviews and passages.

mod interview;
mod passage;

pub use interview::{Date, Interview, Mend, Paragraph, Part, Turn};
pub use passage::{Excerpt, NotAKey, Passage, PassageId, PassageKey};
