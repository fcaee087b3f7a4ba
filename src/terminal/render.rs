//! Draws replies as lines of text, in the width of the terminal.

use std::fmt::Write as _;
use std::io::IsTerminal;

use super::wrap::lines;
use crate::dialogue::{Block, Phrases, Quotation, Reply, Weight};
use transcript::text::CharSpan;

/// The most columns of a line. Longer lines are hard to read.
const MAX_WIDTH: usize = 88;
/// The columns that are taken by the bar before a quotation and by the ellipses around it.
const BAR_WIDTH: usize = 4;
/// The fewest columns of a line, however narrow the terminal is.
const MIN_WIDTH: usize = 16;

/// Draws replies.
#[derive(Debug, Clone, Copy)]
pub struct Renderer {
    /// Whether text may be bold, dim and underlined. Colours are not used, because they are hard to read on some
    /// backgrounds.
    pub styles: bool,
    /// The columns of the terminal; `None` leaves long lines as they are.
    pub width: Option<usize>,
    /// The bot's own words around it.
    pub phrases: &'static Phrases,
}

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const UNDERLINED: &str = "\x1b[4m";
const RESET: &str = "\x1b[0m";

impl Renderer {
    /// Creates a renderer for the standard output: styles and a width only if it is a terminal. `NO_COLOR` turns the
    /// styles off.
    pub fn for_stdout(phrases: &'static Phrases) -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            styles: is_terminal && !is_set("NO_COLOR"),
            width: width.filter(|_| is_terminal),
            phrases,
        }
    }

    /// Returns the reply as text that ends with a line break.
    pub fn render(&self, reply: &Reply) -> String {
        let mut text = String::new();
        let blocks = reply.blocks();
        // Quotations of the same passage follow each other without a gap, so no ellipsis belongs between them.
        let is_quoted = |at: usize| matches!(blocks.get(at), Some(Block::Quotation(_)));
        for (at, block) in blocks.iter().enumerate() {
            let beside = (at > 0 && is_quoted(at - 1), is_quoted(at + 1));
            self.block(*block, beside, &mut text);
        }
        if let Reply::Welcome(welcome) = reply {
            let examples: Vec<String> =
                welcome.examples.iter().map(|button| button.label.clone()).collect();
            self.block(Block::List(&examples), (false, false), &mut text);
        }
        text
    }

    fn block(&self, block: Block<'_>, beside: (bool, bool), text: &mut String) {
        match block {
            Block::Note(note) => self.lines(note, "", "", text),
            Block::Heading(heading) => self.lines(heading, BOLD, "", text),
            Block::List(items) => {
                items.iter().for_each(|item| self.lines(&format!("  · {item}"), "", "    ", text));
            }
            Block::Question(question) => {
                self.lines(&format!("{}：{}", question.speaker, question.text()), DIM, "", text);
            }
            Block::Topic(topic) => {
                let line = format!("{:>3}. {}", topic.number, topic.question.text());
                self.lines(&line, "", "     ", text);
            }
            Block::Quotation(quotation) => self.quotation(quotation, beside, text),
            Block::Attribution(attribution) => self.lines(&attribution.line, DIM, "", text),
        }
    }

    /// Adds words of the bot or of an interviewer in a style; the lines after the first begin with `indent`.
    fn lines(&self, words: &str, style: &str, indent: &str, text: &mut String) {
        let characters: Vec<char> = safe(words).chars().collect();
        for (nth, line) in lines(&characters, self.columns(indent.len())).into_iter().enumerate() {
            text.push_str(if nth > 0 { indent } else { "" });
            let line: String = characters[line].iter().collect();
            text.push_str(&self.styled(style, &line));
            text.push('\n');
        }
    }

    /// Adds the words behind a bar, with an ellipsis where the stored text goes on and no quotation stands `beside` it,
    /// before or after.
    fn quotation(&self, quotation: &Quotation, beside: (bool, bool), text: &mut String) {
        let is_main = quotation.weight == Weight::Main;
        let bar = self.styled(if is_main { BOLD } else { DIM }, "│");
        let before = if quotation.cut_before && !beside.0 { "…" } else { "" };
        let after = if quotation.cut_after && !beside.1 { "…" } else { "" };
        let words: Vec<char> = safe(&quotation.words.text).chars().collect();
        let lines = lines(&words, self.columns(BAR_WIDTH));
        let n_lines = lines.len();
        for (nth, line) in lines.into_iter().enumerate() {
            let before = if nth == 0 { before } else { "" };
            let after = if nth + 1 == n_lines { after } else { "" };
            let words = self.marked(quotation, &words, line);
            let words = if is_main { words } else { self.styled(DIM, &words) };
            // Writing to a string does not fail.
            let _ = writeln!(text, "{bar} {before}{words}{after}");
        }
    }

    /// The characters `line` of a quotation with matches bold and guessed characters underlined; without styles, guessed
    /// characters stand in brackets, because they must be told apart everywhere.
    fn marked(&self, quotation: &Quotation, words: &[char], line: CharSpan) -> String {
        let inside = |spans: &[CharSpan], at: usize| spans.iter().any(|span| span.contains(&at));
        let mut text = String::new();
        let mut mark = Mark::default();
        for at in line {
            let next = Mark {
                is_matched: inside(&quotation.marks, at),
                is_guessed: inside(&quotation.guessed, at),
            };
            if next != mark {
                self.switch(mark, next, &mut text);
                mark = next;
            }
            text.push(words[at]);
        }
        self.switch(mark, Mark::default(), &mut text);
        text
    }

    /// Ends the mark of the characters before and begins that of the characters after.
    fn switch(&self, before: Mark, after: Mark, text: &mut String) {
        if !self.styles {
            text.push_str(if before.is_guessed && !after.is_guessed { "〕" } else { "" });
            text.push_str(if after.is_guessed && !before.is_guessed { "〔" } else { "" });
            return;
        }
        if before != Mark::default() {
            text.push_str(RESET);
        }
        text.push_str(if after.is_matched { BOLD } else { "" });
        text.push_str(if after.is_guessed { UNDERLINED } else { "" });
    }

    fn styled(&self, style: &str, text: &str) -> String {
        if self.styles && !style.is_empty() {
            format!("{style}{text}{RESET}")
        } else {
            text.to_owned()
        }
    }

    /// Returns the columns that an indentation leaves; `None` if lines are not broken.
    fn columns(&self, indent: usize) -> Option<usize> {
        self.width.map(|width| width.min(MAX_WIDTH).saturating_sub(indent).max(MIN_WIDTH))
    }
}

