//! Records that live as long as the process: for tests, for private windows, for a browser that does
//! not let pages store anything.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::{Loaded, Store, Table, Write};
use crate::Result;
use crate::distinct::distinct;
use crate::error::StorageError;

/// A store in memory. Nothing in it can be damaged.
#[derive(Debug, Default)]
pub struct Memory {
    shared: Rc<RefCell<Shared>>,
    /// Its number among those that claimed to be the one writer.
    claim: Option<u64>,
    /// As this loaded or wrote it last.
    revision: Option<u64>,
}

#[derive(Debug, Default)]
struct Shared {
    records: HashMap<(Table, u64), Vec<u8>>,
    /// How often somebody claimed to be the one writer: the last one is.
    claims: u64,
    /// How often something was committed.
    commits: u64,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Memory {
        Memory::default()
    }

    /// The same records once more, as another tab has them.
    pub fn again(&self) -> Memory {
        Memory {
            shared: Rc::clone(&self.shared),
            claim: None,
            revision: None,
        }
    }
}

impl Store for Memory {
    async fn load(&mut self) -> Result<Loaded> {
        let shared = self.shared.borrow();
        self.revision = Some(shared.commits);
        let kept = shared
            .records
            .iter()
            .filter(|((table, _), _)| *table != Table::Thumbnails);
        let records = kept.map(|(&(table, key), bytes)| (table, key, bytes.clone()));
        Ok(Loaded {
            records: distinct(records),
            damaged: Vec::new(),
        })
    }

    async fn claim(&mut self) -> Result<()> {
        let mut shared = self.shared.borrow_mut();
        shared.claims += 1;
        self.claim = Some(shared.claims);
        Ok(())
    }

    async fn commit(&mut self, writes: Vec<Write>) -> Result<()> {
        Write::check_all(&writes)?;
        let mut shared = self.shared.borrow_mut();
        if self.claim.is_some_and(|claim| claim != shared.claims) {
            return Err(StorageError::Busy.into());
        }
        let records = &mut shared.records;
        for write in writes {
            match write {
                Write::Put { table, key, bytes } => drop(records.insert((table, key), bytes)),
                Write::Delete { table, key } => drop(records.remove(&(table, key))),
                Write::Clear => records.clear(),
            }
        }
        shared.commits += 1;
        self.revision = Some(shared.commits);
        Ok(())
    }

    async fn read(&mut self, table: Table, key: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.shared.borrow().records.get(&(table, key)).cloned())
    }

    fn revision(&self) -> Option<u64> {
        self.revision
    }

    async fn newest(&mut self) -> Result<Option<u64>> {
        Ok(Some(self.shared.borrow().commits))
    }

    fn stand_at(&mut self, revision: u64) {
        self.revision = Some(revision);
    }

    async fn close(self) -> Result<()> {
        Ok(())
    }
}
