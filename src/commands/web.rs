//! `wenjian web`: the reader pages and the JSON API alone, and their part of `wenjian serve`.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use super::live_service::LiveService;
use super::open_store::open_store;
use super::stop_signal::told_to_end;
use crate::config::Config;
use crate::dialogue::Reader;
use crate::picture::Painter;
use crate::reload::Follower;
use crate::service::Service;
use crate::telegram::WebhookEndpoint;
use crate::web::{self, ClientLimits, ConnectionLimits, Networks};

/// The address if none is configured.
const LISTEN: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 8080);
/// How long the pages wait for the store at the start. Without it they show the corpus folder alone.
const STORE_PATIENCE: Duration = Duration::from_secs(3);
/// Connections to the metrics at a time.
const METRICS_CONNECTIONS: usize = 16;
/// How long a client may take to receive the next part of an answer: slow networks stall for seconds.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// What the server of the pages needs.
pub(super) struct Pages {
    pub(super) service: Arc<Service>,
    /// For the operators' pages.
    pub(super) follower: Option<Arc<Follower>>,
    pub(super) painter: Arc<Painter>,
    pub(super) condition: web::Condition,
    /// Where Telegram delivers updates, in webhook mode.
    pub(super) endpoint: Option<WebhookEndpoint>,
}

pub(super) fn run(config: &Config) -> Result<()> {
    tokio::runtime::Runtime::new().context("no threads can be started")?.block_on(async {
        let stop = told_to_end()?;
        serve_metrics(&config.web).await?;
        let address = config.web.listen.unwrap_or_else(|| SocketAddr::from(LISTEN));
        let is_administered = !config.web.admin_token.is_empty();
        let opened = timeout(STORE_PATIENCE, open_store(&config.store)).await;
        let store = match opened {
            Ok(Err(error)) if !is_administered => {
                tracing::warn!("{error:#}; going on without what operators add in the chat");
                None
            }
            Ok(store) => Some(store?),
            Err(_) if is_administered => Some(open_store(&config.store).await?),
            Err(_) => None,
        };
        let live = LiveService::start(config, store.as_ref()).await?;
        let service = Arc::clone(&live.service);
        let follower = if let Some(store) = store {
            Some(live.follow(store))
        } else {
            let options = config.store.clone();
            tokio::spawn(async move { open_store(&options).await.map(|store| live.follow(store)) });
            None
        };
        // Readers leave nothing in the store: only the operators' pages need it.
        let follower = follower.filter(|_| is_administered);
        let painter = Arc::new(Painter::new(config.picture.clone()));
        // It stops accepting connections at once, so it need not say that it is not ready.
        let (_never, ending) = watch::channel(None);
        let condition = web::Condition { ending, telegram: None };
        let site = Pages { service, follower, painter, condition, endpoint: None };
        pages(config, site, address, stop).await?.await;
        Ok(())
    })
}

/// Records metrics from now on and serves them, if there is an address for it.
pub(super) async fn serve_metrics(options: &web::Options) -> Result<()> {
    let Some(address) = options.metrics_listen else { return Ok(()) };
    let listener = listen(address, "web.metrics_listen").await?;
    writeln!(std::io::stderr(), "metrics on http://{}/metrics", listener.local_addr()?)?;
    let router = web::metrics_router(web::record()?);
    let limits = ConnectionLimits {
        in_all: METRICS_CONNECTIONS,
        per_client: None,
        proxies: Networks::default(),
        write_timeout: WRITE_TIMEOUT,
    };
    // It ends with the program.
    let (_, ending) = watch::channel(None);
    tokio::spawn(web::serve(listener, router, limits, ending, std::future::pending()));
    Ok(())
}

/// Serves the pages at `address` until `stop` is ready.
pub(super) async fn pages<S: Future<Output = ()>>(
    config: &Config,
    site: Pages,
    address: SocketAddr,
    stop: S,
) -> Result<impl Future<Output = ()> + use<S>> {
    let listener = listen(address, "web.listen").await?;
    writeln!(std::io::stderr(), "reader pages on http://{}", listener.local_addr()?)?;
    let reader = Reader::from(config.reader);
    let Pages { service, follower, painter, condition, endpoint } = site;
    let ending = condition.ending.clone();
    let site = web::Site::new(service, follower, condition, painter, reader, &config.web);
    let router = web::router(site);
    let router = match endpoint {
        Some(endpoint) => web::with_webhook(router, endpoint),
        None => router,
    };
    let limits = ConnectionLimits {
        in_all: config.web.connections,
        per_client: (config.web.limits == ClientLimits::Client)
            .then_some(config.web.connections_per_client),
        proxies: config.web.trusted_proxies.clone(),
        write_timeout: WRITE_TIMEOUT,
    };
    Ok(web::serve(listener, router, limits, ending, stop))
}

async fn listen(address: SocketAddr, key: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("cannot listen on `{address}`; hint: see `{key}`"))
}
