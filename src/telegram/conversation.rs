//! Handles messages: questions, commands, and everything else that people write to the bot.

use std::sync::Arc;

use super::activity::Activity;
use super::card_state;
use super::context::{Audience, BotContext, line};
use super::deep_link::DeepLink;
use super::effects::{Effect, Effects, Then};
use super::follow::{FollowButton, draw_answer};
use super::outbox::{Destination, EditTarget, OutgoingMessage};
use super::question_link::{self, question_key};
use super::quiet;
use super::settings;
use super::setup;
use super::user_request::{UpdateOrigin, UserRequest};
use crate::dialogue::{Intent, PriorQuestion, Reply, View, fill};
use crate::store::PastAnswer;
use teloxide::types::{
    ChatAction, ChatMemberUpdated, ChatType, InlineKeyboardButton, InlineKeyboardMarkup,
};

type Context = Arc<BotContext>;

/// Answers a question with a quote card, or with what the bot says where it has none.
pub(super) async fn answer(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
    (question, about): (String, Option<i32>),
) -> Effects {
    let activity = Activity::announce(&context, &origin, ChatAction::Typing);
    let (reply, then) = context.look_up(&origin, question, about, &audience).await;
    drop(activity);
    let draft = draw_answer(&context, &reply, &origin, FollowButton::Follow, audience.phrases);
    vec![quiet::answer(&origin, &audience, &reply, draft, then)]
}

/// Changes the answer to a question that its author has edited.
pub(super) async fn correct(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
    said: UserRequest,
) -> Effects {
    let UserRequest::Question { question, .. } = said else { return Effects::new() };
    let answer = context.store.answer_to(origin.chat_id, origin.message_id.into()).await;
    let Some(message_id) = answer.ok().flatten().and_then(|id| i32::try_from(id).ok()) else {
        return Effects::new();
    };
    let within = context.chosen_interview(&audience.settings);
    let intent = Intent::Ask { question, before: None, within };
    let (reply, answered) = context.ask_service(&intent, audience.reader);
    let mut draft = draw_answer(&context, &reply, &origin, FollowButton::Follow, audience.phrases);
    let message = EditTarget::in_chat(&origin, message_id);
    if matches!(message, EditTarget::Ephemeral { .. }) {
        quiet::add_post_button(&mut draft, &reply, audience.phrases);
    }
    vec![Effect::Edit { message, draft, then: Then::record(origin, true, answered) }]
}

/// The parameter of `/start` in a group to which the bot was added by the button of `/help`. What is to be said there is
/// said when the bot is added.
const ADDED_TO_GROUP: &str = "group";

/// Handles `/start`, which may have a passage or a question from a deep link as its argument.
pub(super) async fn start(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
    parameter: String,
) -> Effects {
    if let Some(key) = question_key(&parameter) {
        return question_link::open(context, origin, audience, key).await;
    }
    if parameter == ADDED_TO_GROUP && !origin.is_private() {
        return Effects::new();
    }
    let intent = match DeepLink::parse(&parameter) {
        Some(link) => link.intent(audience.reader),
        None => Intent::Start,
    };
    if intent == Intent::Start && context.bot.obeys(origin.chat_id, origin.sender_id) {
        setup::register_operator(&context, origin.chat_id).await;
    }
    plain(&context, &origin, &audience, &intent)
}

/// Handles `/topics`, which may have the number of a page as its argument.
pub(super) async fn topics(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
    page: String,
) -> Effects {
    let page = page.parse::<usize>().unwrap_or(1).saturating_sub(1);
    plain(&context, &origin, &audience, &Intent::Topics { page })
}

pub(super) async fn random(context: Context, origin: UpdateOrigin, audience: Audience) -> Effects {
    plain(&context, &origin, &audience, &Intent::Random)
}

pub(super) async fn source(context: Context, origin: UpdateOrigin, audience: Audience) -> Effects {
    vec![Effect::reply(&origin, context.sources(origin.chat_type, &audience))]
}

