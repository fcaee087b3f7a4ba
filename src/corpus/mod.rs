//! From transcript files to interviews and passages.

mod collection;
mod interview;
mod passage;
pub mod repair;
mod split;

pub use collection::{Asked, Corpus, Origin, by_key};
pub use interview::{Date, Interview, Mend, Paragraph, Part, Turn};
pub use passage::{Excerpt, NotAKey, Passage, PassageId, PassageKey};
