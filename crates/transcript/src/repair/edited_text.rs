//! A text that is edited in several rounds, and still knows for each change what was received there.

use std::borrow::Cow;
use std::iter::Peekable;
use std::vec::IntoIter;

use super::{DamageKind, LineSpan, Repair, Repaired};
use crate::text::CharSpan;

/// An edit that a rule proposes.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    /// The characters to replace.
    pub(super) span: CharSpan,
    /// The characters to put there, and whether a byte of each was guessed.
    pub(super) after: Vec<(char, bool)>,
    pub(super) kind: DamageKind,
    pub(super) why: Cow<'static, str>,
    /// From 0 to 1.
    pub(super) confidence: f64,
    /// The edit is too uncertain to be made, and only reported.
    pub(super) only_reported: bool,
}

impl Edit {
    /// Makes an edit of full confidence.
    pub(super) fn sure(span: CharSpan, after: &str, kind: DamageKind, why: &'static str) -> Self {
        let after = after.chars().map(|c| (c, false)).collect();
        Self { span, after, kind, why: Cow::Borrowed(why), confidence: 1.0, only_reported: false }
    }
}

/// A span of the text that differs from what was received, or would if a proposal were made.
struct Change {
    received: CharSpan,
    span: CharSpan,
    kind: DamageKind,
    why: Cow<'static, str>,
    confidence: f64,
    /// The characters that were proposed, if they are too uncertain to be put there.
    proposal: Option<Vec<(char, bool)>>,
}

/// A text under repair. Between its changes it is as received, character by character.
pub(super) struct EditedText {
    received: Vec<char>,
    text: Vec<char>,
    /// For each character of `text` whether a byte of it was guessed.
    guessed: Vec<bool>,
    /// In order, not overlapping.
    changes: Vec<Change>,
}

impl EditedText {
    pub(super) fn new(text: &str) -> Self {
        let received: Vec<char> = text.chars().collect();
        let guessed = vec![false; received.len()];
        Self { text: received.clone(), received, guessed, changes: Vec::new() }
    }

    /// Returns the text with all edits made so far.
    pub(super) fn text(&self) -> &[char] {
        &self.text
    }

    /// Forgets the proposals that were too uncertain.
    pub(super) fn forget_proposals(&mut self) {
        self.changes.retain(|change| change.proposal.is_none());
    }

    /// Makes `edits`, which are in order and do not overlap, and returns whether the text has changed.
    /// Edits of spots for which there is an uncertain proposal are left out.
    pub(super) fn apply(&mut self, mut edits: Vec<Edit>) -> bool {
        // The character after an uncertain spot is part of the evidence, and stays as well.
        let proposals = self.changes.iter().filter(|change| change.proposal.is_some());
        let kept: Vec<CharSpan> =
            proposals.map(|change| change.span.start..change.span.end + 1).collect();
        edits.retain(|edit| {
            let next = kept.partition_point(|span| span.end <= edit.span.start);
            kept.get(next).is_none_or(|span| span.start >= edit.span.end)
        });
        if edits.is_empty() {
            return false;
        }
        let has_changed = edits.iter().any(|edit| !edit.only_reported);
        let changes = std::mem::take(&mut self.changes);
        let mut merge = Merge {
            before: self,
            received_at: 0,
            at: 0,
            text: Vec::new(),
            guessed: Vec::new(),
            changes: Vec::new(),
        };
        merge.run(changes.into_iter().peekable(), edits.into_iter().peekable());
        let Merge { text, guessed, changes, .. } = merge;
        *self = Self { received: std::mem::take(&mut self.received), text, guessed, changes };
        has_changed
    }

    /// Returns the text and its repairs.
    pub(super) fn finish(self) -> Repaired {
        let mut received = Lines::new(&self.received);
        let mut result = Lines::new(&self.text);
        let mut repairs = Vec::new();
        for change in self.changes {
            let before: String = self.received[change.received.clone()].iter().collect();
            let applied = change.proposal.is_none();
            let after: Vec<(char, bool)> = change.proposal.unwrap_or_else(|| {
                let span = change.span.clone();
                span.map(|at| (self.text[at], self.guessed[at])).collect()
            });
            let (line, _) = received.place(change.received.start);
            let (result_line, start) = result.place(change.span.start);
            let guessed: Vec<usize> = (0..after.len()).filter(|at| after[*at].1).collect();
            let after: String = after.into_iter().map(|(c, _)| c).collect();
            if before == after {
                continue;
            }
            repairs.push(Repair {
                line,
                before,
                after,
                kind: change.kind,
                why: change.why,
                guessed: !guessed.is_empty(),
                confidence: change.confidence,
                applied,
                place: LineSpan { line: result_line, span: start..start + change.span.len() },
                guessed_characters: guessed,
            });
        }
        Repaired { text: self.text.into_iter().collect(), repairs }
    }
}

/// Merges the changes made before with new edits, and builds the text that results.
struct Merge<'a> {
    before: &'a EditedText,
    /// How far the old text has been copied, and the position in the received text.
    at: usize,
    received_at: usize,
    text: Vec<char>,
    guessed: Vec<bool>,
    changes: Vec<Change>,
}

