//! What all pages have in common: the frame, the style, the script, what they say when unfurled.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};

use super::page::Link;
use super::visitor::{Visitor, language_name, script_name};
use crate::dialogue::{Engine, Language, Phrases, ScriptChoice};

/// The style sheet, inline in every page and named by its hash in the policy.
pub(super) const STYLE: &str = include_str!("templates/style.css");
const SCRIPT: &str = include_str!("templates/reader.js");
const ICON: &str = include_str!("templates/icon.svg");

/// The frame around a page.
pub(super) struct Frame {
    pub(super) phrases: &'static Phrases,
    pub(super) style: &'static str,
    /// BCP 47 name of the language of our own words.
    pub(super) language: &'static str,
    pub(super) title: String,
    /// Where the name leads: home, in the script and the language that were chosen.
    pub(super) home: String,
    /// The script that was chosen, for forms.
    pub(super) script: Option<&'static str>,
    /// The language that was chosen, for forms.
    pub(super) chosen_language: Option<&'static str>,
    /// The page in each script.
    pub(super) scripts: Vec<ChoiceLink>,
    /// The page in each language.
    pub(super) languages: Vec<ChoiceLink>,
    /// What was asked.
    pub(super) question: String,
    /// The interviews that a search can be kept to; empty where there is nothing to choose.
    pub(super) interviews: Vec<InterviewChoice>,
    /// What messengers and search engines show of a link to it.
    pub(super) preview: LinkPreview,
    /// Search engines may list it.
    pub(super) is_listed: bool,
    /// There are feeds: their addresses have to be whole.
    pub(super) has_feeds: bool,
}

/// The page in a script or in a language.
pub(super) struct ChoiceLink {
    pub(super) label: &'static str,
    pub(super) language: Option<&'static str>,
    pub(super) href: String,
    pub(super) current: bool,
}

/// An interview that a search can be kept to.
pub(super) struct InterviewChoice {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) is_chosen: bool,
}

/// What messengers and search engines show of a link.
pub(super) struct LinkPreview {
    pub(super) title: String,
    pub(super) description: String,
    /// The whole address of the page, without what its reader chose; `None` if the server's own is not known.
    pub(super) url: Option<String>,
    pub(super) image: Option<PreviewImage>,
}

/// The picture beside a link.
pub(super) struct PreviewImage {
    /// The whole address.
    pub(super) url: String,
    /// Pixels.
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Frame {
    /// The frame of the page at `path` (with its query, without the script and the language).
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
            language: Some(language_name(language)),
            href,
            current,
        });
        let public_url = Some(visitor.public_url()).filter(|url| !url.is_empty());
        let preview = LinkPreview {
            title: title.clone(),
            description: phrases.web.description.clone(),
            url: public_url.map(|public_url| format!("{public_url}{path}")),
            image: None,
        };
        Self {
            phrases,
            style: STYLE,
            language: visitor.language(),
            title,
            home: visitor.link("/"),
            script: visitor.chosen().map(script_name),
            chosen_language: visitor.chosen_language().map(language_name),
            scripts: scripts.collect(),
            languages: languages.collect(),
            question: String::new(),
            interviews: Vec::new(),
            preview,
            is_listed: true,
            has_feeds: public_url.is_some(),
        }
    }

    /// Lets the search be kept to one interview, at first to `within`, where there are several.
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
struct Notice<'n> {
    frame: Frame,
    message: &'n str,
    /// Says where `links` lead.
    heading: &'n str,
    links: Vec<Link>,
}

/// A page that says only `message`.
pub(super) fn notice(visitor: &Visitor, status: StatusCode, message: &str) -> Response {
    notice_with_links(visitor, status, message, Vec::new())
}

/// A page that says `message` and leads to the interviews by `links`.
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
    (status, render(&Notice { frame, message, heading: &web.interviews, links })).into_response()
}

/// The page of a template.
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

/// `/icon.svg`.
pub(super) async fn icon() -> Response {
    asset("image/svg+xml", ICON)
}

fn asset(kind: &'static str, content: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=3600")], content).into_response()
}
