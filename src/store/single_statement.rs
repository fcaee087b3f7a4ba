//! Operations that consist of one statement.

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, Decode, Row, Type};

use super::{Result, Store};

impl Store {
    /// Executes a statement that writes, and returns how many rows it changed.
    pub(super) async fn write_one(&self, query: Query<'_, Any, AnyArguments>) -> Result<u64> {
        self.health.write(async { Ok(query.execute(&self.writers).await?.rows_affected()) }).await
    }

    /// Returns the first column of the only row of `query`, if there is one.
    pub(super) async fn read_one<T>(&self, query: Query<'_, Any, AnyArguments>) -> Result<Option<T>>
    where
        T: for<'r> Decode<'r, Any> + Type<Any>,
    {
        self.read_row(query, |row| row.try_get(0)).await
    }

    /// Returns what `read` makes of the only row of `query`, if there is one.
    pub(super) async fn read_row<T>(
        &self,
        query: Query<'_, Any, AnyArguments>,
        read: impl FnOnce(&AnyRow) -> sqlx::Result<T>,
    ) -> Result<Option<T>> {
        self.health
            .read(async {
                query.fetch_optional(&self.readers).await?.as_ref().map(read).transpose()
            })
            .await
    }
}
