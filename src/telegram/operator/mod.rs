//! What operators can do in their private chats with the bot: see statistics and unanswered
//! questions, and add questions, terms and transcripts.
//!
//! Whether a user is an operator is checked in the schema and when callback data is parsed,
//! and not again here.

mod button;
mod export;
mod stats;
mod unanswered;
mod upload;

use std::sync::Arc;

use teloxide::types::{CallbackQuery, Document, InlineKeyboardButton, InlineKeyboardMarkup};

use super::context::{Audience, BotContext, line};
use super::effects::{Effect, Effects, replace, toast};
use super::html::escape;
use super::inline::shorten;
use super::outbox::OutgoingMessage;
use super::user_request::{UpdateOrigin, UserRequest};
use crate::dialogue::{Phrases, fill};
use crate::reload::{Error, Reloaded};

pub(super) use button::OperatorButton;

type Context = Arc<BotContext>;

/// The most characters of a question or a passage in a list.
const SHORT: usize = 120;

/// An operator's reply to a message that asks to which passage some words belong.
#[derive(Clone)]
pub(super) struct ReplyToWords {
    /// The words that are to be added.
    words: String,
    reply: String,
}

impl ReplyToWords {
    /// Returns the reply, if the message replies to one that asks about words.
    pub(super) async fn of(
        context: Context,
        origin: UpdateOrigin,
        said: UserRequest,
    ) -> Option<Self> {
        let UserRequest::Question { question, about: Some(about) } = said else { return None };
        let words = context.store.draft((origin.chat_id, about.into())).await.ok().flatten()?;
        Some(Self { words, reply: question })
    }
}

pub(super) async fn stats(context: Context, origin: UpdateOrigin, audience: Audience) -> Effects {
    vec![Effect::reply(&origin, context.stats(audience.phrases).await)]
}

pub(super) async fn unanswered(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
) -> Effects {
    vec![Effect::reply(&origin, context.unanswered_page(0, audience.phrases).await)]
}

/// Handles `/reload`, which reads the corpus again.
pub(super) async fn reload(context: Context, origin: UpdateOrigin, audience: Audience) -> Effects {
    let result = context.follower.reload().await;
    vec![Effect::reply(&origin, line(&reload_result(result, audience.phrases)))]
}

/// Handles `/export`, which sends the logged questions as a file.
pub(super) async fn export(context: Context, origin: UpdateOrigin, audience: Audience) -> Effects {
    vec![context.export(&origin, audience.phrases).await]
}

/// Handles a transcript that was sent as a file: shows how it is read.
pub(super) async fn receive_file(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
    (document, caption): (Box<Document>, String),
) -> Effects {
    vec![context.receive(&origin, &document, caption, audience.phrases).await]
}

/// Handles an operator's reply to a message that asks about words.
pub(super) async fn take_words(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
    reply: ReplyToWords,
) -> Effects {
    vec![context.take_words(&origin, &reply, audience.phrases).await]
}

/// Handles an operator's button.
pub(super) async fn press(
    context: Context,
    query: CallbackQuery,
    audience: Audience,
    press: OperatorButton,
) -> Effects {
    let phrases = audience.phrases;
    let Some(origin) = UpdateOrigin::of_press(&query) else {
        return vec![toast(&query, Some(&phrases.telegram.old_button))];
    };
    let at = (origin.chat_id, i64::from(origin.message_id));
    let gone = || vec![toast(&query, Some(&phrases.telegram.operator.missed.gone))];
    match press {
        OperatorButton::Page(page) => {
            context.answer_callback(&query.id, None).await;
            let page = context.unanswered_page(page, phrases).await;
            replace(&query, page).into_iter().collect()
        }
        OperatorButton::Open(mark) => match context.open_unanswered(&origin, mark, phrases).await {
            Some(opened) => vec![toast(&query, None), opened],
            None => gone(),
        },
        OperatorButton::Add { is_question, passage } => {
            match context.add_kept_words(&origin, at, (is_question, passage), phrases).await {
                Some(result) => {
                    let shown = replace(&query, line(&result));
                    let noticed = toast(&query, None);
                    std::iter::once(noticed).chain(shown).collect()
                }
                None => gone(),
            }
        }
        OperatorButton::Import(is_wanted) => {
            // The import takes longer than a callback query may wait for its answer.
            context.answer_callback(&query.id, None).await;
            let result = context.settle_upload(&origin, at, is_wanted, phrases).await;
            replace(&query, line(&result)).into_iter().collect()
        }
    }
}

fn reload_result(result: Result<Reloaded, Error>, phrases: &Phrases) -> String {
    let words = &phrases.telegram.operator.reload;
    match result {
        Ok(Reloaded::Switched(passages)) => {
            fill(&words.switched, &[("passages", &passages.to_string())])
        }
        Ok(Reloaded::Unchanged) => words.unchanged.clone(),
        Err(error) => fill(&words.failed, &[("error", &error.to_string())]),
    }
}

/// Returns a message with a heading, lines of text, and rows of buttons.
fn page(lines: &[String], rows: Vec<Vec<InlineKeyboardButton>>) -> OutgoingMessage {
    let mut lines = lines.iter().map(|line| escape(line));
    let heading = lines.next().map(|line| format!("<b>{line}</b>"));
    let html: Vec<String> = heading.into_iter().chain(lines).collect();
    OutgoingMessage { html: html.join("\n"), keyboard: InlineKeyboardMarkup::new(rows) }
}

fn key(label: impl Into<String>, press: OperatorButton) -> InlineKeyboardButton {
    InlineKeyboardButton::callback(label, press.encode())
}

/// Returns a text on one line, and short enough for a list.
fn short(text: &str) -> String {
    shorten(&text.split_whitespace().collect::<Vec<_>>().join(" "), SHORT)
}
