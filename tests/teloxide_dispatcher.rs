//! Why the bot runs teloxide's handler tree, but not teloxide's `Dispatcher`.
//!
//! Each of these tests shows a fault of the dispatcher that would break a promise of the bot. If one
//! fails after an update of teloxide, the fault is gone, and the reason with it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::{Json, Router};
use serde_json::json;
use teloxide::dispatching::{Dispatcher, UpdateHandler};
use teloxide::dptree;
use teloxide::error_handlers::LoggingErrorHandler;
use teloxide::prelude::Bot;
use teloxide::stop::{StopToken, mk_stop_token};
use teloxide::types::{Update, UpdateId, UpdateKind};
use teloxide::update_listeners::{AsUpdateStream, UpdateListener};
use tokio::net::TcpListener;
use tokio_stream::Iter;

/// Yields so many updates.
struct Updates(u32, StopToken);

impl UpdateListener for Updates {
    type Err = Infallible;

    fn stop_token(&mut self) -> StopToken {
        self.1.clone()
    }
}

impl<'a> AsUpdateStream<'a> for Updates {
    type StreamErr = Infallible;
    type Stream = Iter<std::vec::IntoIter<Result<Update, Infallible>>>;

    fn as_stream(&'a mut self) -> Self::Stream {
        let update = |id| Ok(Update { id: UpdateId(id), kind: UpdateKind::Error(json!(null)) });
        tokio_stream::iter((1..=self.0).map(update).collect::<Vec<_>>())
    }
}
