//! What the records of a scratch learner hold. The store frames, versions and checks each one; inside,
//! all numbers little endian:
//!
//! | table | key | payload |
//! |---|---|---|
//! | Meta | 0 | layout version (1 byte), length of the snapshot (8) |
//! | Meta | 1, 2, … | the snapshot, cut into pieces: see [`PIECE`] |
//! | Labels | label id | slot (4), name (UTF-8, to the end) |
//! | Lessons | label id | how many pictures it was taught with (8) |
//!
//! The database is another one than that of any collection of photos.

use std::collections::BTreeMap;

use burn::tensor::Device;

use super::{Scratch, Snapshot};
use crate::error::{ImportError, StorageError};
use crate::labels::{LabelEntry, LabelId, Labels, NOISE};
use crate::store::bundle::damaged;
use crate::store::{Record, Table, Write};
use crate::{Error, Result};

/// Version of the layout above.
const LAYOUT: u8 = 1;
/// The longest piece of a snapshot, 16 MiB: a record holds 64 MiB at most, and a few hundred labels with
/// a generator each are more.
const PIECE: usize = 16 << 20;

/// A whole record that does not hold what it should.
pub(super) type Unreadable = String;

/// What a store or a file holds, checked as far as the bytes themselves go.
#[derive(Default)]
pub(super) struct Contents {
    pub labels: Labels,
    /// Pictures that each label was taught with.
    pub counts: BTreeMap<LabelId, u64>,
    /// The networks; `None` before the first teach.
    pub network: Option<Vec<u8>>,
}

impl Contents {
    /// Builds the networks, and checks that they and the labels belong together.
    ///
    /// # Errors
    /// `import/damaged`, `import/newer`, errors of the device. See [`stored`].
    pub fn restore(&self, device: &Device) -> Result<Scratch> {
        let bytes = self.network.as_deref();
        let bytes = bytes.ok_or_else(|| damaged("its networks are missing"))?;
        let network = Scratch::restore(&Snapshot::parse(bytes)?, device)?;
        let taught = network.labels();
        let nameless = |id: &&LabelId| **id != NOISE && self.labels.get(**id).is_none();
        if let Some(id) = taught.iter().find(nameless) {
            return Err(damaged(format!("label {} has no name", id.0)));
        }
        match self.counts.keys().find(|id| !taught.contains(id)) {
            Some(id) => Err(damaged(format!("label {} is not in its networks", id.0))),
            None => Ok(network),
        }
    }

    /// The transaction that stores all of it.
    pub fn writes(&self) -> Vec<Write> {
        let mut writes = self.network.as_deref().map(network).unwrap_or_default();
        writes.extend(self.labels.iter().map(|(id, entry)| label(id, entry)));
        writes.extend(self.counts.iter().map(|(&id, &of)| count(id, of)));
        writes
    }

    /// Takes in the record of a label or of its count.
    pub fn add(&mut self, table: Table, key: u64, payload: &[u8]) -> Result<(), Unreadable> {
        let id = u32::try_from(key).map(LabelId);
        let id = id.map_err(|_| "its number is out of range")?;
        let twice = match table {
            Table::Labels if id != NOISE => {
                let entry = LabelEntry::from_bytes(payload)?;
                if self.labels.find(&entry.name).is_some() {
                    return Err("another label has its name".to_owned());
                }
                self.labels.set(id, Some(entry)).is_some()
            }
            Table::Lessons => {
                let count = payload.try_into().map_err(|_| "it is no count")?;
                self.counts.insert(id, u64::from_le_bytes(count)).is_some()
            }
            _ => return Err("it does not belong here".to_owned()),
        };
        match twice {
            true => Err("it is there twice".to_owned()),
            false => Ok(()),
        }
    }
}

/// The refusal of a file, as that of what was stored.
pub(super) fn stored(error: Error) -> Error {
    match error {
        Error::Import(ImportError::Damaged(flaw)) => unreadable(flaw),
        Error::Import(ImportError::Newer) => StorageError::Newer.into(),
        Error::Import(_) => unreadable("its networks are something else"),
        other => other,
    }
}

fn unreadable(flaw: impl Into<String>) -> Error {
    StorageError::Damaged(flaw.into()).into()
}

pub(super) fn label(LabelId(id): LabelId, entry: &LabelEntry) -> Write {
    let bytes = entry.to_bytes();
    put(Table::Labels, u64::from(id), bytes)
}

pub(super) fn count(LabelId(id): LabelId, pictures: u64) -> Write {
    put(
        Table::Lessons,
        u64::from(id),
        pictures.to_le_bytes().to_vec(),
    )
}

/// A snapshot in pieces. Pieces of an earlier, longer one stay behind: the length says how many count.
pub(super) fn network(snapshot: &[u8]) -> Vec<Write> {
    let mut head = vec![LAYOUT];
    head.extend_from_slice(&(snapshot.len() as u64).to_le_bytes());
    let pieces = snapshot.chunks(PIECE).map(<[u8]>::to_vec);
    let all = std::iter::once(head).chain(pieces);
    all.zip(0..)
        .map(|(bytes, key)| put(Table::Meta, key, bytes))
        .collect()
}

fn put(table: Table, key: u64, bytes: Vec<u8>) -> Write {
    Write::Put { table, key, bytes }
}

/// Reads what a store holds, which may be nothing.
///
/// # Errors
/// `storage/newer`, `storage/damaged`.
pub(super) fn read(records: &[Record]) -> Result<Contents> {
    let mut contents = Contents::default();
    let mut pieces = BTreeMap::new();
    for (table, key, bytes) in records {
        if *table == Table::Meta {
            pieces.insert(*key, bytes.as_slice());
            continue;
        }
        let flaw = |flaw| unreadable(format!("record {key} of {}: {flaw}", table.name()));
        contents.add(*table, *key, bytes).map_err(flaw)?;
    }
    contents.network = joined(&pieces)?;
    Ok(contents)
}

fn joined(pieces: &BTreeMap<u64, &[u8]>) -> Result<Option<Vec<u8>>> {
    let Some(head) = pieces.get(&0) else {
        return match pieces.is_empty() {
            true => Ok(None),
            false => Err(unreadable("its description is missing")),
        };
    };
    let short = || unreadable("its description is cut off");
    let (&layout, rest) = head.split_first().ok_or_else(short)?;
    if layout > LAYOUT {
        return Err(StorageError::Newer.into());
    }
    let (length, _) = rest.split_first_chunk().ok_or_else(short)?;
    let length = u64::from_le_bytes(*length);
    let mut snapshot = Vec::new();
    for key in 1..=length.div_ceil(PIECE as u64) {
        let missing = || unreadable("a part of its networks is missing");
        snapshot.extend_from_slice(pieces.get(&key).ok_or_else(missing)?);
    }
    if snapshot.len() as u64 != length {
        return Err(unreadable("its networks are cut off"));
    }
    Ok(Some(snapshot))
}
