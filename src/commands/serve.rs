//! `wenjian serve`: answers on Telegram until it is told to end.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::{generation, web};
use crate::config::Config;
use crate::store::{self, Store};
use crate::telegram::{self, Token};

/// The token's other name in the environment, which all bots on teloxide know.
const TOKEN_VARIABLE: &str = "TELOXIDE_TOKEN";
/// How long to wait before a database server that is not up yet is tried again.
const STORE_RETRY: Duration = Duration::from_secs(2);

pub(super) fn run(mut config: Config) -> Result<()> {
    if config.telegram.token.is_empty()
        && let Ok(token) = std::env::var(TOKEN_VARIABLE)
    {
        config.telegram.token = Token::from(token);
    }
    Runtime::new().context("no threads can be started")?.block_on(async {
        let mut stop = Box::pin(told_to_end()?);
        web::count(&config.web).await?;
        let service = Arc::new(generation::service(&config)?);
        tokio::spawn(web::reload(&config, &service)?);
        let store = tokio::select! {
            store = open_store(&config.store) => store?,
            () = &mut stop => return Ok(()),
        };
        let (end, ended) = oneshot::channel::<()>();
        let pages = match config.web.listen {
            Some(address) => {
                let ended = async { drop(ended.await) };
                Some(tokio::spawn(
                    web::pages(&config, (&service, Some(store.clone())), address, ended).await?,
                ))
            }
            None => None,
        };
        let ran = telegram::run(service, store, config.telegram, config.reader.into(), stop).await;
        drop(end);
        if let Some(pages) = pages {
            pages.await.context("the reader pages failed")?;
        }
        Ok(ran?)
    })
}

/// Opens the store, as long as waiting can help.
pub(super) async fn open_store(options: &store::Options) -> Result<Store> {
    let mut is_first = true;
    loop {
        match Store::open(options).await {
            Ok(store) => return Ok(store),
            Err(error) if error.is_transient() => {
                if std::mem::take(&mut is_first) {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "the store is not there yet; hint: check `store.url`");
                }
                tokio::time::sleep(STORE_RETRY).await;
            }
            Err(error) => return Err(error).context("the store cannot be opened"),
        }
    }
}

/// Ready at Ctrl-C or SIGTERM.
pub(super) fn told_to_end() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("ending");
    })
}
