//! Whether the process lives, and whether it can answer.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::watch;

use super::App;
use crate::store::Store;
use crate::telegram::Reachability;

/// What the readiness check looks at beside corpus and store.
pub struct Condition {
    /// Whether the program was told to end.
    pub ending: watch::Receiver<bool>,
    /// Whether Telegram can be reached, where the bot runs.
    pub telegram: Option<Reachability>,
}

/// What `/readyz` says.
#[derive(Serialize)]
struct Readiness {
    is_ready: bool,
    /// It was told to end and finishes what is in hand.
    is_ending: bool,
    /// Whether the store answered when it was last asked; null where there is none. Without it
    /// readers are answered all the same.
    is_store_up: Option<bool>,
    /// Whether Telegram could be reached when the last answer was sent; null where the bot does not
    /// run. Pages do without it, and answers to Telegram wait.
    is_telegram_reachable: Option<bool>,
    interviews: usize,
    passages: usize,
    fingerprint: String,
}

/// `/healthz`: it answers at all.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `/readyz`: there is something to answer from, and time to do so.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let engine = app.service.engine();
    let passages = engine.library().passages().len();
    let is_ending = *app.condition.ending.borrow();
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
