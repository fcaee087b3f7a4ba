//! Reads the lines of a chat, some of which refer to what was shown before.

use crate::dialogue::{Engine, Extent, Intent, PriorQuestion, Reply, Talk, View};
use transcript::PassageKey;

/// What a line of the chat asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatInput {
    /// The service answers it.
    Intent(Intent),
    /// The list of commands is to be shown.
    Help,
    /// The chat is to end.
    Quit,
    /// The line is empty.
    Empty,
    /// Searches are to be limited to the interview with this slug, or to none.
    Keep(Option<String>),
    /// The command is unknown.
    Unknown(String),
    /// The line asks for more of an answer, and there is nothing to show.
    NothingToShow(NothingToShow),
}

/// Why there is nothing to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NothingToShow {
    /// No question has been answered yet.
    NoAnswerYet,
    /// All passages have been shown.
    NoMore,
}

/// What a chat remembers of the last answer.
#[derive(Debug, Default)]
pub struct LastAnswer {
    /// The state of the last card.
    view: Option<View>,
    /// The question that led to it.
    question: Option<String>,
    /// The passages that were shown since the topic began.
    seen: Vec<PassageKey>,
    /// The bot's words above the card.
    notes: Vec<String>,
    /// The questions that were listed, which their numbers open.
    topics: Vec<(usize, PassageKey)>,
    /// The slug of the interview to which searches are limited.
    pub within: Option<String>,
}

impl LastAnswer {
    /// Reads a typed line. A request for more of the topic turns to the next page of the last card.
    pub fn read(&self, line: &str, engine: &Engine) -> ChatInput {
        let line = line.trim();
        let Some(command) = line.strip_prefix('/') else {
            let question = line.to_owned();
            return if line.is_empty() {
                ChatInput::Empty
            } else if let Some(key) = self.topic(line) {
                ChatInput::Intent(Intent::Turn { key })
            } else if self.wants_more(line, engine) {
                self.more()
            } else {
                let n_shown = self.view.as_ref().map_or(0, |view| view.at + 1);
                let shown = self.view.as_ref().and_then(View::open).map(|shown| shown.key);
                let before = self.question.clone();
                let before = before.map(|question| PriorQuestion { question, n_shown, shown });
                ChatInput::Intent(Intent::Ask { question, before, within: self.within.clone() })
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

    fn wants_more(&self, line: &str, engine: &Engine) -> bool {
        self.view.is_some()
            && !engine.is_about_quotation(line)
            && matches!(engine.talk(line), Ok(Some(Talk::More)))
    }

    /// Whether questions are listed that their numbers open.
    pub fn lists_topics(&self) -> bool {
        !self.topics.is_empty()
    }

    /// Returns the first passage of the topic that was listed under the number `line`: `3`, `3.`, `第3个`.
    fn topic(&self, line: &str) -> Option<PassageKey> {
        let number = line.trim_start_matches('第');
        let number = number.trim_end_matches(['.', '。', '、', '个', '個', '条', '條']);
        let number: usize = number.parse().ok()?;
        self.topics.iter().find(|(listed, _)| *listed == number).map(|(_, key)| *key)
    }

    /// Turns to the next passage of the card that has not been shown yet.
    fn more(&self) -> ChatInput {
        self.show(|view| {
            let mut later = (view.at + 1)..view.shown.len();
            let at = later.find(|at| !self.seen.contains(&view.shown[*at].key))?;
            Some(view.turned_to(at))
        })
    }

    fn show(&self, change: impl Fn(&View) -> Option<View>) -> ChatInput {
        let Some(view) = &self.view else {
            return ChatInput::NothingToShow(NothingToShow::NoAnswerYet);
        };
        change(view).map_or(ChatInput::NothingToShow(NothingToShow::NoMore), |view| {
            ChatInput::Intent(Intent::Show { view, question: self.question.clone() })
        })
    }

    /// Remembers what `reply` shows. Notes that the last card had as well are removed from it, so that they are said once.
    pub fn keep(&mut self, intent: &Intent, reply: &mut Reply) {
        let is_same_answer = matches!(intent, Intent::Show { .. });
        if let Reply::Card(card) = reply {
            let notes = card.notes.clone();
            if is_same_answer {
                card.notes.retain(|note| !self.notes.contains(note));
            }
            self.notes = notes;
        }
        let topics = match reply {
            Reply::Topics(topics) => topics.topics.as_slice(),
            Reply::NoAnswer(no_answer) => no_answer.nearest.as_slice(),
            _ => &[],
        };
        self.topics = topics.iter().map(|topic| (topic.number, topic.key)).collect();
        // A question without an answer is no topic for follow-ups, and small talk does not end a topic.
        if let Some(outcome) = reply.outcome().filter(|outcome| !outcome.passages.is_empty()) {
            if self.question.as_ref() != Some(&outcome.topic) && outcome.is_new_topic {
                self.seen.clear();
            }
            self.question = Some(outcome.topic.clone());
        }
        self.view = match intent {
            Intent::Show { view, .. } => Some(view.clone()),
            _ => reply.card().map(|card| card.view.clone()).or(self.view.take()),
        };
        self.seen.extend(self.view.as_ref().and_then(View::open).map(|shown| shown.key));
    }
}

/// Reads the argument of `/topics`, which is the number of a page.
fn topics(argument: &str) -> ChatInput {
    let page = argument.trim().parse::<usize>().unwrap_or(1).max(1) - 1;
    ChatInput::Intent(Intent::Topics { page })
}
