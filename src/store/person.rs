//! People, known by a keyed hash only: equal for one person, and of no use without the store.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::{AnyPool, Row};

use super::Store;

/// A user's id, hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Person(pub(super) i64);

/// The key of the hash: a block of the hash function, of which 16 bytes are random.
#[derive(Clone)]
pub(super) struct Secret([u8; 64]);

impl Store {
    /// The hash of a user's (or an anonymous sender's chat's) id.
    pub fn person(&self, id: i64) -> Person {
        self.secret.hash(id)
    }
}

impl Secret {
    /// The key kept in the store, made at first start. Of two programs that start at once, one's
    /// key wins.
    pub(super) async fn load_or_make(pool: &AnyPool) -> sqlx::Result<Self> {
        let fresh = format!("{:032x}", rand::random::<u128>());
        sqlx::query(
            "INSERT INTO secrets (name, value) VALUES ('person', $1) ON CONFLICT (name) DO NOTHING",
        )
        .bind(fresh)
        .execute(pool)
        .await?;
        let kept: String = sqlx::query("SELECT value FROM secrets WHERE name = 'person'")
            .fetch_one(pool)
            .await?
            .try_get(0)?;
        let key = u128::from_str_radix(&kept, 16)
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(Self::new(key))
    }

    fn new(key: u128) -> Self {
        let mut block = [0; 64];
        block[..16].copy_from_slice(&key.to_be_bytes());
        Self(block)
    }

    fn hash(&self, id: i64) -> Person {
        let digest = Hmac::<Sha256>::new(&self.0.into()).chain_update(id.to_be_bytes()).finalize();
        let bytes = digest.into_bytes();
        Person(bytes.iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_the_same_by_one_secret_and_another_by_a_second() {
        let (one, two) = (Secret::new(1), Secret::new(2));
        assert_eq!(one.hash(7), one.hash(7));
        assert_ne!(one.hash(7), one.hash(8));
        assert_ne!(one.hash(7), two.hash(7));
    }
}
