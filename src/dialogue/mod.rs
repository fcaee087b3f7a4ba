//! Both sides of a conversation, for no platform: what a person can want, and what we say.

mod address;
pub mod button;
mod compose;
mod host;
mod intent;
mod json;
mod offer;
mod pages;
mod phrases;
mod reader;
mod reading;
mod reply;
mod results;
mod shelf;
mod small_talk;

pub use address::Address;
pub use host::{Asked, Card, Host};
pub use intent::{Extent, Intent, Shown, View};
pub use json::{AnswerJson, InterviewJson, QuoteJson};
pub use phrases::{Phrases, fill};
pub use reader::{Language, Reader, ScriptChoice};
pub use reading::{Emphasis, Listing, ReadPart, ReadTurn, Reading};
pub use reply::{
    Action, Attribution, Block, Button, Locus, Outcome, Question, Quotation, Reply, Weight, Words,
};
pub use results::Results;
pub use shelf::Shelf;
pub use small_talk::{is_greeting, opens_as_follow_up, says_nothing};
