//! A transcript as a corpus file's text: the form that an editor corrects by hand, and that reads back
//! as the same interview. `parse` reads it by the same rules (`parse::corpus_file`).

use super::parse::{
    CAPTION, Hints, Kind, LEFT_OUT, Located, Transcript, TranscriptBlock, Voice, comment_mark,
    is_aside, needs_escape,
};
use crate::text::is_han;

/// The text, and where its words were read from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CanonicalText {
    /// The lines.
    pub text: String,
    /// Of each paragraph: its line in `text` (from 1), and its words.
    pub placed: Vec<(usize, Located)>,
}

/// Writes the text. `hints` name all speakers, as the front matter will.
pub(super) fn write(transcript: &Transcript, hints: &Hints) -> CanonicalText {
    let mut writer =
        CanonicalWriter { written: CanonicalText::default(), line: 0, speaking: None, hints };
    for block in &transcript.blocks {
        writer.block(block);
    }
    writer.written
}

struct CanonicalWriter<'a> {
    written: CanonicalText,
    line: usize,
    /// Who spoke last.
    speaking: Option<&'a Voice>,
    hints: &'a Hints,
}

impl<'a> CanonicalWriter<'a> {
    fn block(&mut self, block: &'a TranscriptBlock) {
        if block.text.is_empty() && block.label.is_empty() {
            return;
        }
        match &block.kind {
            // The front matter has the title.
            Kind::Title => {}
            Kind::Furniture => self.comment(LEFT_OUT, block),
            Kind::Caption => self.comment(CAPTION, block),
            Kind::Lead => {
                let mark =
                    if needs_escape(block.text.chars(), false, self.hints) { "\\" } else { "" };
                self.paragraph(mark, &block.text);
            }
            Kind::Heading => {
                self.gap();
                self.paragraph("## ", &block.text);
            }
            Kind::Aside => {
                let bare = self.speaking.is_some() && is_aside(block.text.chars());
                self.paragraph(if bare { "" } else { "> " }, &block.text);
            }
            Kind::Speech(voice) => self.speech(block, voice),
        }
    }

    fn speech(&mut self, block: &'a TranscriptBlock, voice: &'a Voice) {
        let remarks = block.remarks_of_label();
        if block.text.is_empty() && remarks.is_empty() {
            return;
        }
        let mut words = Located::default();
        for part in remarks.iter().chain(std::iter::once(&block.text)) {
            words.append(None, part);
        }
        let labelled = !block.label.is_empty() || self.speaking != Some(voice);
        if labelled && matches!(voice, Voice::Interviewer(_)) {
            self.gap();
        }
        self.speaking = Some(voice);
        let label = if labelled { self.label(voice, block.moment()) } else { String::new() };
        let escape = label.is_empty() && needs_escape(words.chars(), true, self.hints);
        self.paragraph(if escape { "\\" } else { &label }, &words);
    }

    /// A paragraph that stays visible to editors and is no part of the interview.
    fn comment(&mut self, what: &str, block: &TranscriptBlock) {
        self.line += 1;
        self.written.text.push_str(&comment_mark(what));
        self.written.text.extend(block.label.chars().iter().chain(block.text.chars()));
        self.written.text.push('\n');
    }

    fn label(&self, voice: &Voice, moment: Option<u32>) -> String {
        let name = match voice {
            Voice::Interviewer(name) | Voice::Guest(name) | Voice::CoInterviewee(name) => name,
            Voice::Interviewee | Voice::Nobody => {
                self.hints.interviewee.as_deref().unwrap_or_default()
            }
        };
        let colon = if name.chars().any(|c| is_han(c) || c == '《') { "：" } else { ": " };
        let moment = moment.map(|seconds| {
            format!(" [{}:{:02}:{:02}]", seconds / 3600, seconds / 60 % 60, seconds % 60)
        });
        format!("{name}{}{colon}", moment.unwrap_or_default())
    }

    /// An empty line, to part what belongs together from what went before.
    fn gap(&mut self) {
        if self.line > 0 {
            self.line += 1;
            self.written.text.push('\n');
        }
    }

    fn paragraph(&mut self, mark: &str, words: &Located) {
        self.line += 1;
        self.written.text.push_str(mark);
        self.written.text.extend(words.chars());
        self.written.text.push('\n');
        self.written.placed.push((self.line, words.clone()));
    }
}
