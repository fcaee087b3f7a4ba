//! What the bot knows about chats: which of them removed it, and what they chose in the settings.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::store::{Settings, Store};

/// How long the settings of a chat are cached.
const FRESH_FOR: Duration = Duration::from_secs(10);

/// The state of all chats. While the store fails, chats that are not cached have the default
/// settings, and changes are kept in memory.
pub(super) struct Chats {
    store: Store,
    /// The number of updates that have been received.
    arrivals: AtomicU64,
    /// Chats that removed the bot, with the number of the last update before that was
    /// noticed. Updates up to that number are not answered. A later one shows that the bot
    /// has been added again.
    blocked: Mutex<HashMap<i64, u64>>,
    /// The cached settings of chats, with the time when they were read.
    settings: Mutex<HashMap<i64, (Settings, Instant)>>,
}

impl Chats {
    /// Loads what the store remembers.
    pub(super) async fn load(store: Store) -> Self {
        let blocked = store.blocked_chats().await.unwrap_or_default();
        let blocked = blocked.into_iter().map(|(chat, _)| (chat, 0)).collect();
        Self {
            store,
            arrivals: AtomicU64::new(0),
            blocked: Mutex::new(blocked),
            settings: Mutex::default(),
        }
    }

    /// Returns the number of the next update that is received; the first is 1.
    pub(super) fn next_arrival(&self) -> u64 {
        self.arrivals.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Returns whether an update of a chat is to be answered.
    pub(super) async fn welcome_us(&self, chat: i64, arrival: u64) -> bool {
        match self.blocked().get(&chat) {
            None => return true,
            Some(before) if arrival <= *before => return false,
            Some(_) => {}
        }
        self.unblock(chat).await;
        true
    }

    /// Notes that a chat blocked or removed the bot.
    pub(super) async fn block(&self, chat: i64) {
        let arrival = self.arrivals.load(Ordering::Relaxed);
        let is_news = self.blocked().insert(chat, arrival).is_none();
        if is_news {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            // The store itself logs when it fails.
            let _ = self.store.block(chat, since.as_secs().cast_signed()).await;
        }
    }

    /// Notes that the bot may write to a chat again.
    pub(super) async fn unblock(&self, chat: i64) {
        let was_blocked = self.blocked().remove(&chat).is_some();
        if was_blocked {
            let _ = self.store.unblock(chat).await;
        }
    }

    /// Moves settings when a group becomes a supergroup.
    pub(super) async fn migrate(&self, from: i64, to: i64) {
        let _ = self.store.move_chat(from, to).await;
        self.recent_settings().remove(&to);
    }

    /// Deletes the settings of a chat. Returns false if that failed.
    pub(super) async fn forget(&self, chat: i64) -> bool {
        self.recent_settings().remove(&chat);
        self.store.forget_chat(chat).await.is_ok()
    }

    /// Reads the settings of several chats at once.
    pub(super) async fn refresh(&self, chats: &[i64]) {
        let Ok(mut settings) = self.store.settings_of(chats).await else { return };
        let now = Instant::now();
        let read =
            chats.iter().map(|chat| (*chat, (settings.remove(chat).unwrap_or_default(), now)));
        self.recent_settings().extend(read);
    }

    /// Returns the settings of a chat, or the defaults while the store fails.
    pub(super) async fn settings(&self, chat: i64) -> Settings {
        let recent = self.recent_settings().get(&chat).cloned();
        match recent {
            Some((settings, read_at)) if read_at.elapsed() < FRESH_FOR => settings,
            _ => self.store.settings(chat).await.unwrap_or_default(),
        }
    }

    /// Keeps the settings of a chat. Returns false if that failed.
    pub(super) async fn set_settings(&self, chat: i64, settings: &Settings) -> bool {
        let is_kept = self.store.set_settings(chat, settings).await.is_ok();
        if is_kept {
            self.recent_settings().insert(chat, (settings.clone(), Instant::now()));
        }
        is_kept
    }

    /// Removes settings from the cache that have expired.
    pub(super) fn tidy(&self) {
        self.recent_settings().retain(|_, (_, read_at)| read_at.elapsed() < FRESH_FOR);
    }

    fn recent_settings(&self) -> MutexGuard<'_, HashMap<i64, (Settings, Instant)>> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn blocked(&self) -> MutexGuard<'_, HashMap<i64, u64>> {
        self.blocked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
