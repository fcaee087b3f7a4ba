//! A chat that gets messages which nobody asks for at that moment.

/// The chat, and how to write to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    pub chat_id: i64,
    /// `private`, `group`, `supergroup` or `channel`.
    pub chat_kind: String,
    /// The forum topic, or 0.
    pub topic: i64,
    /// The language of whoever subscribed, or an empty text if it is not known.
    pub language_code: String,
}
