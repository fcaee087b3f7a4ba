//! `wenjian serve`: answers on Telegram, and serves the reader pages, until it is told to end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder};

use anyhow::{Context, Result, bail};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

use super::live_service::LiveService;
use super::web;
use crate::config::Config;
use crate::picture::Painter;
use crate::store::{self, Store};
use crate::telegram::{self, Deliveries, Mode, Reachability, WebhookEndpoint};
use crate::web::Condition;

/// Pauses before a database that cannot be used yet is tried again: the first and the longest.
const STORE_PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(10)];

pub(super) fn run(config: Config) -> Result<()> {
    let (endpoint, deliveries) = open_endpoint(&config)?.unzip();
    let runtime = Runtime::new().context("no threads can be started")?;
    let ran = runtime.block_on(async {
        let (is_ending, ending) = watch::channel(None);
        let told_to_end = told_to_end()?;
        let mut stop = Box::pin(async move {
            told_to_end.await;
            is_ending.send_replace(Some(Instant::now()));
        });
        web::serve_metrics(&config.web).await?;
        let store = tokio::select! {
            store = open_store(&config.store) => store?,
            () = &mut stop => return Ok(()),
        };
        let live = LiveService::start(&config, Some(&store)).await?;
        let follower = live.follow(store.clone());
        let painter = Arc::new(Painter::new(config.picture.clone()));
        let (end, ended) = oneshot::channel::<()>();
        let reachability = Reachability::default();
        let condition = Condition { ending, telegram: Some(reachability.clone()) };
        let pages = match config.web.listen {
            Some(address) => {
                let ended = async { drop(ended.await) };
                let site = web::Pages {
                    service: Arc::clone(&live.service),
                    follower: Some(Arc::clone(&follower)),
                    painter: Arc::clone(&painter),
                    condition,
                    endpoint,
                };
                Some(tokio::spawn(web::pages(&config, site, address, ended).await?))
            }
            None => None,
        };
        let bot = telegram::Bot {
            service: live.service,
            store,
            follower,
            painter,
            public_url: config.web.public_url,
            reader: config.reader.into(),
            reachability,
            options: config.telegram,
        };
        let ran = bot.run(deliveries, stop).await;
        drop(end);
        if let Some(pages) = pages {
            pages.await.context("the reader pages failed")?;
        }
        Ok(ran?)
    });
    // Work on other threads, such as reading a transcript, does not keep the program from ending.
    runtime.shutdown_background();
    ran
}

/// Returns where Telegram delivers updates in webhook mode, or `None` if the bot polls.
fn open_endpoint(config: &Config) -> Result<Option<(WebhookEndpoint, Deliveries)>> {
    if config.telegram.mode == Mode::Polling {
        return Ok(None);
    }
    if config.web.listen.is_none() {
        bail!(
            "`telegram.mode` is `webhook`, and no web server receives the updates; hint: set `web.listen`"
        );
    }
    Ok(Some(telegram::open(&config.telegram, &config.web.public_url)?))
}

/// Opens the store. Where waiting can help, it is tried again and again.
pub(super) async fn open_store(options: &store::Options) -> Result<Store> {
    let [first, longest] = STORE_PAUSES;
    let backoff = ExponentialBuilder::default().with_min_delay(first).with_max_delay(longest);
    let mut pauses = backoff.without_max_times().build();
    let mut is_first = true;
    loop {
        match Store::open(options).await {
            Ok(store) => return Ok(store),
            Err(error) if error.is_transient() => {
                if std::mem::take(&mut is_first) {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(
                        error,
                        "the store cannot be used yet; hint: check `store.url`, the database server and the disk"
                    );
                }
                tokio::time::sleep(pauses.next().unwrap_or(longest)).await;
            }
            Err(error) => return Err(error).context("the store cannot be opened"),
        }
    }
}

/// Returns a future that is ready at Ctrl-C or SIGTERM.
pub(super) fn told_to_end() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("told to end");
    })
}
