//! The web face: turns an address into an intent, and a reply into a page or JSON. No other module uses axum.
//!
//! The reader pages change nothing on the server, can be read without JavaScript, and load nothing from other servers.

mod options;
mod admin;
mod import;
mod client_limits;
mod file_page;
mod visitor;
mod text_runs;
mod link;
mod card;
mod layout;
mod query;
mod quotation;
mod page;
mod search;
mod day;
mod feeds;
mod api;
mod image;
mod health;
mod metrics;
mod request_body;
mod mcp;
mod middleware;
mod webhook;
mod server;
mod static_site;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::dialogue::Reader;
use crate::picture::Painter;
use crate::reload::Follower;
use crate::service::Service;
use crate::store::Store;
pub use health::Condition;
pub use metrics::{metrics_router, record};
pub use options::{ClientLimits, Networks, Options, web_address};
pub use server::{ConnectionLimits, serve};
pub use static_site::{ExportError, Exported, StaticSite};
pub use webhook::with_webhook;

/// The state that all handlers share.
pub struct Site {
    service: Arc<Service>,
    /// The settings for readers who have not chosen any.
    reader: Reader,
    options: Options,
    limiter: client_limits::ClientLimiter,
    /// For the operators' pages.
    store: Option<Store>,
    /// For transcripts that operators import.
    follower: Option<Arc<Follower>>,
    condition: Condition,
    painter: Arc<Painter>,
    /// Has one permit, so that only one picture is drawn at a time.
    painting: Semaphore,
}

type App = Arc<Site>;

impl Site {
    /// Collects what the handlers need. `reader` holds the settings for readers who have not chosen any, `follower` leads
    /// to the store for operators, and `condition` is what the readiness check looks at.
    pub fn new(
        service: Arc<Service>,
        follower: Option<Arc<Follower>>,
        condition: Condition,
        painter: Arc<Painter>,
        reader: Reader,
        options: &Options,
    ) -> Self {
        Self {
            service,
            reader,
            options: options.clone(),
            limiter: client_limits::ClientLimiter::new(options),
            store: follower.as_ref().map(|follower| follower.store().clone()),
            follower,
            condition,
            painter,
            painting: Semaphore::new(1),
        }
    }
}

/// Returns the routes that a server and a static site have in common.
fn reader_pages() -> Router<App> {
    Router::new()
        .route("/", get(page::home))
        .route("/i/{slug}", get(page::interview))
        .route("/i/{slug}/{place}", get(page::place))
        .route("/card/{slug}/{file}", get(image::image))
        .route("/feed.xml", get(feeds::interviews))
        .route("/daily.xml", get(feeds::daily))
        .route("/sitemap.xml", get(feeds::site_map))
        .route("/robots.txt", get(feeds::robots))
        .fallback(page::missing)
}

/// Returns the routes of the files that all pages load. The limits for clients do not apply to them.
fn page_files() -> Router<App> {
    Router::new().route("/reader.js", get(layout::script)).route("/icon.svg", get(layout::icon))
}

/// Returns the routes to the pages, the API and the health checks.
pub fn router(site: Site) -> Router {
    let app = Arc::new(site);
    let pages = reader_pages()
        .route("/search", get(search::results))
        .route("/admin", get(admin::page).layer(from_fn(middleware::seclude)))
        .route(
            "/admin/import",
            get(import::form)
                .post(import::submit)
                .layer(DefaultBodyLimit::max(import::MAX_FORM))
                .layer(from_fn(middleware::seclude)),
        )
        .route("/api/ask", get(api::ask))
        .route("/api/passages/{*id}", get(api::passage))
        .route("/api/interviews", get(api::interviews))
        .merge(mcp::routes(&app))
        .layer(from_fn_with_state(app.clone(), middleware::limit));
    Router::new()
        .merge(pages)
        .merge(page_files())
        .route("/api/openapi.json", get(api::description))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(middleware::panicked))
        .layer(from_fn(middleware::protect))
        .layer(from_fn(metrics::observe))
        .with_state(app)
}
