//! Transcripts in which nobody is named: questions in bold type, as headings or numbered, and plain
//! paragraphs between them.

use std::collections::BTreeSet;

use super::ending::{ends_sentence, is_question};
use super::frame::Frame;
use super::line::Line;

/// Lines that must ask something for their mark to be that of the interviewer.
const QUESTIONS: usize = 2;

/// The marks, the surest first.
const MARKS: [fn(&Line) -> bool; 4] = [Line::is_bold, |line| line.heading, is_numbered, is_dashed];

/// The lines that ask; none where no mark sets questions apart.
pub(super) fn questions(lines: &[Line], frame: &Frame) -> BTreeSet<usize> {
    let candidates = MARKS.iter().map(|mark| {
        (0..lines.len())
            .filter(|at| !frame.holds(*at) && mark(&lines[*at]))
            .collect::<BTreeSet<usize>>()
    });
    let asks = |marked: &BTreeSet<usize>| {
        marked.iter().filter(|at| is_question(lines[**at].chars())).count()
    };
    let found = candidates.into_iter().find(|marked| {
        let followed = marked.iter().any(|at| at + 1 < lines.len() && !marked.contains(&(at + 1)));
        asks(marked) >= QUESTIONS && asks(marked) * 2 >= marked.len() && followed
    });
    let statement =
        |at: &usize| ends_sentence(lines[*at].chars()) || is_question(lines[*at].chars());
    found.unwrap_or_default().into_iter().filter(statement).collect()
}

/// `3. 您怎么看？`
pub(super) fn is_numbered(line: &Line) -> bool {
    let digits = line.chars().iter().take_while(|c| c.is_ascii_digit()).count();
    let mark =
        line.chars().get(digits).is_some_and(|c| matches!(c, '.' | '、' | '．' | ')' | '）'));
    (1..=3).contains(&digits) && mark && is_question(line.chars())
}

/// `——您怎么看？`
fn is_dashed(line: &Line) -> bool {
    line.chars().first().is_some_and(|c| matches!(c, '—' | '–' | '―')) && is_question(line.chars())
}
