//! Where Telegram brings updates: a route of its own, which takes nothing without the secret, little
//! with it, and says 200 only when the update is safe.

use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::post;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;

use super::{guard, metrics};
use crate::telegram::{NotTaken, WebhookEndpoint};

/// Shows Telegram's secret.
const SECRET: &str = "x-telegram-bot-api-secret-token";
/// An update's size, bytes: the longest message with all its entities has less than 100 KiB.
const MAX_BYTES: usize = 1 << 20;
/// The time that it may take to come in.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// `router` with the endpoint before it. The limits by client are not for Telegram.
pub fn with_webhook(router: Router, endpoint: WebhookEndpoint) -> Router {
    let path = endpoint.path().to_owned();
    Router::new()
        .route(&path, post(take))
        .with_state(endpoint)
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(from_fn(metrics::observe))
        .fallback_service(router)
}

async fn take(State(endpoint): State<WebhookEndpoint>, request: Request) -> StatusCode {
    let secret = request.headers().get(SECRET).map(|value| value.as_bytes().to_vec());
    if !secret.is_some_and(|secret| endpoint.admits(&secret)) {
        return refuse(StatusCode::UNAUTHORIZED, "secret");
    }
    let body = match timeout(BODY_TIMEOUT, to_bytes(request.into_body(), MAX_BYTES)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return refuse(StatusCode::PAYLOAD_TOO_LARGE, "size"),
        Err(_) => return refuse(StatusCode::REQUEST_TIMEOUT, "slow"),
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
