//! New interviews: `/follow` has a chat told of them, and 🔔 below a question without an answer has its asker told when
//! an interview answers it.

use std::sync::Arc;

use teloxide::types::{CallbackQuery, ChatType, InlineKeyboardButton};
use tokio::sync::watch;

use super::context::{Audience, BotContext, line};
use super::delivery::Delivery;
use super::effects::{Effect, Effects, replace, toast};
use super::outbox::{Destination, OutgoingMessage};
use super::user_request::{UpdateOrigin, chat_type_of};
use crate::dialogue::{Engine, Intent, Phrases, Reply, fill};
use crate::store::{FollowedQuestion, Follower, Notice};
use retrieval::answer::Verdict;

/// What a button below a question without an answer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FollowButton {
    Follow,
    Unfollow,
}

impl FollowButton {
    /// Parses callback data.
    pub(super) fn decode(data: &str) -> Option<Self> {
        match data {
            "follow:" => Some(Self::Follow),
            "unfollow:" => Some(Self::Unfollow),
            _ => None,
        }
    }

    fn row(self, phrases: &Phrases) -> Vec<InlineKeyboardButton> {
        let words = &phrases.telegram.follow;
        let (label, data) = match self {
            Self::Follow => (&words.question, "follow:"),
            Self::Unfollow => (&words.undo_question, "unfollow:"),
        };
        vec![InlineKeyboardButton::callback(label.clone(), data.to_owned())]
    }
}

/// Handles `/follow`. In groups and channels, only admins may choose.
pub(super) async fn command(
    context: Arc<BotContext>,
    origin: UpdateOrigin,
    audience: Audience,
) -> Effects {
    let words = &audience.phrases.telegram;
    if !context.may_set(&origin).await {
        return vec![Effect::reply(&origin, line(&words.admins_only))];
    }
    let follower = Follower {
        chat_id: origin.chat_id,
        chat_kind: origin.chat_kind().to_owned(),
        topic: origin.topic.unwrap_or_default().into(),
        language_code: origin.language_code.clone().unwrap_or_default(),
    };
    let said = match context.store.toggle_follower(&follower, origin.message_id.into()).await {
        Ok(true) => &words.follow.on,
        Ok(false) => &words.follow.off,
        Err(_) => &words.not_kept,
    };
    vec![Effect::reply(&origin, line(said))]
}

/// Adds the button that follows a question to the reply that it has no answer. Only the asker of a private chat has it.
pub(super) fn offer(draft: &mut OutgoingMessage, reply: &Reply, chat: ChatType, phrases: &Phrases) {
    if chat == ChatType::Private && matches!(reply, Reply::NoAnswer(_)) {
        draft.keyboard.inline_keyboard.push(FollowButton::Follow.row(phrases));
    }
}

/// Handles the button that follows a question, and the one that takes this back.
pub(super) async fn press(
    context: Arc<BotContext>,
    query: CallbackQuery,
    audience: Audience,
    button: FollowButton,
) -> Effects {
    let words = &audience.phrases.telegram;
    let origin = UpdateOrigin::of_press(&query).filter(UpdateOrigin::is_private);
    let Some(origin) = origin else { return vec![toast(&query, Some(&words.old_button))] };
    let (chat_id, message_id) = (origin.chat_id, origin.message_id.into());
    let question = match context.store.missed_question(chat_id, message_id).await {
        Ok(Some(question)) => question,
        Ok(None) => return vec![toast(&query, Some(&words.old_button))],
        Err(_) => return vec![toast(&query, Some(&words.not_kept))],
    };
    let language_code = origin.language_code.clone().unwrap_or_default();
    let followed = FollowedQuestion { chat_id, question, language_code };
    let (is_done, said, next) = match button {
        FollowButton::Follow => (
            context.store.follow_question(&followed).await,
            &words.follow.question_on,
            FollowButton::Unfollow,
        ),
        FollowButton::Unfollow => (
            context.store.unfollow_question(chat_id, &followed.question).await.map(|_| true),
            &words.follow.question_off,
            FollowButton::Follow,
        ),
    };
    match is_done {
        Ok(true) => {}
        Ok(false) => return vec![toast(&query, Some(&words.follow.too_many))],
        Err(_) => return vec![toast(&query, Some(&words.not_kept))],
    }
    let within = context.chosen_interview(&audience.settings);
    let intent = Intent::Ask { question: followed.question, before: None, within };
    let (reply, _) = context.ask_service(&intent, audience.reader);
    let mut draft = context.draw(&reply, Some(origin.chat_type));
    if matches!(reply, Reply::NoAnswer(_)) {
        draft.keyboard.inline_keyboard.push(next.row(audience.phrases));
    }
    let mut effects = vec![toast(&query, Some(said))];
    effects.extend(replace(&query, draft));
    effects
}

