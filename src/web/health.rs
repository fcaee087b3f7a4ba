//! Whether the process lives, and whether it can answer.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::App;

#[derive(Serialize)]
struct Readiness {
    interviews: usize,
    passages: usize,
    fingerprint: String,
}

/// `/healthz`: it answers at all.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `/readyz`: there is something to answer from.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let host = app.service.host();
    let readiness = Readiness {
        interviews: host.shelf().corpus().interviews.len(),
        passages: host.shelf().passages().len(),
        fingerprint: host.index().manifest().fingerprint.clone(),
    };
    let status =
        if readiness.passages > 0 { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}
