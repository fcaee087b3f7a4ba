//! What is known of each label, and of the lines around it, when it is decided who speaks.

use std::collections::HashMap;

use super::Hints;
use super::label::Label;
use super::legend::Legend;
use super::line::Line;
use super::name::{NameClass, class};

/// Lines before the first speaker's in which the interviewee may be named.
pub(super) const LEAD_LINES: usize = 40;

/// One label with all its lines.
#[derive(Debug)]
pub(super) struct Speaker {
    /// The label as first written.
    pub(super) name: String,
    pub(super) class: NameClass,
    /// Lines with a colon, a bar or a bracket.
    pub(super) marked: usize,
    /// Lines with weaker marks, those of letters included.
    pub(super) weak: usize,
    pub(super) letters: usize,
    /// Lines that begin with the label and are speech.
    pub(super) utterances: usize,
    /// Paragraphs that ask.
    pub(super) questions: usize,
    /// Characters said.
    pub(super) chars: usize,
    /// Utterances without those that continue the speaker's own.
    pub(super) turns: usize,
    /// Who speaks next, by position among the speakers, and how often.
    pub(super) next: HashMap<usize, usize>,
    /// Its first line.
    pub(super) first: usize,
}

impl Speaker {
    /// Lines that begin with the label.
    pub(super) fn lines(&self) -> usize {
        self.marked + self.weak
    }
}

/// What the lines are judged with.
pub(super) struct SpeakerEvidence<'a> {
    pub(super) lines: &'a [Line],
    pub(super) labels: &'a [Option<Label>],
    /// Lines that are a title, credits, a legend: never speech.
    pub(super) furniture: &'a dyn Fn(usize) -> bool,
    pub(super) legend: &'a Legend,
    pub(super) hints: &'a Hints,
    pub(super) title: &'a str,
}

impl SpeakerEvidence<'_> {
    /// The text before the first line of a known kind of speaker.
    pub(super) fn before_speech(&self) -> String {
        let known = |label: &Label| class(&label.name).is_known_speaker();
        let speech =
            |at: &usize| !(self.furniture)(*at) && self.labels[*at].as_ref().is_some_and(known);
        let end = (0..self.lines.len()).find(speech).unwrap_or(self.lines.len());
        let lines = self.lines[..end].iter().take(LEAD_LINES).map(|line| line.text.to_string());
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl<'a> SpeakerEvidence<'a> {
    /// The words of whoever answers by a word like `答` or `A`.
    pub(super) fn spoken(&self) -> impl Iterator<Item = &'a [char]> {
        let labelled = self.labels.iter().zip(self.lines);
        labelled.filter_map(|(label, line)| {
            let label =
                label.as_ref().filter(|label| class(&label.name) == NameClass::Interviewee)?;
            line.chars().get(label.length..)
        })
    }
}
