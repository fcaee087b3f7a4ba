//! Pages that are written into files: which file a page is in, and how the files link to each other.
//!
//! Each language of the interface has all pages. Those of the default language are at the top of the site's folder, and
//! those of another language in a folder with its name.

use crate::dialogue::{Language, Reader};

/// A page that is being written into a file.
#[derive(Debug, Clone)]
pub(super) struct FilePage {
    /// The language of the page, and the script of its quotations.
    pub(super) reader: Reader,
    /// The language of the pages at the top of the site's folder.
    pub(super) default_language: Language,
    /// The file, from which relative links start. If it is `None`, links are absolute: a web server shows the page for
    /// missing files in any folder.
    pub(super) file: Option<String>,
    /// The address of the site's folder, without a slash at its end. It is empty if it is not known.
    pub(super) public_url: String,
    /// Whether the site has a picture of every passage.
    pub(super) has_pictures: bool,
}

impl FilePage {
    /// Returns the link to the page that the server has at `path`, in the language of this one.
    pub(super) fn link(&self, path: &str) -> String {
        self.link_in(self.reader.language, path)
    }

    /// Returns the link to the page that the server has at `path`, in `language`.
    pub(super) fn link_in(&self, language: Language, path: &str) -> String {
        let target = file_in(language, self.default_language, path);
        match &self.file {
            Some(file) => relative(file, &target),
            None => format!("{}/{target}", self.public_url),
        }
    }

    /// Returns the link to what the server has at `path` and all languages share, at the top of the site's folder.
    pub(super) fn shared_link(&self, path: &str) -> String {
        self.link_in(self.default_language, path)
    }

    /// Returns the absolute address of the page that the server has at `path`, in the language of this one.
    pub(super) fn absolute(&self, path: &str) -> String {
        let file = file_in(self.reader.language, self.default_language, path);
        // A web server shows this file for its folder.
        let folder = file.strip_suffix("index.html");
        let folder = folder.filter(|folder| folder.is_empty() || folder.ends_with('/'));
        format!("{}/{}", self.public_url, folder.unwrap_or(&file))
    }
}

/// Returns the file, from the site's folder on, that holds what the server has at `path` in `language`.
pub(super) fn file_in(language: Language, default: Language, path: &str) -> String {
    folder(language, default) + &file_of(path)
}

/// Returns the folder of the pages in `language`: empty, or a name with a slash at its end.
fn folder(language: Language, default: Language) -> String {
    if language == default { String::new() } else { format!("{}/", language.name()) }
}

/// Returns the file that holds what the server has at `path`. Only the page with the search form uses a query, which
/// its script reads; other queries choose a script, a language or a range, and files cannot depend on them.
fn file_of(path: &str) -> String {
    let (page, query) = path.split_once('?').unwrap_or((path, ""));
    let name = page.trim_start_matches('/');
    let is_file = [".js", ".json", ".png", ".svg", ".txt", ".xml"];
    match name {
        "" => "index.html".to_owned(),
        "search" if !query.is_empty() => format!("search.html?{query}"),
        name if is_file.iter().any(|ending| name.ends_with(ending)) => name.to_owned(),
        name => format!("{name}.html"),
    }
}

/// Returns the relative link from the file `from` to the file `to`; both paths start at the site's folder.
fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = (from.len() - 1).min(to.len() - 1);
    let shared = (0..folders).take_while(|&at| from[at] == to[at]).count();
    let up = "../".repeat(from.len() - 1 - shared);
    format!("{up}{}", to[shared..].join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::ScriptChoice;

    #[test]
    fn a_page_is_in_the_file_with_its_name() {
        for (path, file) in [
            ("/", "index.html"),
            ("/i/talk", "i/talk.html"),
            ("/i/talk/3.2?r=1-9&script=hant", "i/talk/3.2.html"),
            ("/search?q=%E6%B5%B7&in=talk", "search.html?q=%E6%B5%B7&in=talk"),
            ("/search", "search.html"),
            ("/card/talk/3.2.png?r=1-9", "card/talk/3.2.png"),
            ("/feed.xml", "feed.xml"),
        ] {
            assert_eq!(file_of(path), file);
        }
    }

    #[test]
    fn links_lead_from_file_to_file() {
        for (from, to, link) in [
            ("index.html", "i/talk.html", "i/talk.html"),
            ("i/talk/3.html", "i/talk/4.html", "4.html"),
            ("i/talk/3.html", "i/talk.html", "../talk.html"),
            ("en/i/talk/3.html", "en/index.html", "../../index.html"),
            ("en/i/talk/3.html", "i/talk/3.html", "../../../i/talk/3.html"),
            ("index.html", "index.html", "index.html"),
        ] {
            assert_eq!(relative(from, to), link, "help: from `{from}` to `{to}`");
        }
    }

    #[test]
    fn other_languages_have_folders() {
        let reader = Reader { language: Language::En, script: ScriptChoice::Auto };
        let page = FilePage {
            reader,
            default_language: Language::ZhHant,
            file: Some("en/i/talk.html".to_owned()),
            public_url: "https://example.org/quotes".to_owned(),
            has_pictures: false,
        };
        assert_eq!(page.link("/"), "../index.html");
        assert_eq!(page.link_in(Language::ZhHant, "/i/talk"), "../../i/talk.html");
        assert_eq!(page.absolute("/"), "https://example.org/quotes/en/");
        assert_eq!(page.absolute("/i/talk/3"), "https://example.org/quotes/en/i/talk/3.html");
        let named_so = "https://example.org/quotes/en/i/my-index.html";
        assert_eq!(page.absolute("/i/my-index"), named_so);
        let missing = FilePage { file: None, ..page };
        assert_eq!(missing.link("/"), "https://example.org/quotes/en/index.html");
    }
}
