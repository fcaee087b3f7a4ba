//! What operators may do in their own chats with the bot: see how it does and which questions went
//! wrong, and add words, questions and transcripts that make it better.
//!
//! Whether a user is an operator is decided in the schema and where a button is read; nothing
//! in here asks again.

mod button;
mod export;
mod stats;
mod unanswered;
mod upload;

use std::sync::Arc;

use teloxide::types::{CallbackQuery, Document, InlineKeyboardButton, InlineKeyboardMarkup};

use super::callback_query;
use super::context::{Audience, BotContext, line};
use super::effects::{Effect, Effects};
use super::html::escape;
use super::inline::shorten;
use super::outbox::OutgoingMessage;
use super::user_request::{UpdateOrigin, UserRequest};
use crate::dialogue::{Phrases, fill};
use crate::reload::{Error, Reloaded};

pub(super) use button::OperatorButton;

type Context = Arc<BotContext>;

/// Characters of a question or a passage where it stands among others.
const SHORT: usize = 120;

/// An operator's reply to a message that is about words for a passage.
#[derive(Clone)]
pub(super) struct ReplyToWords {
    /// The words that the message is about.
    words: String,
    reply: String,
}

impl ReplyToWords {
    /// Reads a reply, if it is one to such a message.
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

/// `/stats`: how the bot does.
pub(super) async fn stats(context: Context, origin: UpdateOrigin, audience: Audience) -> Effects {
    vec![Effect::reply(&origin, context.stats(audience.phrases).await)]
}

/// `/unanswered`: the questions that went wrong.
pub(super) async fn unanswered(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
) -> Effects {
    vec![Effect::reply(&origin, context.unanswered_page(0, audience.phrases).await)]
}

/// `/reload`: reads the corpus anew.
pub(super) async fn reload(context: Context, origin: UpdateOrigin, audience: Audience) -> Effects {
    let result = context.follower.reload().await;
    vec![Effect::reply(&origin, line(&reload_result(result, audience.phrases)))]
}

/// `/export`: questions with what came of them, as a file.
pub(super) async fn export(context: Context, origin: UpdateOrigin, audience: Audience) -> Effects {
    vec![context.export(&origin, audience.phrases).await]
}

/// Takes a transcript that was sent as a file, and shows how it is read.
pub(super) async fn receive_file(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
    (document, caption): (Box<Document>, String),
) -> Effects {
    vec![context.receive(&origin, &document, caption, audience.phrases).await]
}

/// Takes an operator's reply to a message that is about words.
pub(super) async fn take_words(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
    reply: ReplyToWords,
) -> Effects {
    vec![context.take_words(&origin, &reply, audience.phrases).await]
}

/// Does what an operator's button does.
pub(super) async fn press(
    context: Context,
    query: CallbackQuery,
    audience: Audience,
    press: OperatorButton,
) -> Effects {
    let phrases = audience.phrases;
    let Some(origin) = UpdateOrigin::of_press(&query) else {
        return callback_query::outdated(query, audience).await;
    };
    let at = (origin.chat_id, i64::from(origin.message_id));
    let gone = || vec![callback_query::toast(&query, Some(&phrases.telegram.operator.missed.gone))];
    match press {
        OperatorButton::Page(page) => {
            context.answer_callback(&query.id, None).await;
            let page = context.unanswered_page(page, phrases).await;
            callback_query::replace(&query, page).into_iter().collect()
        }
        OperatorButton::Open(mark) => match context.open_unanswered(&origin, mark, phrases).await {
            Some(opened) => vec![callback_query::toast(&query, None), opened],
            None => gone(),
        },
        OperatorButton::Add { is_question, passage } => {
            match context.add_kept_words(&origin, at, (is_question, passage), phrases).await {
                Some(result) => {
                    let shown = callback_query::replace(&query, line(&result));
                    let noticed = callback_query::toast(&query, None);
                    std::iter::once(noticed).chain(shown).collect()
                }
                None => gone(),
            }
        }
        OperatorButton::Import(is_wanted) => {
            // To import takes longer than a press may wait.
            context.answer_callback(&query.id, None).await;
            let result = context.settle_upload(&origin, at, is_wanted, phrases).await;
            callback_query::replace(&query, line(&result)).into_iter().collect()
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

/// A message of some lines, the first of them as a heading, with rows of buttons below.
fn page(lines: &[String], rows: Vec<Vec<InlineKeyboardButton>>) -> OutgoingMessage {
    let mut lines = lines.iter().map(|line| escape(line));
    let heading = lines.next().map(|line| format!("<b>{line}</b>"));
    let html: Vec<String> = heading.into_iter().chain(lines).collect();
    OutgoingMessage { html: html.join("\n"), keyboard: InlineKeyboardMarkup::new(rows) }
}

fn key(label: impl Into<String>, press: OperatorButton) -> InlineKeyboardButton {
    InlineKeyboardButton::callback(label, press.encode())
}

/// A text on one line, and short enough to stand among others.
fn short(text: &str) -> String {
    shorten(&text.split_whitespace().collect::<Vec<_>>().join(" "), SHORT)
}
