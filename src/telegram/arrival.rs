//! When an update was received.

use std::time::Instant;

/// When an update was received.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    /// The number of the update, counted from 1; 0 for updates that an earlier run has
    /// left in the inbox.
    pub(super) number: u64,
    pub(super) received: Instant,
}

impl Arrival {
    /// Returns whether an earlier run has left the update. It may be the reason why that run died.
    pub(super) fn is_left(self) -> bool {
        self.number == 0
    }
}
