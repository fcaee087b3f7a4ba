//! The bot's start: who it is, whether it is set up as it needs to be, and what its menu shows.

use std::sync::Arc;

use serde::Deserialize;
use teloxide_core::payloads::{GetMe, SetMyCommands, SetMyDescription, SetMyShortDescription};
use teloxide_core::types::{BotCommand, BotCommandScope, ChatId, True};
use tokio::time::sleep;

use super::Error;
use super::api::{Api, Failure};
use super::handler::Handler;
use super::poll::Trouble;
use super::read::Me;
use crate::dialogue::{Language, Phrases, fill};

/// The bot as Telegram knows it.
#[derive(Deserialize)]
struct Bot {
    id: i64,
    #[serde(default)]
    username: String,
    #[serde(default)]
    can_join_groups: bool,
    #[serde(default)]
    can_read_all_group_messages: bool,
    #[serde(default)]
    supports_inline_queries: bool,
}

/// Telegram takes two-letter codes, so it cannot tell the Chinese scripts apart: `zh` is shown
/// Simplified, and who has neither code set gets Traditional, the script of the interviews.
const LANGUAGES: [(Language, Option<&str>); 3] =
    [(Language::ZhHant, None), (Language::ZhHans, Some("zh")), (Language::En, Some("en"))];

/// Asks Telegram who we are, as long as waiting can help, and says what is set up otherwise than
/// the bot needs it.
pub(super) async fn introduce(api: &Api, operators: &[i64]) -> Result<Me, Error> {
    let mut trouble = Trouble::default();
    let bot: Bot = loop {
        match api.call(&GetMe::new()).await {
            Ok(bot) => break bot,
            Err(failure) => sleep(trouble.pause(api, &failure).await?).await,
        }
    };
    if !bot.supports_inline_queries {
        tracing::warn!(
            "inline mode is off, so nobody can quote from other chats; hint: tell @BotFather /setinline, then /setinlinefeedback and 100% to have sent results counted"
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
    Ok(Me { id: bot.id, username: bot.username, operators: operators.to_vec() })
}

/// Whose menu it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Menu {
    /// A user's own chat.
    Private,
    /// An operator's own chat.
    Operator,
    /// A group.
    Group,
}

/// Registers commands and descriptions in every language.
pub(super) async fn register(handler: Arc<Handler>) {
    for (language, code) in LANGUAGES {
        if let Err(failure) = register_language(&handler, language, code).await {
            tracing::warn!(error = %failure, "the bot's menu could not be registered");
            return;
        }
    }
    for operator in &handler.me.operators {
        register_operator(&handler, *operator).await;
    }
}

/// Registers an operator's commands in their own chat.
pub(super) async fn register_operator(handler: &Handler, operator: i64) {
    for (language, code) in LANGUAGES {
        let menu = commands(Phrases::of(language), Menu::Operator);
        let scope = BotCommandScope::Chat { chat_id: ChatId(operator).into() };
        // Who never wrote to the bot has no chat with it: then they are registered at /start.
        if let Err(failure) = set_commands(handler, scope, menu, code).await {
            tracing::debug!(error = %failure, "an operator's menu could not be registered");
            return;
        }
    }
}

/// Sets what the menu shows in some chats.
pub(super) async fn set_commands(
    handler: &Handler,
    scope: BotCommandScope,
    menu: Vec<BotCommand>,
    code: Option<&str>,
) -> Result<(), Failure> {
    let mut call = SetMyCommands::new(menu);
    call.scope = Some(scope);
    call.language_code = code.map(str::to_owned);
    let _: True = handler.outbox.call(&call).await?;
    Ok(())
}

async fn register_language(
    handler: &Handler,
    language: Language,
    code: Option<&str>,
) -> Result<(), Failure> {
    let phrases = Phrases::of(language);
    let scopes = [
        (BotCommandScope::Default, Menu::Private),
        (BotCommandScope::AllPrivateChats, Menu::Private),
        (BotCommandScope::AllGroupChats, Menu::Group),
    ];
    for (scope, menu) in scopes {
        set_commands(handler, scope, commands(phrases, menu), code).await?;
    }
    let bot = [("bot", handler.me.username.as_str())];
    let mut description = SetMyDescription::new();
    description.description = Some(fill(&phrases.telegram.description, &bot));
    description.language_code = code.map(str::to_owned);
    let _: True = handler.outbox.call(&description).await?;
    let mut short = SetMyShortDescription::new();
    short.short_description = Some(phrases.telegram.short_description.clone());
    short.language_code = code.map(str::to_owned);
    let _: True = handler.outbox.call(&short).await?;
    Ok(())
}

/// The menu; groups have no use for one's own data.
pub(super) fn commands(phrases: &Phrases, menu: Menu) -> Vec<BotCommand> {
    let words = &phrases.telegram.commands;
    let all = [
        ("ask", &words.ask),
        ("topics", &words.topics),
        ("random", &words.random),
        ("source", &words.source),
        ("settings", &words.settings),
        ("privacy", &words.privacy),
        ("help", &words.help),
    ];
    let own = &phrases.telegram.operator.commands;
    let operators = [
        ("stats", &own.stats),
        ("unanswered", &own.unanswered),
        ("reload", &own.reload),
        ("export", &own.export),
    ];
    let shown = all.into_iter().filter(|(name, _)| menu != Menu::Group || *name != "privacy");
    let operators = operators.into_iter().filter(|_| menu == Menu::Operator);
    shown.chain(operators).map(|(name, words)| BotCommand::new(name, words.as_str())).collect()
}
