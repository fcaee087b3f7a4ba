//! What is done about a wish: read ▸ service ▸ render, for messages and chats. Presses and inline
//! queries have files of their own.

use std::sync::Arc;
use std::time::Instant;

use teloxide_core::payloads::GetChatMember;
use teloxide_core::types::{ChatId, UserId};

use super::Options;
use super::api::Failure;
use super::chats::Chats;
use super::flood::Admission;
use super::html::escape;
use super::intake::Job;
use super::outbox::{Address, Draft, Outbox};
use super::picture::Gallery;
use super::read::{Me, Place, Saying, Wish};
use super::render::{Frame, render};
use super::settings::{self, chosen_language, chosen_script};
use super::setup;
use super::update::{ChatKind, ChatMember, ChatMemberUpdated};
use crate::dialogue::{
    Intent, Language, Outcome, Phrases, Reader, Reply, fill, opens_as_follow_up,
};
use crate::reload::Follower;
use crate::service::Service;
use crate::store::{Asked, AskedAt, Done, LoggedQuestion, Settings, Store};

/// Everything that answering takes.
pub(super) struct Handler {
    pub(super) service: Arc<Service>,
    pub(super) store: Store,
    pub(super) outbox: Outbox,
    pub(super) chats: Arc<Chats>,
    pub(super) me: Me,
    /// Who is spoken to where nothing else is known.
    pub(super) reader: Reader,
    pub(super) options: Options,
    /// Where the reader pages are; empty where there are none.
    pub(super) public_url: String,
    /// Builds what operators add.
    pub(super) follower: Arc<Follower>,
    pub(super) gallery: Gallery,
}

/// What came of a question, and how long it took.
pub(super) struct Answered {
    pub(super) outcome: Outcome,
    pub(super) elapsed_us: i64,
}

impl Handler {
    /// Does what an update asks for, and says what to note of it.
    pub(super) async fn handle(&self, job: Job) -> Done {
        let mut done = Done { update_id: job.update_id, ..Done::default() };
        match job.wish {
            Wish::Reply { place, saying } => {
                if self.chats.welcome_us(place.chat_id, job.arrival).await {
                    self.reply(&place, saying, job.admission, &mut done).await;
                }
            }
            Wish::Correct { place, saying } => {
                if job.admission == Admission::Answer {
                    self.correct(&place, saying, &mut done).await;
                }
            }
            Wish::Press(press, pressed) => self.press(&press, pressed, &mut done).await,
            Wish::Inline(query) => self.answer_inline(&query).await,
            Wish::Chosen(chosen) => self.count_chosen(chosen, &mut done),
            Wish::Member(change) => self.change_member(&change).await,
            Wish::Migrated { from, to } => self.chats.migrate(from, to).await,
        }
        done
    }

    async fn reply(&self, place: &Place, saying: Saying, admission: Admission, done: &mut Done) {
        let saying = match saying {
            Saying::Operator(order) if admission == Admission::Answer => {
                return self.obey(place, order, done).await;
            }
            Saying::Ask { question, about: Some(about) }
                if self.me.obeys(place.chat_id, place.sender_id) =>
            {
                match self.draft_at((place.chat_id, about.into())).await {
                    Some(draft) => return self.take_words(place, &draft, &question, done).await,
                    None => Saying::Ask { question, about: Some(about) },
                }
            }
            saying => saying,
        };
        if saying == Saying::Plain(Intent::Start) && self.me.obeys(place.chat_id, place.sender_id) {
            setup::register_operator(self, place.chat_id).await;
        }
        let settings = self.chats.settings(place.chat_id).await;
        let reader = self.reader(&settings, place.language_code.as_deref());
        let phrases = Phrases::of(reader.language);
        let mut answered = None;
        let draft = match saying {
            _ if admission == Admission::Warn => line(&phrases.telegram.flooded),
            Saying::Ask { question, about } => {
                let (reply, outcome) =
                    self.look_up(place, question, about, &settings, reader).await;
                answered = outcome;
                self.draw(&reply, Some(place.kind))
            }
            Saying::Open(link) => self.say(place, &link.intent(reader), reader).0,
            Saying::Plain(Intent::Source) => self.sources(place.kind, &settings, reader),
            Saying::Plain(Intent::Help) => self.help(place, reader),
            Saying::Plain(intent) => self.say(place, &intent, reader).0,
            Saying::Settings if self.may_set(place).await => settings::page(&settings, phrases),
            Saying::Settings => line(&phrases.telegram.admins_only),
            Saying::Privacy => self.privacy(place, reader),
            Saying::Operator(_) | Saying::Nothing => line(&phrases.telegram.nothing),
            Saying::Wordless => line(&phrases.telegram.wordless),
            Saying::UnknownCommand => line(&phrases.telegram.unknown_command),
        };
        let sent = match self.outbox.send(place.address(), draft).await {
            Ok(sent) => sent,
            Err(failure) => return unsent(done, &failure),
        };
        if let Some(answered) = answered {
            self.note(place, sent.id, answered, done);
        }
    }

