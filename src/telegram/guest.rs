//! Guest mode: questions of users who mention the bot in a chat that it is not a member of.
//!
//! Telegram takes one answer to such a mention, within some seconds, and gives the bot no other access
//! to the chat. The answer is a result as in inline mode, and so are its buttons: they carry everything
//! that a press needs.

use std::sync::Arc;

use teloxide::types::{InlineQueryResult, Message};

use super::context::{BotContext, line};
use super::effects::{Effect, Effects};
use super::flood::Admission;
use super::guest_answer::GuestAnswer;
use super::inline::article;
use super::sanitize::GuestQueryId;
use super::user_request::{guest_question, sender_id};
use crate::dialogue::{Intent, Phrases};

/// The id of the only result.
const RESULT_ID: &str = "guest";

/// Answers a guest message, unless its sender asks too much. A warning about that would be seen by
/// everybody in the chat.
pub(super) async fn answer(
    context: Arc<BotContext>,
    message: Message,
    query: GuestQueryId,
    admission: Admission,
) -> Effects {
    if admission != Admission::Answer {
        return Effects::new();
    }
    let sender_id = sender_id(&message);
    let question = guest_question(&message, &context.bot);
    let settings = context.chats.settings(sender_id).await;
    let language_code = message.from.as_ref().and_then(|user| user.language_code.as_deref());
    let (reader, _) = context.reader_of(&question, language_code, settings);
    let (title, (draft, answered)) = if question.is_empty() {
        let how = context.with_username(&Phrases::of(reader.language).telegram.guest_nothing);
        let message = line(&how);
        (how, (message, None))
    } else {
        let intent = Intent::Ask { question: question.clone(), before: None, within: None };
        let (reply, answered) = context.ask_service(&intent, reader);
        (question, (context.draw(&reply, None), answered))
    };
    let result = InlineQueryResult::Article(article(RESULT_ID.to_owned(), &title, draft));
    vec![Effect::AnswerGuest(Box::new(GuestAnswer { query, result, sender_id, answered }))]
}
