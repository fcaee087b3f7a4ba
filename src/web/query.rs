//! Reads the query of a page's address, and answers with a page that says what is wrong if that fails.

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;

use super::App;
use super::layout::notice;
use super::visitor::Visitor;

/// The parameters of a page, each of which may be given once.
pub(super) struct PageQuery<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<App> for PageQuery<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        if let Ok(Query(parameters)) = Query::try_from_uri(&parts.uri) {
            return Ok(Self(parameters));
        }
        let Ok(visitor) = Visitor::from_request_parts(parts, app).await;
        Err(notice(&visitor, StatusCode::BAD_REQUEST, &visitor.phrases().web.bad_query))
    }
}
