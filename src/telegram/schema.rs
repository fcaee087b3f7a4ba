//! Which update reaches which handler: the bot's behaviour on one page.
//!
//! Handlers get what they ask for by type: the context, the teloxide type of the update, where it
//! came from (`UpdateOrigin`), whom to speak to (`Audience`), and what the branch took out of it. They
//! return the [`Effects`] that they want.

use std::sync::Arc;

use teloxide::dispatching::{DpHandlerDescription, UpdateFilterExt};
use teloxide::dptree::{self, Handler, case};
use teloxide::types::{CallbackQuery, ChatId, Message, Update};

use super::arrival::Arrival;
use super::callback_query::{self, ButtonPress, settings_chat};
use super::command::{OperatorCommand, UserCommand};
use super::context::{Audience, BotContext};
use super::effects::Effects;
use super::flood::Admission;
use super::operator::{self, ReplyToWords};
use super::sanitize::GuestQueryId;
use super::user_request::{UpdateOrigin, UserRequest};
use super::{conversation, daily, follow, guest, inline, quiet, saved};

type Context = Arc<BotContext>;
pub(super) type Schema = Handler<'static, Effects, DpHandlerDescription>;

/// Returns the tree of handlers for all kinds of updates.
pub(super) fn schema() -> Schema {
    dptree::entry()
        .branch(guest_messages())
        .branch(Update::filter_message().branch(migration()).branch(messages()))
        .branch(Update::filter_callback_query().branch(buttons()))
        .branch(Update::filter_inline_query().endpoint(inline::answer))
        .branch(Update::filter_chosen_inline_result().endpoint(inline::record_choice))
        .branch(Update::filter_edited_message().branch(corrections()))
        .branch(Update::filter_my_chat_member().endpoint(conversation::change_membership))
        .branch(Update::filter_channel_post().branch(messages()))
        .branch(Update::filter_edited_channel_post().branch(corrections()))
}

/// Mentions of the bot in chats that it is not a member of. They come first, because they are messages as
/// well, and nothing else may be sent to their chats.
fn guest_messages() -> Schema {
    dptree::filter_map(|query: Option<GuestQueryId>| query)
        .chain(Update::filter_message())
        .endpoint(guest::answer)
}

/// Handles the note that a group was upgraded to a supergroup.
fn migration() -> Schema {
    dptree::filter_map(|message: Message| message.migrate_to_chat_id().copied()).endpoint(
        |context: Context, message: Message, to: ChatId| async move {
            context.chats.migrate(message.chat.id.0, to.0).await;
            Effects::new()
        },
    )
}

/// Handles messages that address the bot in chats that have not removed it.
fn messages() -> Schema {
    dptree::filter_map(said)
        .map(|message: Message| UpdateOrigin::of_message(&message))
        .filter_async(is_welcome)
        .map_async(audience)
        .branch(dptree::filter(is_flood).endpoint(conversation::flooded))
        .branch(operators())
        .branch(commands())
        .branch(case![UserRequest::Question { question, about }].endpoint(conversation::answer))
        .branch(case![UserRequest::Nothing].endpoint(conversation::nothing))
        .branch(case![UserRequest::Wordless].endpoint(conversation::wordless))
        .branch(case![UserRequest::UnknownCommand].endpoint(conversation::unknown_command))
}

/// Handles the commands for everybody, except `/ask`, which is read as a question.
fn commands() -> Schema {
    case![UserRequest::Command(command)]
        .branch(case![UserCommand::Start(parameter)].endpoint(conversation::start))
        .branch(case![UserCommand::Topics(page)].endpoint(conversation::topics))
        .branch(case![UserCommand::Random].endpoint(conversation::random))
        .branch(case![UserCommand::Source].endpoint(conversation::source))
        .branch(case![UserCommand::Saved].endpoint(saved::list))
        .branch(case![UserCommand::Daily(argument)].endpoint(daily::command))
        .branch(case![UserCommand::Follow].endpoint(follow::command))
        .branch(case![UserCommand::Settings].endpoint(conversation::settings))
        .branch(case![UserCommand::Privacy].endpoint(conversation::privacy))
        .branch(case![UserCommand::Help].endpoint(conversation::help))
}

/// Handles what only operators may ask for, in their private chats with the bot.
fn operators() -> Schema {
    dptree::filter(|context: Context, origin: UpdateOrigin| {
        context.bot.obeys(origin.chat_id, origin.sender_id)
    })
    .branch(
        case![UserRequest::OperatorCommand(command)]
            .branch(case![OperatorCommand::Stats].endpoint(operator::stats))
            .branch(case![OperatorCommand::Unanswered].endpoint(operator::unanswered))
            .branch(case![OperatorCommand::Reload].endpoint(operator::reload))
            .branch(case![OperatorCommand::Export].endpoint(operator::export)),
    )
    .branch(case![UserRequest::File(document, caption)].endpoint(operator::receive_file))
    .branch(dptree::filter_map_async(ReplyToWords::of).endpoint(operator::take_words))
}

/// Handles questions that were edited.
fn corrections() -> Schema {
    dptree::filter_map(said)
        .filter(|admission: Admission| admission == Admission::Answer)
        .map(|message: Message| UpdateOrigin::of_message(&message))
        .map_async(audience)
        .endpoint(conversation::correct)
}

/// Returns the part of the tree that handles pressed buttons.
fn buttons() -> Schema {
    dptree::map(|query: CallbackQuery, context: Context| ButtonPress::of(&query, &context))
        .map_async(audience_of_press)
        .branch(dptree::filter(is_flood).endpoint(callback_query::flooded))
        .branch(case![ButtonPress::Dialogue(press)].endpoint(callback_query::dialogue))
        .branch(case![ButtonPress::Settings(choice)].endpoint(callback_query::change_settings))
        .branch(case![ButtonPress::Saved(button)].endpoint(saved::press))
        .branch(case![ButtonPress::Daily(button)].endpoint(daily::press))
        .branch(case![ButtonPress::Follow(button)].endpoint(follow::press))
        .branch(case![ButtonPress::Post(button)].endpoint(quiet::post))
        .branch(case![ButtonPress::Operator(press)].endpoint(operator::press))
        .branch(case![ButtonPress::Unknown].endpoint(callback_query::outdated))
}

#[expect(clippy::needless_pass_by_value, reason = "dptree hands out clones")]
fn said(context: Context, message: Message) -> Option<UserRequest> {
    UserRequest::of(&message, &context.bot)
}

/// Returns whether a chat may be answered. A message that was received after the bot was removed
/// from its chat shows that the bot has been added again.
async fn is_welcome(context: Context, origin: UpdateOrigin, arrival: Arrival) -> bool {
    context.chats.welcome_us(origin.chat_id, arrival.number).await
}

fn is_flood(admission: Admission) -> bool {
    admission == Admission::Warn
}

async fn audience(context: Context, origin: UpdateOrigin) -> Audience {
    context.audience(origin.chat_id, origin.language_code.as_deref()).await
}

async fn audience_of_press(context: Context, query: CallbackQuery) -> Audience {
    context.audience(settings_chat(&query), query.from.language_code.as_deref()).await
}
