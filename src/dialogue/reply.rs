//! What we say: blocks without markup, and buttons. Every face draws the same reply.

use super::{Address, Intent, View};
use retrieval::answer::Verdict;
use transcript::PassageId;
use transcript::text::{CharSpan, Script};

/// An answer to an intent, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What is said, in order.
    pub blocks: Vec<Block>,
    /// Rows of buttons below it.
    pub buttons: Vec<Vec<Button>>,
    /// What came of a question, for the log; `None` for all other intents.
    pub outcome: Option<Outcome>,
}

/// A part of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The bot's own words.
    Note(String),
    /// The bot's own words, as a heading.
    Heading(String),
    /// The bot's own words, item by item.
    List(Vec<String>),
    /// What the interviewer said before the words quoted.
    Question(Question),
    /// Somebody's words, exactly.
    Quotation(Quotation),
    /// Who said it, and where it stands.
    Attribution(Attribution),
}

/// Words of somebody, exactly as stored or in the recorded conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Where they are stored.
    pub source: Locus,
    /// The characters `span` of the stored text, converted if `script` says so.
    pub text: String,
    /// Which characters of the stored text.
    pub span: CharSpan,
    /// Into which script they were converted; `None` is as stored.
    pub script: Option<Script>,
}

/// A stored text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Locus {
    /// An answer.
    Passage(PassageId),
    /// The interviewer's utterance of the turn that this passage belongs to.
    QuestionOf(PassageId),
    /// Another guest's paragraph or an aside: the `part`-th part, from 0, of the passage's turn.
    PartOf(PassageId, usize),
}

/// The interviewer's utterance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who asks, e.g. `《財經》`.
    pub speaker: String,
    /// What they said.
    pub words: Words,
}

/// A quotation with its marks. All ranges count characters of `words.text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// Whose words they are.
    pub speaker: String,
    /// The words.
    pub words: Words,
    /// Matched words, in order, not overlapping.
    pub marks: Vec<CharSpan>,
    /// Characters that repair had to guess, in order, not overlapping.
    pub guessed: Vec<CharSpan>,
    /// What was received at a repaired spot, in order, not overlapping.
    pub received: Vec<(CharSpan, String)>,
    /// The stored text goes on before the words.
    pub cut_before: bool,
    /// The stored text goes on after the words.
    pub cut_after: bool,
    /// How prominent it is.
    pub weight: Weight,
}

/// How prominent a quotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The words that answer.
    Main,
    /// What surrounds them: folded away where a face can.
    Rest,
}

/// Who said it, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// The passage.
    pub passage: PassageId,
    /// The interviewee.
    pub speaker: String,
    /// `《財經》`, if known.
    pub publisher: Option<String>,
    /// The interview's title.
    pub title: String,
    /// The date as shown, e.g. `2025（推定）`.
    pub date: Option<String>,
    /// Number of the turn, from 1.
    pub turn: usize,
    /// Where it was published.
    pub url: Option<String>,
    /// The whole line in the reader's language: speaker, publisher, title, date, turn, and what was done to the text.
    pub line: String,
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What it does.
    pub action: Action,
}

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Asks for another reply, which takes this one's place.
    Do(Intent),
    /// Puts a text on the clipboard: the quotation with its source.
    Copy(String),
    /// Offers the quotation to another chat by this inline query.
    Share(String),
    /// Says whether the quotation helped.
    Rate {
        /// The card that is judged.
        view: View,
        /// It helped.
        good: bool,
    },
    /// Asks for the open quotation as a picture, to be shared.
    Picture(View),
    /// Opens the quotation where it stands, in the reader pages, if there are any.
    Read(Address),
    /// Opens an address.
    Link(String),
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// As typed.
    pub question: String,
    /// As searched: with the topic before, for a follow-up.
    pub searched: String,
    /// By itself it says something that can be looked up.
    pub asks_something: bool,
    /// How well the interviews answer it.
    pub verdict: Verdict,
    /// The passages shown, best first.
    pub passages: Vec<PassageId>,
}
