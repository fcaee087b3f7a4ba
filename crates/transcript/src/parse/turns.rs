//! From labelled paragraphs to turns: an interviewer's utterance and what follows it.

use super::aside;
use super::line::{Located, Position};
use super::speakers::Voice;
use super::{Kind, TranscriptBlock};
use crate::{Paragraph, Part, RepairedSpan, Turn};

/// The turns of a transcript's blocks. What is said before anybody asks is a turn without a
/// question.
pub(super) fn turns(
    blocks: &[TranscriptBlock],
    repairs: &dyn Fn(&[Position]) -> Vec<RepairedSpan>,
) -> Vec<Turn> {
    let answered = blocks.iter().filter(|block| {
        matches!(block.kind, Kind::Speech(Voice::Interviewee | Voice::CoInterviewee(_)))
    });
    let interjections =
        answered.map(|block| aside::interjections(block.text.chars())).sum::<usize>();
    let interjections = interjections >= aside::INTERJECTIONS;
    let mut turns = Turns { done: Vec::new(), asking: false, interjections, repairs };
    for block in blocks {
        match &block.kind {
            Kind::Title | Kind::Furniture | Kind::Caption | Kind::Lead => {}
            Kind::Heading => {
                turns.asking = false;
                turns.part(Part::Heading(block.text.to_string()));
            }
            Kind::Aside => turns.part(Part::Aside(block.text.to_string())),
            Kind::Speech(voice) => turns.speech(voice, block),
        }
    }
    turns.done
}

struct Turns<'a> {
    done: Vec<Turn>,
    /// The last words were an interviewer's: more of them belong to the same utterance.
    asking: bool,
    /// The interviewer's interjections stand in brackets within the answers.
    interjections: bool,
    repairs: &'a dyn Fn(&[Position]) -> Vec<RepairedSpan>,
}

impl Turns<'_> {
    fn speech(&mut self, voice: &Voice, block: &TranscriptBlock) {
        let how = block.remarks_of_label();
        let (words, remarks) = aside::split(
            &block.text,
            self.interjections && !matches!(voice, Voice::Interviewer(_)),
        );
        match voice {
            Voice::Interviewer(name) => self.ask(name, &words),
            Voice::Interviewee => self.answer(None, &words, block.moment()),
            Voice::CoInterviewee(name) => self.answer(Some(name), &words, block.moment()),
            Voice::Guest(speaker) => self.answer_of_guest(speaker, &words),
            Voice::Nobody => self.part(Part::Aside(words.to_string())),
        }
        for remark in how.into_iter().chain(remarks) {
            self.part(Part::Aside(remark.to_string()));
        }
    }

    fn ask(&mut self, interviewer: &str, words: &Located) {
        if words.is_empty() {
            return;
        }
        match self.done.last_mut().filter(|_| self.asking) {
            Some(turn) => {
                turn.question.push('\n');
                turn.question.push_str(&words.to_string());
            }
            None => self.begin(interviewer, words.to_string()),
        }
        self.asking = true;
    }

    fn answer_of_guest(&mut self, speaker: &str, words: &Located) {
        if words.is_empty() {
            return;
        }
        self.answering();
        self.part(Part::Guest { speaker: speaker.to_owned(), text: words.to_string() });
    }

    fn answering(&mut self) {
        self.asking = false;
        if self.done.is_empty() {
            self.begin("", String::new());
        }
    }

    fn answer(&mut self, speaker: Option<&String>, words: &Located, moment: Option<u32>) {
        if words.is_empty() {
            return;
        }
        self.answering();
        let Some(turn) = self.done.last_mut() else { return };
        let number = 1 + turn.answers().count();
        let repairs = (self.repairs)(words.positions());
        turn.parts.push(Part::Answer(Paragraph {
            number,
            speaker: speaker.cloned(),
            text: words.to_string(),
            repairs,
            moment,
        }));
    }

    fn begin(&mut self, interviewer: &str, question: String) {
        let number = self.done.len() + 1;
        self.done.push(Turn {
            number,
            interviewer: interviewer.to_owned(),
            question,
            parts: Vec::new(),
        });
    }

    /// What stands before the first turn belongs to none: the transcript itself keeps it.
    fn part(&mut self, part: Part) {
        if let Some(turn) = self.done.last_mut() {
            turn.parts.push(part);
        }
    }
}
