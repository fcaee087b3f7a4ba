//! What the bot says: a reply says what it is, and each face lays it out.

use super::{Intent, Permalink, Talk, View};
use retrieval::answer::Verdict;
use transcript::text::{CharSpan, Script};
use transcript::{PassageId, PassageKey};

/// Numbered buttons in a row at most: more become too small to tap.
const MAX_IN_ROW: usize = 6;

/// The reply to an intent.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// A passage that is quoted.
    Card(Box<Card>),
    /// The interviews do not answer.
    NoAnswer(NoAnswer),
    /// The bot's own words, with questions to try.
    Welcome(Welcome),
    /// A page of the interviewers' questions.
    Topics(Topics),
    /// The interviews that are quoted from.
    Sources(Sources),
    /// A few lines of the bot's own words.
    Notice(String),
}

/// A quote card: one passage of those that were found, with its source and its buttons.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The bot's own words above the quotation: how the question was understood, and whether the passage
    /// answers it.
    pub notes: Vec<String>,
    /// All passages that were found, and what of them is shown.
    pub view: View,
    pub body: CardBody,
    pub attribution: Attribution,
    /// The quotation with its source, for a clipboard.
    pub copy: String,
    /// The buttons below the card, row by row.
    pub buttons: Vec<Vec<Button>>,
    /// What came of the question; `None` where none was asked.
    pub outcome: Option<Outcome>,
}

/// The words on a card, in the order of the interview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardBody {
    /// A single passage with its excerpt.
    Passage(Box<QuotedPassage>),
    /// One turn or several.
    Turns(Vec<SpokenPart>),
}

/// An excerpt, with what of its passage stands before and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedPassage {
    pub question: Utterance,
    pub before: Option<Quotation>,
    pub excerpt: Quotation,
    pub after: Option<Quotation>,
}

/// A part of a conversation and who spoke it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpokenPart {
    /// The interviewer, or another guest.
    Other(Utterance),
    /// Words of the interviewee.
    Interviewee(Quotation),
}

/// Why a question is not answered, and what else was asked that comes near it.
#[derive(Debug, Clone, PartialEq)]
pub struct NoAnswer {
    /// How the question was understood, where that differs from what was typed.
    pub notes: Vec<String>,
    pub message: String,
    /// Says what `nearest` holds.
    pub heading: String,
    pub nearest: Vec<Topic>,
    pub outcome: Outcome,
}

/// The bot's own words, with questions to try.
#[derive(Debug, Clone, PartialEq)]
pub struct Welcome {
    pub text: String,
    /// Stands above the examples.
    pub hint: Option<String>,
    pub examples: Vec<Button>,
    /// Leads to the topics.
    pub topics: Option<Button>,
    /// What came of what was typed; `None` where nothing was.
    pub outcome: Option<Outcome>,
}

/// A page of the interviewers' questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Topics {
    /// Why they are shown, where a summary was asked for.
    pub note: Option<String>,
    pub heading: String,
    pub topics: Vec<Topic>,
    /// Lead to the pages before and after this one.
    pub turn: Vec<Button>,
    /// The number of the page after this one, from 0; `None` on the last one.
    pub next_page: Option<usize>,
    /// What came of what was typed; `None` where nothing was.
    pub outcome: Option<Outcome>,
}

/// An interviewer's question that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its number in the list, which its button shows.
    pub number: usize,
    /// The first passage of its answer.
    pub key: PassageKey,
    pub question: Utterance,
    /// The button that opens the turn.
    pub button: Button,
}

/// The interviews that are quoted from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sources {
    pub heading: String,
    /// A line for each interview.
    pub items: Vec<String>,
    /// What a face adds below the list.
    pub note: Option<String>,
    /// Leads to the topics.
    pub topics: Button,
}

