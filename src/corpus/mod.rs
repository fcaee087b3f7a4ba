//! From transcript files to interviews and passages.

mod interview;

pub use interview::{CharSpan, Date, Interview, Mend, Paragraph, Part, Turn};
