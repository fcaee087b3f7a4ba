//! The effects that handlers return: messages to send or to change, and what to keep in the store.
//!
//! Handlers decide what to say, and only [`BotContext::perform`] sends it. It runs inside the
//! tracing span of the update, so that every failure is logged with the update's id.

use std::time::Instant;

use teloxide::payloads::AnswerInlineQuery;
use teloxide::types::{CallbackQuery, CallbackQueryId};

use super::api::ApiError;
use super::card_state;
use super::context::{AnsweredQuestion, BotContext};
use super::ephemeral::{Receiver, ephemeral_id};
use super::guest_answer::GuestAnswer;
use super::outbox::{Destination, EditTarget, OutgoingFile, OutgoingMessage, SentMessage};
use super::user_request::UpdateOrigin;

use crate::dialogue::Reply;
use crate::store::{
    AnswerMessage, AnswerMessageId, CompletedUpdate, LoggedQuestion, PersonHash, Upload,
};

/// The most characters of the text that the answer to a callback query can show.
const MAX_TOAST: usize = 200;

/// The effects of a handler, in the order in which they happen.
pub(super) type Effects = Vec<Effect>;

/// An effect of a handler.
pub(super) enum Effect {
    Send {
        to: Destination,
        draft: OutgoingMessage,
        then: Then,
    },
    /// Sends a message that only `receiver` sees or, where that cannot be, `fallback` for everyone.
    SendEphemeral {
        to: Destination,
        receiver: Receiver,
        draft: OutgoingMessage,
        fallback: OutgoingMessage,
        then: Then,
    },
    Edit {
        message: EditTarget,
        draft: OutgoingMessage,
        then: Then,
    },
    SendFile {
        to: Destination,
        file: OutgoingFile,
    },
    /// Answers a callback query: ends the progress bar of the button, and may show a
    /// text for a moment.
    AnswerCallback {
        id: CallbackQueryId,
        toast: Option<String>,
    },
    AnswerInline(Box<AnswerInlineQuery>),
    AnswerGuest(Box<GuestAnswer>),
    /// Keeps in the store that a result of an inline query was sent.
    Record {
        answer: Option<AnswerMessage>,
        logged: LoggedQuestion,
    },
}

/// What to keep in the store about a message after it was sent.
pub(super) enum Then {
    Nothing,
    /// The message answers a question.
    Record(Box<QuestionAsked>),
    /// The message shows a card for which nothing was searched.
    KeepCard(Box<KeptCard>),
    /// The message asks an operator to which passage some words belong. `sorry` is sent if
    /// they cannot be kept.
    KeepWords {
        words: String,
        sorry: OutgoingMessage,
    },
    /// The message shows a transcript that an operator has yet to confirm. `sorry` is sent if
    /// it cannot be kept.
    KeepUpload {
        upload: Upload,
        sorry: OutgoingMessage,
    },
}

impl Then {
    /// Records the question from `origin`, if one was answered. `is_own_message` says whether the message there is the
    /// question itself, whose author may change it.
    pub(super) fn record(
        origin: UpdateOrigin,
        is_own_message: bool,
        answered: Option<AnsweredQuestion>,
    ) -> Self {
        let record =
            |answered| Self::Record(Box::new(QuestionAsked { origin, is_own_message, answered }));
        answered.map_or(Self::Nothing, record)
    }

    /// Keeps the card that a reply shows, if it shows one. `question` is the question that it answers, or an empty text.
    pub(super) fn keep_card(origin: UpdateOrigin, question: String, reply: &Reply) -> Self {
        let keep = |card| Self::KeepCard(Box::new(KeptCard { origin, question, card }));
        card_state::encode(reply).map_or(Self::Nothing, keep)
    }
}

/// A card that may be talked about later.
pub(super) struct KeptCard {
    pub(super) origin: UpdateOrigin,
    /// The question that the card answers, or an empty text.
    pub(super) question: String,
    /// The state of the card; see `card_state`.
    pub(super) card: String,
}

/// A question that was answered, with where and by whom it was asked.
pub(super) struct QuestionAsked {
    pub(super) origin: UpdateOrigin,
    /// Whether the message in `origin` is the question itself, whose author may change it.
    pub(super) is_own_message: bool,
    pub(super) answered: AnsweredQuestion,
}

impl Effect {
    /// Returns the effect that sends a message to where another came from. If only one user saw that, only they see the
    /// reply.
    pub(super) fn reply(origin: &UpdateOrigin, draft: OutgoingMessage) -> Self {
        if origin.is_ephemeral() {
            return Self::personal(origin, draft);
        }
        Self::Send { to: origin.destination(), draft, then: Then::Nothing }
    }