/// A part of a reply, for faces that lay replies out from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block<'r> {
    /// The bot's own words.
    Note(&'r str),
    /// The bot's own words, as a heading.
    Heading(&'r str),
    /// The bot's own words, item by item.
    List(&'r [String]),
    /// The words of the interviewer or of another guest.
    Question(&'r Utterance),
    /// An interviewer's question in a list.
    Topic(&'r Topic),
    /// The words of the interviewee.
    Quotation(&'r Quotation),
    /// Who said it, and where it stands.
    Attribution(&'r Attribution),
}

impl Reply {
    /// What came of the question, for the log; `None` for other intents.
    pub fn outcome(&self) -> Option<&Outcome> {
        match self {
            Self::Card(card) => card.outcome.as_ref(),
            Self::NoAnswer(no_answer) => Some(&no_answer.outcome),
            Self::Welcome(welcome) => welcome.outcome.as_ref(),
            Self::Topics(topics) => topics.outcome.as_ref(),
            Self::Sources(_) | Self::Notice(_) => None,
        }
    }

    /// The card, if it is one.
    pub fn card(&self) -> Option<&Card> {
        match self {
            Self::Card(card) => Some(card),
            _ => None,
        }
    }

    /// The parts of the reply, from top to bottom.
    pub fn blocks(&self) -> Vec<Block<'_>> {
        match self {
            Self::Card(card) => card.blocks(),
            Self::NoAnswer(no_answer) => no_answer.blocks(),
            Self::Welcome(welcome) => {
                let hint = welcome.hint.as_deref().filter(|_| !welcome.examples.is_empty());
                [Block::Note(&welcome.text)].into_iter().chain(hint.map(Block::Note)).collect()
            }
            Self::Topics(topics) => {
                let note = topics.note.as_deref().map(Block::Note);
                let heading = note.into_iter().chain([Block::Heading(&topics.heading)]);
                heading.chain(questions(&topics.topics)).collect()
            }
            Self::Sources(sources) => {
                let list = [Block::Heading(&sources.heading), Block::List(&sources.items)];
                let note = sources.note.as_deref().map(Block::Note);
                list.into_iter().chain(note).collect()
            }
            Self::Notice(text) => vec![Block::Note(text)],
        }
    }

    /// The rows of buttons below the reply.
    pub fn buttons(&self) -> Vec<Vec<Button>> {
        match self {
            Self::Card(card) => card.buttons.clone(),
            Self::NoAnswer(no_answer) => {
                rows(MAX_IN_ROW, no_answer.nearest.iter().map(|topic| &topic.button))
            }
            Self::Welcome(welcome) => rows(1, welcome.examples.iter().chain(&welcome.topics)),
            Self::Topics(topics) => {
                let mut rows = rows(MAX_IN_ROW, topics.topics.iter().map(|topic| &topic.button));
                rows.extend(Some(topics.turn.clone()).filter(|row| !row.is_empty()));
                rows
            }
            Self::Sources(sources) => vec![vec![sources.topics.clone()]],
            Self::Notice(_) => Vec::new(),
        }
    }
}

/// Returns rows of `in_row` buttons each; the last may have fewer.
fn rows<'b>(in_row: usize, buttons: impl Iterator<Item = &'b Button>) -> Vec<Vec<Button>> {
    let buttons: Vec<Button> = buttons.cloned().collect();
    buttons.chunks(in_row).map(<[Button]>::to_vec).collect()
}

impl<'r> Block<'r> {
    /// What is shown in it as somebody's words.
    pub(super) fn words(self) -> Option<&'r Words> {
        match self {
            Self::Question(question) => Some(&question.words),
            Self::Topic(topic) => Some(&topic.question.words),
            Self::Quotation(quotation) => Some(&quotation.words),
            Self::Note(_) | Self::Heading(_) | Self::List(_) | Self::Attribution(_) => None,
        }
    }
}

impl Card {
    /// The passage that the card is about; `None` where it shows whole turns.
    pub fn passage(&self) -> Option<&QuotedPassage> {
        match &self.body {
            CardBody::Passage(passage) => Some(passage),
            CardBody::Turns(_) => None,
        }
    }

    fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = notes(&self.notes);
        blocks.extend(self.body.blocks());
        blocks.push(Block::Attribution(&self.attribution));
        blocks
    }
}

impl CardBody {
    /// The words of everybody on the card, in order.
    pub(super) fn blocks(&self) -> Vec<Block<'_>> {
        match self {
            Self::Passage(passage) => {
                let quoted = passage.before.iter().chain([&passage.excerpt]).chain(&passage.after);
                // Nobody asked before a lead.
                let question = Some(&passage.question).filter(|asked| !asked.speaker.is_empty());
                question
                    .map(Block::Question)
                    .into_iter()
                    .chain(quoted.map(Block::Quotation))
                    .collect()
            }
            Self::Turns(spoken) => spoken
                .iter()
                .map(|spoken| match spoken {
                    SpokenPart::Other(utterance) => Block::Question(utterance),
                    SpokenPart::Interviewee(quotation) => Block::Quotation(quotation),
                })
                .collect(),
        }
    }

    /// The words of the interviewee, in order.
    pub(super) fn quotations(&self) -> impl Iterator<Item = &Quotation> {
        self.blocks().into_iter().filter_map(|block| match block {
            Block::Quotation(quotation) => Some(quotation),
            _ => None,
        })
    }
}

impl NoAnswer {
    pub(super) fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = notes(&self.notes);
        blocks.push(Block::Note(&self.message));
        if !self.nearest.is_empty() {
            blocks.push(Block::Heading(&self.heading));
            blocks.extend(questions(&self.nearest));
        }
        blocks
    }
}

