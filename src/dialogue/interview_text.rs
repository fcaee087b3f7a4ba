//! An interview, or one turn of it, to be read in its order, with the same words as on quote cards.

use super::compose::{Composer, shortened};
use super::verbatim::is_verbatim;
use super::{Engine, Quotation, Reader, Weight};
use transcript::text::{CharSpan, Script};
use transcript::{Part, Passage, PassageKey, Turn};

/// An interview in the list of interviews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Short name in addresses.
    pub slug: String,
    /// Title of the interview.
    pub title: String,
    /// Publisher, title and date, as far as known.
    pub source: String,
    /// The date is not given by the source: an editor concluded it.
    pub is_date_inferred: bool,
    /// Where it was published.
    pub url: Option<String>,
    /// Key of the first passage.
    pub first: PassageKey,
    /// Utterances of the interviewer.
    pub n_turns: usize,
    /// Passages of the interviewee.
    pub n_passages: usize,
}

/// An interview, or one turn of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterviewText {
    /// What it is of.
    pub listing: Listing,
    /// Into which script it was converted; `None` is as stored.
    pub script: Option<Script>,
    /// The editorial lead; empty where only a turn is read.
    pub lead: Vec<String>,
    /// The turns, in order.
    pub turns: Vec<ReadTurn>,
}

/// An utterance of the interviewer with what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadTurn {
    /// Position in the interview, from 1.
    pub number: usize,
    /// Name of whoever asks.
    pub interviewer: String,
    /// What the interviewer says.
    pub question: String,
    /// The utterance, shortened for a list.
    pub short_question: String,
    /// What follows, in order.
    pub parts: Vec<ReadPart>,
}

/// What follows an utterance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadPart {
    /// A passage of the interviewee.
    Answer {
        /// What follows the slug in its id: `3.2`.
        place: String,
        /// The words; their marks are what was asked to be emphasised.
        quotation: Quotation,
    },
    /// An editor's or reporter's remark.
    Aside(String),
    /// A paragraph of another guest.
    Guest {
        /// Name of the guest.
        speaker: String,
        /// What the guest says.
        text: String,
    },
    /// A heading within the interview.
    Heading(String),
}

/// What to mark: characters of a passage.
pub type Emphasis = (PassageKey, CharSpan);

impl Engine {
    /// The interviews, in the order of the corpus.
    pub fn listings(&self, reader: Reader) -> Vec<Listing> {
        let composer = Composer::new(self.library(), reader);
        let interviews = 0..self.library().corpus().interviews.len();
        interviews
            .filter_map(|interview| Some(listing(&composer, self.first(interview)?)))
            .collect()
    }

    /// The interview `slug`, or one `turn` of it; `None` where there is none.
    pub fn reading(
        &self,
        slug: &str,
        turn: Option<usize>,
        emphasis: Option<&Emphasis>,
        reader: Reader,
    ) -> Option<InterviewText> {
        let composer = Composer::new(self.library(), reader);
        let position = self.library().named(slug)?;
        let first = self.first(position)?;
        let script = conversion(&composer, first);
        let interview = self.library().interview(first);
        let turns =
            interview.turns.iter().filter(|read| turn.is_none_or(|turn| turn == read.number));
        let turns: Vec<ReadTurn> =
            turns.map(|turn| read_turn(&composer, first, turn, emphasis)).collect();
        let lead = if turn.is_none() { lead(&composer, first).collect() } else { Vec::new() };
        let reading = InterviewText { listing: listing(&composer, first), script, lead, turns };
        (!reading.turns.is_empty() && self.is_exact(&reading)).then_some(reading)
    }

    /// Returns the first paragraph of the lead of the interview `slug`, if it has one.
    pub fn lead_paragraph(&self, slug: &str, reader: Reader) -> Option<String> {
        let composer = Composer::new(self.library(), reader);
        let first = self.first(self.library().named(slug)?)?;
        lead(&composer, first).next()
    }

    /// The first passage of an interview.
    fn first(&self, interview: usize) -> Option<&Passage> {
        self.library().passages_in(interview).first()
    }

    /// Whether every quotation in it is what the store holds.
    fn is_exact(&self, reading: &InterviewText) -> bool {
        let exact = |part: &ReadPart| match part {
            ReadPart::Answer { quotation, .. } => is_verbatim(self.library(), &quotation.words),
            ReadPart::Aside(_) | ReadPart::Guest { .. } | ReadPart::Heading(_) => true,
        };
        let exact = reading.turns.iter().flat_map(|turn| &turn.parts).all(exact);
        if !exact {
            tracing::error!(
                slug = reading.listing.slug,
                "a page differs from the store and was withheld"
            );
        }
        exact
    }
}

/// Returns the script into which the interview of the passage `first` is converted; `None` leaves it as stored.
fn conversion(composer: &Composer<'_>, first: &Passage) -> Option<Script> {
    composer.script().filter(|script| composer.library.script(first) != Some(*script))
}

/// Returns the paragraphs of the editorial lead of the interview of the passage `first`.
fn lead<'a>(composer: &'a Composer<'_>, first: &'a Passage) -> impl Iterator<Item = String> + 'a {
    let script = conversion(composer, first);
    let paragraphs = composer.library.interview(first).lead.iter();
    paragraphs.map(move |text| composer.convert(text, first, script))
}

fn listing(composer: &Composer<'_>, first: &Passage) -> Listing {
    let interview = composer.library.interview(first);
    Listing {
        slug: interview.slug.clone(),
        title: composer.convert(&interview.title, first, composer.script()),
        source: composer.source(first, composer.script()),
        is_date_inferred: interview.date.as_ref().is_some_and(|date| date.inferred),
        url: interview.url.clone().filter(|url| is_web_address(url)),
        first: first.id.key(),
        n_turns: interview.turns.len(),
        n_passages: composer.library.passages_in(first.interview).len(),
    }
}

/// Whether a source's address may become a link: a front matter could say `javascript:`.
fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn read_turn(
    composer: &Composer<'_>,
    first: &Passage,
    turn: &Turn,
    emphasis: Option<&Emphasis>,
) -> ReadTurn {
    let convert = |text: &str| composer.convert(text, first, composer.script());
    let mut answers = composer.library.passages_of(first.interview, turn.number).peekable();
    let mut parts = Vec::new();
    for part in &turn.parts {
        match part {
            Part::Answer(paragraph) => {
                while let Some(piece) = answers.next_if(|piece| piece.paragraph == paragraph.number)
                {
                    parts.push(answer(composer, piece, emphasis));
                }
            }
            Part::Aside(text) => parts.push(ReadPart::Aside(convert(text))),
            Part::Guest { speaker, text } => {
                parts.push(ReadPart::Guest { speaker: convert(speaker), text: convert(text) });
            }
            Part::Heading(text) => parts.push(ReadPart::Heading(convert(text))),
        }
    }
    ReadTurn {
        number: turn.number,
        interviewer: convert(&turn.interviewer),
        short_question: convert(&shortened(&turn.question)),
        question: convert(&turn.question),
        parts,
    }
}

fn answer(composer: &Composer<'_>, passage: &Passage, emphasis: Option<&Emphasis>) -> ReadPart {
    let marks = emphasis.filter(|(key, _)| *key == passage.id.key()).map(|(_, span)| span.clone());
    let marks: Vec<CharSpan> = marks.into_iter().collect();
    let whole = 0..passage.text.chars().count();
    let quotation = composer.quotation(passage, whole, composer.script(), Weight::Main, &marks);
    ReadPart::Answer { place: passage.id.local().to_owned(), quotation }
}
