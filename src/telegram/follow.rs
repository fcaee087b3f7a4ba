//! New interviews: `/follow` has a chat told of them, and 🔔 below a question without an answer has its asker told when
//! an interview answers it.

use std::sync::Arc;

use teloxide::types::{CallbackQuery, ChatType, InlineKeyboardButton};
use tokio::sync::watch;

use super::context::{Audience, BotContext, line};
use super::effects::{Effect, Effects, replace, toast};
use super::outbox::{Destination, OutgoingMessage};
use super::subscription::SendOutcome;
use super::user_request::{UpdateOrigin, chat_type_of};
use crate::dialogue::{Engine, Intent, Phrases, Reply, fill};
use crate::store::{FollowedQuestion, PendingNotice};
use retrieval::answer::Verdict;

/// What the log calls the messages.
const WHAT: &str = "a notice of a new interview";

/// What a button below a question without an answer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FollowButton {
    Follow,
    Unfollow,
}

impl FollowButton {
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
        return vec![Effect::personal(&origin, line(&words.admins_only))];
    }
    let command_id = origin.message_id.into();
    let said = match context.store.toggle_follower(&origin.subscriber(), command_id).await {
        Ok(true) => &words.follow.on,
        Ok(false) => &words.follow.off,
        Err(_) => &words.not_kept,
    };
    vec![Effect::reply(&origin, line(said))]
}

/// Renders the reply to a question. If it has no answer, the reply has a button to follow it or to take that back; only
/// the asker of a private chat has it.
pub(super) fn draw_answer(
    context: &BotContext,
    reply: &Reply,
    origin: &UpdateOrigin,
    button: FollowButton,
    phrases: &Phrases,
) -> OutgoingMessage {
    let mut draft = context.draw(reply, Some(origin.chat_type));
    if origin.is_private() && matches!(reply, Reply::NoAnswer(_)) {
        draft.keyboard.inline_keyboard.push(button.row(phrases));
    }
    draft
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
    let draft = draw_answer(&context, &reply, &origin, next, audience.phrases);
    let mut effects = vec![toast(&query, Some(said))];
    effects.extend(replace(&query, draft));
    effects
}

/// Tells chats of interviews that are new. Stops when `ending` is true, and when Telegram cannot be reached.
pub(super) async fn send_due(
    context: &Arc<BotContext>,
    ending: &watch::Receiver<bool>,
) -> SendOutcome {
    let slugs = context.store.slugs_with_notices().await.unwrap_or_default();
    let is_served = |slug: &&String| context.service.engine().library().named(slug).is_some();
    // Interviews that this replica does not serve yet are told of later.
    let served: Vec<&String> = slugs.iter().filter(is_served).collect();
    if served.is_empty() || !context.sends_notices().await {
        return SendOutcome::Done;
    }
    for slug in served {
        for notice in context.store.notices(slug).await.unwrap_or_default() {
            if *ending.borrow() {
                return SendOutcome::Done;
            }
            if context.send_notice(&notice).await == SendOutcome::TryLater {
                return SendOutcome::TryLater;
            }
        }
    }
    SendOutcome::Done
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
    async fn send_notice(&self, notice: &PendingNotice) -> SendOutcome {
        let Ok(questions) = self.store.followed_questions(notice.chat_id).await else {
            return SendOutcome::TryLater;
        };
        for followed in &questions {
            let outcome = self.send_answer(followed, &notice.slug).await;
            if outcome != SendOutcome::Done {
                return outcome;
            }
        }
        if !self.store.claim_notice(notice).await.unwrap_or(false) {
            return SendOutcome::Done;
        }
        let Some(follower) = &notice.follower else { return SendOutcome::Done };
        let audience = self.audience_of(follower.chat_id, &follower.language_code).await;
        let heading = &audience.phrases.telegram.follow.added;
        let engine = self.service.engine();
        let Some(reply) = engine.introduction(&notice.slug, heading, audience.reader) else {
            return SendOutcome::Done;
        };
        let draft = self.draw(&reply, Some(chat_type_of(&follower.chat_kind)));
        let outcome = self.send_claimed(Destination::of_subscriber(follower), draft, WHAT).await;
        if outcome == SendOutcome::TryLater {
            // If this fails as well, the message is lost, and is not sent twice.
            let _ = self.store.return_notice(notice).await;
        }
        outcome
    }

    /// Sends the answer to a question that was followed, if the new interview has one.
    async fn send_answer(&self, followed: &FollowedQuestion, slug: &str) -> SendOutcome {
        let FollowedQuestion { chat_id, question, language_code } = followed;
        let audience = self.audience_of(*chat_id, language_code).await;
        let intent =
            Intent::Ask { question: question.clone(), before: None, within: Some(slug.to_owned()) };
        let (mut reply, answered) = self.ask_service(&intent, audience.reader);
        let is_answer =
            answered.is_some_and(|answered| answered.outcome.verdict == Verdict::Answer);
        let Reply::Card(card) = &mut reply else { return SendOutcome::Done };
        if !is_answer || !self.store.unfollow_question(*chat_id, question).await.unwrap_or(false) {
            return SendOutcome::Done;
        }
        let found = &audience.phrases.telegram.follow.found;
        card.notes.insert(0, fill(found, &[("question", question)]));
        let draft = self.draw(&reply, Some(ChatType::Private));
        let to = Destination { chat_id: *chat_id, topic: None, reply_to: None };
        let outcome = self.send_claimed(to, draft, WHAT).await;
        if outcome == SendOutcome::TryLater {
            let _ = self.store.follow_question(followed).await;
        }
        outcome
    }
}
