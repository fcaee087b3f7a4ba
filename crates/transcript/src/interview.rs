//! What a transcript is once it has been read: an interview as a list of turns.
//!
//! Nothing here is folded or converted: every text is as stored in the corpus file.

use serde::{Deserialize, Serialize};

use crate::moment_link;
use crate::text::CharSpan;

/// An interview: who talks with whom, where it was published, and what was said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interview {
    /// Short name in ids and addresses: `[a-z0-9-]+`, unique in the corpus.
    pub slug: String,
    /// Title as published or, with [`Interview::title_inferred`], as we describe it.
    pub title: String,
    /// The source carries no title: ours describes the interview.
    pub title_inferred: bool,
    /// Who published it, e.g. `《財經》`.
    pub publisher: Option<String>,
    /// When, as far as known.
    pub date: Option<Date>,
    /// Where it was published.
    pub url: Option<String>,
    /// Whose words the quotations are.
    pub interviewee: String,
    /// Other ways the interviewee is named, from the front matter.
    pub interviewee_aliases: Vec<String>,
    /// Others who are interviewed in the same conversation, each quoted under their own name.
    #[serde(default)]
    pub co_interviewees: Vec<String>,
    /// Labels of the interviewers, without colon, e.g. `《財經》`.
    pub interviewers: Vec<String>,
    /// The editorial lead, paragraph by paragraph: neither question nor answer.
    pub lead: Vec<String>,
    /// The conversation in order; [`Turn::number`] counts from 1.
    pub turns: Vec<Turn>,
}

impl Interview {
    /// Who says the paragraph `paragraph` among the answers of the turn `turn`, both from 1.
    pub fn speaker(&self, turn: usize, paragraph: usize) -> &str {
        let answer = self.answers(turn).find(|answer| answer.number == paragraph);
        answer.and_then(|answer| answer.speaker.as_deref()).unwrap_or(&self.interviewee)
    }

    /// Where the paragraph `paragraph` among the answers of the turn `turn`, both from 1, was published: in
    /// a recording whose address can name a moment, the moment of the paragraph, or of the last one before
    /// it in the turn that has one.
    pub fn url_of(&self, turn: usize, paragraph: usize) -> Option<String> {
        let url = self.url.as_deref()?;
        let before = self.answers(turn).take_while(|answer| answer.number <= paragraph);
        let moment = before.filter_map(|answer| answer.moment).last();
        let linked = moment.and_then(|seconds| moment_link::moment_link(url, seconds));
        Some(linked.unwrap_or_else(|| url.to_owned()))
    }

    fn answers(&self, turn: usize) -> impl Iterator<Item = &Paragraph> {
        let turn = turn.checked_sub(1).and_then(|turn| self.turns.get(turn));
        turn.into_iter().flat_map(Turn::answers)
    }
}

/// A publication date: `2025`, `2025-02` or `2025-02-14`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Date {
    /// As written in the front matter.
    pub text: String,
    /// The source carries no date: this one was concluded from the text.
    pub inferred: bool,
}

/// One utterance of the interviewer with what follows it until the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Position in the interview, from 1.
    pub number: usize,
    /// The label of who asks, without colon.
    pub interviewer: String,
    /// The utterance: a question or a statement; paragraphs joined by `\n`.
    pub question: String,
    /// What follows, in order.
    pub parts: Vec<Part>,
}

impl Turn {
    /// The paragraphs of those who are interviewed.
    pub fn answers(&self) -> impl Iterator<Item = &Paragraph> {
        self.parts.iter().filter_map(|part| match part {
            Part::Answer(paragraph) => Some(paragraph),
            Part::Aside(_) | Part::Guest { .. } | Part::Heading(_) => None,
        })
    }

    /// Whether somebody who is interviewed says something.
    pub fn has_answers(&self) -> bool {
        self.answers().next().is_some()
    }
}

/// A paragraph after an interviewer's utterance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// The interviewee's words.
    Answer(Paragraph),
    /// An editor's or reporter's remark, brackets included: nobody's quotation.
    Aside(String),
    /// Another guest's words: shown in context under that name, never quoted as the interviewee's.
    Guest {
        /// The guest's label, without colon.
        speaker: String,
        /// The paragraph.
        text: String,
    },
    /// A section heading.
    Heading(String),
}

/// One answer paragraph with the marks that repair left on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// Its position among the turn's answers, from 1: the second number of a passage's id.
    pub number: usize,
    /// Who says it, where that is not the interview's interviewee but another one.
    #[serde(default)]
    pub speaker: Option<String>,
    /// The text as stored.
    pub text: String,
    /// Spots that were repaired, in order, not overlapping.
    pub repairs: Vec<RepairedSpan>,
    /// When it is said in the recording, in seconds from its start, if the transcript says so.
    #[serde(default)]
    pub moment: Option<u32>,
}

impl Paragraph {
    /// The interviewee's `text`, as it was received.
    pub fn new(number: usize, text: String) -> Self {
        Self { number, speaker: None, text, repairs: Vec::new(), moment: None }
    }
}

/// A repaired spot of a stored text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairedSpan {
    /// Where the repaired characters stand.
    pub span: CharSpan,
    /// What was received there.
    pub received: String,
    /// Which of these characters were guessed: shown as such wherever they are quoted.
    pub guessed: Vec<CharSpan>,
}
