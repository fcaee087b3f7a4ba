//! The search page of a static site. Its script searches; without it the page lists all questions.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::web::App;
use crate::web::layout::{Frame, render};
use crate::web::link::Link;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "static_search.html")]
struct SearchPage {
    frame: Frame,
    /// The link to the script that searches, and to what it searches.
    script: String,
    data: String,
    interviews: Vec<InterviewView>,
}

/// An interview with links to its questions.
struct InterviewView {
    link: Link,
    questions: Vec<Link>,
}

/// Handles `/search`.
pub(super) async fn page(State(app): State<App>, visitor: Visitor) -> Response {
    let engine = app.service.engine();
    let web = &visitor.phrases().web;
    let mut frame = Frame::new(&visitor, web.ask.clone(), "/search");
    frame.offer_interviews(&engine, &visitor, None);
    frame.is_listed = false;
    let interviews = engine.listings(visitor.reader).into_iter().map(|listing| {
        let whole = format!("/i/{}", listing.slug);
        let reading = engine.reading(&listing.slug, None, None, visitor.reader);
        let turns = reading.into_iter().flat_map(|reading| reading.turns);
        InterviewView {
            questions: turns
                .map(|turn| Link {
                    href: visitor.link(&format!("{whole}/{}", turn.number)),
                    label: turn.short_question,
                })
                .collect(),
            link: Link { href: visitor.link(&whole), label: listing.title },
        }
    });
    let interviews = interviews.collect();
    let script = visitor.shared_link(super::SEARCH_SCRIPT);
    let data = visitor.link(super::SEARCH_DATA);
    render(&SearchPage { frame, script, data, interviews })
}
