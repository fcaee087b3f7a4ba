//! Reads from a request which language and script its reader prefers.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;

use super::App;
use super::file_page::FilePage;
use crate::dialogue::{Language, Permalink, Phrases, Reader, ScriptChoice};

/// The reader of a page.
pub(super) struct Visitor {
    /// The language of the bot's words and the script of quotations.
    pub(super) reader: Reader,
    /// The script that was chosen in the address, which links keep.
    chosen: Option<ScriptChoice>,
    /// The language that was chosen in the address, which links keep.
    chosen_language: Option<Language>,
    /// The address of the pages as their readers see it; empty if only this machine reads.
    public_url: String,
    /// The file that the page is written into; `None` if it is served.
    file: Option<FilePage>,
}

impl Visitor {
    pub(super) fn phrases(&self) -> &'static Phrases {
        Phrases::of(self.reader.language)
    }

    /// Returns the script that was chosen in the address.
    pub(super) fn chosen(&self) -> Option<ScriptChoice> {
        self.chosen
    }

    /// Returns the language that was chosen in the address.
    pub(super) fn chosen_language(&self) -> Option<Language> {
        self.chosen_language
    }

    /// Returns the file that the page is written into; `None` if it is served.
    pub(super) fn file(&self) -> Option<&FilePage> {
        self.file.as_ref()
    }

    /// Returns whether there are pictures of quotations.
    pub(super) fn has_pictures(&self) -> bool {
        self.file.as_ref().is_none_or(|file| file.has_pictures)
    }

    /// Returns the absolute address of `path`, without the choice of script and language; `None` if the pages have no
    /// public address.
    pub(super) fn absolute(&self, path: &str) -> Option<String> {
        (!self.public_url.is_empty()).then(|| match &self.file {
            Some(file) => file.absolute(path),
            None => format!("{}{path}", self.public_url),
        })
    }

    /// Returns the absolute address of `path` with the script and the language that were chosen, or the path alone if
    /// the pages have no public address.
    pub(super) fn absolute_link(&self, path: &str) -> String {
        match &self.file {
            Some(file) => file.absolute(path),
            None => format!("{}{}", self.public_url, self.link(path)),
        }
    }

    /// Returns the link to `path`, which does not depend on the script and the language.
    pub(super) fn shared_link(&self, path: &str) -> String {
        match &self.file {
            Some(file) => file.shared_link(path),
            None => path.to_owned(),
        }
    }

    /// Returns the address of the search form. The form has fields for what was chosen.
    pub(super) fn search_page(&self) -> String {
        match &self.file {
            Some(file) => file.link("/search"),
            None => "/search".to_owned(),
        }
    }

    /// Returns the link to `path`, which may have a query, with the script and the language that were chosen.
    pub(super) fn link(&self, path: &str) -> String {
        if let Some(file) = &self.file {
            return file.link(path);
        }
        self.with_language(
            self.chosen.map_or_else(|| path.to_owned(), |script| with_script(path, script)),
        )
    }

    /// Returns the link to a passage. A script in `address` counts more than the one that was chosen.
    pub(super) fn address(&self, address: &Permalink) -> String {
        let path = address.to_string();
        if self.file.is_none() && path.contains("script=") {
            self.with_language(path)
        } else {
            self.link(&path)
        }
    }

    fn with_language(&self, path: String) -> String {
        match self.chosen_language {
            Some(language) => with_parameter(&path, "lang", language.name()),
            None => path,
        }
    }

    /// Returns `path` in each language of the pages, and whether it is the one that is shown.
    pub(super) fn languages(&self, path: &str) -> [(Language, String, bool); 3] {
        let path = self.chosen.map_or_else(|| path.to_owned(), |script| with_script(path, script));
        Language::ALL.map(|language| {
            let href = match &self.file {
                Some(file) => file.link_in(language, &path),
                None => with_parameter(&path, "lang", language.name()),
            };
            (language, href, language == self.reader.language)
        })
    }

    /// Returns `path` in each script: the choice, the link, and whether it is the one that is shown. In a file, the script
    /// is that of the language.
    pub(super) fn scripts(&self, path: &str) -> Vec<(ScriptChoice, String, bool)> {
        if self.file.is_some() {
            return Vec::new();
        }
        let shown = match self.reader.script.resolve(None, self.reader.language) {
            None => ScriptChoice::Original,
            Some(transcript::text::Script::Hans) => ScriptChoice::Hans,
            Some(transcript::text::Script::Hant) => ScriptChoice::Hant,
        };
        [ScriptChoice::Hans, ScriptChoice::Hant, ScriptChoice::Original]
            .map(|choice| (choice, self.with_language(with_script(path, choice)), choice == shown))
            .to_vec()
    }

    /// Returns the BCP 47 name of the language.
    pub(super) fn language(&self) -> &'static str {
        self.reader.language.name()
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
    with_parameter(path, "script", script_name(script))
}

fn with_parameter(path: &str, name: &str, value: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{name}={value}")
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        if let Some(file) = parts.extensions.get::<FilePage>() {
            return Ok(Self {
                reader: file.reader,
                chosen: None,
                chosen_language: None,
                public_url: file.public_url.clone(),
                file: Some(file.clone()),
            });
        }
        let languages = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let query = parts.uri.query().unwrap_or_default();
        let chosen_language = chosen_language(query);
        let language = chosen_language.or_else(|| languages.and_then(preferred));
        let chosen = chosen_script(query);
        Ok(Self {
            reader: Reader {
                language: language.unwrap_or(app.reader.language),
                script: chosen.unwrap_or(app.reader.script),
            },
            chosen,
            chosen_language,
            public_url: app.options.public_url.clone(),
            file: None,
        })
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

/// Returns the language of the last `lang=` with a known value.
fn chosen_language(query: &str) -> Option<Language> {
    let values = query.split('&').filter_map(|pair| pair.strip_prefix("lang="));
    values.rev().find_map(Language::named)
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
        let public_url = String::new();
        let visitor = Visitor { reader, chosen, chosen_language: None, public_url, file: None };
        assert_eq!(visitor.link("/i/talk"), "/i/talk?script=hant");
        assert_eq!(visitor.link("/search?q=x"), "/search?q=x&script=hant");
        let chosen_language = chosen_language("lang=en&lang=zh-Hant&lang=xx");
        assert_eq!(chosen_language, Some(Language::ZhHant));
        let visitor = Visitor { chosen_language, ..visitor };
        assert_eq!(visitor.link("/i/talk"), "/i/talk?script=hant&lang=zh-Hant");
        let [_, _, (_, english, is_shown)] = visitor.languages("/");
        assert_eq!((english.as_str(), is_shown), ("/?script=hant&lang=en", true));
    }
}
