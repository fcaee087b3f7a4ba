//! Both sides of a conversation, for no platform: what a person can want, and what we say.

pub mod button;
mod compose;
mod host;
mod intent;
mod json;
mod phrases;
mod reader;
mod reply;
mod shelf;
mod small_talk;

pub use host::{Asked, Card, Host};
pub use intent::{Extent, Intent, Shown, View};
pub use json::{AnswerJson, InterviewJson, QuoteJson};
pub use phrases::{Phrases, fill};
pub use reader::{Language, Reader, ScriptChoice};
pub use reply::{
    Action, Attribution, Block, Button, Locus, Outcome, Question, Quotation, Reply, Weight, Words,
};
pub use shelf::Shelf;
pub use small_talk::{is_greeting, opens_as_follow_up, says_nothing};
