//! Links that open the answer to a question in the private chat with the bot: `t.me/BOT?start=q_KEY`.
//!
//! A start parameter has at most 64 characters, so the question is kept in the store under a short key. If the question
//! of a card is not known any more, its link opens the passage instead.

use std::sync::Arc;

use teloxide::types::{CallbackQuery, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup};

use super::context::{Audience, BotContext, line};
use super::deep_link::DeepLink;
use super::effects::{Effect, Effects, Then, toast};
use super::follow::{FollowButton, draw_answer};
use super::outbox::OutgoingMessage;
use super::user_request::UpdateOrigin;
use crate::dialogue::{Intent, View};

/// The prefix of the start parameter.
const PREFIX: &str = "q_";

/// Returns the key of the question in a start parameter.
pub(super) fn question_key(parameter: &str) -> Option<&str> {
    parameter.trim().strip_prefix(PREFIX)
}

/// Answers the question that a link opens.
pub(super) async fn open(
    context: Arc<BotContext>,
    origin: UpdateOrigin,
    audience: Audience,
    key: &str,
) -> Effects {
    let Ok(question) = context.store.linked_question(key).await else {
        return vec![Effect::reply(&origin, line(&audience.phrases.answer.failed))];
    };
    let Some(question) = question else {
        return vec![Effect::reply(&origin, line(&audience.phrases.telegram.link_expired))];
    };
    let intent = Intent::Ask { question, before: None, within: None };
    let (reply, answered) = context.ask_service(&intent, audience.reader);
    let draft = draw_answer(&context, &reply, &origin, FollowButton::Follow, audience.phrases);
    let to = origin.destination();
    // The message is a command, not a question that its author may change.
    vec![Effect::Send { to, draft, then: Then::record(origin, false, answered) }]
}

impl BotContext {
    /// Sends a link to the question of a card, or to its open passage if the question is not known any more.
    pub(super) async fn send_link(
        &self,
        query: &CallbackQuery,
        view: &View,
        audience: &Audience,
    ) -> Effects {
        let words = &audience.phrases.telegram;
        let (Some(origin), Some(shown)) = (UpdateOrigin::of_press(query), view.open()) else {
            return vec![toast(query, Some(&words.old_button))];
        };
        let parameter = match self.question_of(query).await {
            Some(question) => match self.store.link_question(&question).await {
                Ok(key) => format!("{PREFIX}{key}"),
                Err(_) => return vec![toast(query, Some(&words.not_kept))],
            },
            None => DeepLink::to(shown.key, shown.excerpt.clone()).to_string(),
        };
        let draft = link_message(&self.link("start", &parameter), audience);
        vec![toast(query, None), Effect::reply(&origin, draft)]
    }

    /// Returns a link to the bot, whose `action` is `start` or `startgroup`.
    pub(super) fn link(&self, action: &str, parameter: &str) -> String {
        format!("https://t.me/{}?{action}={parameter}", self.bot.username)
    }
}

/// Returns a message that shows a link, with buttons to copy it and to send it to another chat.
fn link_message(link: &str, audience: &Audience) -> OutgoingMessage {
    let labels = &audience.phrases.button;
    let copy = CopyTextButton { text: link.to_owned() };
    let mut row = vec![InlineKeyboardButton::copy_text_button(labels.copy.clone(), copy)];
    if let Ok(url) = reqwest::Url::parse_with_params("https://t.me/share/url", [("url", link)]) {
        row.push(InlineKeyboardButton::url(labels.share.clone(), url));
    }
    let mut message = line(&format!("{}\n{link}", audience.phrases.telegram.link));
    message.keyboard = InlineKeyboardMarkup::new([row]);
    message
}
