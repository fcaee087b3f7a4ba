//! The bot's commands: their names, parsed by teloxide, and the menus that show them.

use teloxide::types::{BotCommand, MessageEntity, MessageEntityKind};
use teloxide::utils::command::BotCommands;

use super::entity;
use super::ephemeral::MenuCommand;
use crate::dialogue::Phrases;

/// Commands for everybody. What they do is told in the user's language, by [`menu`].
#[derive(Debug, Clone, PartialEq, Eq, BotCommands)]
#[command(rename_rule = "lowercase")]
pub(super) enum UserCommand {
    #[command(hide)]
    Start(String),
    Ask(String),
    Topics(String),
    Random,
    Source,
    Saved,
    Daily(String),
    Follow,
    Settings,
    Privacy,
    Help,
}

/// Commands for operators, in their own chats with the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BotCommands)]
#[command(rename_rule = "lowercase")]
pub(super) enum OperatorCommand {
    Stats,
    Unanswered,
    Reload,
    Export,
}

/// For whom a menu of commands is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Menu {
    Private,
    /// An operator's private chat.
    Operator,
    /// A group, which has no use for [`PERSONAL`] commands.
    Group {
        /// Whether answers are shown to their askers only.
        is_quiet: bool,
    },
}

/// The commands about what belongs to a single user. Only the menus of private chats show them.
const PERSONAL: [&str; 2] = ["saved", "privacy"];

/// The commands whose replies concern only whoever sends them. In groups these commands are ephemeral.
const EPHEMERAL: [&str; 3] = ["daily", "settings", "help"];
/// The commands that are ephemeral in quiet groups as well, because they ask for quotations.
const QUIET: [&str; 4] = ["ask", "topics", "random", "source"];

/// The commands that a menu shows, described in one language.
pub(super) fn menu(phrases: &Phrases, menu: Menu) -> Vec<MenuCommand> {
    let mut commands = UserCommand::bot_commands();
    if menu == Menu::Operator {
        commands.extend(OperatorCommand::bot_commands());
    }
    // teloxide names commands with their slash, which is no part of the name.
    let name = |command: &BotCommand| command.command.trim_start_matches('/').to_owned();
    let commands = commands.iter().map(name);
    let is_group = matches!(menu, Menu::Group { .. });
    let is_quiet = menu == Menu::Group { is_quiet: true };
    let shown = commands.filter(|name| !is_group || !PERSONAL.contains(&name.as_str()));
    let entry = |name: String| MenuCommand {
        is_ephemeral: is_group && EPHEMERAL.contains(&name.as_str())
            || is_quiet && QUIET.contains(&name.as_str()),
        command: BotCommand::new(name.clone(), description(phrases, &name)),
    };
    shown.map(entry).collect()
}

fn description<'p>(phrases: &'p Phrases, command: &str) -> &'p str {
    let everybody = &phrases.telegram.commands;
    let operator = &phrases.telegram.operator.commands;
    match command {
        "ask" => &everybody.ask,
        "topics" => &everybody.topics,
        "random" => &everybody.random,
        "source" => &everybody.source,
        "saved" => &everybody.saved,
        "daily" => &everybody.daily,
        "follow" => &everybody.follow,
        "settings" => &everybody.settings,
        "privacy" => &everybody.privacy,
        "help" => &everybody.help,
        "stats" => &operator.stats,
        "unanswered" => &operator.unanswered,
        "reload" => &operator.reload,
        "export" => &operator.export,
        _ => "",
    }
}

/// A command at the start of a message, split where Telegram says that its name ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct CommandText<'t> {
    /// The name of the command, without the slash.
    name: &'t str,
    /// The user name of the bot that is addressed, if there is one.
    target: Option<&'t str>,
    pub(super) argument: &'t str,
}

impl<'t> CommandText<'t> {
    /// Returns the command at the start of `text`, if there is one.
    pub(super) fn of(text: &'t str, entities: &[MessageEntity]) -> Option<Self> {
        let is_first = |entity: &&MessageEntity| {
            entity.kind == MessageEntityKind::BotCommand && entity.offset == 0
        };
        let (_, command, argument) = entity::split(text, entities.iter().find(is_first)?)?;
        let command = command.strip_prefix('/')?;
        let (name, target) = match command.split_once('@') {
            Some((name, target)) => (name, Some(target)),
            None => (command, None),
        };
        Some(Self { name, target, argument: argument.trim() })
    }

    /// Returns whether the command is for the bot with this user name.
    pub(super) fn is_for(&self, username: &str) -> bool {
        self.target.is_none_or(|target| target.eq_ignore_ascii_case(username))
    }

    /// Parses the command with teloxide, and returns `None` if there is no such command. In
    /// addition to what teloxide accepts, the name may be in capitals, and the argument may follow
    /// without a space, as Chinese is written.
    pub(super) fn parse<C: BotCommands>(&self) -> Option<C> {
        let name = self.name.to_ascii_lowercase();
        C::parse(&format!("/{name} {}", self.argument), "").ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Language;

    #[test]
    fn every_menu_tells_what_each_of_its_commands_does() {
        for language in [Language::ZhHans, Language::ZhHant, Language::En] {
            let phrases = Phrases::of(language);
            let names = |of| {
                let commands = menu(phrases, of);
                assert!(commands.iter().all(|entry| !entry.command.description.is_empty()));
                commands.into_iter().map(|entry| entry.command.command).collect::<Vec<_>>()
            };
            assert_eq!(names(Menu::Private).len(), 10);
            assert!(!names(Menu::Group { is_quiet: false }).contains(&"privacy".to_owned()));
            assert!(names(Menu::Operator).contains(&"stats".to_owned()));
        }
    }
}
