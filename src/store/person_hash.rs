//! Users and chats, known to most tables only by a keyed hash of their ids.
//!
//! The key has two parts: random bytes in the store, made at the first start, and `store.hash_key` of
//! the configuration. Telegram's ids are numbers that can be tried one by one, so whoever has the whole
//! key can find the id behind a hash. Without a configured key, the hash protects only against reading
//! the tables or an export; with one, it also protects a copy of the database.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use sqlx::{AnyPool, Row};

use super::Store;
use crate::secret::Secret;

/// The keyed hash of a user's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonHash(pub(super) i64);

/// The key of the hashes: one block of SHA-256.
#[derive(Clone)]
pub(super) struct HashKey([u8; 64]);

impl Store {
    /// Returns the hash of the id of a user, or of the chat on whose behalf
    /// an anonymous sender writes.
    pub fn person(&self, id: i64) -> PersonHash {
        PersonHash(self.hash_key.hash(b"", id))
    }

    /// Returns the hash of a chat's id. It differs from the hash of the user with the same id, so
    /// that the two columns of a row do not reveal which chats are private.
    pub(super) fn chat(&self, id: i64) -> i64 {
        self.hash_key.hash(b"chat", id)
    }
}

impl HashKey {
    /// Reads the part of the key that is in the store, or makes it. If two programs start at the
    /// same time, both use the part that was written first. Nothing is written if the part exists,
    /// because the disk may be full.
    pub(super) async fn load_or_make(pool: &AnyPool, configured: &Secret) -> sqlx::Result<Self> {
        if kept(pool).await?.is_none() {
            let made = format!("{:032x}", rand::random::<u128>());
            sqlx::query(
                "INSERT INTO secrets (name, value) VALUES ('person', $1) \
                 ON CONFLICT (name) DO NOTHING",
            )
            .bind(made)
            .execute(pool)
            .await?;
        }
        let kept = kept(pool).await?.ok_or(sqlx::Error::RowNotFound)?;
        let kept = u128::from_str_radix(&kept, 16)
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(Self::new(kept, configured))
    }

    fn new(kept: u128, configured: &Secret) -> Self {
        let mut block = [0; 64];
        let (stored, rest) = block.split_at_mut(16);
        stored.copy_from_slice(&kept.to_be_bytes());
        if !configured.is_empty() {
            rest[..32].copy_from_slice(&Sha256::digest(configured.reveal()));
        }
        Self(block)
    }

    /// Returns the hash of an id.
    fn hash(&self, domain: &[u8], id: i64) -> i64 {
        self.hash_bytes(domain, &id.to_be_bytes())
    }

    /// Returns the first eight bytes of HMAC-SHA-256 over `domain` and `data`.
    pub(super) fn hash_bytes(&self, domain: &[u8], data: &[u8]) -> i64 {
        let hmac = Hmac::<Sha256>::new(&self.0.into()).chain_update(domain);
        let bytes = hmac.chain_update(data).finalize().into_bytes();
        bytes.iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
    }
}

async fn kept(pool: &AnyPool) -> sqlx::Result<Option<String>> {
    let row = sqlx::query("SELECT value FROM secrets WHERE name = 'person'");
    row.fetch_optional(pool).await?.map(|row| row.try_get(0)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(kept: u128, configured: &str, domain: &str, id: i64) -> i64 {
        let configured = Secret::from(configured.to_owned());
        HashKey::new(kept, &configured).hash(domain.as_bytes(), id)
    }

    #[test]
    fn a_hash_depends_on_both_parts_of_the_key_on_the_domain_and_on_the_id() {
        let hashes = [
            hash(1, "", "", 7),
            hash(1, "", "", 8),
            hash(2, "", "", 7),
            hash(1, "configured", "", 7),
            hash(1, "configured otherwise", "", 7),
            hash(1, "", "chat", 7),
        ];
        let distinct: std::collections::HashSet<i64> = hashes.into();
        assert_eq!(distinct.len(), hashes.len());
        assert_eq!(hash(1, "configured", "", 7), hash(1, "configured", "", 7));
    }
}