fn notes(notes: &[String]) -> Vec<Block<'_>> {
    notes.iter().map(|note| Block::Note(note)).collect()
}

fn questions(topics: &[Topic]) -> impl Iterator<Item = Block<'_>> {
    topics.iter().map(Block::Topic)
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

/// Names a text that is stored in the corpus.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Locus {
    /// An answer of the interviewee.
    Passage(PassageId),
    /// The interviewer's utterance of the turn that this passage belongs to.
    QuestionOf(PassageId),
    /// Another guest's paragraph or an aside: the `part`-th part, from 0, of the passage's turn.
    PartOf(PassageId, usize),
}

/// The words of the interviewer or of another guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utterance {
    /// Who speaks, e.g. `《財經》`.
    pub speaker: String,
    pub words: Words,
    /// The stored text goes on before the words.
    pub cut_before: bool,
    /// The stored text goes on after the words.
    pub cut_after: bool,
}

impl Utterance {
    /// The words, with an ellipsis where the stored text goes on.
    pub fn text(&self) -> String {
        let ellipsis = |cut| if cut { "…" } else { "" };
        format!("{}{}{}", ellipsis(self.cut_before), self.words.text, ellipsis(self.cut_after))
    }
}

/// A quotation with its marks. All ranges count characters of `words.text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// Name of whoever speaks.
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
    /// Words of the interviewee.
    pub speaker: String,
    /// Name of the publisher, such as `《財經》`, if known.
    pub publisher: Option<String>,
    /// Title of the interview.
    pub title: String,
    pub date: Option<String>,
    /// Number of the turn, from 1.
    pub turn: usize,
    /// Where it was published.
    pub url: Option<String>,
    /// The whole line in the reader's language: speaker, publisher, title, date, turn, and what was done to the text.
    pub line: String,
}

/// A button below a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// The text on the button.
    pub label: String,
    /// What a press of it does.
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
        /// Whether the quotation helped.
        good: bool,
    },
    /// Asks for the open quotation as a picture, to be shared.
    Picture(View),
    /// Saves the open quotation for whoever presses.
    Save(View),
    /// Asks for a link that opens the answer, to be put elsewhere.
    GetLink(View),
    /// Opens the quotation where it stands, in the reader pages, if there are any.
    Read(Permalink),
    /// Opens an address on the web.
    Link(String),
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The question as it was typed.
    pub question: String,
    /// As searched: with the topic before, for a follow-up.
    pub searched: String,
    /// What a follow-up goes on with.
    pub topic: String,
    /// It does not go on with the topic before.
    pub is_new_topic: bool,
    /// What was said, if it is no question.
    pub talk: Option<Talk>,
    /// How well the interviews answer it.
    pub verdict: Verdict,
    /// The passages shown, best first.
    pub passages: Vec<PassageId>,
}
