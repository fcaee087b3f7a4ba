//! A transcript's lines without the marks around their words: `# ` for a heading, `> ` for a
//! quotation, `**…**` for bold type, and those of [`marks`]. Every character remembers where it stood.

use std::ops::Range;

use crate::marks;

/// Where a character stands in the text that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Character within the line, from 0.
    pub column: u32,
}

impl Position {
    /// The character `column` (from 0) of the line `line` (from 1).
    pub fn new(line: usize, column: usize) -> Self {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { line: number(line), column: number(column) }
    }
}

/// Some characters of the text, and where each of them stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Located {
    chars: Vec<char>,
    at: Vec<Position>,
}

impl Located {
    /// The characters.
    pub fn chars(&self) -> &[char] {
        &self.chars
    }

    /// The position of each character.
    pub fn positions(&self) -> &[Position] {
        &self.at
    }

    /// The line on which the text begins, from 1.
    pub fn line(&self) -> usize {
        self.at.first().map_or(1, |position| position.line as usize)
    }

    /// The characters `range`, without white space around them.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let Range { mut start, mut end } = range;
        while start < end && self.chars[start].is_whitespace() {
            start += 1;
        }
        while start < end && self.chars[end - 1].is_whitespace() {
            end -= 1;
        }
        Self { chars: self.chars[start..end].to_vec(), at: self.at[start..end].to_vec() }
    }

    /// The characters from `start` on, without white space around them.
    #[must_use]
    pub fn tail(&self, start: usize) -> Self {
        self.slice(start..self.chars.len())
    }

    /// Appends `other`, after `separator` if there is one.
    pub fn append(&mut self, separator: Option<char>, other: &Self) {
        if let (Some(separator), Some(last)) = (separator, self.at.last().copied()) {
            self.push(separator, Position { column: last.column + 1, ..last });
        }
        self.chars.extend_from_slice(&other.chars);
        self.at.extend_from_slice(&other.at);
    }

    pub(super) fn push(&mut self, c: char, at: Position) {
        self.chars.push(c);
        self.at.push(at);
    }

    /// Whether there is no character.
    pub fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }
}

impl std::fmt::Display for Located {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.chars.iter().try_for_each(|c| write!(f, "{c}"))
    }
}

/// Why a line of a page is not part of its running text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SetApart {
    /// The caption of a picture.
    Caption,
    /// Program code.
    Code,
    /// Links and nothing else.
    Links,
    /// Folded away on the page: a translation, the original.
    Folded,
    /// The paragraph before it in another language.
    Translation,
    /// Related articles, comments and the like.
    Boilerplate,
    /// The head or the foot of a printed page.
    PageMargin,
}

/// The look of a line that stood in the first column of a table; no page gives a line this number.
pub(super) const FIRST_COLUMN: u8 = u8::MAX;

/// A line that holds something.
#[expect(clippy::struct_excessive_bools, reason = "independent properties of a line's type")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its words.
    pub(super) text: Located,
    /// Which characters are in bold type.
    pub(super) bold: Vec<bool>,
    /// Every letter is in italic type.
    pub(super) italic: bool,
    /// It is marked as a heading.
    pub(super) heading: bool,
    /// The level of the heading, or 0.
    pub(super) level: u8,
    /// It is marked as a quotation.
    pub(super) quote: bool,
    /// It is an item of a list.
    pub(super) item: bool,
    /// It is the first line below a picture.
    pub(super) below_image: bool,
    /// It stands in the paragraph of that picture.
    pub(super) beside_image: bool,
    /// The page sets it in a colour or a class of its own, told apart from others by this number.
    pub(super) look: Option<u8>,
    /// Why it is not part of the running text, if it is not.
    pub(super) set_apart: Option<SetApart>,
    /// An empty line stands before it.
    pub(super) after_blank: bool,
}

impl Line {
    pub(super) fn chars(&self) -> &[char] {
        self.text.chars()
    }

    /// The characters `range` as a line of their own, without white space around them.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let blank = self.chars()[range.clone()].iter().take_while(|c| c.is_whitespace()).count();
        let text = self.text.slice(range.clone());
        let start = range.start + blank.min(range.len());
        let bold = self.bold[start..start + text.chars().len()].to_vec();
        let first = range.start == 0;
        Self {
            text,
            bold,
            heading: first && self.heading,
            below_image: first && self.below_image,
            beside_image: first && self.beside_image,
            after_blank: first && self.after_blank,
            ..*self
        }
    }

    /// Parts the line before each of the positions `cuts`. Pieces without words are left out.
    pub(super) fn pieces(self, cuts: &[usize]) -> Vec<Self> {
        if cuts.is_empty() {
            return vec![self];
        }
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        let ends = cuts.iter().copied().chain(std::iter::once(self.chars().len()));
        let pieces = starts.zip(ends).map(|(start, end)| self.slice(start..end));
        pieces.filter(|piece| !piece.text.is_empty()).collect()
    }

    /// Whether every letter is in bold type.
    pub(super) fn is_bold(&self) -> bool {
        let mut letters =
            self.chars().iter().zip(&self.bold).filter(|(c, _)| c.is_alphanumeric()).peekable();
        letters.peek().is_some() && letters.all(|(_, bold)| *bold)
    }
}

