//! What we know of chats: who threw us out, what they prefer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::store::{Settings, Store};

/// How long the settings that were read for an update are good for.
const FRESH_FOR: Duration = Duration::from_secs(10);

/// The chats. Reads fall back on defaults, and writes on memory, while the store fails.
pub(super) struct Chats {
    store: Store,
    /// How many updates came in so far.
    arrivals: AtomicU64,
    /// Chats that threw us out, with the last arrival before we noticed. What came before it is not
    /// answered; what comes after it shows that we are welcome again.
    blocked: Mutex<HashMap<i64, u64>>,
    /// What chats of the last moments chose, and when that was read.
    settings: Mutex<HashMap<i64, (Settings, Instant)>>,
}

impl Chats {
    /// The chats as the store remembers them.
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

    /// The number of the next update that comes in, from 1; what was left in the inbox by an earlier
    /// run has 0.
    pub(super) fn next_arrival(&self) -> u64 {
        self.arrivals.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether an update of `chat` is to be answered.
    pub(super) async fn welcome_us(&self, chat: i64, arrival: u64) -> bool {
        match self.blocked().get(&chat) {
            None => return true,
            Some(before) if arrival <= *before => return false,
            Some(_) => {}
        }
        self.unblock(chat).await;
        true
    }

    /// A chat threw us out.
    pub(super) async fn block(&self, chat: i64) {
        let arrival = self.arrivals.load(Ordering::Relaxed);
        let is_news = self.blocked().insert(chat, arrival).is_none();
        if is_news {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            // The store says itself when it fails.
            let _ = self.store.block(chat, since.as_secs().cast_signed()).await;
        }
    }

    /// A chat let us in.
    pub(super) async fn unblock(&self, chat: i64) {
        let was_blocked = self.blocked().remove(&chat).is_some();
        if was_blocked {
            let _ = self.store.unblock(chat).await;
        }
    }

    /// A group became a supergroup.
    pub(super) async fn migrate(&self, from: i64, to: i64) {
        let _ = self.store.move_chat(from, to).await;
        self.recent_settings().remove(&to);
    }

    /// Forgets what belongs to a chat. False if it could not be forgotten.
    pub(super) async fn forget(&self, chat: i64) -> bool {
        self.recent_settings().remove(&chat);
        self.store.forget_chat(chat).await.is_ok()
    }

    /// Reads the settings of chats that just spoke, all at once.
    pub(super) async fn refresh(&self, chats: &[i64]) {
        let Ok(mut settings) = self.store.settings_of(chats).await else { return };
        let now = Instant::now();
        let read =
            chats.iter().map(|chat| (*chat, (settings.remove(chat).unwrap_or_default(), now)));
        self.recent_settings().extend(read);
    }

    /// What a chat chose; nothing while the store fails.
    pub(super) async fn settings(&self, chat: i64) -> Settings {
        let recent = self.recent_settings().get(&chat).cloned();
        match recent {
            Some((settings, read_at)) if read_at.elapsed() < FRESH_FOR => settings,
            _ => self.store.settings(chat).await.unwrap_or_default(),
        }
    }

    /// Keeps what a chat chose. False if it could not be kept.
    pub(super) async fn set_settings(&self, chat: i64, settings: &Settings) -> bool {
        let is_kept = self.store.set_settings(chat, settings).await.is_ok();
        if is_kept {
            self.recent_settings().insert(chat, (settings.clone(), Instant::now()));
        }
        is_kept
    }

    /// Forgets settings that would have to be read again.
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
