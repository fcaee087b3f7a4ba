//! The route to which Telegram delivers updates. It reads the body of a request only if the request has the right secret,
//! limits its size, and answers 200 only once the update is in the store.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::post;
use tower_http::catch_panic::CatchPanicLayer;

use super::request_body::{UnreadBody, read_body};
use super::{metrics, middleware};
use crate::telegram::{NotTaken, WebhookEndpoint};

/// The header in which Telegram sends back the secret that the webhook was set with.
const SECRET: &str = "x-telegram-bot-api-secret-token";
/// The most bytes of an update: the longest message with all its entities has less than 100 KiB.
const MAX_BYTES: usize = 1 << 20;

/// Adds the route to `router`. The limits for clients do not apply to it.
pub fn with_webhook(router: Router, endpoint: WebhookEndpoint) -> Router {
    let path = endpoint.path().to_owned();
    Router::new()
        .route(&path, post(take))
        .with_state(endpoint)
        .layer(CatchPanicLayer::custom(middleware::panicked))
        .layer(from_fn(metrics::observe_webhook))
        .fallback_service(router)
}

async fn take(State(endpoint): State<WebhookEndpoint>, request: Request) -> StatusCode {
    let secret = request.headers().get(SECRET).map(|value| value.as_bytes().to_vec());
    if !secret.is_some_and(|secret| endpoint.admits(&secret)) {
        return refuse(StatusCode::UNAUTHORIZED, "secret");
    }
    let body = match read_body(request.into_body(), MAX_BYTES).await {
        Ok(body) => body,
        Err(unread @ UnreadBody::Size) => return refuse(unread.status(), "size"),
        Err(unread @ UnreadBody::Slow) => return refuse(unread.status(), "slow"),
    };
    match endpoint.deliver(&body).await {
        Ok(()) => StatusCode::OK,
        Err(NotTaken::Unreadable) => refuse(StatusCode::BAD_REQUEST, "unreadable"),
        Err(NotTaken::Later) => refuse(StatusCode::SERVICE_UNAVAILABLE, "later"),
    }
}

fn refuse(status: StatusCode, reason: &'static str) -> StatusCode {
    ::metrics::counter!("wenjian_updates_refused_total", "reason" => reason).increment(1);
    status
}
