//! Marks that the page readers put at the start of a line, or around words, to tell `parse` what the
//! page shows and plain text does not.
//!
//! The marks are Unicode noncharacters, which no text may contain; [`without`] removes those that a
//! file contains nevertheless. Headings, quotations and bold type keep the marks that Markdown uses
//! (`## `, `> `, `**…**`), so that one reader of lines serves pages and plain text.

/// The line is the caption of a picture.
pub(crate) const CAPTION: char = '\u{fdd0}';
/// The line is program code.
pub(crate) const CODE: char = '\u{fdd1}';
/// The line consists of links only.
pub(crate) const LINKS: char = '\u{fdd2}';
/// The line is folded away on the page (`<details>`).
pub(crate) const FOLDED: char = '\u{fdd3}';
/// Italic type begins or ends here.
pub(crate) const ITALIC: char = '\u{fdd4}';
/// The line is the first below a picture.
pub(crate) const BELOW_IMAGE: char = '\u{fdd5}';
/// The line stands in a part of the page that is no part of the article: related links, comments.
pub(crate) const BOILERPLATE: char = '\u{fdd6}';
/// The line is an item of a list.
pub(crate) const ITEM: char = '\u{fdd7}';

/// The line stands in the paragraph of the picture above it.
pub(crate) const BESIDE_IMAGE: char = '\u{fdd8}';

/// The first of the marks by which lines are told apart that are set in a colour or a class of their own.
const FIRST_LOOK: char = '\u{fde0}';
/// How many such marks there are.
pub(crate) const LOOKS: u8 = 16;

/// The mark of the look of this number, below [`LOOKS`].
pub(crate) fn look(number: u8) -> Option<char> {
    char::from_u32(u32::from(FIRST_LOOK) + u32::from(number)).filter(|_| number < LOOKS)
}

/// The number of the look that the mark stands for.
pub(crate) fn look_of(mark: char) -> Option<u8> {
    let number = u32::from(mark).checked_sub(u32::from(FIRST_LOOK))?;
    u8::try_from(number).ok().filter(|number| *number < LOOKS)
}

/// Whether the character is one of the 32 noncharacters from which the marks are taken.
pub(crate) fn is_mark(c: char) -> bool {
    ('\u{fdd0}'..='\u{fdef}').contains(&c)
}

/// The text without characters that would be taken for marks.
pub(crate) fn without(text: String) -> String {
    if text.contains(is_mark) { text.replace(is_mark, "") } else { text }
}
