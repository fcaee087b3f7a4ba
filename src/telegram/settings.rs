//! The buttons of the settings: the language, the script, the interview to search, and the
//! deletion of one's data.

use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

use super::html::escape;
use super::outbox::OutgoingMessage;
use crate::dialogue::{Language, Listing, Phrases, ScriptChoice};
use crate::store::Settings;
use transcript::PassageKey;

/// What a button of the settings does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SettingsButton {
    /// Sets the language of the bot's own words; `None` is the language of the user's client.
    Language(Option<Language>),
    /// Sets the script of quotations.
    Script(ScriptChoice),
    /// Limits searches to the interview of this passage; `None` is all interviews.
    Within(Option<PassageKey>),
    /// Whether answers in the group are shown to their askers only.
    Quiet(bool),
    /// Deletes the data of the user.
    Forget,
}

/// The most interviews that have a button. Telegram allows a hundred buttons in a message.
const MAX_INTERVIEWS: usize = 80;
/// The names of scripts in the store and in callback data.
const SCRIPTS: [(ScriptChoice, &str); 4] = [
    (ScriptChoice::Auto, "auto"),
    (ScriptChoice::Hans, "hans"),
    (ScriptChoice::Hant, "hant"),
    (ScriptChoice::Original, "original"),
];

impl SettingsButton {
    pub(super) fn decode(data: &str) -> Option<Self> {
        match data.split_once(':')? {
            ("language", "") => Some(Self::Language(None)),
            ("language", name) => {
                Language::named(name).map(|language| Self::Language(Some(language)))
            }
            ("script", name) => script(name).map(Self::Script),
            ("within", "") => Some(Self::Within(None)),
            ("within", key) => key.parse().ok().map(|key| Self::Within(Some(key))),
            ("quiet", "on") => Some(Self::Quiet(true)),
            ("quiet", "off") => Some(Self::Quiet(false)),
            ("forget", "") => Some(Self::Forget),
            _ => None,
        }
    }

    fn encode(self) -> String {
        match self {
            Self::Language(language) => {
                format!("language:{}", language.map_or("", Language::name))
            }
            Self::Script(script) => format!("script:{}", name_of_script(script)),
            Self::Within(None) => "within:".to_owned(),
            Self::Within(Some(key)) => format!("within:{key}"),
            Self::Quiet(is_quiet) => format!("quiet:{}", if is_quiet { "on" } else { "off" }),
            Self::Forget => "forget:".to_owned(),
        }
    }

    /// Applies the choice to a chat's settings. `interview` returns the slug of a passage's
    /// interview, if the passage still exists.
    pub(super) fn apply(
        self,
        settings: &mut Settings,
        interview: impl Fn(PassageKey) -> Option<String>,
    ) {
        match self {
            Self::Language(language) => {
                settings.language = language.map(|language| language.name().to_owned());
            }
            Self::Script(script) => settings.script = Some(name_of_script(script).to_owned()),
            Self::Within(key) => settings.interview = key.and_then(interview),
            Self::Quiet(is_quiet) => settings.quiet = is_quiet,
            Self::Forget => *settings = Settings::default(),
        }
    }
}

/// Returns the language that a chat chose, if any.
pub(super) fn chosen_language(settings: &Settings) -> Option<Language> {
    settings.language.as_deref().and_then(Language::named)
}

/// Returns the script that a chat chose, if any.
pub(super) fn chosen_script(settings: &Settings) -> Option<ScriptChoice> {
    settings.script.as_deref().and_then(script)
}