/// Tells chats of interviews that are new. Stops when `ending` is true, and when Telegram cannot be reached.
pub(super) async fn send_due(
    context: &Arc<BotContext>,
    ending: &watch::Receiver<bool>,
) -> Delivery {
    let slugs = context.store.slugs_with_notices().await.unwrap_or_default();
    let is_served = |slug: &&String| context.service.engine().library().named(slug).is_some();
    // Interviews that this replica does not serve yet are told of later.
    for slug in slugs.iter().filter(is_served) {
        if !context.sends_notices().await {
            return Delivery::Done;
        }
        for notice in context.store.notices(slug).await.unwrap_or_default() {
            if *ending.borrow() {
                return Delivery::Done;
            }
            if context.send_notice(&notice).await == Delivery::TryLater {
                return Delivery::TryLater;
            }
        }
    }
    Delivery::Done
}

impl BotContext {
    /// Notes which interviews are served, so that chats are told of new ones. Returns false if the store fails.
    pub(super) async fn note_interviews(&self, engine: &Engine) -> bool {
        let interviews = &engine.library().corpus().interviews;
        let slugs: Vec<String> =
            interviews.iter().map(|interview| interview.slug.clone()).collect();
        self.store.note_interviews(&slugs).await.is_ok()
    }

    /// Tells a chat of an interview: first the answers to questions that it follows, then that there is the interview.
    /// Each message is claimed before it is sent, and given back if it was surely not sent.
    async fn send_notice(&self, notice: &Notice) -> Delivery {
        let Ok(questions) = self.store.followed_questions(notice.chat_id).await else {
            return Delivery::TryLater;
        };
        for followed in &questions {
            let delivery = self.send_answer(followed, &notice.slug).await;
            if delivery != Delivery::Done {
                return delivery;
            }
        }
        if !self.store.claim_notice(notice).await.unwrap_or(false) {
            return Delivery::Done;
        }
        let Some(follower) = &notice.follower else { return Delivery::Done };
        let audience = self.audience_of(follower.chat_id, &follower.language_code).await;
        let heading = &audience.phrases.telegram.follow.added;
        let engine = self.service.engine();
        let Some(reply) = engine.introduction(&notice.slug, heading, audience.reader) else {
            return Delivery::Done;
        };
        let draft = self.draw(&reply, Some(chat_type_of(&follower.chat_kind)));
        let topic = i32::try_from(follower.topic).ok().filter(|topic| *topic != 0);
        let to = Destination { chat_id: follower.chat_id, topic, reply_to: None };
        let delivery = self.deliver_notice(to, draft).await;
        if delivery == Delivery::TryLater {
            // If this fails as well, the message is lost, and is not sent twice.
            let _ = self.store.return_notice(notice).await;
        }
        delivery
    }

    /// Sends the answer to a question that was followed, if the new interview has one.
    async fn send_answer(&self, followed: &FollowedQuestion, slug: &str) -> Delivery {
        let FollowedQuestion { chat_id, question, language_code } = followed;
        let audience = self.audience_of(*chat_id, language_code).await;
        let intent =
            Intent::Ask { question: question.clone(), before: None, within: Some(slug.to_owned()) };
        let (mut reply, answered) = self.ask_service(&intent, audience.reader);
        let is_answer =
            answered.is_some_and(|answered| answered.outcome.verdict == Verdict::Answer);
        let Reply::Card(card) = &mut reply else { return Delivery::Done };
        if !is_answer || !self.store.unfollow_question(*chat_id, question).await.unwrap_or(false) {
            return Delivery::Done;
        }
        let found = &audience.phrases.telegram.follow.found;
        card.notes.insert(0, fill(found, &[("question", question)]));
        let draft = self.draw(&reply, Some(ChatType::Private));
        let to = Destination { chat_id: *chat_id, topic: None, reply_to: None };
        let delivery = self.deliver_notice(to, draft).await;
        if delivery == Delivery::TryLater {
            let _ = self.store.follow_question(followed).await;
        }
        delivery
    }

    async fn deliver_notice(&self, to: Destination, draft: OutgoingMessage) -> Delivery {
        let sent = self.outbox.send_once(to, draft).await;
        if let Err(failure) = &sent {
            let error = failure as &dyn std::error::Error;
            tracing::warn!(error, "a notice of a new interview could not be sent");
        }
        let delivery = Delivery::of(&sent);
        if delivery == Delivery::ChatIsGone {
            let _ = self.store.end_subscriptions(to.chat_id).await;
        }
        delivery
    }

    /// Returns the audience in a chat that was subscribed by somebody with this language.
    pub(super) async fn audience_of(&self, chat_id: i64, language_code: &str) -> Audience {
        self.audience(chat_id, Some(language_code).filter(|code| !code.is_empty())).await
    }
}
