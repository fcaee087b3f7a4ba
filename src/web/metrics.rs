//! Prometheus metrics, which are served on an address of their own.

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use super::health;

/// Upper bounds of the histograms' buckets, in seconds. They range from a question of one word to drawing a picture on a
/// busy machine.
const BUCKETS: [f64; 11] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0];
/// How often measurements are put into buckets. Until then they take up memory, even if nobody reads the metrics.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts recording metrics. Call this once in a process.
pub fn record() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()?;
    describe_counter!("wenjian_http_requests_total", "Requests by route and status.");
    describe_histogram!(
        "wenjian_http_request_seconds",
        Unit::Seconds,
        "Time to answer a request, by route."
    );
    describe_counter!("wenjian_answers_total", "Questions by verdict.");
    describe_histogram!("wenjian_answer_seconds", Unit::Seconds, "Time to find and quote.");
    describe_counter!(
        "wenjian_connections_refused_total",
        "Connections that were closed because their client had too many."
    );
    describe_bot();
    describe_counter!("wenjian_reloads_total", "Reloads of the corpus by result.");
    describe_gauge!("wenjian_passages", "Passages in the generation that is served.");
    describe_gauge!("wenjian_interviews", "Interviews in the generation that is served.");
    describe_gauge!(
        "wenjian_generation_started_seconds",
        Unit::Seconds,
        "When the generation was switched to, since 1970."
    );
    Ok(handle)
}

/// Describes the metrics of the bot.
fn describe_bot() {
    describe_counter!("wenjian_updates_total", "Updates that were taken in, by kind.");
    describe_counter!(
        "wenjian_updates_refused_total",
        "Deliveries to the webhook that were refused, by reason."
    );
    describe_gauge!(
        "wenjian_updates_in_hand",
        "Updates that are being answered or wait for the one before them in their chat."
    );
    describe_histogram!(
        "wenjian_update_seconds",
        Unit::Seconds,
        "Time from an update to its answer, the network and waiting for Telegram's limits included."
    );
    describe_counter!("wenjian_telegram_calls_total", "Calls of the Bot API by method.");
    describe_counter!(
        "wenjian_telegram_errors_total",
        "Calls of the Bot API that failed, by method and kind."
    );
    describe_gauge!("wenjian_polling", "1 while this program polls, 0 while it waits its turn.");
    describe_gauge!(
        "wenjian_telegram_reachable",
        "0 while answers wait because Telegram cannot be reached."
    );
    describe_gauge!("wenjian_store_up", "1 while the store answers.");
}

/// Routes to `/metrics`, and to `/healthz` for monitors that can only reach this address.
pub fn metrics_router(handle: PrometheusHandle) -> Router {
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut interval = tokio::time::interval(UPKEEP);
        loop {
            interval.tick().await;
            upkeep.run_upkeep();
        }
    });
    Router::new()
        .route("/metrics", get(page))
        .route("/healthz", get(health::alive))
        .with_state(handle)
}

async fn page(State(handle): State<PrometheusHandle>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
}

/// Records a request under its route. The address itself would create a metric for every address that anybody tries.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    record_request(route.unwrap_or_else(|| "none".to_owned()), request, next).await
}

/// Records the delivery of an update without its path, which may contain a secret.
pub(super) async fn observe_webhook(request: Request, next: Next) -> Response {
    record_request("webhook".to_owned(), request, next).await
}

async fn record_request(route: String, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::histogram!("wenjian_http_request_seconds", "route" => route.clone())
        .record(started.elapsed());
    metrics::counter!("wenjian_http_requests_total", "route" => route, "status" => status)
        .increment(1);
    response
}
