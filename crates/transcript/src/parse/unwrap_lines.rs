//! Texts whose lines were broken at a fixed width: the lines of a paragraph are joined again.

use super::label::{LabelForm, label};
use super::line::Line;
use super::name::class;
use crate::text::is_han;

/// Columns (a Chinese character takes two) to which a text may have been wrapped.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;
/// Per cent of the broken lines that are not wider than the width of the text.
const USUAL: usize = 85;
/// Lines that must have been broken for a text to count as wrapped.
const BROKEN: usize = 4;

/// Joins broken lines, if the text was wrapped.
pub(super) fn unwrap(lines: Vec<Line>) -> Vec<Line> {
    let pairs = || {
        lines.windows(2).filter(|pair| !pair[1].after_blank && !pair[0].heading && !pair[1].heading)
    };
    let mut widths: Vec<usize> = pairs().map(|pair| columns(pair[0].chars())).collect();
    widths.sort_unstable();
    // A line that holds a long word or an address may be wider than the others.
    let Some(&width) = widths.get(widths.len() * USUAL / 100) else { return lines };
    let broken = pairs().filter(|pair| is_broken(&pair[0], &pair[1], width)).count();
    let midway = pairs()
        .filter(|pair| {
            is_broken(&pair[0], &pair[1], width) && !super::ending::ends_sentence(pair[0].chars())
        })
        .count();
    if !WIDTHS.contains(&width)
        || broken < BROKEN
        || broken * 5 < pairs().count() * 3
        || midway * 2 < broken
    {
        return lines;
    }
    let mut joined: Vec<Line> = Vec::with_capacity(lines.len());
    let mut last_width = 0;
    for line in lines {
        let own_width = columns(line.chars());
        match joined.last_mut() {
            Some(last) if continues(last, last_width, &line, width) => append(last, &line),
            _ => joined.push(line),
        }
        last_width = own_width;
    }
    joined
}

/// Whether `line` continues the one before it, whose last part is `last_width` columns wide.
fn continues(last: &Line, last_width: usize, line: &Line, width: usize) -> bool {
    let labelled = label(line)
        .is_some_and(|label| label.form == LabelForm::Marked && class(&label.name).may_speak());
    !line.after_blank
        && !line.heading
        && !last.heading
        && !labelled
        && last_width + first_word(line.chars()) > width
}

fn is_broken(line: &Line, next: &Line, width: usize) -> bool {
    columns(line.chars()) + first_word(next.chars()) > width
}

/// Columns of what could not be put on the line before, with the space or the mark before it.
fn first_word(chars: &[char]) -> usize {
    match chars.first() {
        // A mark may not begin a line, so that up to two characters move with it.
        Some(c) if is_han(*c) || !c.is_ascii() => 5,
        _ => 1 + chars.iter().take_while(|c| !c.is_whitespace() && c.is_ascii()).count(),
    }
}

fn columns(chars: &[char]) -> usize {
    chars
        .iter()
        .map(|c| if is_han(*c) || ('\u{3000}'..='\u{ffef}').contains(c) { 2 } else { 1 })
        .sum()
}

fn append(last: &mut Line, line: &Line) {
    let chinese = |c: Option<&char>| c.is_some_and(|c| !c.is_ascii());
    let separator = if chinese(last.chars().last()) || chinese(line.chars().first()) {
        None
    } else {
        Some(' ')
    };
    last.text.append(separator, &line.text);
    last.bold.extend(separator.map(|_| false));
    last.bold.extend_from_slice(&line.bold);
}
