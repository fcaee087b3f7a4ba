//! A secret of the settings: compared in constant time, masked wherever it could show.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What is shown in its place.
const MASK: &str = "***";

/// A token, a password or a key. It never shows.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Whether `given` is it; takes as long whatever it is. An empty one is nothing that can be given.
    pub fn is(&self, given: impl AsRef<[u8]>) -> bool {
        let [own, given] = [self.0.as_bytes(), given.as_ref()].map(Sha256::digest);
        !self.is_empty() && bool::from(own.as_slice().ct_eq(given.as_slice()))
    }

    /// The secret itself, for whom it is meant.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `text` without the secret in it, for others may repeat what they were sent.
    pub fn masked_in(&self, text: &str) -> String {
        if self.is_empty() { text.to_owned() } else { text.replace(&self.0, MASK) }
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer).map(Self)
    }
}

/// Reads a text that may hold a secret: the error for a value of another type does not repeat the value.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer)
        .map_err(|_| D::Error::custom("invalid type: it must be text in quotation marks"))
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_empty() { "" } else { MASK })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_is_it() {
        let secret = Secret::from("0123456789".to_owned());
        assert!(secret.is("0123456789"));
        assert!(!secret.is("012345678") && !secret.is(""));
        assert!(!Secret::default().is(""), "no secret lets nobody in");
    }

    #[test]
    fn it_shows_nowhere() {
        let secret = Secret::from("0123456789".to_owned());
        assert_eq!(format!("{secret:?}"), MASK);
        assert_eq!(serde_json::to_string(&secret).unwrap(), format!("\"{MASK}\""));
        assert_eq!(secret.masked_in("key 0123456789 refused"), "key *** refused");
    }
}
