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
use crate::service::Service;
use crate::web;

/// Where nothing else is configured.
const LISTEN: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 8080);

pub(super) fn run(config: &Config) -> Result<()> {
    let service = Arc::new(generation::service(config)?);
    tokio::runtime::Runtime::new()?.block_on(serve(config, service))
}

async fn serve(config: &Config, service: Arc<Service>) -> Result<()> {
    let address = config.web.listen.unwrap_or_else(|| SocketAddr::from(LISTEN));
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on `{address}`; hint: `web.listen`"))?;
    writeln!(std::io::stderr(), "reader pages on http://{}", listener.local_addr()?)?;
    let router = web::router(service, Reader::from(config.reader), &config.web);
    web::serve(listener, router, config.web.connections, stop()?).await;
    Ok(())
}

/// Comes with SIGINT or SIGTERM.
fn stop() -> Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    })
}
