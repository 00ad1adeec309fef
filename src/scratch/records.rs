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

use std::collections::{BTreeMap, BTreeSet};

use burn::tensor::Device;

use super::{MOST_TAUGHT, Scratch, Snapshot};
use crate::error::{ImportError, StorageError};
use crate::labels::{LAST_ID, LabelEntry, LabelId, Labels, NOISE};
use crate::store::bundle::damaged;
use crate::store::{Loaded, Table, Write};
use crate::{Error, Result};

/// Version of the layout above.
const LAYOUT: u8 = 1;
/// The longest piece of a snapshot, 16 MiB: a record holds 64 MiB at most, and a few hundred labels with
/// a generator each are more.
const PIECE: usize = 16 << 20;

/// A whole record that does not hold what it should.
pub(super) type Unreadable = &'static str;

/// What a store or a file holds, checked as far as the bytes themselves go.
#[derive(Default)]
pub(super) struct Contents {
    pub labels: Labels,
    /// Pictures that each label was taught with.
    pub counts: BTreeMap<LabelId, u64>,
    /// The networks; `None` before the first teach.
    pub network: Option<Vec<u8>>,
    /// Numbers of labels of which only unreadable records are left: no new label may take their place.
    pub lost: BTreeSet<LabelId>,
}

impl Contents {
    /// Builds the networks.
    ///
    /// # Errors
    /// `import/damaged`, `import/newer`, errors of the device. See [`stored`].
    pub fn build(&self, device: &Device) -> Result<Scratch> {
        let bytes = self.network.as_deref();
        let bytes = bytes.ok_or_else(|| damaged("its networks are missing"))?;
        Scratch::restore(&Snapshot::parse(bytes)?, device)
    }

    /// That networks and labels belong together, as they do in every file of ours.
    ///
    /// # Errors
    /// `import/damaged`.
    pub fn check(&self, network: &Scratch) -> Result<()> {
        let taught = network.labels();
        let nameless = |id: &&LabelId| **id != NOISE && self.labels.get(**id).is_none();
        if let Some(id) = taught.iter().find(nameless) {
            return Err(damaged(format!("label {} has no name", id.0)));
        }
        match self.counts.keys().find(|id| !taught.contains(id)) {
            Some(id) => Err(damaged(format!("label {} is not in its networks", id.0))),
            None => Ok(()),
        }
    }

    /// Makes what was stored fit the networks: a label that lost its record gets a name that says so,
    /// and a count of none is left out. Nothing of it is written until the person changes that label.
    fn mend(&mut self, network: &Scratch, problems: &mut Vec<String>) {
        let taught = network.labels();
        for &id in taught.iter().filter(|&&id| id != NOISE) {
            if self.labels.get(id).is_none() {
                let entry = self.labels.nameless(id);
                self.labels.set(id, Some(entry));
            }
        }
        self.counts.retain(|id, _| {
            let known = taught.contains(id);
            if !known {
                let flaw = "the networks do not know that label";
                problems.push(problem(Table::Lessons, u64::from(id.0), flaw));
            }
            known
        });
    }

    /// The transaction that stores all of it.
    pub fn writes(&self) -> Vec<Write> {
        let mut writes = self.network.as_deref().map(network).unwrap_or_default();
        writes.extend(self.labels.iter().map(|(id, entry)| label(id, entry)));
        writes.extend(self.counts.iter().map(|(&id, &of)| count(id, of)));
        writes
    }

    /// Takes in the record of a label or of its count, from a file.
    pub fn add(&mut self, table: Table, key: u64, payload: &[u8]) -> Result<(), Unreadable> {
        let id = label_id(key)?;
        let twice = match table {
            Table::Labels => {
                let entry = label_entry(id, payload)?;
                self.labels
                    .room()
                    .map_err(|_| "there are too many labels")?;
                if self.labels.find(&entry.name).is_some() {
                    return Err("another label has its name");
                }
                self.labels.set(id, Some(entry)).is_some()
            }
            Table::Lessons => self.counts.insert(id, pictures(payload)?).is_some(),
            _ => return Err("it does not belong here"),
        };
        match twice {
            true => Err("it is there twice"),
            false => Ok(()),
        }
    }

    /// The same of a store, which has each record once. Labels whose names became the same, since names
    /// are now cleaned better, are told apart by a number.
    fn add_stored(&mut self, table: Table, key: u64, payload: &[u8]) -> Result<(), Unreadable> {
        let id = label_id(key)?;
        match table {
            Table::Labels => {
                let mut entry = label_entry(id, payload).inspect_err(|_| {
                    self.lost.insert(id);
                })?;
                entry.name = self.labels.numbered(entry.name);
                self.labels.set(id, Some(entry));
            }
            Table::Lessons => {
                self.counts.insert(id, pictures(payload)?);
            }
            _ => return Err("it does not belong here"),
        }
        Ok(())
    }
}

fn label_id(key: u64) -> Result<LabelId, Unreadable> {
    let id = u32::try_from(key).ok().filter(|&id| id <= LAST_ID);
    id.map(LabelId).ok_or("its number is out of range")
}

fn label_entry(id: LabelId, payload: &[u8]) -> Result<LabelEntry, Unreadable> {
    match id {
        NOISE => Err("it does not belong here"),
        _ => LabelEntry::from_bytes(payload),
    }
}

fn pictures(payload: &[u8]) -> Result<u64, Unreadable> {
    let count = payload.try_into().map_err(|_| "it is no count")?;
    let count = Some(u64::from_le_bytes(count));
    count
        .filter(|&count| count <= MOST_TAUGHT)
        .ok_or("its count is out of range")
}

/// A sentence about a record that was set aside.
fn problem(table: Table, key: u64, flaw: impl std::fmt::Display) -> String {
    match table {
        Table::Labels => format!("Label {key} cannot be read: {flaw}."),
        Table::Lessons => format!("How often label {key} was taught cannot be read: {flaw}."),
        _ => format!("A record that does not belong here cannot be read: {flaw}."),
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

/// Reads what a store holds, which may be nothing: its contents, its networks where there are any, and
/// what was set aside. What the networks answer with must be whole; the rest is names and counts.
///
/// # Errors
/// `storage/newer`, `storage/damaged`, errors of the device.
pub(super) fn read(
    loaded: &Loaded,
    device: &Device,
) -> Result<(Contents, Option<Scratch>, Vec<String>)> {
    let (mut contents, mut problems) = (Contents::default(), Vec::new());
    let mut pieces = BTreeMap::new();
    for damaged in &loaded.damaged {
        let flaw = damaged.flaw;
        match damaged.place {
            // It is missed below where it counts: a piece of an earlier snapshot is nothing lost.
            Some((Table::Meta, key)) => {
                pieces.insert(key, &[][..]);
            }
            Some((table, key)) => {
                if let (Table::Labels, Ok(id)) = (table, label_id(key)) {
                    contents.lost.insert(id);
                }
                problems.push(problem(table, key, flaw));
            }
            None => problems.push(format!("A stored record cannot be read: {flaw}.")),
        }
    }
    for (table, key, bytes) in &loaded.records {
        if *table == Table::Meta {
            pieces.insert(*key, bytes.as_slice());
        } else if let Err(flaw) = contents.add_stored(*table, *key, bytes) {
            problems.push(problem(*table, *key, flaw));
        }
    }
    contents.network = joined(&pieces)?;
    let network = match contents.network {
        Some(_) => Some(contents.build(device).map_err(stored)?),
        None => None,
    };
    if let Some(network) = &network {
        contents.mend(network, &mut problems);
    }
    Ok((contents, network, problems))
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
