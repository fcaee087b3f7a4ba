//! What operators alone may see.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// Opens `/admin`. It never shows.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct AdminToken(String);

impl fmt::Debug for AdminToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for AdminToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_empty() { "" } else { "***" })
    }
}
