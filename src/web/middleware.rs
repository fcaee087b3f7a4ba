//! Middleware around every page: rate limits, security headers, and the answer in place of a handler that panics.

use std::any::Any;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::LazyLock;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, RETRY_AFTER, VARY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::layout::{self, STYLE};
use super::visitor::Visitor;
use super::{App, api, client_limits, mcp};
use crate::dialogue::fill;

/// The Content-Security-Policy of pages. It allows only the project's own style sheet and script. Telegram's web clients
/// may show pages in a frame, because that is how they open Mini Apps.
static POLICY: LazyLock<Option<HeaderValue>> =
    LazyLock::new(|| policy("'self' https://web.telegram.org https://*.telegram.org"));

/// The Content-Security-Policy of pages that must not be shown in a frame.
static UNFRAMED_POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| policy("'none'"));

fn policy(frame_ancestors: &str) -> Option<HeaderValue> {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'self'; connect-src 'self'; \
         img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {frame_ancestors}"
    );
    HeaderValue::try_from(policy).ok()
}

/// Keeps operators' pages out of caches and frames.
pub(super) async fn seclude(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Some(policy) = &*UNFRAMED_POLICY {
        headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
    }
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Adds the headers that every answer has, unless the handler set them.
pub(super) async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Some(policy) = &*POLICY {
        headers.entry(CONTENT_SECURITY_POLICY).or_insert_with(|| policy.clone());
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.append(VARY, HeaderValue::from_static("accept-language"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

/// Refuses requests of a client that exceeds its limit.
pub(super) async fn limit(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    visitor: Visitor,
    request: Request,
    next: Next,
) -> Response {
    let client = client_limits::address(peer, request.headers(), &app.options.trusted_proxies);
    let Err(wait) = app.limiter.count(client, NonZeroU32::MIN) else {
        return next.run(request).await;
    };
    let seconds = wait.as_secs() + 1;
    let message = fill(&visitor.phrases().web.too_many, &[("seconds", &seconds.to_string())]);
    let path = request.uri().path();
    let is_api = path.starts_with("/api/") || path == mcp::PATH;
    let status = StatusCode::TOO_MANY_REQUESTS;
    let mut response = if is_api {
        api::ErrorResponse { status, error: format!("too many requests; hint: wait {seconds} s") }
            .into_response()
    } else {
        layout::notice(&visitor, status, &message)
    };
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Returns the answer in place of a handler that panicked. The panic hook has logged the message already.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a page panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response()
}
