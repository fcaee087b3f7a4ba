//! From transcript files to interviews and passages.

mod collection;
mod interview;
mod load;
mod names;
mod passage;
pub mod questions;
mod split;

pub use collection::{Asked, Corpus, Origin, by_key};
pub use interview::{Date, Interview, Mend, Paragraph, Part, Turn};
pub use load::{Error as LoadError, load};
pub use names::Name;
pub use passage::{Excerpt, NotAKey, Passage, PassageId, PassageKey};
pub use questions::Questions;