    /// The question of an answer was changed: the answer changes with it.
    async fn correct(&self, place: &Place, saying: Saying, done: &mut Done) {
        let Saying::Ask { question, .. } = saying else { return };
        let answer = self.store.answer_to(place.chat_id, place.message_id.into()).await;
        let Some(message_id) = answer.ok().flatten().and_then(|id| i32::try_from(id).ok()) else {
            return;
        };
        let settings = self.chats.settings(place.chat_id).await;
        let reader = self.reader(&settings, place.language_code.as_deref());
        let within = self.kept_to(&settings);
        let intent = Intent::Ask { question, before: None, within };
        let (draft, answered) = self.say(place, &intent, reader);
        if let Err(failure) = self.outbox.edit(place.chat_id, message_id, draft).await {
            return unsent(done, &failure);
        }
        if let Some(answered) = answered {
            self.note(place, message_id, answered, done);
        }
    }

    /// We came into a chat, or left it.
    async fn change_member(&self, change: &ChatMemberUpdated) {
        let chat_id = change.chat.id;
        let is_private = change.chat.kind == ChatKind::Private;
        if !change.is_in() {
            self.chats.block(chat_id).await;
            if !is_private {
                self.chats.forget(chat_id).await;
            }
            return;
        }
        self.chats.unblock(chat_id).await;
        if change.was_in() || is_private || change.chat.kind == ChatKind::Channel {
            return;
        }
        let settings = self.chats.settings(chat_id).await;
        let reader = self.reader(&settings, change.from.language_code.as_deref());
        let to = Address { chat_id, topic: None, reply_to: None };
        let draft = line(&self.named(&Phrases::of(reader.language).telegram.joined));
        if let Err(failure) = self.outbox.send(to, draft).await {
            tracing::debug!(error = %failure, "a group could not be greeted");
        }
    }

    /// Lets the service answer, and draws what it says.
    fn say(&self, place: &Place, intent: &Intent, reader: Reader) -> (Draft, Option<Answered>) {
        let (reply, answered) = self.ask_service(intent, reader);
        (self.draw(&reply, Some(place.kind)), answered)
    }

    /// Draws a reply for a kind of chat, or, with none, for inline mode.
    pub(super) fn draw(&self, reply: &Reply, chat: Option<ChatKind>) -> Draft {
        render(reply, Frame { chat, public_url: &self.public_url })
    }

    /// Lets the service answer.
    pub(super) fn ask_service(&self, intent: &Intent, reader: Reader) -> (Reply, Option<Answered>) {
        let started = Instant::now();
        let reply = self.service.handle(intent, reader);
        let elapsed_us = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
        let answered = reply.outcome().cloned().map(|outcome| Answered { outcome, elapsed_us });
        (reply, answered)
    }

    /// Who is spoken to: as the chat chose, else as the user's client tells, else as configured.
    pub(super) fn reader(&self, settings: &Settings, language_code: Option<&str>) -> Reader {
        let own = language_code.map(Language::of_tag);
        Reader {
            language: chosen_language(settings).or(own).unwrap_or(self.reader.language),
            script: chosen_script(settings).unwrap_or(self.reader.script),
        }
    }

    /// Only a group's admins may change its settings.
    pub(super) async fn is_admin(&self, chat_id: i64, user_id: i64) -> bool {
        let Ok(user) = u64::try_from(user_id) else { return false };
        let call = GetChatMember::new(ChatId(chat_id), UserId(user));
        let member: Result<ChatMember, Failure> = self.outbox.call(&call).await;
        member.is_ok_and(|member| member.is_admin())
    }

    /// Notes what was asked, for the message that answers it and for the log.
    pub(super) fn note(&self, place: &Place, answer_id: i32, answered: Answered, done: &mut Done) {
        let person = Some(self.store.person(place.sender_id));
        let Answered { outcome, elapsed_us } = answered;
        done.asked = Some(Asked {
            at: AskedAt::Message {
                chat_id: place.chat_id,
                message_id: answer_id.into(),
                asked_id: place.message_id.into(),
            },
            person,
            // What found nothing is no topic to go on with.
            question: if outcome.passages.is_empty() { String::new() } else { outcome.searched },
        });
        done.question = Some(LoggedQuestion {
            person,
            chat_kind: place.kind.name(),
            question: outcome.question,
            verdict: outcome.verdict.as_str(),
            passage: outcome.passages.first().map(ToString::to_string),
            elapsed_us,
        });
    }