/// Returns the settings as a message, with the current choices marked. Groups have one more.
pub(super) fn page(settings: &Settings, phrases: &Phrases, is_group: bool) -> OutgoingMessage {
    let words = &phrases.telegram;
    let language = chosen_language(settings);
    let script = chosen_script(settings).unwrap_or(ScriptChoice::Auto);
    let language_key =
        |label: &str, choice| key(label, SettingsButton::Language(choice), language == choice);
    let script_key =
        |label: &str, choice| key(label, SettingsButton::Script(choice), script == choice);
    let mut keyboard = InlineKeyboardMarkup::new([
        vec![
            language_key(&words.language_auto, None),
            language_key("简体", Some(Language::ZhHans)),
            language_key("繁體", Some(Language::ZhHant)),
            language_key("English", Some(Language::En)),
        ],
        vec![
            script_key(&words.script_auto, ScriptChoice::Auto),
            script_key(&words.script_hans, ScriptChoice::Hans),
        ],
        vec![
            script_key(&words.script_hant, ScriptChoice::Hant),
            script_key(&words.script_original, ScriptChoice::Original),
        ],
    ]);
    let mut lines = words.settings.clone();
    if is_group {
        let quiet = SettingsButton::Quiet(!settings.quiet);
        keyboard = keyboard.append_row(vec![key(&words.quiet, quiet, settings.quiet)]);
        lines.push(words.quiet_hint.clone());
    }
    OutgoingMessage { html: escape(&lines.join("\n")), keyboard }
}

/// Returns a button for each interview. It limits searches to that interview or, if it is chosen
/// already, removes the limit.
pub(super) fn interview_buttons(
    listings: &[Listing],
    settings: &Settings,
) -> Vec<Vec<InlineKeyboardButton>> {
    let button = |listing: &Listing| {
        let is_chosen = settings.interview.as_ref() == Some(&listing.slug);
        vec![key(
            &listing.title,
            SettingsButton::Within((!is_chosen).then_some(listing.first)),
            is_chosen,
        )]
    };
    listings.iter().take(MAX_INTERVIEWS).map(button).collect()
}

fn key(label: &str, choice: SettingsButton, is_chosen: bool) -> InlineKeyboardButton {
    let mark = if is_chosen { "✓ " } else { "" };
    InlineKeyboardButton::callback(format!("{mark}{label}"), choice.encode())
}

/// Returns the button that deletes the user's data.
pub(super) fn forget_button(phrases: &Phrases) -> InlineKeyboardMarkup {
    let label = phrases.telegram.forget.clone();
    InlineKeyboardMarkup::new([vec![InlineKeyboardButton::callback(
        label,
        SettingsButton::Forget.encode(),
    )]])
}

fn script(name: &str) -> Option<ScriptChoice> {
    SCRIPTS.into_iter().find(|(_, known)| *known == name).map(|(script, _)| script)
}

fn name_of_script(script: ScriptChoice) -> &'static str {
    SCRIPTS.into_iter().find(|(known, _)| *known == script).map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_survives_its_button_and_the_store() {
        let languages = Language::ALL.map(Some).into_iter().chain([None]);
        for language in languages {
            let mut settings = Settings::default();
            let choice = SettingsButton::Language(language);
            assert_eq!(SettingsButton::decode(&choice.encode()), Some(choice));
            choice.apply(&mut settings, |_| None);
            assert_eq!(chosen_language(&settings), language);
        }
        for (script, _) in SCRIPTS {
            let mut settings = Settings::default();
            let choice = SettingsButton::Script(script);
            assert_eq!(SettingsButton::decode(&choice.encode()), Some(choice));
            choice.apply(&mut settings, |_| None);
            assert_eq!(chosen_script(&settings), Some(script));
        }
        let key = PassageKey::from_bytes(*b"tower");
        for (key, slug) in [(Some(key), Some("lighthouse".to_owned())), (None, None)] {
            let mut settings = Settings::default();
            let choice = SettingsButton::Within(key);
            assert_eq!(SettingsButton::decode(&choice.encode()), Some(choice));
            choice.apply(&mut settings, |_| Some("lighthouse".to_owned()));
            assert_eq!(settings.interview, slug);
        }
        for is_quiet in [true, false] {
            let mut settings = Settings { quiet: !is_quiet, ..Settings::default() };
            let choice = SettingsButton::Quiet(is_quiet);
            assert_eq!(SettingsButton::decode(&choice.encode()), Some(choice));
            choice.apply(&mut settings, |_| None);
            assert_eq!(settings.quiet, is_quiet);
        }
        assert_eq!(SettingsButton::decode("within:nothing"), None);
        assert_eq!(SettingsButton::decode("forget:"), Some(SettingsButton::Forget));
        assert_eq!(SettingsButton::decode("language:tlh"), None);
    }
}
