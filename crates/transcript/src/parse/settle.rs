//! What can be said about blocks only once all of them are known: a question that nobody answers is
//! none.

use super::speakers::Voice;
use super::{Kind, TranscriptBlock};
use crate::text::fold_char;

/// Characters of a line that announces whose words follow, at most.
const ANNOUNCEMENT: usize = 60;

/// Sets utterances of an interviewer that nobody answers aside: thanks at the end, an introduction that a
/// heading parts from the first question, a question that the publication answers itself.
pub(super) fn settle(blocks: &mut [TranscriptBlock]) {
    let mut asked: Vec<usize> = Vec::new();
    let mut begun = false;
    for at in 0..blocks.len() {
        match &blocks[at].kind {
            Kind::Speech(Voice::Interviewer(_)) => asked.push(at),
            Kind::Speech(_) => {
                let says_nothing = blocks[at].text.is_empty();
                begun |= !says_nothing || !blocks[at].remarks_of_label().is_empty();
                if !says_nothing {
                    asked.clear();
                }
            }
            Kind::Heading => set_aside(blocks, std::mem::take(&mut asked), begun),
            _ => {}
        }
    }
    set_aside(blocks, asked, begun);
}

/// Makes the text the interviewee's where nobody speaks: from a line that announces it
/// (`以下是林远的讲述`), or from the first paragraph on.
pub(super) fn monologue(blocks: &mut [TranscriptBlock]) {
    if blocks.iter().any(|block| matches!(block.kind, Kind::Speech(_))) {
        return;
    }
    let leads: Vec<usize> = (0..blocks.len()).filter(|at| blocks[*at].kind == Kind::Lead).collect();
    let announced = leads.iter().take(leads.len() / 2 + 1).position(|at| {
        let line: String = blocks[*at].text.chars().iter().take(2).map(|c| fold_char(*c)).collect();
        matches!(line.as_str(), "以下" | "下面") && blocks[*at].text.chars().len() <= ANNOUNCEMENT
    });
    for at in leads.into_iter().skip(announced.map_or(0, |at| at + 1)) {
        blocks[at].kind = Kind::Speech(Voice::Interviewee);
        blocks[at].why = "an editor says whose words they are";
    }
}

/// Sets paragraphs aside that continue an answer and speak of whoever answers in the third person, and behind
/// the last question all that follows the first paragraph about the interviewee or an interviewer.
pub(super) fn about(
    blocks: &mut [TranscriptBlock],
    interviewee: &str,
    interviewers: &[String],
    is_about: fn(&[char], &str) -> bool,
) {
    let is_asked =
        |block: &TranscriptBlock| matches!(block.kind, Kind::Speech(Voice::Interviewer(_)));
    let labelled =
        |block: &TranscriptBlock| matches!(block.kind, Kind::Speech(_)) && !block.label.is_empty();
    let last = blocks.iter().rposition(|block| is_asked(block) || labelled(block)).unwrap_or(0);
    let (mut paragraphs, mut ended) = (0, false);
    for (at, block) in blocks.iter_mut().enumerate() {
        let Kind::Speech(voice) = &block.kind else { continue };
        paragraphs =
            if labelled(block) || matches!(voice, Voice::Interviewer(_)) { 0 } else { paragraphs };
        paragraphs += usize::from(!block.text.is_empty() && !is_asked(block));
        let name = match voice {
            Voice::Interviewee => interviewee,
            Voice::CoInterviewee(name) => name,
            _ => continue,
        };
        let words = block.text.chars();
        let is_tail = at > last;
        let speaks_of = is_about(words, name)
            || is_tail && interviewers.iter().any(|name| is_about(words, name));
        if paragraphs > 1 && block.label.is_empty() && (ended || speaks_of) {
            ended |= is_tail;
            block.kind = Kind::Aside;
            block.why = "it speaks of the people in the interview";
        }
    }
}

fn set_aside(blocks: &mut [TranscriptBlock], unanswered: Vec<usize>, begun: bool) {
    for at in unanswered {
        let block = &mut blocks[at];
        // Who said it stays visible.
        let mut words = std::mem::take(&mut block.label);
        words.append(None, &block.text);
        block.text = words;
        block.kind = if begun { Kind::Aside } else { Kind::Lead };
        block.why = "nobody answers it";
    }
}
