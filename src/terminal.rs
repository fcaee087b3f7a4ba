//! The terminal face: a line to an intent, a reply to lines of text.

use std::fmt::Write as _;

use crate::dialogue::{
    Block, Engine, Extent, Intent, Phrases, Quotation, Reply, Talk, View, Weight,
};
use transcript::text::CharSpan;

/// What a line of the chat asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatInput {
    /// Something the service answers.
    Intent(Intent),
    /// The command list.
    Help,
    /// Ends the chat.
    Quit,
    /// Nothing was typed.
    Empty,
    /// Searches are to be kept to this interview, by its slug, or to none.
    Keep(Option<String>),
    /// There is no such command.
    Unknown(String),
    /// More was wanted of an answer, and there is none, or no more.
    NothingToShow(NothingToShow),
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NothingToShow {
    /// No answer has been given yet.
    NoAnswerYet,
    /// The last passage is shown already.
    NoMore,
}

/// What a chat remembers: the card it showed last, and the question that led to it.
#[derive(Debug, Default)]
pub struct LastAnswer {
    view: Option<View>,
    question: Option<String>,
    /// The slug of the interview that searches are kept to.
    pub within: Option<String>,
}

impl LastAnswer {
    /// Reads a typed line. What asks for more of the topic turns the pages of the card that was shown last.
    pub fn read(&self, line: &str, engine: &Engine) -> ChatInput {
        let line = line.trim();
        let Some(command) = line.strip_prefix('/') else {
            let question = line.to_owned();
            return if line.is_empty() {
                ChatInput::Empty
            } else if self.view.is_some() && matches!(engine.talk(line), Ok(Some(Talk::More))) {
                self.more()
            } else {
                let (before, within) = (self.question.clone(), self.within.clone());
                ChatInput::Intent(Intent::Ask { question, before, within })
            };
        };
        let (name, argument) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        match name {
            "quit" | "exit" | "q" => ChatInput::Quit,
            "help" => ChatInput::Help,
            "start" => ChatInput::Intent(Intent::Start),
            "source" => ChatInput::Intent(Intent::Source),
            "random" => ChatInput::Intent(Intent::Random),
            "privacy" => ChatInput::Intent(Intent::Privacy),
            "topics" => topics(argument),
            "in" => {
                ChatInput::Keep(Some(argument.trim().to_owned()).filter(|slug| !slug.is_empty()))
            }
            "more" => self.more(),
            "full" => self.show(|view| Some(view.with_extent(Extent::Full))),
            "context" => self.show(|view| Some(view.with_extent(Extent::Context))),
            _ => ChatInput::Unknown(format!("/{name}")),
        }
    }

    fn more(&self) -> ChatInput {
        self.show(|view| (view.at + 1 < view.shown.len()).then(|| view.turned_to(view.at + 1)))
    }

    fn show(&self, change: impl Fn(&View) -> Option<View>) -> ChatInput {
        let Some(view) = &self.view else {
            return ChatInput::NothingToShow(NothingToShow::NoAnswerYet);
        };
        change(view).map_or(ChatInput::NothingToShow(NothingToShow::NoMore), |view| {
            ChatInput::Intent(Intent::Show { view, question: self.question.clone() })
        })
    }

    /// Remembers what `reply` shows.
    pub fn keep(&mut self, intent: &Intent, reply: &Reply) {
        // What found nothing is no topic to go on with, and thanks do not end one.
        if let Some(outcome) = reply.outcome().filter(|outcome| !outcome.passages.is_empty()) {
            self.question = Some(outcome.topic.clone());
        }
        self.view = match intent {
            Intent::Show { view, .. } => Some(view.clone()),
            _ => reply.card().map(|card| card.view.clone()).or(self.view.take()),
        };
    }
}

/// `/topics` with a page, or with the number of a question (`/topics 2`).
fn topics(argument: &str) -> ChatInput {
    let page = argument.trim().parse::<usize>().unwrap_or(1).max(1) - 1;
    ChatInput::Intent(Intent::Topics { page })
}

