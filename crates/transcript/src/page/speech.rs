//! Recorded speech that comes in pieces, as subtitles and the files of speech recognition hold it, to
//! paragraphs.

use crate::text::is_han;

/// Characters after which a paragraph ends at the next full stop.
const PARAGRAPH: usize = 280;

/// Joins the pieces of a sentence. A new paragraph begins where the speaker changes, with the speaker's name
/// before a colon, and where one is long.
#[derive(Default)]
pub(super) struct Speech {
    out: String,
    paragraph: String,
    voice: String,
}

impl Speech {
    /// Adds words. `voice` is who says them, where that is known.
    pub(super) fn say(&mut self, voice: Option<&str>, words: &str) {
        let changed = voice.filter(|voice| *voice != self.voice);
        if changed.is_some() || self.is_long() {
            self.end_paragraph();
        }
        if let Some(voice) = changed {
            let colon = if voice.chars().any(is_han) { "：" } else { ": " };
            self.paragraph = format!("{voice}{colon}");
            voice.clone_into(&mut self.voice);
        }
        self.join(words);
    }

    /// Whether the paragraph is long enough and ends with a sentence.
    fn is_long(&self) -> bool {
        self.paragraph.chars().count() > PARAGRAPH
            && self.paragraph.ends_with(['。', '！', '？', '.', '!', '?', '…', '”', '"'])
    }

    fn join(&mut self, words: &str) {
        let last = self.paragraph.chars().last();
        let spaced = last.is_some_and(|c| !c.is_whitespace() && c.is_ascii() && c != '-')
            && words.starts_with(|c: char| c.is_ascii());
        // Between Chinese clauses that were recorded without punctuation.
        let clause = last.is_some_and(is_han) && words.starts_with(is_han);
        self.paragraph.push_str(if spaced || clause { " " } else { "" });
        self.paragraph.push_str(words);
    }

    /// Begins a new paragraph.
    pub(super) fn end_paragraph(&mut self) {
        if !self.paragraph.trim().is_empty() {
            self.out.push_str(self.paragraph.trim());
            self.out.push('\n');
        }
        self.paragraph.clear();
    }

    /// Returns the paragraphs, a line each.
    pub(super) fn finish(mut self) -> String {
        self.end_paragraph();
        self.out
    }
}