pub(super) async fn help(context: Context, origin: UpdateOrigin, audience: Audience) -> Effects {
    let (mut reply, _) = context.ask_service(&Intent::Help, audience.reader);
    let more = audience.phrases.telegram.help.join("\n");
    if let Reply::Notice(text) = &mut reply {
        *text = format!("{text}\n{}", context.with_username(&more));
    }
    let mut draft = context.draw(&reply, Some(origin.chat_type));
    let link = context.link("startgroup", ADDED_TO_GROUP);
    if origin.is_private()
        && let Ok(url) = link.parse()
    {
        let label = audience.phrases.telegram.add_to_group.clone();
        draft.keyboard = InlineKeyboardMarkup::new([[InlineKeyboardButton::url(label, url)]]);
    }
    vec![Effect::personal(&origin, draft)]
}

/// Handles `/settings`. In groups, only admins may change them.
pub(super) async fn settings(
    context: Context,
    origin: UpdateOrigin,
    audience: Audience,
) -> Effects {
    let draft = if context.may_set(&origin).await {
        settings::page(&audience.settings, audience.phrases, origin.is_group())
    } else {
        line(&audience.phrases.telegram.admins_only)
    };
    vec![Effect::personal(&origin, draft)]
}

pub(super) async fn privacy(context: Context, origin: UpdateOrigin, audience: Audience) -> Effects {
    let (mut reply, _) = context.ask_service(&Intent::Privacy, audience.reader);
    if let Reply::Notice(text) = &mut reply {
        *text = format!("{text}\n{}", audience.phrases.telegram.privacy.join("\n"));
    }
    let mut draft = context.draw(&reply, Some(origin.chat_type));
    if origin.is_private() {
        draft.keyboard = settings::forget_button(audience.phrases);
    }
    vec![Effect::personal(&origin, draft)]
}

/// Handles a message that addresses the bot without a question.
pub(super) async fn nothing(origin: UpdateOrigin, audience: Audience) -> Effects {
    vec![Effect::personal(&origin, line(&audience.phrases.telegram.nothing))]
}

/// Handles a message without words, such as a sticker.
pub(super) async fn wordless(origin: UpdateOrigin, audience: Audience) -> Effects {
    vec![Effect::reply(&origin, line(&audience.phrases.telegram.wordless))]
}

/// Handles a command that the bot does not have.
pub(super) async fn unknown_command(origin: UpdateOrigin, audience: Audience) -> Effects {
    vec![Effect::reply(&origin, line(&audience.phrases.telegram.unknown_command))]
}

/// Tells a sender who asks too often.
pub(super) async fn flooded(origin: UpdateOrigin, audience: Audience) -> Effects {
    vec![Effect::personal(&origin, line(&audience.phrases.telegram.flooded))]
}

/// Notes that the bot was added to a chat, or removed from it.
pub(super) async fn change_membership(context: Context, change: ChatMemberUpdated) -> Effects {
    let chat_id = change.chat.id.0;
    let is_private = change.chat.is_private();
    if !change.new_chat_member.is_present() {
        context.chats.block(chat_id).await;
        if !is_private {
            context.chats.forget(chat_id).await;
        }
        return Effects::new();
    }
    context.chats.unblock(chat_id).await;
    // The bot may have become an admin.
    context.outbox.ephemerals.forget(chat_id);
    if change.old_chat_member.is_present() || is_private || change.chat.is_channel() {
        return Effects::new();
    }
    let audience = context.audience(chat_id, change.from.language_code.as_deref()).await;
    let draft = line(&context.with_username(&audience.phrases.telegram.joined));
    let to = Destination { chat_id, topic: None, reply_to: None };
    vec![Effect::Send { to, draft, then: Then::Nothing }]
}

/// Returns the reply to an intent that does not depend on the message.
fn plain(
    context: &BotContext,
    origin: &UpdateOrigin,
    audience: &Audience,
    intent: &Intent,
) -> Effects {
    let (reply, _) = context.ask_service(intent, audience.reader);
    let draft = context.draw(&reply, Some(origin.chat_type));
    let then = Then::keep_card(origin.clone(), String::new(), &reply);
    vec![quiet::answer(origin, audience, &reply, draft, then)]
}

