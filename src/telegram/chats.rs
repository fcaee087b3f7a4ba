//! What we know of chats: who threw us out, what they prefer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::store::Store;

/// The chats. Reads fall back on defaults, and writes on memory, while the store fails.
pub(super) struct Chats {
    store: Store,
    /// How many updates came in so far.
    arrivals: AtomicU64,
    /// Chats that threw us out, with the last arrival before we noticed. What came before it is not
    /// answered; what comes after it shows that we are welcome again.
    blocked: Mutex<HashMap<i64, u64>>,
}

impl Chats {
    /// The chats as the store remembers them.
    pub(super) async fn load(store: Store) -> Self {
        let blocked = store.blocked_chats().await.unwrap_or_default();
        let blocked = blocked.into_iter().map(|(chat, _)| (chat, 0)).collect();
        Self { store, arrivals: AtomicU64::new(0), blocked: Mutex::new(blocked) }
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
    }

    fn blocked(&self) -> MutexGuard<'_, HashMap<i64, u64>> {
        self.blocked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
