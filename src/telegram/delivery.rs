//! What came of a message that nobody asked for at that moment.

use super::api::ApiError;

/// What came of a message that was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// It was sent, or it may have been: it must not be sent again.
    Done,
    /// It was surely not sent, and may be tried again later.
    TryLater,
    /// Nothing can be sent to this chat any more.
    ChatIsGone,
}

impl Delivery {
    /// Reads the result of the call that sends a message.
    pub(super) fn of<T>(result: &Result<T, ApiError>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(failure) if failure.says_that_chat_is_gone() => Self::ChatIsGone,
            Err(failure) if failure.may_be_tried_later() => Self::TryLater,
            Err(_) => Self::Done,
        }
    }
}
