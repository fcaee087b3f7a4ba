//! Handles pressed buttons (callback queries). Every query is answered, whatever its result,
//! because Telegram shows a progress bar until then.

use std::sync::Arc;

use teloxide::types::{BotCommandScope, CallbackQuery, ChatId};

use super::command::{Menu, menu};
use super::context::{Audience, BotContext, line};
use super::daily::DailyButton;
use super::effects::{Effects, Then, replace, replace_then, toast};
use super::follow::FollowButton;
use super::operator::OperatorButton;
use super::quiet::{self, PostButton};
use super::saved::SavedButton;
use super::settings::{self, SettingsButton};
use super::setup::{set_commands, set_menu_button};
use super::user_request::{UpdateOrigin, chat_type, user_id};
use crate::dialogue::callback_data::{self, Press};
use crate::dialogue::{Intent, Reply, View, fill};
use crate::store::Settings;

type Context = Arc<BotContext>;

/// What a pressed button asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ButtonPress {
    /// A button of a reply: it shows another reply, or rates the quotation.
    Dialogue(Press),
    Settings(SettingsButton),
    /// The button that posts a card for everyone.
    Post(PostButton),
    /// A button of the list of saved quotations.
    Saved(SavedButton),
    /// A button of `/daily`.
    Daily(DailyButton),
    /// A button that follows a question.
    Follow(FollowButton),
    /// A button of the operators.
    Operator(OperatorButton),
    /// The data cannot be read: the button is from an older version, or not the bot's.
    Unknown,
}

impl ButtonPress {
    /// Reads what a button asks for. Operators' buttons count as unknown when others press them.
    pub(super) fn of(query: &CallbackQuery, context: &BotContext) -> Self {
        let data = query.data.as_deref().unwrap_or_default();
        if let Some(press) = callback_data::decode(data) {
            return Self::Dialogue(press);
        }
        if let Some(press) = OperatorButton::decode(data) {
            let obeys = context.bot.obeys(settings_chat(query), user_id(&query.from));
            return if obeys { Self::Operator(press) } else { Self::Unknown };
        }
        let saved = || SavedButton::decode(data).map(Self::Saved);
        let settings = SettingsButton::decode(data).map(Self::Settings);
        let daily = || DailyButton::decode(data).map(Self::Daily);
        let follow = || FollowButton::decode(data).map(Self::Follow);
        let post = || PostButton::decode(data).map(Self::Post);
        settings
            .or_else(saved)
            .or_else(daily)
            .or_else(follow)
            .or_else(post)
            .unwrap_or(Self::Unknown)
    }
}

/// Returns the chat whose settings apply: the chat of the message, or the user's own if
/// it is not known.
pub(super) fn settings_chat(query: &CallbackQuery) -> i64 {
    query.message.as_ref().map_or(user_id(&query.from), |message| message.chat().id.0)
}

/// Handles a button of a reply: shows another reply, sends a picture, or keeps a rating.
pub(super) async fn dialogue(
    context: Context,
    query: CallbackQuery,
    audience: Audience,
    press: Press,
) -> Effects {
    match press {
        Press::Do(intent) => context.turn(&query, intent, &audience).await,
        Press::Rate { view, good } => context.rate(&query, view, good, &audience).await,
        Press::Picture(view) => context.picture(&query, view, &audience).await,
        Press::Save(view) => context.save_quote(&query, view, &audience).await,
        Press::GetLink(view) => context.send_link(&query, &view, &audience).await,
    }
}

/// Handles a button of the settings, or the button that deletes a user's data.
pub(super) async fn change_settings(
    context: Context,
    query: CallbackQuery,
    audience: Audience,
    choice: SettingsButton,
) -> Effects {
    match choice {
        SettingsButton::Forget => context.forget(&query, &audience).await,
        choice => context.choose(&query, choice, audience).await,
    }
}

/// Handles a button that is not supported any more, or that this user may not use.
pub(super) async fn outdated(query: CallbackQuery, audience: Audience) -> Effects {
    vec![toast(&query, Some(&audience.phrases.telegram.old_button))]
}

/// Tells a user who presses buttons too often.
pub(super) async fn flooded(query: CallbackQuery, audience: Audience) -> Effects {
    vec![toast(&query, Some(&audience.phrases.telegram.flooded))]
}

