//! The log of repairs that import writes beside a transcript: `SLUG.repairs.toml`.
//!
//! A repair that changed words is found again by the words around it, so that an editor may move or
//! change other lines. Where the repaired words themselves were edited, the entry no longer applies
//! and is reported. Repairs of punctuation and the like, of which a text may have a thousand, are
//! grouped by line.

use serde::{Deserialize, Serialize};

use super::Finding;
use super::canonical::CanonicalText;
use super::parse::Position;
use super::read::{LineRepair, changes_words};
use super::repair::{DamageKind, LineSpan, Repair};
use crate::text::{CharSpan, line_number};

/// The end of the file's name, after the interview's slug.
pub(super) const SUFFIX: &str = ".repairs.toml";
/// Characters kept on each side of a repair, by which it is found again.
const CONTEXT: usize = 10;
/// The comment at the top of the file.
const PREFACE: &str = "\
# What was repaired in this transcript, and what was received there. `line` counts in the transcript's
# file as it was written, `received_line` in what was received. A repair of `[[words]]` is shown to
# readers as long as it stands between the same words. Its guessed characters are marked as such;
# `confirmed = true` says that a person has checked them, and they are no longer marked.
";

/// The file's content.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RepairLog {
    words: Vec<WordRepair>,
    marks: Vec<LineOfMarks>,
}

/// A repair that changed words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordRepair {
    line: usize,
    received_line: usize,
    kind: DamageKind,
    before: String,
    after: String,
    /// Offsets of guessed characters in `after`.
    guessed: Vec<usize>,
    confidence: f64,
    /// A person has checked the repair, so nothing in it counts as guessed any more.
    #[serde(default, skip_serializing_if = "is_false")]
    confirmed: bool,
    between: [String; 2],
}

/// The repairs of one kind on one line that changed no words, such as those of punctuation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineOfMarks {
    received_line: usize,
    kind: DamageKind,
    before: Vec<String>,
    after: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Returns the log of `repairs` to a text that was `written` after `offset` lines of front matter,
/// or `None` if nothing was repaired.
pub(super) fn write(repairs: &[Repair], written: &CanonicalText, offset: usize) -> Option<String> {
    let mut log = RepairLog::default();
    for repair in repairs.iter().filter(|repair| repair.applied) {
        match word_repair(repair, written, offset).filter(|_| changes_words(repair.kind)) {
            Some(words) => log.words.push(words),
            None => log.add_mark(repair),
        }
    }
    if log.words.is_empty() && log.marks.is_empty() {
        return None;
    }
    // TOML can hold all of it: the log consists of strings, numbers and lists.
    toml::to_string(&log).ok().map(|entries| format!("{PREFACE}\n{entries}"))
}

impl RepairLog {
    fn add_mark(&mut self, repair: &Repair) {
        let is_same = |marks: &&mut LineOfMarks| {
            marks.received_line == repair.line && marks.kind == repair.kind
        };
        if let Some(marks) = self.marks.last_mut().filter(is_same) {
            marks.before.push(repair.before.clone());
            marks.after.push(repair.after.clone());
        } else {
            self.marks.push(LineOfMarks {
                received_line: repair.line,
                kind: repair.kind,
                before: vec![repair.before.clone()],
                after: vec![repair.after.clone()],
            });
        }
    }
}

/// Returns the entry of a repair, or `None` if its words were not written.
fn word_repair(repair: &Repair, written: &CanonicalText, offset: usize) -> Option<WordRepair> {
    let LineSpan { line, span } = &repair.place;
    let is_inside = |at: &Position| {
        (Position::new(*line, span.start)..Position::new(*line, span.end)).contains(at)
    };
    let (written_line, words, first, last) = written.placed.iter().find_map(|(line, words)| {
        let first = words.positions().iter().position(is_inside)?;
        Some((*line, words.chars(), first, words.positions().iter().rposition(is_inside)?))
    })?;
    let text = |span: CharSpan| words[span].iter().collect::<String>();
    Some(WordRepair {
        line: written_line + offset,
        received_line: repair.line,
        kind: repair.kind,
        before: repair.before.clone(),
        after: text(first..last + 1),
        guessed: repair.guessed_characters.clone(),
        confidence: (repair.confidence * 1000.0).round() / 1000.0,
        confirmed: false,
        between: [
            text(first.saturating_sub(CONTEXT)..first),
            text(last + 1..words.len().min(last + 1 + CONTEXT)),
        ],
    })
}

