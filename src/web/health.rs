//! Health checks: `/healthz` says that the process is alive, `/readyz` whether it can answer questions.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::watch;

use super::App;
use crate::store::Store;
use crate::telegram::Reachability;

/// What the readiness check looks at besides the corpus and the store.
pub struct Condition {
    /// When the program was told to stop; `None` while it runs normally.
    pub ending: watch::Receiver<Option<Instant>>,
    /// Whether Telegram can be reached; `None` if the bot does not run.
    pub telegram: Option<Reachability>,
}

/// The answer of `/readyz`, as JSON.
#[derive(Serialize)]
struct Readiness {
    is_ready: bool,
    /// Whether the program was told to stop and is finishing what it has begun.
    is_ending: bool,
    /// Whether the store answered when it was last asked; null if there is none. Questions are answered without it, too.
    is_store_up: Option<bool>,
    /// Whether Telegram could be reached when the last answer was sent; null if the bot does not run.
    /// Without Telegram pages are still served, and answers to its users wait.
    is_telegram_reachable: Option<bool>,
    interviews: usize,
    passages: usize,
    fingerprint: String,
}

/// Handles `/healthz`.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Handles `/readyz`. The program is ready if it has a corpus and was not told to stop.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let engine = app.service.engine();
    let passages = engine.library().passages().len();
    let is_ending = app.condition.ending.borrow().is_some();
    let is_ready = passages > 0 && !is_ending;
    let readiness = Readiness {
        is_ready,
        is_ending,
        is_store_up: app.store.as_ref().map(Store::is_up),
        is_telegram_reachable: app.condition.telegram.as_ref().map(Reachability::is_reachable),
        interviews: engine.library().corpus().interviews.len(),
        passages,
        fingerprint: engine.index().manifest().fingerprint.clone(),
    };
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}