    /// Like [`Self::reply`], for what concerns only the sender: in a group nobody else sees it.
    pub(super) fn personal(origin: &UpdateOrigin, draft: OutgoingMessage) -> Self {
        let (to, then) = (origin.destination(), Then::Nothing);
        match origin.receiver() {
            Some(receiver) => {
                Self::SendEphemeral { to, receiver, fallback: draft.clone(), draft, then }
            }
            None => Self::Send { to, draft, then },
        }
    }
}

/// Ends the progress bar of a button, and shows `toast` for a moment.
pub(super) fn toast(query: &CallbackQuery, words: Option<&str>) -> Effect {
    Effect::AnswerCallback { id: query.id.clone(), toast: words.map(str::to_owned) }
}

/// Replaces the message under which a button was pressed.
pub(super) fn replace(query: &CallbackQuery, draft: OutgoingMessage) -> Option<Effect> {
    replace_then(query, draft, Then::Nothing)
}

/// Like [`replace`], and keeps something in the store.
pub(super) fn replace_then(
    query: &CallbackQuery,
    draft: OutgoingMessage,
    then: Then,
) -> Option<Effect> {
    let message = match (UpdateOrigin::of_press(query), &query.inline_message_id) {
        (Some(origin), _) => EditTarget::in_chat(&origin, origin.message_id),
        (None, Some(inline_id)) => EditTarget::Inline(inline_id.clone()),
        (None, None) => return None,
    };
    Some(Effect::Edit { message, draft, then })
}

impl EditTarget {
    /// Returns a message of the chat of `origin`, which only the sender sees if it is ephemeral.
    pub(super) fn in_chat(origin: &UpdateOrigin, message_id: i32) -> Self {
        let chat_id = origin.chat_id;
        match ephemeral_id(message_id) {
            Some(ephemeral_message_id) => {
                Self::Ephemeral { chat_id, ephemeral_message_id, receiver: origin.sender() }
            }
            None => Self::Chat { chat_id, message_id },
        }
    }

    /// Returns the chat and the id of the message in the store; `None` for a message in inline mode.
    fn place(&self) -> Option<(i64, i32)> {
        match self {
            Self::Chat { chat_id, message_id } => Some((*chat_id, *message_id)),
            Self::Ephemeral { chat_id, ephemeral_message_id, .. } => {
                Some((*chat_id, -ephemeral_message_id))
            }
            Self::Inline(_) => None,
        }
    }
}

impl BotContext {
    /// Performs the effects of an update that was received at `received`, and returns
    /// what to keep in the store. If a message cannot be sent, that is logged, and the
    /// other effects are performed.
    pub(super) async fn perform(
        &self,
        effects: Effects,
        update_id: i64,
        received: Instant,
    ) -> CompletedUpdate {
        let mut done = CompletedUpdate { update_id, ..CompletedUpdate::default() };
        for effect in effects {
            match effect {
                Effect::Send { to, draft, then } => {
                    let sent = self.outbox.send(to, draft, received).await;
                    self.sent(sent, to, then, &mut done).await;
                }
                Effect::SendEphemeral { to, receiver, draft, fallback, then } => {
                    let sent =
                        self.outbox.send_ephemeral(to, receiver, draft, fallback, received).await;
                    self.sent(sent, to, then, &mut done).await;
                }
                Effect::Edit { message, draft, then } => {
                    match (self.outbox.edit(&message, draft, received).await, message.place()) {
                        (Ok(()), Some((chat_id, message_id))) => {
                            let to = Destination { chat_id, topic: None, reply_to: None };
                            self.remember(then, to, message_id, &mut done).await;
                        }
                        (Ok(()), None) => {}
                        (Err(failure), _) => unsent(&failure),
                    }
                }
                Effect::SendFile { to, file } => {
                    if let Err(failure) = self.outbox.send_file(to, &file, received).await {
                        unsent(&failure);
                    }
                }
                Effect::AnswerCallback { id, toast } => self.answer_callback(&id, toast).await,
                Effect::AnswerInline(answer) => {
                    if let Err(failure) = self.outbox.answer_inline_query(&answer).await {
                        tracing::warn!(error = %failure, "an inline query could not be answered");
                    }
                }
                Effect::AnswerGuest(answer) => self.answer_guest(*answer, &mut done).await,
                Effect::Record { answer, logged } => {
                    done.answer = answer;
                    done.question = Some(logged);
                }
            }
        }
        done
    }

    /// Notes that a message was sent, or logs why it was not.
    async fn sent(
        &self,
        sent: Result<SentMessage, ApiError>,
        to: Destination,
        then: Then,
        done: &mut CompletedUpdate,
    ) {
        let failure = match sent {
            Ok(sent) => return self.remember(then, to, sent.id, done).await,
            Err(failure) => failure,
        };
        unsent(&failure);
        if let (ApiError::ResponseLost(_), Then::Record(asked)) = (failure, then) {
            let person = self.store.person(asked.origin.sender_id);
            let chat_kind = asked.origin.chat_kind();
            done.question = Some(logged(person, chat_kind, &asked.answered));
        }
    }

