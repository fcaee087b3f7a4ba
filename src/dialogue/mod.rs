//! Both sides of a conversation, for no platform: what a person can want, and what we say.

pub mod button;
mod intent;
mod reader;
mod reply;

pub use intent::{Extent, Intent, Shown, View};
pub use reader::{Language, Reader, ScriptChoice};
pub use reply::{
    Action, Attribution, Block, Button, Locus, Outcome, Question, Quotation, Reply, Weight, Words,
};
