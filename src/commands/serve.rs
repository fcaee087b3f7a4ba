//! `wenjian serve`: answers on Telegram, and serves the reader pages, until it is told to end.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};

use super::live_service::LiveService;
use super::open_store::open_store;
use super::stop_signal::told_to_end;
use super::web;
use crate::config::Config;
use crate::picture::Painter;
use crate::telegram::{self, Deliveries, Mode, Reachability, WebhookEndpoint};
use crate::web::Condition;

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