    /// Answers a callback query. Handlers that take long do this themselves before they begin.
    pub(super) async fn answer_callback(&self, id: &CallbackQueryId, toast: Option<String>) {
        let toast = toast.map(|toast| toast.chars().take(MAX_TOAST).collect());
        if let Err(failure) = self.outbox.answer_callback_query(id, toast).await {
            tracing::debug!(error = %failure, "a button press could not be answered");
        }
    }

    async fn remember(
        &self,
        then: Then,
        to: Destination,
        message_id: i32,
        done: &mut CompletedUpdate,
    ) {
        let at = (to.chat_id, message_id.into());
        let (is_kept, sorry) = match then {
            Then::Nothing => return,
            Then::Record(asked) => return self.record(*asked, message_id, done),
            Then::KeepCard(kept) => return self.keep_card(*kept, message_id, done),
            Then::KeepWords { words, sorry } => (self.store.keep_draft(at, &words).await, sorry),
            // If the program ends before this, the update is handled anew after the next start.
            Then::KeepUpload { upload, sorry } => {
                (self.store.keep_upload(at, &upload).await, sorry)
            }
        };
        if is_kept.is_err()
            && let Err(failure) = self.outbox.send(to, sorry, Instant::now()).await
        {
            unsent(&failure);
        }
    }

    /// Adds the question to what is kept about the update: for the message that answers it, and
    /// for the question log.
    fn record(&self, asked: QuestionAsked, answer_id: i32, done: &mut CompletedUpdate) {
        let QuestionAsked { origin, is_own_message, answered } = asked;
        let person = self.store.person(origin.sender_id);
        done.question = Some(logged(person, origin.chat_kind(), &answered));
        let AnsweredQuestion { outcome, is_missed, card, .. } = answered;
        done.answer = Some(AnswerMessage {
            id: AnswerMessageId::Message {
                chat_id: origin.chat_id,
                message_id: answer_id.into(),
                asked_id: if is_own_message { origin.message_id.into() } else { 0 },
            },
            person: Some(person),
            question: match outcome {
                outcome if is_missed => outcome.question,
                // What found nothing is no topic to go on with.
                outcome if outcome.passages.is_empty() => String::new(),
                outcome => outcome.topic,
            },
            is_missed,
            card,
        });
    }

    /// Adds the card to what is kept about the update.
    fn keep_card(&self, kept: KeptCard, message_id: i32, done: &mut CompletedUpdate) {
        let KeptCard { origin, question, card } = kept;
        done.answer = Some(AnswerMessage {
            id: AnswerMessageId::Message {
                chat_id: origin.chat_id,
                message_id: message_id.into(),
                asked_id: 0,
            },
            person: Some(self.store.person(origin.sender_id)),
            question,
            is_missed: false,
            card: Some(card),
        });
    }

    /// Answers a guest message, and notes what was asked.
    async fn answer_guest(&self, answer: GuestAnswer, done: &mut CompletedUpdate) {
        let GuestAnswer { query, result, sender_id, answered } = answer;
        let sent = match self.answer_guest_query(&query, &result).await {
            Ok(sent) => sent,
            Err(failure) => {
                return tracing::warn!(error = %failure, "a guest message could not be answered");
            }
        };
        let Some(answered) = answered else { return };
        let person = self.store.person(sender_id);
        done.question = Some(logged(person, "guest", &answered));
        let outcome = answered.outcome;
        done.answer = sent.filter(|_| !outcome.passages.is_empty()).map(|id| AnswerMessage {
            id: AnswerMessageId::Inline(id),
            person: Some(person),
            question: outcome.topic,
            is_missed: false,
            card: None,
        });
    }
}

/// Returns the line for the question log.
fn logged(
    person: PersonHash,
    chat_kind: &'static str,
    answered: &AnsweredQuestion,
) -> LoggedQuestion {
    let AnsweredQuestion { outcome, elapsed_us, .. } = answered;
    LoggedQuestion {
        person: Some(person),
        chat_kind,
        question: outcome.question.clone(),
        verdict: outcome.verdict.as_str(),
        passage: outcome.passages.first().map(ToString::to_string),
        elapsed_us: *elapsed_us,
    }
}

/// Logs why a reply was not sent, or that it is not known whether it was sent.
fn unsent(failure: &ApiError) {
    let error = failure as &dyn std::error::Error;
    match failure {
        ApiError::TooLate => {
            tracing::warn!("an answer came too late for its chat and was dropped");
        }
        ApiError::ResponseLost(_) => {
            tracing::warn!(error, "a message was most likely sent, and is not sent again");
        }
        _ => tracing::warn!(error, "a reply could not be sent"),
    }
}