impl BotContext {
    /// Answers a question. If it may refer to an earlier answer, that is read from the store. Returns the reply, and what to
    /// keep about it.
    async fn look_up(
        &self,
        origin: &UpdateOrigin,
        question: String,
        about: Option<i32>,
        audience: &Audience,
    ) -> (Reply, Then) {
        let engine = self.service.engine();
        let before = if engine.may_follow_up(&question) {
            self.past_answer(origin, about, engine.is_about_quotation(&question)).await
        } else {
            None
        };
        let view = before.as_ref().and_then(|before| card_state::decode(before.card.as_deref()?));
        if let (Some(before), Some(view)) = (&before, &view)
            && let Some(view) = engine.turned(&question, view)
        {
            return self.turned_card(origin, &before.question, view, audience);
        }
        let before = before.map(|PastAnswer { question, .. }| PriorQuestion {
            question,
            n_shown: view.as_ref().map_or(1, View::n_shown),
            shown: view.as_ref().and_then(View::open).map(|shown| shown.key),
        });
        let within = self.chosen_interview(&audience.settings);
        let intent = Intent::Ask { question, before, within };
        let (reply, answered) = self.ask_service(&intent, audience.reader);
        (reply, Then::record(origin.clone(), true, answered))
    }

    /// Returns an earlier card turned to what was asked for.
    fn turned_card(
        &self,
        origin: &UpdateOrigin,
        question: &str,
        view: View,
        audience: &Audience,
    ) -> (Reply, Then) {
        let asked = Some(question.to_owned()).filter(|question| !question.is_empty());
        let intent = Intent::Show { view, question: asked.clone() };
        let (mut reply, _) = self.ask_service(&intent, audience.reader);
        if let (Reply::Card(card), Some(topic)) = (&mut reply, &asked) {
            let more_of = &audience.phrases.answer.more_of;
            card.notes.insert(0, fill(more_of, &[("topic", topic)]));
        }
        let then = Then::keep_card(origin.clone(), question.to_owned(), &reply);
        (reply, then)
    }

    /// Returns the answer to which a message may refer: the one to which it replies or, in a private chat, the last one if
    /// that was not long ago. What `is_about_quotation` may refer to a card that answers no question.
    async fn past_answer(
        &self,
        origin: &UpdateOrigin,
        about: Option<i32>,
        is_about_quotation: bool,
    ) -> Option<PastAnswer> {
        let (chat_id, seconds) = (origin.chat_id, self.options.follow_up_seconds.into());
        let answer = match about {
            Some(message_id) => self.store.answer_in(chat_id, message_id.into()).await,
            None if !origin.is_private() => return None,
            None if is_about_quotation => self.store.last_card(chat_id, seconds).await,
            None => self.store.last_answer(chat_id, seconds).await,
        };
        let answer = answer.ok().flatten()?;
        (is_about_quotation || !answer.question.is_empty()).then_some(answer)
    }

    /// Returns the list of interviews. If there are several, it has buttons to
    /// limit searches to one.
    pub(super) fn sources(&self, chat: ChatType, audience: &Audience) -> OutgoingMessage {
        let (mut reply, _) = self.ask_service(&Intent::Source, audience.reader);
        let listings = self.service.engine().listings(audience.reader);
        if listings.len() < 2 {
            return self.draw(&reply, Some(chat));
        }
        if let Reply::Sources(sources) = &mut reply {
            sources.note = Some(audience.phrases.telegram.keep_to.clone());
        }
        let mut draft = self.draw(&reply, Some(chat));
        let buttons = settings::interview_buttons(&listings, &audience.settings);
        draft.keyboard.inline_keyboard.splice(0..0, buttons);
        draft
    }

    /// Fills the bot's user name into a phrase.
    pub(super) fn with_username(&self, phrase: &str) -> String {
        fill(phrase, &[("bot", &self.bot.username)])
    }
}
