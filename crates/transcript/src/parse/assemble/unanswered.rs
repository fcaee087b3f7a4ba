//! Questions that no speaker answers although they are set like those that somebody does.

use std::collections::BTreeSet;

use super::{Assembly, PLAIN_QUESTIONS};
use crate::parse::ending::is_question;
use crate::parse::line::Line;
use crate::parse::question_opening::is_numbered_question;

impl Assembly<'_> {
    /// Where questions have no label but are all set alike, the lines set in this way that ask and that no
    /// labelled line answers: the publication answers them itself.
    pub(super) fn unanswered_questions(&self) -> BTreeSet<usize> {
        let asked: BTreeSet<usize> = (0..self.lines.len())
            .filter(|at| !self.matter.holds(*at) && self.is_plain_question(*at))
            .collect();
        let (Some(first), Some(last)) = (asked.first(), asked.last()) else {
            return BTreeSet::new();
        };
        let marks: [fn(&Line) -> bool; 4] = [
            |line| line.is_bold() && !line.heading,
            |line| line.heading,
            is_numbered_question,
            |line| line.italic,
        ];
        let is_common = |mark: &&fn(&Line) -> bool| {
            let marked = asked.iter().filter(|at| mark(&self.lines[**at])).count();
            asked.len() >= PLAIN_QUESTIONS && marked * 5 >= asked.len() * 4
        };
        let Some(mark) = marks.iter().find(is_common) else { return BTreeSet::new() };
        let asks = |at: &usize| {
            let line = &self.lines[*at];
            line.set_apart.is_none()
                && mark(line)
                && is_question(line.chars())
                && !asked.contains(at)
                && self.voice(*at).is_none()
        };
        // Two questions in a row are answered together.
        let alone = |at: &usize| !mark(&self.lines[(*at + 1).min(self.lines.len() - 1)]);
        (*first..*last).filter(asks).filter(alone).collect()
    }
}
