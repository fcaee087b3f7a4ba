//! What all pages have in common: the frame around them, the style sheet, the script, and the preview of links to them.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};

use super::link::Link;
use super::visitor::{Visitor, script_name};
use crate::dialogue::{Engine, Language, Phrases, ScriptChoice};

/// The style sheet. It stands in every page, and the Content-Security-Policy allows it by its hash.
pub(super) const STYLE: &str = include_str!("templates/style.css");
const SCRIPT: &str = include_str!("templates/reader.js");
/// The script of the search page of a static site.
const SEARCH_SCRIPT: &str = include_str!("templates/static-search.js");
const ICON: &str = include_str!("templates/icon.svg");

/// What the base template shows around every page.
pub(super) struct Frame {
    pub(super) phrases: &'static Phrases,
    pub(super) style: &'static str,
    /// The BCP 47 tag of the interface language.
    pub(super) language: &'static str,
    pub(super) title: String,
    /// The link to the home page, which keeps the chosen script and language.
    pub(super) home: String,
    /// The address of the search page.
    pub(super) search: String,
    pub(super) files: SharedFiles,
    /// Whether the page is written into a file, so that no server searches.
    pub(super) is_static: bool,
    /// The script that was chosen, which the search form keeps.
    pub(super) script: Option<&'static str>,
    /// The language that was chosen, which the search form keeps.
    pub(super) chosen_language: Option<&'static str>,
    /// Links to this page in each script.
    pub(super) scripts: Vec<ChoiceLink>,
    /// Links to this page in each language.
    pub(super) languages: Vec<ChoiceLink>,
    /// The question in the search field.
    pub(super) question: String,
    /// The interviews that a search can be limited to. Empty if there is only one.
    pub(super) interviews: Vec<InterviewChoice>,
    pub(super) preview: LinkPreview,
    /// Whether search engines may list the page.
    pub(super) is_listed: bool,
    /// Whether there are feeds. They need the server's public address.
    pub(super) has_feeds: bool,
}

/// Links to what belongs to all pages.
pub(super) struct SharedFiles {
    pub(super) icon: String,
    pub(super) script: String,
    pub(super) feed: String,
    pub(super) daily: String,
}

/// A link to the same page in another script or language.
pub(super) struct ChoiceLink {
    pub(super) label: &'static str,
    pub(super) language: Option<&'static str>,
    pub(super) href: String,
    pub(super) current: bool,
}

/// An interview that a search can be limited to.
pub(super) struct InterviewChoice {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) is_chosen: bool,
}

/// What messengers and search engines show of a link to a page.
pub(super) struct LinkPreview {
    pub(super) title: String,
    pub(super) description: String,
    /// The absolute address of the page, without the reader's choice of script and language. `None` if the server's
    /// public address is not set.
    pub(super) url: Option<String>,
    pub(super) image: Option<PreviewImage>,
}

/// The picture beside a link.
pub(super) struct PreviewImage {
    /// The absolute address.
    pub(super) url: String,
    /// In pixels, like the height.
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Frame {
    /// Creates the frame of the page at `path`, which has its query but no choice of script and language.
    pub(super) fn new(visitor: &Visitor, title: String, path: &str) -> Self {
        let phrases = visitor.phrases();
        let label = |choice| match choice {
            ScriptChoice::Hans => "简体",
            ScriptChoice::Hant => "繁體",
            ScriptChoice::Original | ScriptChoice::Auto => phrases.web.original.as_str(),
        };
        let links = visitor.scripts(path).into_iter();
        let scripts = links.map(|(choice, href, current)| ChoiceLink {
            label: label(choice),
            language: None,
            href,
            current,
        });
        let own_name = |language| match language {
            Language::ZhHans => "简体中文",
            Language::ZhHant => "繁體中文",
            Language::En => "English",
        };
        let languages = visitor.languages(path).into_iter();
        let languages = languages.map(|(language, href, current)| ChoiceLink {
            label: own_name(language),
            language: Some(language.name()),
            href,
            current,
        });
        let preview = LinkPreview {
            title: title.clone(),
            description: phrases.web.description.clone(),
            url: visitor.absolute(path),
            image: None,
        };
        Self {
            phrases,
            style: STYLE,
            language: visitor.language(),
            title,
            home: visitor.link("/"),
            search: visitor.search_page(),
            files: SharedFiles {
                icon: visitor.shared_link("/icon.svg"),
                script: visitor.shared_link("/reader.js"),
                feed: visitor.shared_link("/feed.xml"),
                daily: visitor.shared_link("/daily.xml"),
            },
            is_static: visitor.file().is_some(),
            script: visitor.chosen().map(script_name),
            chosen_language: visitor.chosen_language().map(Language::name),
            scripts: scripts.collect(),
            languages: languages.collect(),
            question: String::new(),
            interviews: Vec::new(),
            preview,
            is_listed: true,
            has_feeds: visitor.absolute("/").is_some(),
        }
    }

    /// Offers to limit the search to one interview if there are several. `within` is selected at first.
    pub(super) fn offer_interviews(
        &mut self,
        engine: &Engine,
        visitor: &Visitor,
        within: Option<&str>,
    ) {
        if engine.library().corpus().interviews.len() < 2 {
            return;
        }
        let listings = engine.listings(visitor.reader).into_iter();
        let choices = listings.map(|listing| InterviewChoice {
            is_chosen: within == Some(listing.slug.as_str()),
            slug: listing.slug,
            title: listing.title,
        });
        self.interviews = choices.collect();
    }
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'n> {
    frame: Frame,
    message: &'n str,
    /// The heading above the links.
    heading: &'n str,
    links: Vec<Link>,
}

/// Returns a page that says only `message`.
pub(super) fn notice(visitor: &Visitor, status: StatusCode, message: &str) -> Response {
    notice_with_links(visitor, status, message, Vec::new())
}

/// Returns a page with `message` and `links` to the interviews.
pub(super) fn notice_with_links(
    visitor: &Visitor,
    status: StatusCode,
    message: &str,
    links: Vec<Link>,
) -> Response {
    let web = &visitor.phrases().web;
    let mut frame = Frame::new(visitor, web.name.clone(), "/");
    frame.is_listed = false;
    frame.preview.url = None;
    (status, render(&NoticePage { frame, message, heading: &web.interviews, links }))
        .into_response()
}

/// Renders a template as a page.
pub(super) fn render(template: &impl Template) -> Response {
    match template.render() {
        Ok(page) => Html(page).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// `/reader.js`.
pub(super) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

/// `/static-search.js`.
pub(super) async fn search_script() -> Response {
    asset("text/javascript; charset=utf-8", SEARCH_SCRIPT)
}

/// `/icon.svg`.
pub(super) async fn icon() -> Response {
    asset("image/svg+xml", ICON)
}

fn asset(kind: &'static str, content: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=3600")], content).into_response()
}
