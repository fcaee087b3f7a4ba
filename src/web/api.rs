//! The JSON API. It gives the same answers as `wenjian ask --json`, with texts as they are stored.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::App;
use super::search::MAX_QUESTION;
use crate::dialogue::{AnswerJson, InterviewJson};
use retrieval::Library;
use transcript::{Passage, RepairedSpan};

/// How many passages are quoted if the request does not say.
const N_QUOTES: usize = 3;
/// The most passages that a request may ask for.
const MAX_QUOTES: usize = 20;

/// The `OpenAPI` description of the API. The tests check answers against it.
const DESCRIPTION: &str = include_str!("openapi.json");

#[derive(Deserialize)]
pub(super) struct AskParameters {
    #[serde(default)]
    q: String,
    n: Option<String>,
    interview: Option<String>,
}

/// A passage with its source.
#[derive(Serialize)]
pub(super) struct PassageJson {
    passage: String,
    interview: InterviewJson,
    turn: usize,
    paragraph: usize,
    question: String,
    text: String,
    repairs: Vec<RepairJson>,
}

/// A repair within a passage.
#[derive(Serialize)]
struct RepairJson {
    start: usize,
    end: usize,
    received: String,
    guessed: bool,
}

/// An interview with its numbers of turns and passages.
#[derive(Serialize)]
pub(super) struct ListedJson {
    #[serde(flatten)]
    interview: InterviewJson,
    url: Option<String>,
    turns: usize,
    passages: usize,
}

/// An error, as JSON with a status code.
#[derive(Serialize)]
pub(super) struct ErrorResponse {
    #[serde(skip)]
    pub(super) status: StatusCode,
    pub(super) error: String,
}

impl ErrorResponse {
    fn bad(error: String) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error }
    }

    /// Creates the answer to a request for something that does not exist.
    pub(super) fn missing(what: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, error: format!("there is no {what}") }
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

/// Handles `/api/ask?q=…&n=…&interview=…`.
pub(super) async fn ask(
    State(app): State<App>,
    query: Result<Query<AskParameters>, QueryRejection>,
) -> Result<Json<AnswerJson>, ErrorResponse> {
    let Query(AskParameters { q, n, interview }) = query.map_err(|rejection| {
        ErrorResponse::bad(format!("{}; hint: give each parameter once", rejection.body_text()))
    })?;
    let n = n.map_or(Some(N_QUOTES), |n| n.parse().ok()).unwrap_or_default();
    if q.trim().is_empty() || q.chars().count() > MAX_QUESTION {
        return Err(ErrorResponse::bad(format!("`q` must have 1 to {MAX_QUESTION} characters")));
    }
    if !(1..=MAX_QUOTES).contains(&n) {
        return Err(ErrorResponse::bad(format!("`n` must be 1 to {MAX_QUOTES}")));
    }
    let is_there = |slug: &String| app.service.engine().library().named(slug).is_some();
    if let Some(slug) = interview.as_ref().filter(|slug| !is_there(slug)) {
        return Err(ErrorResponse::missing(&format!("interview `{slug}`")));
    }
    app.service.ask(&q, interview.as_deref(), n).map(Json).map_err(|error| {
        tracing::error!(%error, "a question could not be looked up");
        ErrorResponse {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: "the search failed".to_owned(),
        }
    })
}

/// Handles `/api/passages/SLUG/TURN.PARAGRAPH`.
pub(super) async fn passage(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<PassageJson>, ErrorResponse> {
    let Path(id) = id.map_err(|_| ErrorResponse::bad("the address is no UTF-8".to_owned()))?;
    let engine = app.service.engine();
    let library = engine.library();
    let found = library.passage_named(&id);
    found
        .map(|passage| Json(PassageJson::new(library, passage)))
        .ok_or(ErrorResponse::missing("such passage"))
}

/// Handles `/api/interviews`.
pub(super) async fn interviews(State(app): State<App>) -> Json<Vec<ListedJson>> {
    let engine = app.service.engine();
    let passages = engine.library().passages();
    let interviews = engine.library().corpus().interviews.iter().enumerate();
    let listed = interviews.map(|(position, interview)| ListedJson {
        interview: InterviewJson::new(interview),
        url: interview.url.clone(),
        turns: interview.turns.len(),
        passages: passages.iter().filter(|passage| passage.interview == position).count(),
    });
    Json(listed.collect())
}

/// Handles `/api/openapi.json`.
pub(super) async fn description() -> Response {
    ([(CONTENT_TYPE, "application/json")], DESCRIPTION).into_response()
}

impl PassageJson {
    fn new(library: &Library, passage: &Passage) -> Self {
        let question = library.turn(passage).map(|turn| turn.question.clone());
        let repair = |repair: &RepairedSpan| RepairJson {
            start: repair.span.start,
            end: repair.span.end,
            received: repair.received.clone(),
            guessed: !repair.guessed.is_empty(),
        };
        Self {
            passage: passage.id.to_string(),
            interview: InterviewJson::new(library.interview(passage)),
            turn: passage.turn,
            paragraph: passage.paragraph,
            question: question.unwrap_or_default(),
            text: passage.text.clone(),
            repairs: passage.repairs.iter().map(repair).collect(),
        }
    }
}
