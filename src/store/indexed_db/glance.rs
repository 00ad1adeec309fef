//! A look into a learner's database without opening the learner, which reads all that is in it first.

use super::connection::Connection;
use super::names::database_of;
use super::{WRITER, found, marks, read};
use crate::Result;
use crate::store::{Kept, Table};

/// A database that is only looked into. What is read one after the other may be of different moments.
pub struct Glance(Connection);

impl Glance {
    /// Of the learner called `name`; `None` where there is none.
    ///
    /// # Errors
    /// `storage/unavailable`, `storage/failed`.
    pub async fn of(name: &str) -> Result<Option<Glance>> {
        match Connection::open_as_it_is(&database_of(name)).await {
            Ok(connection) => Ok(Some(Glance(connection))),
            Err(error) if error.code() == "storage/gone" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// See [`Store::revision`](crate::store::Store::revision).
    ///
    /// # Errors
    /// `storage/failed`.
    pub async fn revision(&self) -> Result<Option<u64>> {
        let value = read(&self.0.database, Table::Meta, WRITER).await?;
        Ok(marks(&value).map(|(_, revision)| u64::from_le_bytes(revision)))
    }

    /// See [`Store::read`](crate::store::Store::read).
    ///
    /// # Errors
    /// `storage/damaged`, `storage/failed`.
    pub async fn read(&self, table: Table, key: u64) -> Kept {
        found(table, key, &read(&self.0.database, table, key).await?)
    }
}
