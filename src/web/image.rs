//! Serves the pictures of quotations, which messengers show beside permanent links.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::App;
use super::layout::notice;
use super::query::PageQuery;
use super::quotation::{Marked, find, range, show};
use super::visitor::Visitor;
use crate::picture;

/// Handles `/card/SLUG/TURN.PARAGRAPH.png`, also with `?r=START-END`.
pub(super) async fn image(
    State(app): State<App>,
    visitor: Visitor,
    Path((slug, file)): Path<(String, String)>,
    PageQuery(marked): PageQuery<Marked>,
) -> Response {
    let missing = || notice(&visitor, StatusCode::NOT_FOUND, &visitor.phrases().web.missing);
    let Some(place) = file.strip_suffix(".png") else { return missing() };
    let engine = app.service.engine();
    let found = find(&engine, &slug, place, marked.r.as_deref().and_then(range));
    let Some((_, Some(shown))) = found else { return missing() };
    let Some(card) = show(&engine, shown, visitor.reader) else { return missing() };
    drop(engine);
    // Pictures are drawn one at a time, because each takes a whole processor and questions should not wait for them.
    let Ok(_turn) = app.painting.acquire().await else { return missing() };
    let painter = Arc::clone(&app.painter);
    let site_name = &visitor.phrases().web.name;
    match tokio::task::spawn_blocking(move || painter.paint(&card, site_name)).await {
        Ok(Ok(png)) => {
            let headers = [(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, "public, max-age=3600")];
            (headers, png).into_response()
        }
        Ok(Err(error @ picture::Error::NoFont(_))) => {
            tracing::error!(%error, "no pictures");
            (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response()
        }
        Ok(Err(error)) => failed(&visitor, &error),
        Err(error) => failed(&visitor, &error),
    }
}

fn failed(visitor: &Visitor, error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "a picture could not be drawn");
    notice(visitor, StatusCode::INTERNAL_SERVER_ERROR, &visitor.phrases().web.failed)
}
