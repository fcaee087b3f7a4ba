//! From transcript files to interviews and passages.

mod interview;

pub use interview::{Date, Interview, Mend, Paragraph, Part, Turn};
