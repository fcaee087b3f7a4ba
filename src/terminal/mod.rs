//! The terminal face: reads an intent from a line, and draws replies as lines of text.

mod last_answer;
mod render;
mod wrap;

pub use last_answer::{ChatInput, LastAnswer, NothingToShow};
pub use render::Renderer;
