//! Quiet groups: answers are shown to their askers only, with a button that posts them for everyone.

use std::sync::Arc;

use teloxide::types::{CallbackQuery, InlineKeyboardButton, Update};

use super::card_state;
use super::context::{Audience, BotContext};
use super::effects::{Effect, Effects, Then, replace, toast};
use super::outbox::{Destination, OutgoingMessage};
use super::user_request::UpdateOrigin;
use crate::dialogue::{Intent, Phrases, Reply, View, fill};

/// The prefix of the callback data of the button.
const PREFIX: &str = "post:";

/// The button that posts a card for everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PostButton {
    view: View,
}

impl PostButton {
    pub(super) fn decode(data: &str) -> Option<Self> {
        card_state::decode(data.strip_prefix(PREFIX)?).map(|view| Self { view })
    }
}

/// Returns the effect that sends a reply to where a question came from, with its message as `draft`. In a quiet group, or if
/// there is no answer, only the asker sees it.
pub(super) fn answer(
    origin: &UpdateOrigin,
    audience: &Audience,
    reply: &Reply,
    mut draft: OutgoingMessage,
    then: Then,
) -> Effect {
    let mut to = origin.destination();
    if origin.is_press() {
        to.reply_to = None;
    }
    let is_personal =
        audience.settings.quiet || origin.is_ephemeral() || matches!(reply, Reply::NoAnswer(_));
    let Some(receiver) = origin.receiver().filter(|_| is_personal) else {
        return Effect::Send { to, draft, then };
    };
    let fallback = draft.clone();
    add_post_button(&mut draft, reply, audience.phrases);
    Effect::SendEphemeral { to, receiver, draft, fallback, then }
}

/// Adds the button that posts the card to the message that shows it. A reply without a card gets none.
pub(super) fn add_post_button(draft: &mut OutgoingMessage, reply: &Reply, phrases: &Phrases) {
    if let Some(state) = card_state::encode(reply) {
        let label = phrases.telegram.post.clone();
        let button = InlineKeyboardButton::callback(label, format!("{PREFIX}{state}"));
        draft.keyboard.inline_keyboard.push(vec![button]);
    }
}

/// Posts a card for everyone, once, and takes the button away.
pub(super) async fn post(
    context: Arc<BotContext>,
    query: CallbackQuery,
    update: Update,
    audience: Audience,
    button: PostButton,
) -> Effects {
    let words = audience.phrases;
    let Some(origin) = UpdateOrigin::of_press(&query) else {
        return vec![toast(&query, Some(&words.telegram.old_button))];
    };
    let question = context.question_of(&query).await;
    let intent = Intent::Show { view: button.view, question: question.clone() };
    let (mut reply, _) = context.ask_service(&intent, audience.reader);
    let Reply::Card(card) = &mut reply else {
        return vec![toast(&query, Some(&words.telegram.old_button))];
    };
    let own_card = context.draw(&Reply::Card(card.clone()), Some(origin.chat_type));
    if let Some(question) = &question {
        // Others have not seen what was asked.
        card.notes.insert(0, fill(&words.answer.answers, &[("question", question)]));
    }
    // Whoever taps twice sends two presses. The claim lasts as long as a claim of a mention.
    let claim = format!("post {} {}", origin.chat_id, origin.message_id);
    let is_first = context.store.claim_mention(&claim, update.id.0.into()).await.unwrap_or(true);
    if !is_first {
        return vec![toast(&query, Some(&words.telegram.posted))];
    }
    let draft = context.draw(&reply, Some(origin.chat_type));
    let to = Destination { reply_to: None, ..origin.destination() };
    let then = Then::keep_card(origin, question.unwrap_or_default(), &reply);
    let mut effects =
        vec![toast(&query, Some(&words.telegram.posted)), Effect::Send { to, draft, then }];
    effects.extend(replace(&query, own_card));
    effects
}
