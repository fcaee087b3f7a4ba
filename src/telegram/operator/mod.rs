//! What operators may ask for, in their own chat with the bot: how it does, what went wrong, and
//! words, questions and transcripts that make it better.
//!
//! Whether somebody is an operator is decided where an update is read and once more where a press is
//! handled; nothing in here asks again.

mod export;
mod missed;
mod press;
mod stats;
mod upload;

use teloxide_core::types::{InlineKeyboardButton, InlineKeyboardMarkup};

use super::handler::{Handler, line, unsent};
use super::html::escape;
use super::inline::shorten;
use super::outbox::{Draft, Sent};
use super::read::Place;
use super::update::Document;
use crate::dialogue::{Phrases, fill};
use crate::reload::{Error, Reloaded};
use crate::store::Done;

pub(super) use press::Press;

/// Characters of a question or a passage where it stands among others.
const SHORT: usize = 120;

/// What an operator asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// How the bot does.
    Stats,
    /// Questions that went wrong.
    Unanswered,
    /// Reads the corpus anew.
    Reload,
    /// Questions with what came of them, as a file.
    Export,
    /// Takes a transcript into the corpus.
    Import {
        document: Document,
        /// What is said of it.
        caption: String,
    },
}

impl Order {
    /// The order that a command is.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "stats" => Some(Self::Stats),
            "unanswered" => Some(Self::Unanswered),
            "reload" => Some(Self::Reload),
            "export" => Some(Self::Export),
            _ => None,
        }
    }
}

impl Handler {
    /// Does what an operator asks for.
    pub(super) async fn obey(&self, place: &Place, order: Order, done: &Done) {
        let words = self.words_for(place).await;
        match order {
            Order::Stats => {
                let draft = self.stats(words).await;
                self.tell(place, draft, done).await;
            }
            Order::Unanswered => {
                let draft = self.missed_page(0, words).await;
                self.tell(place, draft, done).await;
            }
            Order::Reload => {
                let draft = line(&reloaded(self.follower.reload().await, words));
                self.tell(place, draft, done).await;
            }
            Order::Export => self.export(place, words, done).await,
            Order::Import { document, caption } => {
                self.receive(place, &document, caption, words, done).await;
            }
        }
    }

    /// The words for who speaks in a place.
    async fn words_for(&self, place: &Place) -> &'static Phrases {
        let settings = self.chats.settings(place.chat_id).await;
        Phrases::of(self.reader(&settings, place.language_code.as_deref()).language)
    }

    /// Sends a message into an operator's chat.
    async fn tell(&self, place: &Place, draft: Draft, done: &Done) -> Option<Sent> {
        let sent = self.outbox.send(place.address(), draft).await;
        sent.inspect_err(|failure| unsent(done, failure)).ok()
    }
}

/// What came of a reload.
fn reloaded(reloaded: Result<Reloaded, Error>, words: &Phrases) -> String {
    let words = &words.telegram.operator.reload;
    match reloaded {
        Ok(Reloaded::Switched(passages)) => {
            fill(&words.switched, &[("passages", &passages.to_string())])
        }
        Ok(Reloaded::Unchanged) => words.unchanged.clone(),
        Err(error) => fill(&words.failed, &[("error", &error.to_string())]),
    }
}

/// Lines, the first of them as a heading, with rows of buttons below.
fn page(lines: &[String], rows: Vec<Vec<InlineKeyboardButton>>) -> Draft {
    let mut lines = lines.iter().map(|line| escape(line));
    let heading = lines.next().map(|line| format!("<b>{line}</b>"));
    let html: Vec<String> = heading.into_iter().chain(lines).collect();
    Draft { html: html.join("\n"), keyboard: InlineKeyboardMarkup::new(rows) }
}

fn key(label: impl Into<String>, press: Press) -> InlineKeyboardButton {
    InlineKeyboardButton::callback(label, press.encode())
}

/// A text in one line, and not too long for a place among others.
fn short(text: &str) -> String {
    shorten(&text.split_whitespace().collect::<Vec<_>>().join(" "), SHORT)
}
