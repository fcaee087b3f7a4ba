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
