//! `wenjian web`: the reader pages and the JSON API alone.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::generation;
use crate::config::Config;
use crate::dialogue::Reader;
use crate::picture::Painter;
use crate::reload::{self, Reloader};
use crate::web;

/// Where nothing else is configured.
const LISTEN: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 8080);
/// Connections to the metrics at a time.
const SCRAPERS: usize = 16;

pub(super) fn run(config: &Config) -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(serve(config))
}

async fn serve(config: &Config) -> Result<()> {
    // Before anything is counted, and before it takes long: an address that is taken shows at once.
    if let Some(address) = config.web.metrics_listen {
        let (listener, bound) = listen(address, "web.metrics_listen").await?;
        let router = web::metrics_router(web::record()?);
        writeln!(std::io::stderr(), "metrics on http://{bound}/metrics")?;
        tokio::spawn(web::serve(listener, router, SCRAPERS, std::future::pending()));
    }
    let address = config.web.listen.unwrap_or_else(|| SocketAddr::from(LISTEN));
    let (listener, bound) = listen(address, "web.listen").await?;
    let service = Arc::new(generation::service(config)?);
    let reloader = Arc::new(Reloader::new(service.clone(), &config.corpus.dir, &config.index));
    let folder = config.corpus.watch.then_some(config.corpus.dir.as_path());
    let painter = Arc::new(Painter::new(config.picture.clone()));
    let router = web::router(service, painter, Reader::from(config.reader), &config.web);
    let stop = stop()?;
    writeln!(std::io::stderr(), "reader pages on http://{bound}")?;
    tokio::select! {
        failed = reload::watch(reloader, folder) => Ok(failed?),
        () = web::serve(listener, router, config.web.connections, stop) => Ok(()),
    }
}

async fn listen(address: SocketAddr, key: &str) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await;
    let listener =
        listener.with_context(|| format!("cannot listen on `{address}`; hint: see `{key}`"))?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// Comes with SIGINT or SIGTERM.
fn stop() -> Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    })
}
