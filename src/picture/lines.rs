//! Where lines end: anywhere between Chinese characters, but not before a closing mark, after an
//! opening one, or inside a word of letters.

/// No line begins with one of these …
const CLOSING: &str = "，。、；：？！）」』》〉】〕”’…—·%,.;:?!)]}";
/// … and none ends with one of these.
const OPENING: &str = "（「『《〈【〔“‘([{";

/// A character to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) character: char,
    /// It was guessed in repair.
    pub(super) guessed: bool,
}

impl Letter {
    pub(super) fn plain(character: char) -> Self {
        Self { character, guessed: false }
    }

    /// Width in em: near enough for lines that have some room at their end.
    fn width(self) -> f64 {
        match self.character {
            ' ' | 'i' | 'l' | 'j' | 't' | 'f' | 'r' | '.' | ',' | '\'' => 0.35,
            'A'..='Z' | 'm' | 'w' => 0.8,
            character if is_wide(character) => 1.0,
            _ => 0.6,
        }
    }
}

/// A Chinese font draws it as wide as high.
fn is_wide(character: char) -> bool {
    character >= '\u{2e80}' || matches!(character, '“' | '”' | '‘' | '’' | '…' | '—' | '·')
}

/// `text` in lines of at most `width` em; a line break in it ends a line.
pub(super) fn lines(text: &[Letter], width: f64) -> Vec<Vec<Letter>> {
    let paragraphs = text.split(|letter| letter.character == '\n');
    paragraphs
        .filter(|paragraph| !paragraph.is_empty())
        .flat_map(|paragraph| fill(paragraph, width))
        .collect()
}

fn fill(paragraph: &[Letter], width: f64) -> Vec<Vec<Letter>> {
    let mut lines = Vec::new();
    let mut rest = paragraph;
    while !rest.is_empty() {
        let mut used = 0.0;
        let fits = rest.iter().take_while(|letter| {
            used += letter.width();
            used <= width
        });
        // A line has at least one character, however narrow it is.
        let fits = fits.count().max(1);
        let end = if fits == rest.len() {
            fits
        } else {
            // Where nothing may be broken, as in a long address, anything is.
            (1..=fits).rev().find(|at| may_break(rest, *at)).unwrap_or(fits)
        };
        let (line, after) = rest.split_at(end);
        lines.push(line.to_vec());
        rest = after;
    }
    lines
}

/// Whether a line may end before the `at`-th letter.
fn may_break(text: &[Letter], at: usize) -> bool {
    let (before, after) = (text[at - 1].character, text[at].character);
    if CLOSING.contains(after) || OPENING.contains(before) {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(after)
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
    fn words_stay_whole_where_they_can() {
        assert_eq!(broken("一二open source", 4.0), ["一二", "open ", "source"]);
        assert_eq!(broken("aaaaaaaaaa", 3.0).len(), 2);
    }

    proptest! {
        #[test]
        fn lines_lose_nothing_but_line_breaks(text in "[一-三a-c，「」 \n]{0,40}", width in 0.1_f64..9.0) {
            prop_assert_eq!(broken(&text, width).concat(), text.replace('\n', ""));
        }
    }
}
