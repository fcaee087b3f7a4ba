//! Lines in the making: characters with their type, to lines with marks.

use crate::marks;
use crate::text::is_han;

/// How the characters are set and in what they stand.
#[expect(clippy::struct_excessive_bools, reason = "independent properties of type")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) link: bool,
    /// Level of the heading, 0 outside headings.
    pub(super) heading: u8,
    pub(super) quote: bool,
    pub(super) item: bool,
    pub(super) caption: bool,
    pub(super) code: bool,
    pub(super) folded: bool,
    /// The look (colour and class) in which it is set, by its number.
    pub(super) look: u16,
    /// Nothing in it is shown.
    pub(super) skipped: bool,
}

/// A line and the element that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The line with its marks.
    pub(super) text: String,
    /// The element that holds it.
    pub(super) element: u32,
    /// Letters and digits outside links.
    pub(super) prose: u32,
    /// An empty line stands before it.
    pub(super) new_paragraph: bool,
    pub(super) heading: u8,
    pub(super) folded: bool,
    /// The look of all its letters, if they have one in common.
    pub(super) look: Option<u16>,
}

/// The look of the letters of a line so far.
#[derive(Debug, Clone, Copy, Default)]
enum LineLook {
    #[default]
    Unknown,
    Common(u16),
    Mixed,
}

impl LineLook {
    fn with(self, look: u16) -> Self {
        match self {
            Self::Unknown => Self::Common(look),
            Self::Common(other) if other == look => self,
            Self::Common(_) | Self::Mixed => Self::Mixed,
        }
    }
}

/// Collects characters to rows.
#[derive(Debug, Default)]
pub(super) struct RowWriter {
    pub(super) rows: Vec<Row>,
    line: Vec<(char, bool, bool)>,
    style: Style,
    element: u32,
    prose: u32,
    linked: u32,
    look: LineLook,
    /// White space was read: a space is due before the next word, if it held no line end between
    /// Chinese characters.
    space: Option<char>,
    new_paragraph: bool,
    below_image: bool,
    /// A picture and a line end stand in the paragraph that is being read.
    beside_image: bool,
    /// The number of a list's item, to be written before its first word.
    prefix: Option<String>,
}

impl RowWriter {
    pub(super) fn text(&mut self, text: &str, style: Style, element: u32) {
        for c in text.chars() {
            if style.code && c == '\n' {
                self.end_line();
            } else if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{a0}' | '\u{c}') {
                self.space = Some(if c == '\n' || self.space == Some('\n') { '\n' } else { ' ' });
            } else if !marks::is_mark(c) {
                self.due_space(c);
                self.push(c, style, element);
            }
        }
    }

    /// A line end between Chinese characters is none in print.
    fn due_space(&mut self, next: char) {
        let Some(space) = self.space.take() else { return };
        let is_wide = |c: char| is_han(c) || ('\u{3000}'..='\u{ffef}').contains(&c);
        match self.line.last().copied() {
            None => {}
            Some((last, ..)) if space == '\n' && is_wide(last) && is_wide(next) => {}
            Some((_, bold, italic)) => self.line.push((' ', bold, italic)),
        }
    }

    pub(super) fn push(&mut self, c: char, style: Style, element: u32) {
        let bold = style.bold && style.heading == 0;
        if self.line.is_empty() {
            (self.style, self.element) = (style, element);
            let prefix = self.prefix.take().filter(|_| !c.is_ascii_digit());
            self.line.extend(
                prefix.iter().flat_map(|prefix| prefix.chars()).map(|c| (c, bold, style.italic)),
            );
        }
        self.line.push((c, bold, style.italic));
        let counts = u32::from(c.is_alphanumeric());
        if counts > 0 {
            self.look = self.look.with(style.look);
        }
        if style.link { self.linked += counts } else { self.prose += counts }
    }

    /// A cell of a table ends where another one begins.
    pub(super) fn end_cell(&mut self, style: Style, element: u32) {
        if !self.line.is_empty() {
            self.space = None;
            self.push('\t', style, element);
        }
    }

    pub(super) fn image(&mut self) {
        if self.line.is_empty() {
            self.below_image = true;
        }
    }

    pub(super) fn begin_item(&mut self, number: Option<usize>) {
        self.prefix = number.map(|number| format!("{number}. "));
    }

    pub(super) fn end_paragraph(&mut self) {
        self.end_line();
        self.new_paragraph = true;
        self.beside_image = false;
    }

    pub(super) fn rule(&mut self, element: u32) {
        self.end_paragraph();
        self.text("---", Style::default(), element);
        self.end_paragraph();
    }

    pub(super) fn end_line(&mut self) {
        self.space = None;
        let line = std::mem::take(&mut self.line);
        let (prose, linked) = (std::mem::take(&mut self.prose), std::mem::take(&mut self.linked));
        let look = match std::mem::take(&mut self.look) {
            LineLook::Common(look) => Some(look),
            LineLook::Unknown | LineLook::Mixed => None,
        };
        if line.iter().all(|(c, ..)| c.is_whitespace()) {
            // A line end between a picture and words of the same paragraph.
            self.beside_image = self.below_image;
            return;
        }
        let style = self.style;
        let mut text = String::new();
        let only_links = prose == 0 && linked > 0;
        let beside_image = self.below_image && self.beside_image;
        for (mark, holds) in [
            (marks::CAPTION, style.caption),
            (marks::CODE, style.code),
            (marks::LINKS, only_links),
            (marks::FOLDED, style.folded),
            (marks::BELOW_IMAGE, std::mem::take(&mut self.below_image)),
            (marks::BESIDE_IMAGE, beside_image),
            (marks::ITEM, style.item),
        ] {
            text.extend(holds.then_some(mark));
        }
        if style.quote {
            text.push_str("> ");
        }
        if style.heading > 0 {
            text.extend(std::iter::repeat_n('#', usize::from(style.heading)));
            text.push(' ');
        }
        typeset(&mut text, &line);
        let new_paragraph = std::mem::take(&mut self.new_paragraph);
        let (element, heading, folded) = (self.element, style.heading, style.folded);
        self.rows.push(Row { text, element, prose, new_paragraph, heading, folded, look });
    }
}

/// Writes the characters with marks where bold and italic type begin and end.
fn typeset(text: &mut String, line: &[(char, bool, bool)]) {
    let (mut bold, mut italic) = (false, false);
    for (c, is_bold, is_italic) in line.iter().copied() {
        if is_bold != bold {
            text.push_str("**");
            bold = is_bold;
        }
        if is_italic != italic {
            text.push(marks::ITALIC);
            italic = is_italic;
        }
        text.push(c);
    }
    if italic {
        text.push(marks::ITALIC);
    }
    if bold {
        text.push_str("**");
    }
}
