//! Health checks: whether the process lives, and whether it can answer.

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

/// What the readiness check reads beside the corpus and the store.
pub struct Condition {
    /// When the program was told to end, if it was.
    pub ending: watch::Receiver<Option<Instant>>,
    /// Whether Telegram can be reached, if the bot runs.
    pub telegram: Option<Reachability>,
}

/// What `/readyz` says.
#[derive(Serialize)]
struct Readiness {
    is_ready: bool,
    /// Whether the program was told to end and is finishing what is in hand.
    is_ending: bool,
    /// Whether the store answered when it was last asked; null if there is no store. Readers are
    /// answered without it as well.
    is_store_up: Option<bool>,
    /// Whether Telegram could be reached when the last answer was sent; null if the bot does not run.
    /// Pages are served without it as well, and answers to Telegram wait.
    is_telegram_reachable: Option<bool>,
    interviews: usize,
    passages: usize,
    fingerprint: String,
}

/// `/healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `/readyz`: there is a corpus to answer from, and the program was not told to end.
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
