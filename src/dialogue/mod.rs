//! Both sides of a conversation, independent of any platform: what a person can want, and what the bot says.

mod permalink;
mod about_quotation;
mod question_result;
mod ask;
pub mod callback_data;
mod card_buttons;
mod citation;
mod compose;
mod engine;
mod follow_up;
mod import_explanation;
mod intent;
mod latin_slip;
mod lexicon;
mod lead;
mod json;
mod notes;
mod browse;
mod phrases;
mod quote_request;
mod reader;
mod interview_text;
mod reply;
mod results;
mod several_questions;
mod standalone;
mod introduction;
mod talk;
mod verbatim;

pub use citation::Citation;
pub use engine::Engine;
pub use follow_up::{opens_as_follow_up, says_nothing};
pub use import_explanation::{check_text, is_set_aside, reason_text};
pub use intent::{Extent, Intent, PriorQuestion, ShownExcerpt, View};
pub use interview_text::{Emphasis, InterviewText, Listing, ReadPart, ReadTurn};
pub use json::{AnswerJson, InterviewJson, QuoteJson};
pub use permalink::Permalink;
pub use phrases::{Phrases, WebImportPhrases, fill};
pub use question_result::{QuestionResult, Understanding};
pub use reader::{Language, Reader, ScriptChoice};
pub use reply::{
    Action, Attribution, Block, Button, Card, CardBody, Locus, NoAnswer, Outcome, Quotation,
    QuotedPassage, Reply, Sources, SpokenPart, Topic, Topics, Utterance, Weight, Welcome, Words,
};
pub use results::Results;
pub use talk::Talk;
