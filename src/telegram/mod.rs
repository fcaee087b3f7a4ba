//! The face on Telegram, and the one home of its Bot API.

mod api;
mod update;
mod chats;
mod flood;
mod lanes;
mod pacing;
mod html;
mod render;
mod outbox;

pub use api::Token;
pub use pacing::Limits;