/// Draws replies.
#[derive(Debug, Clone, Copy)]
pub struct Renderer {
    /// Whether colours may be used.
    pub colour: bool,
    /// The words around it.
    pub phrases: &'static Phrases,
}

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const UNDERLINED: &str = "\x1b[4m";
const RESET: &str = "\x1b[0m";

impl Renderer {
    /// The reply as text that ends with a line break.
    pub fn render(&self, reply: &Reply) -> String {
        let mut text = String::new();
        let blocks = reply.blocks();
        // A quotation beside another of the same passage goes on where that one ends.
        let is_quoted = |at: usize| matches!(blocks.get(at), Some(Block::Quotation(_)));
        for (at, block) in blocks.iter().enumerate() {
            let beside = (at > 0 && is_quoted(at - 1), is_quoted(at + 1));
            self.block(*block, beside, &mut text);
        }
        text
    }

    fn block(&self, block: Block<'_>, beside: (bool, bool), text: &mut String) {
        // Writing to a string does not fail.
        let _ = match block {
            Block::Note(note) => writeln!(text, "{}", safe(note)),
            Block::Heading(heading) => writeln!(text, "{}", self.style(BOLD, &safe(heading))),
            Block::List(items) => {
                items.iter().try_for_each(|item| writeln!(text, "  · {}", safe(item)))
            }
            Block::Question(question) => {
                let line = format!("{}：{}", question.speaker, question.text());
                writeln!(text, "{}", self.style(DIM, &safe(&line)))
            }
            Block::Quotation(quotation) => writeln!(text, "{}", self.quotation(quotation, beside)),
            Block::Attribution(attribution) => {
                writeln!(text, "{}", self.style(DIM, &safe(&attribution.line)))
            }
        };
    }

    /// The words behind a bar, with an ellipsis where the stored text goes on and no quotation stands
    /// `beside` it, before or after.
    fn quotation(&self, quotation: &Quotation, beside: (bool, bool)) -> String {
        let bar = self.style(if quotation.weight == Weight::Main { BOLD } else { DIM }, "│");
        let before = if quotation.cut_before && !beside.0 { "…" } else { "" };
        let after = if quotation.cut_after && !beside.1 { "…" } else { "" };
        let words = self.marked(quotation);
        let lines = format!("{before}{words}{after}");
        let lines: Vec<String> = lines.lines().map(|line| format!("{bar} {line}")).collect();
        lines.join("\n")
    }

    /// The words with matches bold and guessed characters underlined; without colours, guessed
    /// characters stand in brackets, as they must be told apart everywhere.
    fn marked(&self, quotation: &Quotation) -> String {
        let inside = |spans: &[CharSpan], at: usize| spans.iter().any(|span| span.contains(&at));
        let mut text = String::new();
        let mut style = (false, false);
        for (at, c) in quotation.words.text.chars().enumerate() {
            let next = (inside(&quotation.marks, at), inside(&quotation.guessed, at));
            if next != style {
                self.switch(style, next, &mut text);
                style = next;
            }
            text.push(if c.is_control() && c != '\n' { ' ' } else { c });
        }
        self.switch(style, (false, false), &mut text);
        if quotation.weight == Weight::Rest { self.style(DIM, &text) } else { text }
    }

    /// Ends the style of what stands before and begins that of what follows: matched, guessed.
    fn switch(&self, before: (bool, bool), after: (bool, bool), text: &mut String) {
        let ((was_matched, was_guessed), (is_matched, is_guessed)) = (before, after);
        if !self.colour {
            text.push_str(if was_guessed && !is_guessed { "〕" } else { "" });
            text.push_str(if is_guessed && !was_guessed { "〔" } else { "" });
            return;
        }
        if was_matched || was_guessed {
            text.push_str(RESET);
        }
        text.push_str(if is_matched { BOLD } else { "" });
        text.push_str(if is_guessed { UNDERLINED } else { "" });
    }

    fn style(&self, style: &str, text: &str) -> String {
        if self.colour { format!("{style}{text}{RESET}") } else { text.to_owned() }
    }
}

/// Without control characters, which a transcript or a question could smuggle into a terminal.
fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}
