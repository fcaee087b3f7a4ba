//! The search page, which shows the same answers as the terminal and the bot as a list of quote cards.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::App;
use super::card::CardView;
use super::layout::{Frame, notice, render};
use super::link::{Link, search_path, turn_link};
use super::query::PageQuery;
use super::visitor::Visitor;
use crate::dialogue::{Locus, Topic, fill};

/// The longest question, in characters. What is longer is no question, and takes time.
pub(super) const MAX_QUESTION: usize = 500;
/// The number of quote cards on the page.
const N_CARDS: usize = 5;

#[derive(Deserialize)]
pub(super) struct SearchParameters {
    #[serde(default)]
    q: String,
    /// The slug of the interview to search. If empty, all are searched.
    #[serde(default, rename = "in")]
    within: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct ResultsPage {
    frame: Frame,
    notes: Vec<String>,
    heading: String,
    nearest: Vec<NearestLink>,
    cards: Vec<CardView>,
}

/// A link to an interviewer's question that is near the one asked.
struct NearestLink {
    speaker: String,
    link: Link,
}

/// Handles `/search?q=…&in=…`.
pub(super) async fn results(
    State(app): State<App>,
    visitor: Visitor,
    PageQuery(SearchParameters { q, within }): PageQuery<SearchParameters>,
) -> Response {
    let phrases = &visitor.phrases().web;
    if q.trim().is_empty() {
        return Redirect::to(&visitor.link("/")).into_response();
    }
    if q.chars().count() > MAX_QUESTION {
        let message = fill(&phrases.too_long, &[("limit", &MAX_QUESTION.to_string())]);
        return notice(&visitor, StatusCode::BAD_REQUEST, &message);
    }
    let within = Some(within.as_str()).filter(|slug| !slug.is_empty());
    let engine = app.service.engine();
    if within.is_some_and(|slug| engine.library().named(slug).is_none()) {
        return notice(&visitor, StatusCode::NOT_FOUND, &phrases.missing);
    }
    let results = match app.service.results(&q, within, N_CARDS, visitor.reader) {
        Ok(results) => results,
        Err(error) => {
            tracing::error!(%error, "a question could not be looked up");
            return notice(&visitor, StatusCode::INTERNAL_SERVER_ERROR, &phrases.failed);
        }
    };
    let title = fill(&phrases.results, &[("question", &q)]);
    let mut frame = Frame::new(&visitor, title, &search_path(&q, within));
    frame.offer_interviews(&engine, &visitor, within);
    frame.question = q;
    // There is no limit to the number of searches, so search engines should not list them.
    frame.is_listed = false;
    let mut notes = results.notes;
    let (mut heading, mut nearest) = (String::new(), Vec::new());
    if let Some(no_answer) = results.no_answer {
        notes.push(no_answer.message);
        heading = no_answer.heading;
        nearest = no_answer.nearest;
    }
    render(&ResultsPage {
        frame,
        notes,
        heading,
        nearest: nearest.into_iter().filter_map(|topic| NearestLink::of(&visitor, topic)).collect(),
        cards: results.cards.iter().filter_map(|card| CardView::of(&visitor, card)).collect(),
    })
}

impl NearestLink {
    fn of(visitor: &Visitor, topic: Topic) -> Option<Self> {
        let Locus::QuestionOf(passage) = &topic.question.words.source else { return None };
        let href = turn_link(visitor, passage);
        let label = topic.question.text();
        Some(Self { speaker: topic.question.speaker, link: Link { label, href } })
    }
}
