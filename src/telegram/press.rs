//! Pressed buttons. Every press is answered, whatever comes of it.

use teloxide_core::types::{BotCommandScope, ChatId};

use super::handler::{Handler, line, unsent};
use super::outbox::{Address, Draft};
use super::read::{Place, Pressed};
use super::settings::{self, Choice};
use super::setup::{self, Menu, set_commands};
use super::update::CallbackQuery;
use crate::dialogue::callback_data::Press;
use crate::dialogue::{Intent, Phrases, Reader, Reply, View};
use crate::store::{Asked, AskedAt, Done, Rating, Settings};

/// Characters of the line that a press can show.
const MAX_TOAST: usize = 200;

impl Handler {
    /// Does what a button does.
    pub(super) async fn press(&self, press: &CallbackQuery, pressed: Pressed, done: &mut Done) {
        let settings = self.chats.settings(press.chat_id()).await;
        let reader = self.reader(&settings, press.from.language_code.as_deref());
        let phrases = Phrases::of(reader.language);
        match pressed {
            Pressed::Dialogue(Press::Do(intent)) => self.turn(press, intent, reader, done).await,
            Pressed::Dialogue(Press::Rate { view, good }) => {
                let is_kept = self.rate(press, &view, good).await;
                let words = &phrases.telegram;
                self.answer(press, Some(if is_kept { &words.thanks } else { &words.not_kept }))
                    .await;
            }
            Pressed::Choice(Choice::Forget) => self.forget(press, phrases, done).await,
            Pressed::Choice(choice) => self.choose(press, choice, settings, done).await,
            Pressed::Dialogue(Press::Picture(view)) => {
                self.send_picture(press, view, reader, done).await;
            }
            Pressed::Operator(what) if self.me.obeys(press.chat_id(), press.from.id) => {
                self.press_operator(press, what, phrases, done).await;
            }
            Pressed::Operator(_) | Pressed::Unknown => {
                self.answer(press, Some(&phrases.telegram.old_button)).await;
            }
        }
    }

    /// Shows another reply: in place of the one that was pressed, or below it where that one is a
    /// list to come back to.
    async fn turn(&self, press: &CallbackQuery, intent: Intent, reader: Reader, done: &mut Done) {
        let intent = match intent {
            Intent::Show { view, .. } => {
                let question = self.question_of(press).await;
                Intent::Show { view, question }
            }
            intent => intent,
        };
        let is_card = matches!(intent, Intent::Show { .. });
        let opens =
            matches!(intent, Intent::Example { .. } | Intent::Turn { .. } | Intent::Open { .. });
        let (reply, answered) = self.ask_service(&intent, reader);
        if let Reply::Notice(notice) = &reply
            && is_card
        {
            return self.answer(press, Some(notice)).await;
        }
        self.answer(press, None).await;
        let draft = self.draw(&reply, press.message.as_ref().map(|message| message.chat.kind));
        let Some(place) = press.place().filter(|_| opens) else {
            return self.put(press, draft, done).await;
        };
        let to = Address { reply_to: None, ..place.address() };
        match self.outbox.send(to, draft).await {
            Ok(sent) => {
                if let Some(answered) = answered {
                    self.note(&place, sent.id, answered, done);
                    forget_asker(done);
                }
            }
            Err(failure) => unsent(done, &failure),
        }
    }

    /// Keeps a rating. False if it could not be kept.
    async fn rate(&self, press: &CallbackQuery, view: &View, good: bool) -> bool {
        let Some(shown) = view.open() else { return false };
        let engine = self.service.engine();
        let Some(passage) = engine.library().passage(shown.key) else { return false };
        let rating = Rating {
            person: self.store.person(press.from.id),
            passage: passage.id.to_string(),
            question: self.question_of(press).await.unwrap_or_default(),
            good,
        };
        self.store.rate(&rating).await.is_ok()
    }

    /// Deletes what is kept of who presses.
    async fn forget(&self, press: &CallbackQuery, phrases: &Phrases, done: &mut Done) {
        let words = &phrases.telegram;
        let is_forgotten = self.store.forget_person(press.from.id).await.is_ok();
        // A user's private chat has the user's number.
        if !is_forgotten || !self.chats.forget(press.from.id).await {
            return self.answer(press, Some(&words.not_kept)).await;
        }
        self.answer(press, Some(&words.forgotten)).await;
        self.put(press, line(&words.forgotten), done).await;
    }