impl BotContext {
    /// Shows another reply. It replaces the message with the button, or is sent below it if that
    /// message is a list to which the user will come back.
    async fn turn(&self, query: &CallbackQuery, intent: Intent, audience: &Audience) -> Effects {
        let intent = match intent {
            Intent::Show { view, .. } => {
                let question = self.question_of(query).await;
                Intent::Show { view, question }
            }
            intent => intent,
        };
        let is_card = matches!(intent, Intent::Show { .. });
        let opens =
            matches!(intent, Intent::Example { .. } | Intent::Turn { .. } | Intent::Open { .. });
        let (mut reply, answered) = self.ask_service(&intent, audience.reader);
        if let Reply::Notice(notice) = &reply
            && is_card
        {
            return vec![toast(query, Some(notice))];
        }
        if let Intent::Show { view, question } = &intent
            && view.all_buttons
            && UpdateOrigin::of_press(query).is_some_and(|origin| origin.is_private())
        {
            self.tick_pressed(query, &mut reply, view, question.as_deref()).await;
        }
        let chat = query.message.as_ref().map(|message| chat_type(message.chat()));
        let mut draft = self.draw(&reply, chat);
        let mut effects = vec![toast(query, None)];
        let Some(origin) = UpdateOrigin::of_press(query) else {
            effects.extend(replace(query, draft));
            return effects;
        };
        let below = origin.clone();
        let then = match (answered, intent) {
            (None, Intent::Show { question, .. }) => {
                Then::keep_card(origin, question.unwrap_or_default(), &reply)
            }
            (None, _) => Then::keep_card(origin, String::new(), &reply),
            (answered, _) => Then::record(origin, false, answered),
        };
        if opens {
            effects.push(quiet::answer(&below, audience, &reply, draft, then));
        } else {
            if below.is_ephemeral() {
                quiet::add_post_button(&mut draft, &reply, audience.phrases);
            }
            effects.extend(replace_then(query, draft, then));
        }
        effects
    }

    /// Keeps a rating, in the place of an earlier one, and says what it changed. In a private chat the card shows it;
    /// in a group the card is everybody's.
    async fn rate(
        &self,
        query: &CallbackQuery,
        view: View,
        good: bool,
        audience: &Audience,
    ) -> Effects {
        let words = &audience.phrases.telegram;
        let question = self.question_of(query).await;
        let Some(rating) = self.rating(query, &view, question.as_deref(), good) else {
            return vec![toast(query, Some(&words.old_button))];
        };
        let before = self.store.rating_of(&rating).await.unwrap_or_default();
        if self.store.rate(&rating).await.is_err() {
            return vec![toast(query, Some(&words.not_kept))];
        }
        let labels = &audience.phrases.button;
        let label = if good { &labels.good } else { &labels.bad };
        let said = match before {
            None => words.thanks.clone(),
            Some(before) if before == good => words.rated_again.clone(),
            Some(_) => fill(&words.rating_changed, &[("rating", label)]),
        };
        let mut effects = vec![toast(query, Some(&said))];
        if UpdateOrigin::of_press(query).is_some_and(|origin| origin.is_private()) {
            effects.extend(self.private_card(query, view, question, audience).await);
        }
        effects
    }

    /// Deletes the data of the user who presses.
    async fn forget(&self, query: &CallbackQuery, audience: &Audience) -> Effects {
        let words = &audience.phrases.telegram;
        let user = user_id(&query.from);
        let is_forgotten = self.store.forget_person(user).await.is_ok();
        // A private chat has the id of its user.
        if !is_forgotten || !self.chats.forget(user).await {
            return vec![toast(query, Some(&words.not_kept))];
        }
        let mut effects = vec![toast(query, Some(&words.forgotten))];
        effects.extend(replace(query, line(&words.forgotten)));
        effects
    }

    /// Keeps a choice in the chat's settings, and shows the settings with it.
    async fn choose(
        &self,
        query: &CallbackQuery,
        choice: SettingsButton,
        audience: Audience,
    ) -> Effects {
        let chat_id = settings_chat(query);
        let user = user_id(&query.from);
        let is_private = chat_id == user;
        let words = &audience.phrases.telegram;
        if !is_private && !self.is_admin(chat_id, user).await {
            return vec![toast(query, Some(&words.admins_only))];
        }
        let engine = self.service.engine();
        let interview = |key| Some(engine.library().passage(key)?.id.slug().to_owned());
        let mut settings: Settings = audience.settings;
        choice.apply(&mut settings, interview);
        if !self.chats.set_settings(chat_id, &settings).await {
            return vec![toast(query, Some(&words.not_kept))];
        }
        let audience = self.audience_with(settings, query.from.language_code.as_deref());
        let page = match (choice, &query.message) {
            (SettingsButton::Within(_), Some(message)) => {
                self.sources(chat_type(message.chat()), &audience)
            }
            _ => settings::page(&audience.settings, audience.phrases, !is_private),
        };
        if matches!(choice, SettingsButton::Language(_) | SettingsButton::Quiet(_)) {
            self.translate_menu(chat_id, &audience, is_private).await;
        }
        let mut effects = vec![toast(query, Some(&audience.phrases.telegram.saved))];
        effects.extend(replace(query, page));
        effects
    }

    /// Shows the chat's menu of commands in the language that it chose.
    async fn translate_menu(&self, chat_id: i64, audience: &Audience, is_private: bool) {
        let whose = match is_private {
            true if self.bot.obeys(chat_id, chat_id) => Menu::Operator,
            true => Menu::Private,
            false => Menu::Group { is_quiet: audience.settings.quiet },
        };
        let scope = BotCommandScope::Chat { chat_id: ChatId(chat_id).into() };
        let set = set_commands(self, scope, menu(audience.phrases, whose), None).await;
        if let Err(failure) = set {
            tracing::debug!(error = %failure, "a menu could not be translated");
        }
        if is_private
            && let Err(failure) = set_menu_button(self, Some(chat_id), audience.phrases).await
        {
            tracing::debug!(error = %failure, "a menu button could not be translated");
        }
    }
}
