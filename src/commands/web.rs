//! `wenjian web`: the reader pages and the JSON API alone; and their part of `wenjian serve`.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use super::live::Live;
use super::serve;
use crate::config::Config;
use crate::dialogue::Reader;
use crate::picture::Painter;
use crate::service::Service;
use crate::store::Store;
use crate::telegram::WebhookEndpoint;
use crate::web;

/// Where nothing else is configured.
const LISTEN: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 8080);
/// How long the pages wait for the store at start: without it they show the folder alone.
const STORE_PATIENCE: Duration = Duration::from_secs(3);
/// Connections to the metrics at a time.
const SCRAPERS: usize = 16;

/// What there is to show, and to whom.
pub(super) struct Shown {
    pub(super) service: Arc<Service>,
    /// What operators look at.
    pub(super) store: Option<Store>,
    /// What draws quotations.
    pub(super) painter: Arc<Painter>,
    pub(super) condition: web::Condition,
    /// Where Telegram delivers updates.
    pub(super) endpoint: Option<WebhookEndpoint>,
}

pub(super) fn run(config: &Config) -> Result<()> {
    tokio::runtime::Runtime::new().context("no threads can be started")?.block_on(async {
        let stop = serve::told_to_end()?;
        count(&config.web).await?;
        let address = config.web.listen.unwrap_or_else(|| SocketAddr::from(LISTEN));
        let is_administered = !config.web.admin_token.is_empty();
        let opened = timeout(STORE_PATIENCE, serve::open_store(&config.store)).await;
        let store = match opened {
            Ok(Err(error)) if !is_administered => {
                tracing::warn!("{error:#}; going on without what operators add in the chat");
                None
            }
            Ok(store) => Some(store?),
            Err(_) if is_administered => Some(serve::open_store(&config.store).await?),
            Err(_) => None,
        };
        let live = Live::start(config, store.as_ref()).await?;
        let service = Arc::clone(&live.service);
        tokio::spawn({
            let (store, options) = (store.clone(), config.store.clone());
            async move {
                let store = match store {
                    Some(store) => Ok(store),
                    None => serve::open_store(&options).await,
                };
                store.map(|store| live.follow(store))
            }
        });
        // Readers leave nothing in the store: it is there for operators.
        let store = store.filter(|_| is_administered);
        let painter = Arc::new(Painter::new(config.picture.clone()));
        // It ends at once: there is no time at which it is not ready any more.
        let (_never, ending) = watch::channel(false);
        let condition = web::Condition { ending, telegram: None };
        let shown = Shown { service, store, painter, condition, endpoint: None };
        pages(config, shown, address, stop).await?.await;
        Ok(())
    })
}

/// Counts from now on and shows what was counted, if there is an address for it.
pub(super) async fn count(options: &web::Options) -> Result<()> {
    let Some(address) = options.metrics_listen else { return Ok(()) };
    let listener = listen(address, "web.metrics_listen").await?;
    writeln!(std::io::stderr(), "metrics on http://{}/metrics", listener.local_addr()?)?;
    let router = web::metrics_router(web::record()?);
    tokio::spawn(web::serve(listener, router, SCRAPERS, std::future::pending()));
    Ok(())
}

/// Serves the pages at `address` until `stop` comes.
pub(super) async fn pages<S: Future<Output = ()>>(
    config: &Config,
    shown: Shown,
    address: SocketAddr,
    stop: S,
) -> Result<impl Future<Output = ()> + use<S>> {
    let listener = listen(address, "web.listen").await?;
    writeln!(std::io::stderr(), "reader pages on http://{}", listener.local_addr()?)?;
    let reader = Reader::from(config.reader);
    let Shown { service, store, painter, condition, endpoint } = shown;
    let router = web::router(service, store, condition, painter, reader, &config.web);
    let router = match endpoint {
        Some(endpoint) => web::with_webhook(router, endpoint),
        None => router,
    };
    Ok(web::serve(listener, router, config.web.connections, stop))
}

async fn listen(address: SocketAddr, key: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("cannot listen on `{address}`; hint: see `{key}`"))
}
