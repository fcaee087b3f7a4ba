//! The setup at the start: the bot asks Telegram for its account, checks the settings made with
//! @BotFather, and registers its commands and descriptions.

use std::sync::Arc;

use reqwest::Url;
use serde::Deserialize;
use teloxide::payloads::{GetMe, SetChatMenuButton, SetMyDescription, SetMyShortDescription};
use teloxide::types::{BotCommandScope, ChatId, MenuButton, True, WebAppInfo};
use tokio::time::sleep;

use super::Error;
use super::api::{Api, ApiError};
use super::command::{Menu, menu};
use super::context::BotContext;
use super::ephemeral::{MenuCommand, SetCommands};
use super::retries::Retries;
use super::user_request::BotIdentity;
use crate::dialogue::{Language, Phrases, fill};

/// The fields of the bot's account that are used.
#[derive(Deserialize)]
struct BotUser {
    id: i64,
    #[serde(default)]
    username: String,
    #[serde(default)]
    can_join_groups: bool,
    #[serde(default)]
    can_read_all_group_messages: bool,
    #[serde(default)]
    supports_inline_queries: bool,
    /// `None` on a server older than Bot API 10.0, which has no guest mode.
    supports_guest_queries: Option<bool>,
}

/// The languages of menus and descriptions, with their codes. Telegram takes two-letter codes,
/// which do not tell the Chinese scripts apart: `zh` gets Simplified Chinese, and users of other
/// languages get Traditional Chinese, the script of the interviews.
const LANGUAGES: [(Language, Option<&str>); 3] =
    [(Language::ZhHant, None), (Language::ZhHans, Some("zh")), (Language::En, Some("en"))];

/// Asks Telegram for the bot's account, as long as waiting can help, and logs which settings differ
/// from what the bot needs.
pub(super) async fn introduce(api: &Api, operators: &[i64]) -> Result<BotIdentity, Error> {
    let mut retries = Retries::default();
    let bot: BotUser = loop {
        match api.call(&GetMe::new()).await {
            Ok(bot) => break bot,
            Err(failure) => sleep(retries.pause(api, &failure).await?).await,
        }
    };
    if !bot.supports_inline_queries {
        tracing::warn!(
            "inline mode is off, so nobody can quote from other chats; hint: tell @BotFather /setinline, then /setinlinefeedback and 100% to have sent results counted"
        );
    }
    if bot.supports_guest_queries == Some(false) {
        tracing::warn!(
            "guest mode is off, so nobody can ask the bot in chats that it is not a member of; hint: open the Mini App of @BotFather, choose the bot, and turn on Guest Mode"
        );
    }
    if !bot.can_join_groups {
        tracing::warn!(
            "the bot cannot join groups; hint: tell @BotFather /setjoingroups and Enable"
        );
    }
    if bot.can_read_all_group_messages {
        tracing::warn!(
            "privacy mode is off, so Telegram sends all that is said in groups; hint: tell @BotFather /setprivacy and Enable, then remove the bot from its groups and add it again"
        );
    }
    tracing::info!(
        bot = bot.username,
        "connected; to have sent inline results counted, tell @BotFather /setinlinefeedback and 100%"
    );
    Ok(BotIdentity { id: bot.id, username: bot.username, operators: operators.to_vec() })
}

/// Registers commands and descriptions in every language.
pub(super) async fn register(context: Arc<BotContext>) {
    for (language, code) in LANGUAGES {
        if let Err(failure) = register_language(&context, language, code).await {
            tracing::warn!(error = %failure, "the bot's menu could not be registered");
            return;
        }
    }
    let phrases = Phrases::of(context.default_reader.language);
    if let Err(failure) = set_menu_button(&context, None, phrases).await {
        tracing::warn!(error = %failure, "the menu button could not be set");
    }
    for operator in &context.bot.operators {
        register_operator(&context, *operator).await;
    }
}

/// Registers an operator's commands in their own chat.
pub(super) async fn register_operator(context: &BotContext, operator: i64) {
    for (language, code) in LANGUAGES {
        let commands = menu(Phrases::of(language), Menu::Operator);
        let scope = BotCommandScope::Chat { chat_id: ChatId(operator).into() };
        // An operator who never wrote to the bot has no chat with it; then /start registers them.
        if let Err(failure) = set_commands(context, scope, commands, code).await {
            tracing::debug!(error = %failure, "an operator's menu could not be registered");
            return;
        }
    }
}

/// Lets the button beside the text field open the reader pages, where Telegram can open them: in one `chat` or, with
/// none, in all private chats. Elsewhere it shows the commands.
pub(super) async fn set_menu_button(
    context: &BotContext,
    chat: Option<i64>,
    phrases: &Phrases,
) -> Result<(), ApiError> {
    let url = context.public_url.parse().ok().filter(|url: &Url| {
        url.scheme() == "https" && url.domain().is_some_and(|domain| domain.contains('.'))
    });
    let mut call = SetChatMenuButton::new();
    call.chat_id = chat.map(ChatId);
    call.menu_button = Some(match url {
        Some(url) => MenuButton::WebApp {
            text: phrases.telegram.menu_button.clone(),
            web_app: WebAppInfo { url },
        },
        None => MenuButton::Commands,
    });
    let _: True = context.outbox.call(&call).await?;
    Ok(())
}

/// Sets the commands that the menu shows in a scope. On a server that refuses ephemeral commands they are ordinary ones.
pub(super) async fn set_commands(
    context: &BotContext,
    scope: BotCommandScope,
    commands: Vec<MenuCommand>,
    code: Option<&str>,
) -> Result<(), ApiError> {
    let mut call = SetCommands { commands, scope, language_code: code.map(str::to_owned) };
    let ephemerals = &context.outbox.ephemerals;
    let has_ephemeral = call.commands.iter().any(|command| command.is_ephemeral);
    if has_ephemeral && ephemerals.may_exist() {
        let set: Result<True, ApiError> = context.outbox.call(&call).await;
        if !set.as_ref().is_err_and(|failure| failure.refused_with(400).is_some()) {
            return set.map(|_| ());
        }
    }
    call.commands.iter_mut().for_each(|command| command.is_ephemeral = false);
    let _: True = context.outbox.call(&call).await?;
    if has_ephemeral {
        ephemerals.is_missing();
    }
    Ok(())
}

async fn register_language(
    context: &BotContext,
    language: Language,
    code: Option<&str>,
) -> Result<(), ApiError> {
    let phrases = Phrases::of(language);
    let scopes = [
        (BotCommandScope::Default, Menu::Private),
        (BotCommandScope::AllPrivateChats, Menu::Private),
        (BotCommandScope::AllGroupChats, Menu::Group { is_quiet: false }),
    ];
    for (scope, whose) in scopes {
        set_commands(context, scope, menu(phrases, whose), code).await?;
    }
    let bot = [("bot", context.bot.username.as_str())];
    let mut description = SetMyDescription::new();
    description.description = Some(fill(&phrases.telegram.description, &bot));
    description.language_code = code.map(str::to_owned);
    let _: True = context.outbox.call(&description).await?;
    let mut short = SetMyShortDescription::new();
    short.short_description = Some(phrases.telegram.short_description.clone());
    short.language_code = code.map(str::to_owned);
    let _: True = context.outbox.call(&short).await?;
    Ok(())
}
