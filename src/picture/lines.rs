//! Breaks text into lines where the Unicode line breaking algorithm (UAX #14) allows it: between any two Chinese
//! characters, but not before a closing mark, after an opening one, or inside a word of letters.

use textwrap::WordSeparator;
use unicode_width::UnicodeWidthChar;

/// A character to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) character: char,
    /// Whether a repair had to guess it.
    pub(super) guessed: bool,
}

impl Letter {
    pub(super) fn plain(character: char) -> Self {
        Self { character, guessed: false }
    }

    /// Returns the estimated width in em. It is exact for Chinese characters, and the widths of Latin letters are those
    /// of common fonts, rounded up.
    fn width(self) -> f64 {
        match self.character {
            ' ' | 'i' | 'l' | 'j' | 't' | 'f' | 'r' | '.' | ',' | '\'' => 0.35,
            'A'..='Z' | 'm' | 'w' => 0.8,
            // A Chinese font draws ambiguous characters such as `…` and `“` wide.
            character => match character.width_cjk() {
                Some(0) => 0.0,
                Some(1) => 0.6,
                _ => 1.0,
            },
        }
    }
}

/// Returns `text` in lines of at most `width` em. A line break in the text ends a line, and empty lines are left out.
pub(super) fn lines(text: &[Letter], width: f64) -> Vec<Vec<Letter>> {
    let paragraphs = text.split(|letter| letter.character == '\n');
    paragraphs.flat_map(|paragraph| fill(paragraph, width)).collect()
}

/// Fills lines with as many of the paragraph's unbreakable pieces as fit.
fn fill(paragraph: &[Letter], width: f64) -> Vec<Vec<Letter>> {
    let text: String = paragraph.iter().map(|letter| letter.character).collect();
    let mut rest = paragraph;
    let mut lines: Vec<Vec<Letter>> = Vec::new();
    let mut free = 0.0;
    for piece in WordSeparator::UnicodeBreakProperties.find_words(&text) {
        let n_letters = piece.word.chars().count();
        let (letters, after) = rest.split_at(n_letters + piece.whitespace.len());
        rest = after;
        // Spaces at the end of a line may stand out into the margin.
        let needed: f64 = letters[..n_letters].iter().map(|letter| letter.width()).sum();
        if needed > free || lines.is_empty() {
            lines.push(Vec::new());
            free = width;
        }
        for &letter in letters {
            // A piece that is longer than a line, such as a long address, is broken anywhere.
            if letter.width() > free
                && needed > width
                && lines.last().is_some_and(|line| !line.is_empty())
            {
                lines.push(Vec::new());
                free = width;
            }
            free -= letter.width();
            if let Some(line) = lines.last_mut() {
                line.push(letter);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn broken(text: &str, width: f64) -> Vec<String> {
        let letters: Vec<Letter> = text.chars().map(Letter::plain).collect();
        let text = |line: &Vec<Letter>| line.iter().map(|letter| letter.character).collect();
        lines(&letters, width).iter().map(text).collect()
    }

    #[test]
    fn a_closing_mark_stays_with_what_it_closes() {
        assert_eq!(broken("一二三，四「五六", 3.0), ["一二", "三，四", "「五六"]);
    }

    #[test]
    fn quotation_marks_stay_with_what_they_quote() {
        assert_eq!(broken("一二三“四”五六", 4.0), ["一二", "三“四”", "五六"]);
        assert_eq!(broken("一二……三", 3.0), ["一", "二……", "三"]);
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(broken("一二open source", 4.0), ["一二", "open ", "source"]);
        // Each letter is estimated at 0.6 em.
        assert_eq!(broken("aaaaaaaaaa", 3.1), ["aaaaa", "aaaaa"]);
    }

    #[test]
    fn empty_lines_are_left_out() {
        assert_eq!(broken("一\n\n二\n", 4.0), ["一", "二"]);
    }

    proptest! {
        #[test]
        fn lines_lose_nothing_but_line_breaks(text in "[一-三a-c，「」 \n]{0,40}", width in 0.1_f64..9.0) {
            prop_assert_eq!(broken(&text, width).concat(), text.replace('\n', ""));
        }
    }
}
