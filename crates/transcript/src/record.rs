//! What was repaired at import, kept beside the transcript: `SLUG.repairs.toml`.
//!
//! A spot whose words were repaired is known by the words around it, so that it is found again after an
//! editor has moved or changed other lines; where the spot itself was changed, its mark is dropped.
//! Punctuation and the like, of which there may be a thousand, takes one entry for each line.

use serde::{Deserialize, Serialize};

use super::Finding;
use super::canonical::Written;
use super::parse::Position;
use super::read::{Mark, changes_words};
use super::repair::{Kind, Place, Repair};
use crate::text::CharSpan;

/// What the file is called.
pub(super) const SUFFIX: &str = ".repairs.toml";
/// Characters on each side of a spot by which it is found again.
const CONTEXT: usize = 10;
/// What the file begins with.
const PREFACE: &str = "\
# What was repaired in this transcript, and what was received there. `line` counts in the transcript's
# file as it was written, `received_line` in what was received. A reader is shown a mark on each
# `[[words]]` that still stands between the words that it stood `between`.
";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Record {
    words: Vec<Words>,
    marks: Vec<Marks>,
}

/// Words that were given back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    line: usize,
    received_line: usize,
    kind: Kind,
    before: String,
    after: String,
    /// Characters of `after`, from 0.
    guessed: Vec<usize>,
    confidence: f64,
    between: [String; 2],
}

/// Punctuation and the like on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marks {
    received_line: usize,
    kind: Kind,
    before: Vec<String>,
    after: Vec<String>,
}

/// The record of what was repaired in a text that was `written` after `offset` lines of front matter;
/// `None` where nothing was.
pub(super) fn write(repairs: &[Repair], written: &Written, offset: usize) -> Option<String> {
    let mut record = Record::default();
    for repair in repairs.iter().filter(|repair| repair.applied) {
        match words(repair, written, offset).filter(|_| changes_words(repair.kind)) {
            Some(words) => record.words.push(words),
            None => record.add(repair),
        }
    }
    if record.words.is_empty() && record.marks.is_empty() {
        return None;
    }
    // Strings, numbers and lists: nothing that TOML cannot hold.
    toml::to_string(&record).ok().map(|entries| format!("{PREFACE}\n{entries}"))
}

impl Record {
    fn add(&mut self, repair: &Repair) {
        let same =
            |marks: &&mut Marks| marks.received_line == repair.line && marks.kind == repair.kind;
        if let Some(marks) = self.marks.last_mut().filter(same) {
            marks.before.push(repair.before.clone());
            marks.after.push(repair.after.clone());
        } else {
            let (before, after) = (vec![repair.before.clone()], vec![repair.after.clone()]);
            self.marks.push(Marks { received_line: repair.line, kind: repair.kind, before, after });
        }
    }
}

fn words(repair: &Repair, written: &Written, offset: usize) -> Option<Words> {
    let Place { line, span } = &repair.place;
    let inside = |at: &Position| {
        (Position::new(*line, span.start)..Position::new(*line, span.end)).contains(at)
    };
    let (written_line, words, first, last) = written.placed.iter().find_map(|(line, words)| {
        let first = words.positions().iter().position(inside)?;
        Some((*line, words.chars(), first, words.positions().iter().rposition(inside)?))
    })?;
    let text = |span: CharSpan| words[span].iter().collect::<String>();
    Some(Words {
        line: written_line + offset,
        received_line: repair.line,
        kind: repair.kind,
        before: repair.before.clone(),
        after: text(first..last + 1),
        guessed: repair.guessed_characters.clone(),
        confidence: (repair.confidence * 1000.0).round() / 1000.0,
        between: [
            text(first.saturating_sub(CONTEXT)..first),
            text(last + 1..words.len().min(last + 1 + CONTEXT)),
        ],
    })
}

/// The marks of a record on a transcript's text, which begins after `offset` lines of its file; those
/// that no longer fit are findings.
///
/// # Errors
/// The line of the record that is wrong.
pub(super) fn read(
    bytes: &[u8],
    text: &str,
    offset: usize,
) -> Result<(Vec<Mark>, Vec<Finding>), Finding> {
    let source = String::from_utf8_lossy(bytes);
    let line_of = |byte: usize| 1 + source.bytes().take(byte).filter(|byte| *byte == b'\n').count();
    let record: Record = toml::from_str(&source).map_err(|error| Finding {
        line: line_of(error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let lines: Vec<Vec<char>> = text.split('\n').map(|line| line.chars().collect()).collect();
    let (mut marks, mut findings) = (Vec::new(), Vec::new());
    for words in record.words {
        match find(&words, &lines, offset) {
            Some(mark) => marks.push(mark),
            None => findings.push(dropped(&words, &source)),
        }
    }
    Ok((marks, findings))
}

fn dropped(words: &Words, source: &str) -> Finding {
    let line = source
        .lines()
        .position(|line| line.contains(&words.between[0]) && line.contains(&words.between[1]));
    let message = format!(
        "the repair of `{}` to `{}` is no longer in the text: its mark is left out",
        words.before, words.after
    );
    Finding { line: line.map_or(1, |line| line + 1), message }
}

/// The place nearest to where the spot stood at which its words stand between those that were there.
fn find(words: &Words, lines: &[Vec<char>], offset: usize) -> Option<Mark> {
    let before = words.between[0].chars().count();
    let length = words.after.chars().count();
    let whole: Vec<char> = words.between[0]
        .chars()
        .chain(words.after.chars())
        .chain(words.between[1].chars())
        .collect();
    let places = lines.iter().enumerate().flat_map(|(at, line)| {
        let windows = line.windows(whole.len().max(1)).enumerate();
        windows
            .filter(|(_, window)| *window == whole)
            .map(move |(start, _)| (at + 1, start))
            .collect::<Vec<_>>()
    });
    let (line, start) = places.min_by_key(|(line, _)| (line + offset).abs_diff(words.line))?;
    let start = start + before;
    Some(Mark {
        line,
        span: start..start + length,
        received: words.before.clone(),
        guessed: words.guessed.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "[[words]]\nline = 9\nreceived_line = 2\nkind = \"half-shift\"\nbefore = \"?!x\"\nafter = \"。“谷\"\nguessed = [2]\nconfidence = 0.9\nbetween = [\"終結\", \"”不\"]\n";

    #[test]
    fn a_mark_is_found_again_where_its_words_have_moved_to() {
        let (marks, findings) =
            read(RECORD.as_bytes(), "新的一行\n林遠：不是終結。“谷”不僅是", 5).unwrap();
        assert_eq!(findings, []);
        assert_eq!(
            marks,
            [Mark { line: 2, span: 7..10, received: "?!x".to_owned(), guessed: vec![2] }]
        );
    }

    #[test]
    fn a_mark_whose_words_were_changed_is_dropped_and_reported() {
        let (marks, findings) = read(RECORD.as_bytes(), "林遠：不是終結。“鎮”不僅是", 5).unwrap();
        assert_eq!(marks, []);
        assert_eq!(findings[0].line, 9);
        assert!(findings[0].message.contains("?!x"), "{}", findings[0].message);
    }

    #[test]
    fn a_broken_record_is_named_by_its_line() {
        assert_eq!(read(b"[[words]]\nline = 9\ncolour = 1\n", "", 0).unwrap_err().line, 3);
    }
}