    /// Keeps a choice for the chat, and shows it.
    async fn choose(
        &self,
        press: &CallbackQuery,
        choice: Choice,
        mut settings: Settings,
        done: &mut Done,
    ) {
        let code = press.from.language_code.as_deref();
        let before = Phrases::of(self.reader(&settings, code).language);
        let chat_id = press.chat_id();
        let is_private = chat_id == press.from.id;
        if !is_private && !self.is_admin(chat_id, press.from.id).await {
            return self.answer(press, Some(&before.telegram.admins_only)).await;
        }
        let engine = self.service.engine();
        let interview = |key| Some(engine.library().passage(key)?.id.slug().to_owned());
        choice.apply(&mut settings, interview);
        if !self.chats.set_settings(chat_id, &settings).await {
            return self.answer(press, Some(&before.telegram.not_kept)).await;
        }
        let reader = self.reader(&settings, code);
        let phrases = Phrases::of(reader.language);
        self.answer(press, Some(&phrases.telegram.saved)).await;
        let page = match (choice, &press.message) {
            (Choice::Within(_), Some(message)) => {
                self.sources(message.chat.kind, &settings, reader)
            }
            _ => settings::page(&settings, phrases),
        };
        self.put(press, page, done).await;
        if matches!(choice, Choice::Language(_)) {
            self.translate_menu(chat_id, phrases, is_private).await;
        }
    }

    /// The chat's command menu, in the language that it chose.
    async fn translate_menu(&self, chat_id: i64, phrases: &Phrases, is_private: bool) {
        let menu = match is_private {
            true if self.me.obeys(chat_id, chat_id) => Menu::Operator,
            true => Menu::Private,
            false => Menu::Group,
        };
        let scope = BotCommandScope::Chat { chat_id: ChatId(chat_id).into() };
        let set = set_commands(self, scope, setup::commands(phrases, menu), None).await;
        if let Err(failure) = set {
            tracing::debug!(error = %failure, "a menu could not be translated");
        }
    }

    /// The question that the pressed message answers, if it is still known.
    async fn question_of(&self, press: &CallbackQuery) -> Option<String> {
        let question = match (&press.message, &press.inline_message_id) {
            (Some(message), _) => self.store.question_of(message.chat.id, message.id.into()).await,
            (None, Some(inline_id)) => self.store.question_of_inline(inline_id).await,
            (None, None) => return None,
        };
        question.ok().flatten()
    }

    /// Tells Telegram that the press was noticed.
    pub(super) async fn answer(&self, press: &CallbackQuery, toast: Option<&str>) {
        let toast = toast.map(|toast| toast.chars().take(MAX_TOAST).collect());
        if let Err(failure) = self.outbox.answer_press(&press.id, toast).await {
            tracing::debug!(error = %failure, "a press could not be answered");
        }
    }

    /// Puts a draft in the place of the pressed message.
    pub(super) async fn put(&self, press: &CallbackQuery, draft: Draft, done: &Done) {
        let put = match (&press.message, &press.inline_message_id) {
            (Some(message), _) => self.outbox.edit(message.chat.id, message.id, draft).await,
            (None, Some(inline_id)) => self.outbox.edit_inline(inline_id, draft).await,
            (None, None) => Ok(()),
        };
        if let Err(failure) = put {
            unsent(done, &failure);
        }
    }
}

impl CallbackQuery {
    /// The chat whose settings count: where the message stands, or the presser's own.
    fn chat_id(&self) -> i64 {
        self.message.as_ref().map_or(self.from.id, |message| message.chat.id)
    }

    /// Where the pressed message stands; none for one that was sent by way of inline mode.
    pub(super) fn place(&self) -> Option<Place> {
        let message = self.message.as_ref()?;
        Some(Place {
            chat_id: message.chat.id,
            kind: message.chat.kind,
            topic: message.topic(),
            message_id: message.id,
            sender_id: self.from.id,
            language_code: self.from.language_code.clone(),
        })
    }
}

/// The pressed message is ours: nobody can edit a question in it.
fn forget_asker(done: &mut Done) {
    if let Some(Asked { at: AskedAt::Message { asked_id, .. }, .. }) = &mut done.asked {
        *asked_id = 0;
    }
}