    /// Answers a question; one that goes on with a topic, or says nothing by itself, with that. The
    /// topic is looked up only where it can matter.
    async fn look_up(
        &self,
        place: &Place,
        question: String,
        about: Option<i32>,
        settings: &Settings,
        reader: Reader,
    ) -> (Reply, Option<Answered>) {
        let goes_on = opens_as_follow_up(&question);
        let before = if goes_on { self.topic(place, about).await } else { None };
        let within = self.kept_to(settings);
        let intent = Intent::Ask { question: question.clone(), before, within: within.clone() };
        let (reply, answered) = self.ask_service(&intent, reader);
        let says_nothing = answered.as_ref().is_some_and(|a| !a.outcome.asks_something);
        if says_nothing && !goes_on {
            let before = self.topic(place, about).await;
            return self.ask_service(&Intent::Ask { question, before, within }, reader);
        }
        (reply, answered)
    }

    /// The topic that a question may go on with: that of the answer it replies to, or, in a private
    /// chat, the last one if it is not long ago.
    async fn topic(&self, place: &Place, about: Option<i32>) -> Option<String> {
        let topic = match about {
            Some(message_id) => self.store.question_of(place.chat_id, message_id.into()).await,
            None if place.kind == ChatKind::Private => {
                let seconds = self.options.follow_up_seconds.into();
                self.store.last_question(place.chat_id, seconds).await
            }
            None => return None,
        };
        topic.ok().flatten()
    }

    /// Anybody may set their private chat; an anonymous admin speaks in the group's name.
    async fn may_set(&self, place: &Place) -> bool {
        place.kind == ChatKind::Private
            || place.sender_id == place.chat_id
            || self.is_admin(place.chat_id, place.sender_id).await
    }

    /// The slug of the interview that a chat wants searched, if there is a choice and it still is one.
    fn kept_to(&self, settings: &Settings) -> Option<String> {
        let slug = settings.interview.as_ref()?;
        let engine = self.service.engine();
        let is_choice = engine.library().corpus().interviews.len() > 1;
        (is_choice && engine.library().named(slug).is_some()).then(|| slug.clone())
    }

    /// The interviews, and, where there are several, which one to search.
    pub(super) fn sources(&self, chat: ChatKind, settings: &Settings, reader: Reader) -> Draft {
        let (mut reply, _) = self.ask_service(&Intent::Source, reader);
        let listings = self.service.engine().listings(reader);
        if listings.len() < 2 {
            return self.draw(&reply, Some(chat));
        }
        let how = &Phrases::of(reader.language).telegram.keep_to;
        if let Reply::Sources(sources) = &mut reply {
            sources.note = Some(how.clone());
        }
        let mut draft = self.draw(&reply, Some(chat));
        let buttons = settings::interview_buttons(&listings, settings);
        draft.keyboard.inline_keyboard.splice(0..0, buttons);
        draft
    }

    fn help(&self, place: &Place, reader: Reader) -> Draft {
        let (mut reply, _) = self.ask_service(&Intent::Help, reader);
        let more = Phrases::of(reader.language).telegram.help.join("\n");
        if let Reply::Notice(text) = &mut reply {
            *text = format!("{text}\n{}", self.named(&more));
        }
        self.draw(&reply, Some(place.kind))
    }

    fn privacy(&self, place: &Place, reader: Reader) -> Draft {
        let (mut draft, _) = self.say(place, &Intent::Privacy, reader);
        if place.kind == ChatKind::Private {
            draft.keyboard = settings::forget_button(Phrases::of(reader.language));
        }
        draft
    }

    /// A phrase with the bot's own name in it.
    fn named(&self, phrase: &str) -> String {
        fill(phrase, &[("bot", &self.me.username)])
    }
}

impl Place {
    /// Where the answer goes: into the same topic, and, where others speak too, as a reply.
    pub(super) fn address(&self) -> Address {
        let is_private = self.kind == ChatKind::Private;
        Address {
            chat_id: self.chat_id,
            topic: self.topic,
            reply_to: (!is_private).then_some(self.message_id),
        }
    }
}

/// A line of the bot's own.
pub(super) fn line(words: &str) -> Draft {
    Draft { html: escape(words), keyboard: teloxide_core::types::InlineKeyboardMarkup::default() }
}

/// Says why a reply did not go out.
pub(super) fn unsent(done: &Done, failure: &Failure) {
    tracing::warn!(
        update_id = done.update_id,
        error = failure as &dyn std::error::Error,
        "a reply could not be sent"
    );
}
