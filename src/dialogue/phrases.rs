//! The bot's own words, by language, from `config/locales/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Language;

/// All languages; reading them checks that each has every key and no other.
static ALL: LazyLock<[Phrases; 3]> = LazyLock::new(|| {
    [
        read("zh-Hans", include_str!("../../config/locales/zh-Hans.toml")),
        read("zh-Hant", include_str!("../../config/locales/zh-Hant.toml")),
        read("en", include_str!("../../config/locales/en.toml")),
    ]
});

fn read(name: &str, text: &str) -> Phrases {
    // Compiled in and read by a unit test: a faulty locale does not get as far as a release.
    toml::from_str(text).unwrap_or_else(|error| panic!("config/locales/{name}.toml: {error}"))
}

macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $(
                #[doc = "See `config/locales`."]
                pub $field: $kind
            ),*
        }
    };
}

table! {
    /// The words of one language.
    Phrases {
        answer: AnswerPhrases, talk: TalkPhrases, card: CardPhrases, button: ButtonPhrases, start: StartPhrases, help: TextPhrases,
        source: SourcePhrases, topics: TopicsPhrases, privacy: TextPhrases, terminal: TerminalPhrases,
        telegram: TelegramPhrases, web: WebPhrases, web_import: WebImportPhrases,
    }
}
table! {
    /// What stands around an answer.
    AnswerPhrases {
        related: String, related_missing: String, none: String, nearest: String, empty: String, searched: String,
        follow_up: String, more_of: String, quote_on: String, answers: String, answers_next: String, none_to: String, within: String, none_within: String, moved_on: String, failed: String,
        from: String, remark: String, no_translation: String, no_shortening: String, is_verbatim: String,
    }
}
table! {
    /// To what is no question.
    TalkPhrases {
        greeting: String, thanks: String, goodbye: String, about: String, help: String, praise: String, insult: String,
        more: String, no_more: String, summary: String, and_others: String,
    }
}
table! {
    /// On a quote card.
    CardPhrases {
        line: String, lead: String, also: String, to_hans: String, to_hant: String, made_hant: String, guessed: String, copy: String,
    }
}
table! {
    /// Labels of buttons.
    ButtonPhrases {
        previous: String, previous_at_end: String, next: String, all: String, fewer: String, excerpt: String, full: String, context: String, copy: String, share: String, save: String, link: String,
        original: String, hans: String, hant: String, good: String, bad: String, more: String, back: String,
        random: String, topics: String,
    }
}
table! {
    /// The reply to `/start`.
    StartPhrases { welcome: String, r#try: String }
}
table! {
    /// A text, line by line.
    TextPhrases { text: Vec<String> }
}
table! {
    /// The list of interviews.
    SourcePhrases { heading: String, interview: String }
}
table! {
    /// The list of questions.
    TopicsPhrases { heading: String }
}
table! {
    /// What the terminal chat says.
    TerminalPhrases {
        prompt: String, welcome: String, open: String, open_or_turn: String, unknown: String, no_more: String, no_answer_yet: String,
        commands: Vec<String>, within_command: String, kept_to: String, lifted: String, no_interview: String,
    }
}

table! {
    /// What only the Telegram bot says.
    TelegramPhrases {
        help: Vec<String>, nothing: String, guest_nothing: String, wordless: String, unknown_command: String, joined: String,
        flooded: String, settings: Vec<String>, saved: String, keep_to: String, admins_only: String, language_auto: String,
        script_auto: String, script_hans: String, script_hant: String, script_original: String, forget: String,
        forgotten: String, not_kept: String, thanks: String, rated_again: String, rating_changed: String, menu_button: String, old_button: String, inline_none: String,
        description: String, short_description: String, no_font: String, no_picture: String, privacy: Vec<String>, link: String, link_expired: String, add_to_group: String,
        quiet: String, quiet_hint: String, post: String, posted: String,
        commands: CommandPhrases, saved_quotes: SavedQuotesPhrases, daily: DailyPhrases, follow: FollowPhrases, operator: OperatorPhrases,
    }
}
table! {
    /// The quotations that a user has saved.
    SavedQuotesPhrases {
        heading: String, empty: String, added: String, known: String, full: String, gone: String, only_private: String,
        remove: String, done: String, removed: String, export: String, file: String, caption: String,
    }
}
table! {
    /// New interviews, and questions that wait for an answer.
    FollowPhrases {
        on: String, off: String, added: String, question: String, undo_question: String, question_on: String,
        question_off: String, too_many: String, found: String,
    }
}
table! {
    /// The quotation of the day.
    DailyPhrases {
        heading: String, on: String, off: String, picture: String, zone: String, choose_zone: String, stop: String, bad_time: String,
        no_quotes: String, default_zone: String, zones: BTreeMap<String, String>,
    }
}
table! {
    /// For operators on Telegram.
    OperatorPhrases {
        set_aside: String, commands: OperatorCommandPhrases, stats: StatsPhrases, missed: MissedPhrases, import: ImportPhrases,
        reload: ReloadPhrases, export: ExportPhrases,
    }
}
table! {
    /// What each of an operator's commands does, for Telegram's menu.
    OperatorCommandPhrases { stats: String, unanswered: String, reload: String, export: String }
}
table! {
    /// How the bot does.
    StatsPhrases {
        heading: String, period: String, unanswered: String, speed: String, quoted: String, index: String,
        overlay: String, no_questions: String,
    }
}
table! {
    /// Questions that went wrong, and words for passages.
    MissedPhrases {
        heading: String, empty: String, none: String, bad: String, opened: String, how: String, pick: String,
        nearest: String, question: String, term: String, added_question: String, added_term: String, known: String,
        ambiguous: String, no_passage: String, bad_words: String, gone: String, not_built: String,
    }
}
table! {
    /// A transcript that was sent.
    ImportPhrases {
        heading: String, size: String, repairs: String, opening: String, replaces: String, near: String,
        not_quoted: String, findings: String, yes: String, no: String, done: String, not_built: String, dropped: String, refused: String,
        too_large: String, too_costly: String, no_download: String, gone: String, caption: String,
    }
}
table! {
    /// The reply to `/reload`.
    ReloadPhrases { switched: String, unchanged: String, failed: String }
}
table! {
    /// Questions with what came of them.
    ExportPhrases { caption: String, empty: String }
}
table! {
    /// What each command does, for Telegram's menu.
    CommandPhrases {
        ask: String, topics: String, random: String, source: String, saved: String, daily: String, follow: String, settings: String,
        privacy: String, help: String,
    }
}
table! {
    /// What only the reader pages say.
    WebPhrases {
        name: String, ask: String, skip: String, interviews: String, asked: String,
        lead: String, inferred: String, whole: String, previous: String, next: String, turn: String, rest: String, read:
        String, copied: String, picture: String, source: String, results: String, received: String, guessed:
        String, missing: String, failed: String, too_many: String, too_long: String, bad_query: String, original: String,
        script: String, language: String, everywhere: String, within: String,
        description: String, cite: String, plain_text: String, feed: String, daily: String,
        with_these_words: String, without_these_words: String, search_needs_script: String,
    }
}

table! {
    /// The page on which operators import a transcript.
    WebImportPhrases {
        title: String, file: String, paste: String, read: String, again: String, import: String, check: String, role: String,
        speaker: String, interviewee: String, interviewers: String, headline: String, publisher: String, date: String,
        url: String, slug: String, open: String, done: String, not_built: String, not_kept: String, no_store: String,
        expired: String, nothing: String, refused: String, too_large: String, too_costly: String, bad_value: String,
        confidence: BTreeMap<String, String>, roles: BTreeMap<String, String>, reasons: BTreeMap<String, String>,
        checks: ImportCheckPhrases,
    }
}
table! {
    /// What an operator should compare with the source.
    ImportCheckPhrases {
        inferred_name: String, nobody_named: String, unnamed_questions: String, much_left_out: String, few_turns: String,
        long_turn: String, translations: String, guests: String, finding: String,
    }
}

impl Phrases {
    /// The words of `language`.
    pub fn of(language: Language) -> &'static Self {
        let [simplified, traditional, english] = &*ALL;
        match language {
            Language::ZhHans => simplified,
            Language::ZhHant => traditional,
            Language::En => english,
        }
    }
}

/// `template` with each `{name}` replaced.
///
/// ```
/// assert_eq!(wenjian::dialogue::fill("{at}/{of}", &[("at", "1"), ("of", "3")]), "1/3");
/// ```
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        rest = if let Some((value, after)) = value {
            filled.push_str(value);
            after
        } else {
            filled.push('{');
            after
        };
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_locale_has_every_key() {
        for language in Language::ALL {
            assert!(!Phrases::of(language).help.text.is_empty());
        }
    }

    #[test]
    fn values_are_not_templates() {
        assert_eq!(fill("{a}{b}{", &[("a", "{b}"), ("b", "x")]), "{b}x{");
    }
}