/// Reads a log and finds its repairs in a transcript's `text`, which begins after `offset` lines of
/// its file. Entries that no longer fit the text are returned as findings.
///
/// # Errors
/// Fails if the log is not valid, with the line of the mistake.
pub(super) fn read(
    bytes: &[u8],
    text: &str,
    offset: usize,
) -> Result<(Vec<LineRepair>, Vec<Finding>), Finding> {
    let source = String::from_utf8_lossy(bytes);
    let log: RepairLog = toml::from_str(&source).map_err(|error| Finding {
        line: line_number(&*source, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let lines: Vec<Vec<char>> = text.split('\n').map(|line| line.chars().collect()).collect();
    let (mut repairs, mut findings) = (Vec::new(), Vec::new());
    for words in log.words {
        match find(&words, &lines, offset) {
            Some(repair) => repairs.push(repair),
            None => findings.push(not_found(&words, &source)),
        }
    }
    Ok((repairs, findings))
}

fn not_found(words: &WordRepair, source: &str) -> Finding {
    let line = source
        .lines()
        .position(|line| line.contains(&words.between[0]) && line.contains(&words.between[1]));
    let message = format!(
        "the repair of `{}` to `{}` is no longer in the text, so readers are not told about it; hint: delete its entry if the text was changed on purpose",
        words.before, words.after
    );
    Finding { line: line.map_or(1, |line| line + 1), message }
}

/// Finds the repaired words between those that they were written between. If they occur there more
/// than once, the occurrence nearest to the logged line is returned.
fn find(words: &WordRepair, lines: &[Vec<char>], offset: usize) -> Option<LineRepair> {
    let [before, after] = &words.between;
    let whole: Vec<char> = before.chars().chain(words.after.chars()).chain(after.chars()).collect();
    let occurrences = lines.iter().enumerate().flat_map(|(at, line)| {
        let windows = line.windows(whole.len().max(1)).enumerate();
        windows
            .filter(|(_, window)| *window == whole)
            .map(move |(start, _)| (at + 1, start))
            .collect::<Vec<_>>()
    });
    let (line, start) = occurrences.min_by_key(|(line, _)| (line + offset).abs_diff(words.line))?;
    let start = start + before.chars().count();
    Some(LineRepair {
        line,
        span: start..start + words.after.chars().count(),
        received: words.before.clone(),
        guessed: if words.confirmed { Vec::new() } else { words.guessed.clone() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "[[words]]\nline = 9\nreceived_line = 2\nkind = \"half-shift\"\nbefore = \"?!x\"\nafter = \"。“谷\"\nguessed = [2]\nconfidence = 0.9\nbetween = [\"終結\", \"”不\"]\n";

    #[test]
    fn a_repair_is_found_again_where_its_words_have_moved_to() {
        let (repairs, findings) =
            read(LOG.as_bytes(), "新的一行\n林遠：不是終結。“谷”不僅是", 5).unwrap();
        assert_eq!(findings, []);
        assert_eq!(
            repairs,
            [LineRepair { line: 2, span: 7..10, received: "?!x".to_owned(), guessed: vec![2] }]
        );
    }

    #[test]
    fn a_repair_whose_words_were_changed_is_reported() {
        let (repairs, findings) = read(LOG.as_bytes(), "林遠：不是終結。“鎮”不僅是", 5).unwrap();
        assert_eq!(repairs, []);
        assert_eq!(findings[0].line, 9);
        assert!(findings[0].message.contains("?!x"), "{}", findings[0].message);
    }

    #[test]
    fn a_mistake_is_reported_with_its_line() {
        assert_eq!(read(b"[[words]]\nline = 9\ncolour = 1\n", "", 0).unwrap_err().line, 3);
    }

    #[test]
    fn nothing_is_guessed_in_a_confirmed_repair() {
        let log = LOG.replace("guessed", "confirmed = true\nguessed");
        let (repairs, findings) = read(log.as_bytes(), "不是終結。“谷”不僅是", 0).unwrap();
        assert_eq!(findings, []);
        assert_eq!(repairs[0].received, "?!x");
        assert!(repairs[0].guessed.is_empty());
    }
}
