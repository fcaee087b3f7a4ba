//! What the tests stand on.

pub(crate) mod endpoint;
pub(crate) mod program;
