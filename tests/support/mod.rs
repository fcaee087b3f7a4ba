//! What the tests stand on.

pub(crate) mod bot;
pub(crate) mod bot_api;
pub(crate) mod postgres;
pub(crate) mod program;
