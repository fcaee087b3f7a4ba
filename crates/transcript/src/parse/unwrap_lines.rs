//! Texts whose lines were broken at a fixed width: the lines of a paragraph are joined again.

use super::front_back_matter::is_ornament;
use super::label::{LabelForm, label};
use super::line::{Line, SetApart};
use super::name::class;
use super::page_furniture::is_page_furniture;
use crate::text::is_han;

/// Columns (a Chinese character takes two) to which a text may have been wrapped.
const WIDTHS: std::ops::RangeInclusive<usize> = 30..=120;
/// Per cent of the broken lines that are not wider than the width of the text.
const USUAL: usize = 85;
/// Lines that must have been broken for a text to count as wrapped.
const BROKEN: usize = 4;
/// Columns by which a line may be wider than the width of the text.
const SLACK: usize = 6;
/// Lines that a text must have for the empty lines between them to count for nothing.
const SPACED: usize = 12;

/// Joins broken lines, if the text was wrapped.
pub(super) fn unwrap(lines: Vec<Line>) -> Vec<Line> {
    // Where an empty line stands before nearly each line, as in pages made from PDF files, it parts nothing.
    let parted = lines.iter().filter(|line| line.after_blank).count();
    let is_spaced = lines.len() >= SPACED && parted * 10 >= lines.len() * 9;
    let follows = |line: &Line| is_spaced || !line.after_blank;
    let is_text = |line: &Line| !line.heading && !is_page_furniture(line.chars());
    let text: Vec<&Line> =
        lines.iter().filter(|line| !is_margin(line) && (!is_spaced || is_text(line))).collect();
    let pairs: Vec<&[&Line]> = text
        .windows(2)
        .filter(|pair| follows(pair[1]) && !pair[0].heading && !pair[1].heading)
        .collect();
    let mut widths: Vec<usize> = pairs.iter().map(|pair| columns(pair[0].chars())).collect();
    widths.sort_unstable();
    // A line that holds a long word or an address may be wider than the others.
    let Some(&width) = widths.get(widths.len() * USUAL / 100) else { return lines };
    let (mut broken, mut midway) = (0, 0);
    for pair in pairs.iter().filter(|pair| is_broken(pair[0], pair[1], width)) {
        broken += 1;
        midway += usize::from(!super::ending::ends_sentence(pair[0].chars()));
    }
    // Without empty lines between paragraphs, short ones are no sign against it if no line is too wide.
    let is_usual = if is_spaced {
        let wider = widths.iter().filter(|columns| **columns > width + SLACK).count();
        broken * 3 >= pairs.len() && wider * 20 <= pairs.len()
    } else {
        broken * 5 >= pairs.len() * 3
    };
    if !WIDTHS.contains(&width) || broken < BROKEN || !is_usual || midway * 2 < broken {
        return lines;
    }
    join(lines, width, is_spaced)
}

/// Joins the lines that are broken at `width`. The number of a page that stands within a paragraph is put
/// behind it.
fn join(lines: Vec<Line>, width: usize, is_spaced: bool) -> Vec<Line> {
    let mut joined: Vec<Line> = Vec::with_capacity(lines.len());
    let mut page_numbers: Vec<Line> = Vec::new();
    let mut last_width = 0;
    for line in lines {
        let belongs_to_page = || is_page_furniture(line.chars()) || is_ornament(line.chars());
        if is_margin(&line) || is_spaced && !joined.is_empty() && belongs_to_page() {
            page_numbers.push(line);
            continue;
        }
        let own_width = widest(line.chars());
        // The empty line after a margin belongs to the page as well.
        let is_near = is_spaced || !line.after_blank || !page_numbers.is_empty();
        match joined.last_mut() {
            Some(last) if is_near && continues(last, last_width, &line, width) => {
                append(last, &line);
            }
            _ => {
                joined.append(&mut page_numbers);
                joined.push(line);
            }
        }
        last_width = own_width;
    }
    joined.append(&mut page_numbers);
    joined
}

fn is_margin(line: &Line) -> bool {
    line.set_apart == Some(SetApart::PageMargin)
}

/// Whether `line` continues the one before it, whose last part is `last_width` columns wide.
fn continues(last: &Line, last_width: usize, line: &Line, width: usize) -> bool {
    let labelled = label(line)
        .is_some_and(|label| label.form == LabelForm::Marked && class(&label.name).may_speak());
    !line.heading && !last.heading && !labelled && last_width + first_word(line.chars()) > width
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

/// The columns that the characters take in a Chinese font, where quotation marks and dashes are wide.
fn widest(chars: &[char]) -> usize {
    let is_chinese = chars.iter().any(|c| is_han(*c));
    let wide = chars.iter().filter(|c| "“”‘’…—·".contains(**c)).count();
    columns(chars) + if is_chinese { wide } else { 0 }
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
