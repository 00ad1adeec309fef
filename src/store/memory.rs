//! Records that live as long as the process: for tests, for private windows, for a browser that does
//! not let pages store anything.

use std::collections::BTreeMap;

use super::{Loaded, Store, Table, Write};
use crate::Result;

/// A store in memory. Nothing in it can be damaged.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    records: BTreeMap<(Table, u64), Vec<u8>>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Memory {
        Memory::default()
    }
}

impl Store for Memory {
    async fn load(&mut self) -> Result<Loaded> {
        let kept = self
            .records
            .iter()
            .filter(|((table, _), _)| *table != Table::Thumbnails);
        let records = kept
            .map(|(&(table, key), bytes)| (table, key, bytes.clone()))
            .collect();
        Ok(Loaded {
            records,
            damaged: Vec::new(),
        })
    }

    async fn commit(&mut self, writes: Vec<Write>) -> Result<()> {
        Write::check_all(&writes)?;
        for write in writes {
            match write {
                Write::Put { table, key, bytes } => drop(self.records.insert((table, key), bytes)),
                Write::Delete { table, key } => drop(self.records.remove(&(table, key))),
                Write::Clear => self.records.clear(),
            }
        }
        Ok(())
    }

    async fn read(&mut self, table: Table, key: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.records.get(&(table, key)).cloned())
    }

    async fn close(self) -> Result<()> {
        Ok(())
    }
}
