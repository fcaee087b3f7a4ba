//! Breaks text into lines by the columns that its characters take: Chinese characters take two, and lines may break
//! between any two of them that typography allows to be parted (UAX #14).

use textwrap::{Options, WordSplitter, WrapAlgorithm};
use transcript::text::CharSpan;

/// Returns the lines of `text` as ranges of its characters, each of at most `columns`, without spaces at the ends of lines
/// that were broken. With no number of columns only line breaks end a line.
pub(super) fn lines(text: &[char], columns: Option<usize>) -> Vec<CharSpan> {
    let mut lines = Vec::new();
    let mut start = 0;
    for paragraph in text.split(|c| *c == '\n') {
        match columns {
            Some(columns) => {
                let broken = broken(paragraph, columns).into_iter();
                lines.extend(broken.map(|line| start + line.start..start + line.end));
            }
            None => lines.push(start..start + paragraph.len()),
        }
        start += paragraph.len() + 1;
    }
    lines
}

fn broken(paragraph: &[char], columns: usize) -> Vec<CharSpan> {
    let options = Options::new(columns)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .word_splitter(WordSplitter::NoHyphenation);
    let text: String = paragraph.iter().collect();
    let mut end = 0;
    let place = |line: std::borrow::Cow<'_, str>| {
        // What was left out between two lines are spaces.
        let spaces = paragraph[end..].iter().take_while(|c| c.is_whitespace()).count();
        let start = if line.starts_with(char::is_whitespace) { end } else { end + spaces };
        let length = line.chars().count();
        end = (start + length).min(paragraph.len());
        start.min(end)..end
    };
    textwrap::wrap(&text, options).into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, columns: usize, expected: &[&str]) {
        let characters: Vec<char> = text.chars().collect();
        let lines = lines(&characters, Some(columns)).into_iter();
        let lines: Vec<String> = lines.map(|line| characters[line].iter().collect()).collect();
        assert_eq!(lines, expected, "help: `{text}` in {columns} columns");
    }

    #[test]
    fn a_chinese_character_takes_two_columns_and_no_mark_begins_a_line() {
        check("灯塔的光很远", 8, &["灯塔的光", "很远"]);
        check("灯塔的光。很远", 8, &["灯塔的", "光。很远"]);
        check("灯塔a光b很远", 6, &["灯塔a", "光b很", "远"]);
    }

    #[test]
    fn words_stay_whole_and_spaces_at_a_break_are_left_out() {
        check("every ship sees it", 10, &["every ship", "sees it"]);
        check("  · a long item", 8, &["  · a", "long", "item"]);
    }

    #[test]
    fn line_breaks_stay() {
        check("一\n\n二", 8, &["一", "", "二"]);
        assert_eq!(lines(&['a', '\n', 'b'], None), [0..1, 2..3]);
    }

    proptest! {
        #[test]
        fn nothing_but_spaces_is_lost(text in "[一-三，。 a-c\n]{0,60}", columns in 4_usize..40) {
            let characters: Vec<char> = text.chars().collect();
            let kept: String = lines(&characters, Some(columns)).into_iter().flat_map(|line| characters[line].to_vec()).collect();
            let squeeze = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(squeeze(&kept), squeeze(&text));
        }
    }
}
