//! `wenjian web`: the reader pages and the JSON API alone; and their part of `wenjian serve`.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::net::TcpListener;

use super::{generation, serve};
use crate::config::Config;
use crate::dialogue::Reader;
use crate::picture::Painter;
use crate::reload::{Reloader, watch};
use crate::service::Service;
use crate::store::Store;
use crate::web;

/// Where nothing else is configured.
const LISTEN: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 8080);
/// Connections to the metrics at a time.
const SCRAPERS: usize = 16;

pub(super) fn run(config: &Config) -> Result<()> {
    tokio::runtime::Runtime::new().context("no threads can be started")?.block_on(async {
        let stop = serve::told_to_end()?;
        count(&config.web).await?;
        let service = Arc::new(generation::service(config)?);
        let address = config.web.listen.unwrap_or_else(|| SocketAddr::from(LISTEN));
        tokio::spawn(reload(config, &service)?);
        // Readers leave nothing in it: it is there for operators.
        let store = if config.web.admin_token.is_empty() {
            None
        } else {
            Some(serve::open_store(&config.store).await?)
        };
        let pages = pages(config, (&service, store), address, stop).await?;
        pages.await;
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
    (service, store): (&Arc<Service>, Option<Store>),
    address: SocketAddr,
    stop: S,
) -> Result<impl Future<Output = ()> + use<S>> {
    let listener = listen(address, "web.listen").await?;
    writeln!(std::io::stderr(), "reader pages on http://{}", listener.local_addr()?)?;
    let painter = Arc::new(Painter::new(config.picture.clone()));
    let reader = Reader::from(config.reader);
    let router = web::router(Arc::clone(service), store, painter, reader, &config.web);
    Ok(web::serve(listener, router, config.web.connections, stop))
}

/// Picks up changes of the corpus for as long as it is polled.
pub(super) fn reload(
    config: &Config,
    service: &Arc<Service>,
) -> Result<impl Future<Output = ()> + use<>> {
    let reloader =
        Reloader::new(Arc::clone(service), &config.corpus, &config.repair, &config.index);
    let folder = config.corpus.watch.then_some(config.corpus.dir.as_path());
    Ok(watch(Arc::new(reloader), folder)?)
}

async fn listen(address: SocketAddr, key: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("cannot listen on `{address}`; hint: see `{key}`"))
}
