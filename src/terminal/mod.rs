//! The terminal face: a line to an intent, a reply to lines of text.

mod last_answer;
mod render;
mod wrap;

pub use last_answer::{ChatInput, LastAnswer, NothingToShow};
pub use render::Renderer;
