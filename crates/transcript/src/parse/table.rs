//! Tables that put a question into the first column and its answer into the second: each cell becomes a
//! line of its own.

use super::ending::is_question;
use super::line::{FIRST_COLUMN, Line};

/// Rows whose first cell asks, and their share of all rows, from which on a table holds a conversation.
const ROWS: usize = 2;
const ASKING: f64 = 0.6;

/// Parts the rows of such a table.
pub(super) fn part(lines: Vec<Line>) -> Vec<Line> {
    let first_cell = |line: &Line| {
        let end = line.chars().iter().position(|c| *c == '\t')?;
        Some((end, is_question(&line.chars()[..end])))
    };
    let cells: Vec<Option<(usize, bool)>> = lines.iter().map(first_cell).collect();
    let rows = cells.iter().flatten().count();
    let asking = cells.iter().flatten().filter(|(_, asks)| *asks).count();
    if asking < ROWS || (asking as f64) < rows as f64 * ASKING {
        return lines;
    }
    let mut parted = Vec::with_capacity(lines.len() + rows);
    for (line, cell) in lines.into_iter().zip(cells) {
        match cell {
            Some((end, true)) => {
                parted.push(Line { look: Some(FIRST_COLUMN), ..line.slice(0..end) });
                parted.push(line.slice(end..line.chars().len()));
            }
            _ => parted.push(line),
        }
    }
    parted.retain(|line| !line.chars().is_empty());
    parted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::line::read;

    #[test]
    fn questions_and_answers_in_columns_are_parted() {
        let lines = part(read("问题\t回答\n路呢？\t修好了。\n桥呢？\t还没有。"));
        let texts: Vec<String> = lines.iter().map(|line| line.text.to_string()).collect();
        assert_eq!(texts, ["问题\t回答", "路呢？", "修好了。", "桥呢？", "还没有。"]);
        let rows = part(read("记者\t路呢？\n林远\t修好了。"));
        assert_eq!(rows.len(), 2);
    }
}
