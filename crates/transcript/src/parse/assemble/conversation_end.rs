//! Where the conversation ends: at a farewell, an afterword, a colophon, or what the publication says to its
//! readers.

use super::Assembly;
use crate::parse::boilerplate::is_boilerplate;
use crate::parse::line::Line;
use crate::parse::speakers::Voice;
use crate::parse::{aside, heading};

impl Assembly<'_> {
    /// Where the conversation ends if its last answer takes leave: what follows without a label is
    /// somebody else's.
    pub(super) fn farewell(&self, answered: usize) -> Option<usize> {
        let (label, voice) = self.voice(answered)?;
        if !matches!(voice, Voice::Interviewee | Voice::CoInterviewee(_)) {
            return None;
        }
        let line = self.lines[answered].chars();
        let words = &line[label.length.min(line.len())..];
        let below = words.is_empty();
        let words = if below { self.lines.get(answered + 1)?.chars() } else { words };
        let end = answered + 1 + usize::from(below);
        (self.last_label() == Some(answered) && aside::is_farewell(words)).then_some(end)
    }

    /// The end without whole lines in italic or bold type behind the last answer: they tell about the
    /// conversation.
    pub(super) fn without_colophon(&self, mut end: usize) -> usize {
        let is_set = |line: &Line| (line.italic || line.is_bold()) && !line.heading;
        while end > self.last + 2 && end <= self.lines.len() && is_set(&self.lines[end - 1]) {
            end -= 1;
        }
        end
    }

    /// The end without what the publication says to its readers, and all that follows it. The first
    /// paragraph of the last answer is never the publication's.
    pub(super) fn without_boilerplate(&self, answered: usize, end: usize) -> usize {
        let below = self
            .voice(answered)
            .is_none_or(|(label, _)| label.length >= self.lines[answered].chars().len());
        let from = answered + 1 + usize::from(below);
        let is_running = |at: &usize| self.lines[*at].set_apart.is_none();
        let found =
            (from..end).filter(is_running).find(|at| is_boilerplate(self.lines[*at].chars()));
        found.unwrap_or(end)
    }

    /// The end without the last section if nobody speaks in it, where each other section begins with somebody's
    /// speech: an afterword, or a note on the person.
    pub(super) fn without_afterword(&self, first: usize, last: usize, end: usize) -> usize {
        let is_section = |at: &usize| {
            let line = &self.lines[*at];
            line.set_apart.is_none()
                && heading::is_marked(line)
                && !self.matter.holds(*at)
                && !self.opens_speech(*at)
        };
        // The first paragraph of an answer may stand below its label.
        let begins = |at: &usize| {
            let next =
                (at + 1..self.lines.len()).find(|next| self.lines[*next].set_apart.is_none());
            next.is_some_and(|next| self.opens_speech(next) || is_section(&next))
        };
        let are_spoken = (first..last).filter(is_section).all(|at| begins(&at));
        let afterword = (last + 2..end).find(is_section).filter(|_| are_spoken);
        afterword.unwrap_or(end)
    }

    /// The last line of the text that a speaker's label opens.
    fn last_label(&self) -> Option<usize> {
        (0..self.lines.len()).rev().find(|at| !self.matter.holds(*at) && self.voice(*at).is_some())
    }
}
