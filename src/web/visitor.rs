//! What a request tells about its reader: the language, and the script that was chosen.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;

use super::App;
use crate::dialogue::{Language, Permalink, Phrases, Reader, ScriptChoice};

/// The reader of a page.
pub(super) struct Visitor {
    /// The language of the bot's words and the script of quotations.
    pub(super) reader: Reader,
    /// The script that was chosen in the address, which links keep.
    chosen: Option<ScriptChoice>,
}

impl Visitor {
    pub(super) fn phrases(&self) -> &'static Phrases {
        Phrases::of(self.reader.language)
    }

    /// Returns the script that was chosen in the address.
    pub(super) fn chosen(&self) -> Option<ScriptChoice> {
        self.chosen
    }

    /// Returns `path`, which may have a query, with the script that was chosen.
    pub(super) fn link(&self, path: &str) -> String {
        self.chosen.map_or_else(|| path.to_owned(), |script| with_script(path, script))
    }

    /// Returns the link to a passage. A script in `address` counts more than the one that was chosen.
    pub(super) fn address(&self, address: &Permalink) -> String {
        let path = address.to_string();
        if path.contains("script=") { path } else { self.link(&path) }
    }

    /// Returns `path` in each script: the choice, the link, and whether it is the one that is shown.
    pub(super) fn scripts(&self, path: &str) -> [(ScriptChoice, String, bool); 3] {
        let shown = match self.reader.script.resolve(None, self.reader.language) {
            None => ScriptChoice::Original,
            Some(transcript::text::Script::Hans) => ScriptChoice::Hans,
            Some(transcript::text::Script::Hant) => ScriptChoice::Hant,
        };
        [ScriptChoice::Hans, ScriptChoice::Hant, ScriptChoice::Original]
            .map(|choice| (choice, with_script(path, choice), choice == shown))
    }

    /// Returns the BCP 47 name of the language.
    pub(super) fn language(&self) -> &'static str {
        match self.reader.language {
            Language::ZhHans => "zh-Hans",
            Language::ZhHant => "zh-Hant",
            Language::En => "en",
        }
    }
}

/// Returns the value of `script` in addresses.
pub(super) fn script_name(script: ScriptChoice) -> &'static str {
    match script {
        ScriptChoice::Auto => "auto",
        ScriptChoice::Hans => "hans",
        ScriptChoice::Hant => "hant",
        ScriptChoice::Original => "original",
    }
}

fn with_script(path: &str, script: ScriptChoice) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}script={}", script_name(script))
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let languages = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = languages.and_then(preferred).unwrap_or(app.reader.language);
        let chosen = chosen_script(parts.uri.query().unwrap_or_default());
        let script = chosen.unwrap_or(app.reader.script);
        Ok(Self { reader: Reader { language, script }, chosen })
    }
}

/// Returns the first language of an `Accept-Language` header. Browsers write the languages in the order of
/// their weights, so the weights need not be read.
fn preferred(header: &str) -> Option<Language> {
    let first = header.split(',').next()?.split(';').next()?.trim();
    (!first.is_empty() && first != "*").then(|| Language::of_tag(first))
}

/// Returns the script of the last `script=` with a known value.
fn chosen_script(query: &str) -> Option<ScriptChoice> {
    let values = query.split('&').filter_map(|pair| pair.strip_prefix("script="));
    let choice = |name: &str| {
        let choices = [ScriptChoice::Hans, ScriptChoice::Hant, ScriptChoice::Original];
        choices.into_iter().find(|choice| script_name(*choice) == name)
    };
    values.rev().find_map(choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_counts() {
        assert_eq!(preferred("zh-TW,zh;q=0.9,en;q=0.8"), Some(Language::ZhHant));
        assert_eq!(preferred("fr;q=1, zh"), Some(Language::En));
        assert_eq!((preferred(""), preferred("*")), (None, None));
    }

    #[test]
    fn a_chosen_script_stays_in_links() {
        let chosen = chosen_script("q=x&script=hant&script=nonsense");
        assert_eq!(chosen, Some(ScriptChoice::Hant));
        let reader = Reader { language: Language::En, script: ScriptChoice::Hant };
        let visitor = Visitor { reader, chosen };
        assert_eq!(visitor.link("/i/talk"), "/i/talk?script=hant");
        assert_eq!(visitor.link("/search?q=x"), "/search?q=x&script=hant");
    }
}
