//! The card under which a button was pressed: the question that it answers, and what its reader has rated and saved.

use teloxide::types::{CallbackQuery, ChatType};

use super::context::{Audience, BotContext};
use super::effects::{Effect, replace};
use super::quote_range::QuoteRange;
use super::user_request::{message_id, user_id};
use crate::dialogue::{Action, Intent, Reply, View};
use crate::store::Rating;

/// Shows on the buttons of a card which of them its reader has pressed.
fn tick(reply: &mut Reply, is_pressed: impl Fn(&Action) -> bool) {
    let Reply::Card(card) = reply else { return };
    for button in card.buttons.iter_mut().flatten() {
        if is_pressed(&button.action) {
            button.label.insert_str(0, "✓ ");
        }
    }
}

impl BotContext {
    /// Shows a card in a private chat, which answers `question`, with what its reader has rated and saved.
    pub(super) async fn private_card(
        &self,
        query: &CallbackQuery,
        view: View,
        question: Option<String>,
        audience: &Audience,
    ) -> Option<Effect> {
        let intent = Intent::Show { view: view.clone(), question: question.clone() };
        let (mut reply, _) = self.ask_service(&intent, audience.reader);
        self.tick_pressed(query, &mut reply, &view, question.as_deref()).await;
        replace(query, self.draw(&reply, Some(ChatType::Private)))
    }

    /// Ticks the rating that the user gave the open quotation, and whether they saved it.
    pub(super) async fn tick_pressed(
        &self,
        query: &CallbackQuery,
        reply: &mut Reply,
        view: &View,
        question: Option<&str>,
    ) {
        if let Some(rating) = self.rating(query, view, question, true)
            && let Ok(Some(rated_good)) = self.store.rating_of(&rating).await
        {
            let is_it = |action: &Action| matches!(action, Action::Rate { good, .. } if *good == rated_good);
            tick(reply, is_it);
        }
        if self.has_saved(user_id(&query.from), view).await {
            tick(reply, |action| matches!(action, Action::Save(_)));
        }
    }

    /// The rating that a user gives the open passage of a card; `None` if the passage is not in the corpus any more.
    pub(super) fn rating(
        &self,
        query: &CallbackQuery,
        view: &View,
        question: Option<&str>,
        good: bool,
    ) -> Option<Rating> {
        let engine = self.service.engine();
        let passage = engine.library().passage(view.open()?.key)?;
        Some(Rating {
            person: self.store.person(user_id(&query.from)),
            passage: passage.id.to_string(),
            question: question.unwrap_or_default().to_owned(),
            good,
        })
    }

    /// Returns whether a user has saved the open quotation of a card.
    async fn has_saved(&self, user: i64, view: &View) -> bool {
        let Some(range) = QuoteRange::open_in(view) else { return false };
        let has_saved = self.store.has_saved(self.store.person(user), &range.to_saved()).await;
        has_saved.unwrap_or_default()
    }

    /// Returns the question that the message with the button answers, if the store still has it.
    pub(super) async fn question_of(&self, query: &CallbackQuery) -> Option<String> {
        let question = match (&query.message, &query.inline_message_id) {
            (Some(message), _) => {
                let id = message_id(message).into();
                self.store.question_of(message.chat().id.0, id).await
            }
            (None, Some(inline_id)) => self.store.question_of_inline(inline_id).await,
            (None, None) => return None,
        };
        question.ok().flatten()
    }
}
