//! The query of a page's address. If it cannot be read, the answer is a page like any other.

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;

use super::App;
use super::layout::notice;
use super::visitor::Visitor;

/// The parameters of a page. Each may be given once.
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