/// The lines of `text` that are not empty.
pub(super) fn read(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut after_blank = false;
    for (number, raw) in text.split('\n').enumerate() {
        match line(number + 1, raw) {
            Some(line) => {
                lines.push(Line { after_blank, ..line });
                after_blank = false;
            }
            None => after_blank = true,
        }
    }
    lines
}

fn line(number: usize, raw: &str) -> Option<Line> {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    let mut all = Located::default();
    for (column, c) in (0..).zip(raw.chars()) {
        all.push(c, Position { line: number, column });
    }
    let start =
        all.chars().iter().take_while(|c| marks::is_mark(**c) && **c != marks::ITALIC).count();
    let has = |mark: char| all.chars()[..start].contains(&mark);
    let set_apart = [
        (marks::BOILERPLATE, SetApart::Boilerplate),
        (marks::FOLDED, SetApart::Folded),
        (marks::CAPTION, SetApart::Caption),
        (marks::CODE, SetApart::Code),
        (marks::LINKS, SetApart::Links),
    ]
    .into_iter()
    .find_map(|(mark, reason)| has(mark).then_some(reason));
    let (item, below_image) = (has(marks::ITEM), has(marks::BELOW_IMAGE));
    let beside_image = has(marks::BESIDE_IMAGE);
    let look = all.chars()[..start].iter().find_map(|c| marks::look_of(*c));
    let text = all.tail(start);
    let quotes = text.chars().iter().take_while(|c| **c == '>' || c.is_whitespace()).count();
    let quote = text.chars().first() == Some(&'>');
    let text = if quote { text.tail(quotes) } else { text };
    let level = text.chars().iter().take_while(|c| **c == '#').count();
    let heading =
        (1..=6).contains(&level) && text.chars().get(level).is_some_and(|c| c.is_whitespace());
    let level = if heading { level } else { 0 };
    let (text, bold, italic) = without_type_marks(&text.tail(level));
    let level = u8::try_from(level).unwrap_or_default();
    (!text.is_empty()).then_some(Line {
        text,
        bold,
        italic,
        heading,
        level,
        quote,
        item,
        below_image,
        beside_image,
        look,
        set_apart,
        after_blank: false,
    })
}

/// Takes out pairs of `**` (or `__`) around words, and marks of italic type. Returns the text, which of
/// its characters are bold, and whether all its letters are italic.
fn without_type_marks(text: &Located) -> (Located, Vec<bool>, bool) {
    let (mut kept, mut bold) = (Located::default(), Vec::new());
    let mut closing = None;
    let (mut italic, mut slanted, mut upright) = (false, 0, 0);
    let mut at = 0;
    while let Some(&c) = text.chars().get(at) {
        if c == marks::ITALIC {
            italic = !italic;
            at += 1;
            continue;
        }
        if closing == Some(at) {
            closing = None;
            at += 2;
            continue;
        }
        if closing.is_none()
            && let Some(close) = bold_end(text.chars(), at)
        {
            closing = Some(close);
            at += 2;
            continue;
        }
        kept.push(c, text.positions()[at]);
        bold.push(closing.is_some());
        let counts = usize::from(c.is_alphanumeric());
        if italic {
            slanted += counts;
        } else {
            upright += counts;
        }
        at += 1;
    }
    let start = kept.chars().iter().take_while(|c| c.is_whitespace()).count();
    let trimmed = kept.tail(0);
    let bold = bold.into_iter().skip(start).take(trimmed.chars().len()).collect();
    (trimmed, bold, slanted > 0 && upright == 0)
}

/// Where the pair that opens at `open` closes, if it holds something.
fn bold_end(chars: &[char], open: usize) -> Option<usize> {
    let mark = *chars.get(open).filter(|c| matches!(c, '*' | '_'))?;
    let is_mark = |at: usize| chars.get(at) == Some(&mark) && chars.get(at + 1) == Some(&mark);
    let holds_something = |close: usize| chars[open + 2..close].iter().any(|c| c.is_alphanumeric());
    is_mark(open)
        .then(|| (open + 3..chars.len()).find(|&at| is_mark(at)))?
        .filter(|&close| holds_something(close))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_are_taken_off_and_remembered() {
        let lines = read("# 標題\n\n> **王堅：**一是");
        assert_eq!(
            lines.iter().map(|line| line.text.to_string()).collect::<Vec<_>>(),
            ["標題", "王堅：一是"]
        );
        assert!(lines[0].heading && !lines[0].after_blank && lines[1].after_blank);
        assert_eq!(lines[1].bold, [true, true, true, false, false]);
        assert_eq!(lines[1].text.positions()[3], Position { line: 3, column: 9 });
    }

    proptest! {
        #[test]
        fn every_character_but_the_marks_is_kept_where_it_stood(text in "[*_#> \n王a：]{0,40}") {
            let source: Vec<Vec<char>> = text.split('\n').map(|line| line.chars().collect()).collect();
            let lines = read(&text);
            for line in &lines {
                for (c, at) in line.chars().iter().zip(line.text.positions()) {
                    prop_assert_eq!(source[at.line as usize - 1][at.column as usize], *c);
                }
                prop_assert_eq!(line.bold.len(), line.chars().len());
            }
            let letters = |c: &char| c.is_alphanumeric() || *c == '：';
            let kept = lines.iter().flat_map(Line::chars).filter(|c| letters(c)).count();
            prop_assert_eq!(kept, text.chars().filter(letters).count());
        }
    }
}
