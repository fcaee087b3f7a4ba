//! Who speaks where: from a transcript in any of the shapes that sites use to labelled paragraphs.
//!
//! Reading never fails, and every character that is not white space or a mark of markup stands in
//! exactly one [`TranscriptBlock`]. Names at lines' starts are collected first ([`label`]); who of them speaks,
//! and who asks, is decided over the whole text ([`speakers`]); then each line finds its kind.

mod acceptance;
mod aside;
mod assemble;
mod boilerplate;
mod bold_question;
mod corpus_file;
mod ending;
mod front_back_matter;
mod heading;
mod inline;
mod interviewee;
mod label;
mod legend;
mod lexicon;
mod line;
mod name;
mod name_key;
mod page_furniture;
mod page_margin;
mod person;
mod question_opening;
mod role;
mod settle;
mod speaker_evidence;
mod speakers;
mod summary;
mod table;

pub(super) use aside::is_whole as is_aside;
pub(super) use corpus_file::{CAPTION, LEFT_OUT, comment_mark, needs_escape};
pub(crate) use label::{is_answerer, speaker_start};
pub use line::{Located, Position};
pub(super) use name::{is_interviewee_role, is_interviewer_role, is_publication};
pub(super) use name_key::key;
pub use speakers::Voice;
pub(super) use summary::{OtherSpeakers, speakers as other_speakers};
pub(super) use translation::TRANSLATION;

use super::{Finding, Provenance, Turn};

/// What is known about a transcript before it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// The title, so that the line that repeats it is known.
    pub title: Option<String>,
    /// Who answers.
    pub interviewee: Option<String>,
    /// Other labels of the interviewee.
    pub aliases: Vec<String>,
    /// Labels of others who answer and are quoted under their own names.
    pub co_interviewees: Vec<String>,
    /// Labels of who asks.
    pub interviewers: Vec<String>,
    /// Authors, description and keywords of the page: they spell out names that the text abbreviates.
    pub about: Vec<String>,
    /// The text is the interviewee's even where nobody asks.
    pub is_monologue: bool,
    /// Labels of all others. Where they are given, even as an empty list, the speakers are complete:
    /// nobody else speaks, and the text is read as a corpus file's.
    pub guests: Option<Vec<String>>,
    /// Pairs of a label and the full name behind it: `Q` and `记者`.
    pub legend: Vec<(String, String)>,
}

/// A transcript that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The title, if the text carries one.
    pub title: Option<String>,
    /// The publication date, if the text carries one.
    pub date: Option<String>,
    /// Who answers, if that can be told.
    pub interviewee: Option<String>,
    /// What gave the interviewee's name.
    pub interviewee_from: Option<Provenance>,
    /// Other labels of the interviewee.
    pub aliases: Vec<String>,
    /// Labels of who asks, in the order in which they first speak.
    pub interviewers: Vec<String>,
    /// Labels of others who answer and are quoted under their own names.
    pub co_interviewees: Vec<String>,
    /// Labels of all others, in the order in which they first speak.
    pub guests: Vec<String>,
    /// How speakers are told apart.
    pub scheme: &'static str,
    /// All paragraphs, in order.
    pub blocks: Vec<TranscriptBlock>,
}

/// A paragraph of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptBlock {
    /// What it is.
    pub kind: Kind,
    /// The speaker's label as written, marks included; empty where there is none.
    pub label: Located,
    /// The words; remarks in brackets included.
    pub text: Located,
    /// Why it is taken for this.
    pub why: &'static str,
}

impl TranscriptBlock {
    /// Returns the moment of the recording that the label gives, in seconds.
    pub fn moment(&self) -> Option<u32> {
        timestamp::seconds(self.label.chars())
    }

    /// Remarks in the label: `王坚（笑）：`.
    pub fn remarks_of_label(&self) -> Vec<Located> {
        let remarks = aside::split(&self.label, false).1;
        remarks.into_iter().filter(|remark| !aside::is_moment(remark.chars())).collect()
    }
}

/// What a paragraph is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The title.
    Title,
    /// Byline, date, credits, legend, ornament: neither speech nor about it.
    Furniture,
    /// The caption of a picture.
    Caption,
    /// The editorial lead.
    Lead,
    /// A section heading.
    Heading,
    /// A remark of an editor or a reporter.
    Aside,
    /// Somebody's words.
    Speech(Voice),
}

/// Reads a transcript.
pub fn parse(text: &str, hints: &Hints) -> (Transcript, Vec<Finding>) {
    if hints.guests.is_some() {
        corpus_file::read(text, hints)
    } else {
        assemble::read(text, hints)
    }
}

impl Transcript {
    /// The editorial lead, paragraph by paragraph.
    pub fn lead(&self) -> Vec<String> {
        self.texts(&Kind::Lead)
    }

    /// The section headings.
    pub fn headings(&self) -> Vec<String> {
        self.texts(&Kind::Heading)
    }

    fn texts(&self, kind: &Kind) -> Vec<String> {
        self.blocks
            .iter()
            .filter(|block| block.kind == *kind)
            .map(|block| block.text.to_string())
            .collect()
    }

    /// The conversation. `repairs` gives the repaired spots of a text by the positions of its characters.
    pub fn turns(&self, repairs: impl Fn(&[Position]) -> Vec<super::RepairedSpan>) -> Vec<Turn> {
        turns::turns(&self.blocks, &repairs)
    }
}

#[cfg(test)]
mod tests;
mod timestamp;
mod translation;
mod turns;
mod unlabelled;
mod unwrap_lines;
