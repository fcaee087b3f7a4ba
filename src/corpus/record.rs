//! What was repaired at import, kept beside the transcript: `SLUG.repairs.toml`.
//!
//! Each spot is known by the words around it, so that it is found again after an editor has moved or
//! changed other lines; where the spot itself was changed, its mark is dropped.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Finding;
use super::canonical::Written;
use super::parse::Position;
use super::read::Mark;
use super::repair::Repair;

/// What the file is called.
pub(super) const SUFFIX: &str = ".repairs.toml";
/// Characters on each side of a spot by which it is found again.
const CONTEXT: usize = 10;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    #[serde(default)]
    repair: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Line of the transcript's text when it was written, from 1, front matter not counted.
    line: usize,
    /// Line of the received text, from 1.
    received_line: usize,
    kind: String,
    before: String,
    after: String,
    guessed: bool,
    confidence: f64,
    /// The words before the spot and after it.
    between: [String; 2],
}

/// The record of what was repaired in a text that was `written`.
pub(super) fn write(repairs: &[Repair], written: &Written) -> String {
    let mut text = String::from(
        "# What was repaired in this transcript, and what was received there. `line` counts in the transcript's text,\n\
         # `received_line` in the file as received; a mark is found again by the words `between` which it stands.\n",
    );
    for entry in
        repairs.iter().filter(|repair| repair.applied).filter_map(|repair| entry(repair, written))
    {
        let body = toml::to_string(&entry).unwrap_or_default();
        // Writing into a string cannot fail.
        let _ = write!(text, "\n[[repair]]\n{body}");
    }
    text
}

fn entry(repair: &Repair, written: &Written) -> Option<Entry> {
    let inside = |at: &Position| {
        at.line as usize == repair.place.line && repair.place.span.contains(&(at.column as usize))
    };
    let (line, words, first, last) = written.placed.iter().find_map(|(line, _, words)| {
        let first = words.positions().iter().position(inside)?;
        let last = words.positions().iter().rposition(inside)?;
        Some((*line, words.chars(), first, last))
    })?;
    let text = |from: usize, to: usize| words[from..to].iter().collect::<String>();
    Some(Entry {
        line,
        received_line: repair.line,
        kind: repair.kind.as_str().to_owned(),
        before: repair.before.clone(),
        after: text(first, last + 1),
        guessed: repair.guessed,
        confidence: repair.confidence,
        between: [
            text(first.saturating_sub(CONTEXT), first),
            text(last + 1, words.len().min(last + 1 + CONTEXT)),
        ],
    })
}

/// The marks of a record on a transcript's text; those that no longer fit are findings.
///
/// # Errors
/// The line of the record that is wrong.
pub(super) fn read(bytes: &[u8], text: &str) -> Result<(Vec<Mark>, Vec<Finding>), Finding> {
    let source = String::from_utf8_lossy(bytes);
    let record: Record = toml::from_str(&source).map_err(|error| Finding {
        line: line_of(&source, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let lines: Vec<Vec<char>> = text.split('\n').map(|line| line.chars().collect()).collect();
    let (mut marks, mut findings) = (Vec::new(), Vec::new());
    for entry in record.repair {
        match find(&entry, &lines) {
            Some(mark) => marks.push(mark),
            None => findings.push(Finding {
                line: 1,
                message: format!(
                    "the repair of `{}` to `{}` is no longer in the text: its mark is dropped",
                    entry.before, entry.after
                ),
            }),
        }
    }
    Ok((marks, findings))
}

fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
}

/// The place nearest to where the spot stood at which its words stand between those that were there.
fn find(entry: &Entry, lines: &[Vec<char>]) -> Option<Mark> {
    let spot: Vec<char> = entry.after.chars().collect();
    let before: Vec<char> = entry.between[0].chars().collect();
    let whole: Vec<char> =
        before.iter().chain(&spot).copied().chain(entry.between[1].chars()).collect();
    let places = lines.iter().enumerate().flat_map(|(at, line)| {
        let starts =
            line.windows(whole.len().max(1)).enumerate().filter(|(_, window)| *window == whole);
        starts.map(move |(start, _)| (at + 1, start)).collect::<Vec<_>>()
    });
    let (line, start) = places.min_by_key(|(line, _)| line.abs_diff(entry.line))?;
    let start = start + before.len();
    Some(Mark {
        line,
        span: start..start + spot.len(),
        received: entry.before.clone(),
        guessed: entry.guessed,
    })
}