/// How a character of a quotation stands out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Mark {
    is_matched: bool,
    is_guessed: bool,
}

/// Replaces control characters, which a transcript or a question could smuggle into a terminal.
fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{Language, Locus, Words};
    use transcript::PassageId;

    fn drawn(styles: bool, weight: Weight) -> String {
        let words = "灯塔的光很远，船都看得见。";
        let quotation = Quotation {
            speaker: "林海".to_owned(),
            words: Words {
                source: Locus::Passage(PassageId::new("talk", 1, 1, None)),
                text: words.to_owned(),
                span: 0..words.chars().count(),
                script: None,
            },
            marks: std::iter::once(5..9).collect(),
            guessed: std::iter::once(0..2).collect(),
            received: Vec::new(),
            cut_before: true,
            cut_after: false,
            weight,
        };
        let phrases = Phrases::of(Language::ZhHans);
        let mut text = String::new();
        let renderer = Renderer { styles, width: Some(22), phrases };
        renderer.quotation(&quotation, (false, false), &mut text);
        text
    }

    #[test]
    fn every_line_of_a_quotation_stands_behind_the_bar() {
        // Beside the bar and the ellipses 18 columns hold nine characters.
        assert_eq!(drawn(false, Weight::Main), "│ …〔灯塔〕的光很远，船都\n│ 看得见。\n");
    }

    #[test]
    fn a_mark_ends_with_its_line_and_the_bar_does_not_end_it() {
        let drawn = drawn(true, Weight::Main);
        let bar = format!("{BOLD}│{RESET}");
        assert!(drawn.contains(&format!("{BOLD}远，船都{RESET}\n{bar} 看")), "{drawn:?}");
    }
}
