//! Sends what nobody asked for at that moment, until the bot ends.
//!
//! One replica does so at a time, by a lease. Should two of them ever do, nothing is sent twice, because each message is
//! claimed in the store before it is sent. A message that was claimed is tried once: a program that is killed between the
//! claim and the call loses it, and one that is killed after the call has sent it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::context::BotContext;
use super::subscription::SendOutcome;
use super::{daily, follow};
use crate::dialogue::Engine;

/// How often the store is asked whether anything is due.
const EVERY: Duration = Duration::from_secs(1);
/// How long to wait after Telegram could not be reached.
const PAUSE: Duration = Duration::from_secs(5);

/// Sends what is due, again and again, until `ending` is true. What was begun is finished.
pub(super) async fn send(context: Arc<BotContext>, mut ending: watch::Receiver<bool>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_delayed = false;
    // The generation whose interviews are noted in the store.
    let mut noted: Option<Weak<Engine>> = None;
    while !*ending.borrow_and_update() {
        let next = async {
            if is_delayed {
                sleep(PAUSE).await;
            }
            ticks.tick().await;
        };
        tokio::select! {
            () = next => {}
            changed = ending.changed() => if changed.is_err() { return } else { continue },
        }
        let engine = context.service.engine();
        let is_noted = noted.as_ref().is_some_and(|noted| noted.as_ptr() == Arc::as_ptr(&engine));
        if !is_noted && context.note_interviews(&engine).await {
            noted = Some(Arc::downgrade(&engine));
        }
        drop(engine);
        is_delayed = daily::send_due(&context, &ending).await == SendOutcome::TryLater
            || follow::send_due(&context, &ending).await == SendOutcome::TryLater;
    }
}
