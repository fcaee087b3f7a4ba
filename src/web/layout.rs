//! What all pages have in common: the frame, the style, the script, what they say when unfurled.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};

use super::visitor::{Visitor, script_name};
use crate::dialogue::{Engine, Phrases, ScriptChoice};

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
    /// Where the name leads: home, in the script that was chosen.
    pub(super) home: String,
    /// The script that was chosen, for forms.
    pub(super) script: Option<&'static str>,
    /// The page in the other scripts.
    pub(super) scripts: Vec<ScriptLink>,
    /// What was asked.
    pub(super) question: String,
    /// The interviews that a search can be kept to; empty where there is nothing to choose.
    pub(super) interviews: Vec<InterviewChoice>,
    /// What a messenger shows of a link to it.
    pub(super) preview: Option<LinkPreview>,
}

/// The page in another script.
pub(super) struct ScriptLink {
    pub(super) label: &'static str,
    pub(super) href: String,
    pub(super) current: bool,
}

/// An interview that a search can be kept to.
pub(super) struct InterviewChoice {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) is_chosen: bool,
}

/// What a messenger shows of a link.
pub(super) struct LinkPreview {
    pub(super) title: String,
    pub(super) description: String,
    /// The whole address, as far as the server's own is known.
    pub(super) url: String,
    /// The whole address of the picture.
    pub(super) image: Option<String>,
}

impl Frame {
    /// The frame of the page at `path` (with its query, without the script).
    pub(super) fn new(visitor: &Visitor, title: String, path: &str) -> Self {
        let phrases = visitor.phrases();
        let label = |choice| match choice {
            ScriptChoice::Hans => "简体",
            ScriptChoice::Hant => "繁體",
            ScriptChoice::Original | ScriptChoice::Auto => phrases.web.original.as_str(),
        };
        let links = visitor.scripts(path).into_iter();
        let scripts =
            links.map(|(choice, href, current)| ScriptLink { label: label(choice), href, current });
        Self {
            phrases,
            style: STYLE,
            language: visitor.language(),
            title,
            home: visitor.link("/"),
            script: visitor.chosen().map(script_name),
            scripts: scripts.collect(),
            question: String::new(),
            interviews: Vec::new(),
            preview: None,
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
}

/// A page that says only `message`.
pub(super) fn notice(visitor: &Visitor, status: StatusCode, message: &str) -> Response {
    let frame = Frame::new(visitor, visitor.phrases().web.name.clone(), "/");
    (status, render(&Notice { frame, message })).into_response()
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
