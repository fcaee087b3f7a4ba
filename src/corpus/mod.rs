//! From transcript files to interviews and passages.

mod collection;
mod decode;
mod html;
mod interview;
mod load;
pub mod parse;
mod passage;
mod split;

pub use collection::{Asked, Corpus, Origin, by_key};
pub use interview::{Date, Interview, Mend, Paragraph, Part, Turn};
pub use load::{Error as LoadError, load};
pub use passage::{Excerpt, NotAKey, Passage, PassageId, PassageKey};
