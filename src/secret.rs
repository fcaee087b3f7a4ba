//! Secrets of the configuration. They are compared in constant time, and masked in
//! everything that is shown.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What is shown instead of a secret.
const MASK: &str = "***";
/// The least number of characters of a secret. Shorter ones can be guessed.
const MIN_CHARS: usize = 16;

/// A token, a password or a key.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// Returns whether no secret is set.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Returns whether `given` is this secret. The time that this takes does not depend on how much of it
    /// is right. An empty secret is never given.
    pub fn is(&self, given: impl AsRef<[u8]>) -> bool {
        let [own, given] = [self.0.as_bytes(), given.as_ref()].map(Sha256::digest);
        !self.is_empty() && bool::from(own.as_slice().ct_eq(given.as_slice()))
    }

    /// Returns the secret in clear text, to be sent to its service.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Returns `text` with the secret masked, because servers may repeat what they were sent, and an
    /// address may contain a token.
    ///
    /// A bot's token is `NUMBER:KEY`. Its key is masked on its own as well, because the colon may be
    /// written as `%3A`.
    pub fn masked_in(&self, text: &str) -> String {
        let secret = self.0.trim();
        if secret.is_empty() {
            return text.to_owned();
        }
        let masked = text.replace(secret, MASK);
        match secret.split_once(':') {
            Some((_, key)) if key.len() >= MIN_CHARS => masked.replace(key, MASK),
            _ => masked,
        }
    }
}

/// Reads a secret that is either empty or long enough not to be guessed.
pub fn long_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    let secret = Secret::deserialize(deserializer)?;
    if !secret.is_empty() && secret.0.chars().count() < MIN_CHARS {
        let hint = "hint: `openssl rand -hex 32` makes one";
        return Err(D::Error::custom(format!("it has fewer than {MIN_CHARS} characters; {hint}")));
    }
    Ok(secret)
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

/// Reads a text that may contain a secret. The error for a value of another type does
/// not repeat the value.
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
    fn a_short_secret_is_refused() {
        let read = |text: &str| long_or_empty(&mut serde_json::Deserializer::from_str(text));
        assert!(read("\"short\"").is_err());
        assert!(read("\"0123456789abcdef\"").unwrap().is("0123456789abcdef"));
        assert!(read("\"\"").unwrap().is_empty());
    }

    #[test]
    fn it_shows_nowhere() {
        let secret = Secret::from("0123456789".to_owned());
        assert_eq!(format!("{secret:?}"), MASK);
        assert_eq!(serde_json::to_string(&secret).unwrap(), format!("\"{MASK}\""));
        assert_eq!(secret.masked_in("key 0123456789 refused"), "key *** refused");
        let token = Secret::from(" 12:abcdefghijklmnop\n".to_owned());
        let addresses = "https://a/12:abcdefghijklmnop https://a/12%3Aabcdefghijklmnop";
        assert_eq!(token.masked_in(addresses), "https://a/*** https://a/12%3A***");
    }
}