impl Merge<'_> {
    fn run(
        &mut self,
        mut changes: Peekable<IntoIter<Change>>,
        mut edits: Peekable<IntoIter<Edit>>,
    ) {
        loop {
            let change = changes.peek().map(|change| change.span.start);
            let edit = edits.peek().map(|edit| edit.span.start);
            let Some(start) = change.into_iter().chain(edit).min() else { break };
            self.received_at += start - self.at;
            self.copy(start);
            let mut inside = (Vec::new(), Vec::new());
            let mut end = start;
            loop {
                let joins = |at: usize| {
                    at < end || (at == start && inside.0.is_empty() && inside.1.is_empty())
                };
                if let Some(change) = changes.next_if(|change| joins(change.span.start)) {
                    end = end.max(change.span.end);
                    inside.0.push(change);
                } else if let Some(edit) = edits.next_if(|edit| joins(edit.span.start)) {
                    end = end.max(edit.span.end);
                    inside.1.push(edit);
                } else {
                    break;
                }
            }
            self.region(start..end, inside.0, inside.1);
        }
        self.copy(self.before.text.len());
    }

    /// Copies the old text up to `end`.
    fn copy(&mut self, end: usize) {
        self.text.extend_from_slice(&self.before.text[self.at..end]);
        self.guessed.extend_from_slice(&self.before.guessed[self.at..end]);
        self.at = end;
    }

    /// Makes one change of a span of the old text with the changes and edits in it.
    fn region(&mut self, span: CharSpan, changes: Vec<Change>, edits: Vec<Edit>) {
        let received = self.received_at;
        let as_received =
            span.len() - changes.iter().map(|change| change.span.len()).sum::<usize>();
        self.received_at +=
            as_received + changes.iter().map(|change| change.received.len()).sum::<usize>();
        let start = self.text.len();
        let mut all: Vec<Change> = changes;
        for edit in edits {
            let proposal = if edit.only_reported {
                Some(edit.after)
            } else {
                self.copy(edit.span.start);
                self.text.extend(edit.after.iter().map(|(c, _)| *c));
                self.guessed.extend(edit.after.iter().map(|(_, guessed)| *guessed));
                self.at = edit.span.end;
                None
            };
            let Edit { kind, why, confidence, .. } = edit;
            all.push(Change { received: 0..0, span: 0..0, kind, why, confidence, proposal });
        }
        self.copy(span.end);
        let confidence = all.iter().map(|change| change.confidence).fold(1.0, f64::min);
        let main = all.iter().position(|change| change.proposal.is_some()).unwrap_or(0);
        let (received, span) = (received..self.received_at, start..self.text.len());
        self.changes.push(Change { received, span, confidence, ..all.swap_remove(main) });
    }
}

/// Converts ascending positions of a text to line and column.
struct Lines<'a> {
    text: &'a [char],
    at: usize,
    line: usize,
    line_start: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a [char]) -> Self {
        Self { text, at: 0, line: 1, line_start: 0 }
    }

    /// Returns the line of a position, from 1, and its column, from 0.
    fn place(&mut self, place: usize) -> (usize, usize) {
        while self.at < place {
            if self.text[self.at] == '\n' {
                self.line += 1;
                self.line_start = self.at + 1;
            }
            self.at += 1;
        }
        (self.line, place - self.line_start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(span: CharSpan, after: &str) -> Edit {
        Edit::sure(span, after, DamageKind::Markup, "for a test")
    }

    #[test]
    fn later_edits_find_their_place_in_the_received_text() {
        let mut text = EditedText::new("ab&lt;c\nd,e");
        assert!(text.apply(vec![edit(2..6, "<")]));
        assert!(text.apply(vec![edit(6..7, "，")]));
        let repaired = text.finish();
        assert_eq!(repaired.text, "ab<c\nd，e");
        let found: Vec<(usize, &str, &str)> = repaired
            .repairs
            .iter()
            .map(|r| (r.line, r.before.as_str(), r.after.as_str()))
            .collect();
        assert_eq!(found, [(1, "&lt;", "<"), (2, ",", "，")]);
        assert_eq!(repaired.repairs[1].place, LineSpan { line: 2, span: 1..2 });
    }

    #[test]
    fn an_edit_of_an_edit_is_one_repair() {
        let mut text = EditedText::new("x&amp;y");
        text.apply(vec![edit(1..6, "&")]);
        text.apply(vec![edit(0..2, "ü")]);
        let repaired = text.finish();
        assert_eq!(repaired.text, "üy");
        assert_eq!(repaired.repairs.len(), 1);
        assert_eq!(repaired.repairs[0].before, "x&amp;");
    }

    #[test]
    fn deletions_beside_each_other_stay_apart() {
        let mut text = EditedText::new("abcd");
        text.apply(vec![edit(1..2, "")]);
        text.apply(vec![edit(1..2, "")]);
        let repaired = text.finish();
        assert_eq!(repaired.text, "ad");
        let before: Vec<&str> = repaired.repairs.iter().map(|r| r.before.as_str()).collect();
        assert_eq!(before, ["b", "c"]);
    }

    #[test]
    fn an_uncertain_spot_stays_as_received() {
        let mut text = EditedText::new("a,b");
        let uncertain = Edit { only_reported: true, confidence: 0.2, ..edit(0..2, "x") };
        assert!(!text.apply(vec![uncertain]));
        assert!(!text.apply(vec![edit(1..2, "，")]));
        let repaired = text.finish();
        assert_eq!(repaired.text, "a,b");
        assert!(!repaired.repairs[0].applied);
        assert_eq!(repaired.repairs[0].after, "x");
    }
}
