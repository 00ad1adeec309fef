//! What the records of a scratch learner hold. The store frames, versions and checks each one; inside,
//! all numbers little endian:
//!
//! | table | key | payload |
//! |---|---|---|
//! | Meta | 0 | layout version (1 byte), where the snapshot is that answers: a place of [`step`](super::step) |
//! | Meta | 1, 2, …, and from 2³² + 1 on | two snapshots, cut into pieces: see [`PIECE`] |
//! | Meta | 2³³ | the last lesson, see [`step`](super::step) |
//! | Labels | label id | slot (4), name (UTF-8, to the end) |
//! | Lessons | label id | how many pictures it was taught with (8) |
//!
//! Layout 1 had one snapshot, and of its place only the length.
//!
//! The database is another one than that of any collection of photos.

use std::collections::{BTreeMap, BTreeSet};

use burn::tensor::Device;

use super::step::{Place, STEP_KEY, Step};
use super::{MOST_TAUGHT, Scratch, Snapshot};
use crate::error::{ImportError, StorageError};
use crate::labels::{LAST_ID, LabelEntry, LabelId, Labels, NOISE};
use crate::store::bundle::damaged;
use crate::store::payload::Unreadable;
use crate::store::{Loaded, Store, Table, Write};
use crate::{Error, Result};

/// Version of the layout above.
const LAYOUT: u8 = 2;
/// The longest piece of a snapshot, 16 MiB: a record holds 64 MiB at most, and a few hundred labels with
/// a generator each are more.
pub(super) const PIECE: usize = 16 << 20;

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
    /// The last lesson, where it can be taken back or done again.
    pub step: Option<Step>,
}

/// What could not be read: its place, where that is known, and a sentence.
pub(super) type Problem = (Option<(Table, u64)>, String);

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
    /// and a count of none is left out; without networks, every count. Nothing of it is written until the
    /// person changes that label.
    fn mend(&mut self, network: Option<&Scratch>, problems: &mut Vec<Problem>) {
        let taught = network.map(Scratch::labels).unwrap_or_default();
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

    /// Where its networks are, once they are stored.
    pub fn place(&self) -> Place {
        let networks = self.network.as_deref();
        networks.map_or(Place::NONE, |networks| Place::NONE.beside(networks))
    }

    /// The transaction that stores all of it, in an empty store.
    pub fn writes(&self) -> Vec<Write> {
        let mut writes = self
            .network
            .as_deref()
            .map_or(Vec::new(), |networks| network(self.place(), networks));
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
fn problem(table: Table, key: u64, flaw: impl std::fmt::Display) -> Problem {
    let sentence = match table {
        Table::Meta if key == STEP_KEY => {
            format!("The last lesson, to take it back, cannot be read: {flaw}.")
        }
        Table::Labels => format!("Label {key} cannot be read: {flaw}."),
        Table::Lessons => format!("How often label {key} was taught cannot be read: {flaw}."),
        _ => format!("A record that does not belong here cannot be read: {flaw}."),
    };
    (Some((table, key)), sentence)
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

/// Networks, and that they are what answers.
pub(super) fn network(place: Place, snapshot: &[u8]) -> Vec<Write> {
    let mut writes = place.pieces(snapshot);
    writes.push(head(place));
    writes
}

/// Says which networks answer.
pub(super) fn head(place: Place) -> Write {
    let bytes = [&[LAYOUT][..], &place.to_bytes()].concat();
    put(Table::Meta, 0, bytes)
}

/// What is stored of a label's count; nothing where it was not taught.
pub(super) fn count_or_none(id: LabelId, pictures: u64) -> Write {
    match pictures {
        0 => delete(Table::Lessons, u64::from(id.0)),
        n => count(id, n),
    }
}

pub(super) fn delete(table: Table, key: u64) -> Write {
    Write::Delete { table, key }
}

pub(super) fn put(table: Table, key: u64, bytes: Vec<u8>) -> Write {
    Write::Put { table, key, bytes }
}

/// What was read of a store.
pub(super) struct Read {
    pub contents: Contents,
    /// The networks, where there are any, and their place.
    pub network: Option<Scratch>,
    pub place: Place,
    /// What was set aside.
    pub problems: Vec<Problem>,
}

/// Reads what a store holds, which may be nothing. What the networks answer with must be whole; the rest
/// is names and counts.
///
/// # Errors
/// `storage/newer`, `storage/damaged`, errors of the device.
pub(super) fn read(loaded: &Loaded, device: &Device) -> Result<Read> {
    let (mut contents, mut problems) = (Contents::default(), Vec::new());
    let mut pieces = BTreeMap::new();
    for damaged in &loaded.damaged {
        let flaw = damaged.flaw;
        match damaged.place {
            Some((Table::Meta, STEP_KEY)) => problems.push(problem(Table::Meta, STEP_KEY, flaw)),
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
            None => problems.push((None, format!("A stored record cannot be read: {flaw}."))),
        }
    }
    for (table, key, bytes) in &loaded.records {
        let read = match (*table, *key) {
            (Table::Meta, STEP_KEY) => {
                Step::from_bytes(bytes).map(|step| contents.step = Some(step))
            }
            (Table::Meta, _) => {
                pieces.insert(*key, bytes.as_slice());
                Ok(())
            }
            _ => contents.add_stored(*table, *key, bytes),
        };
        if let Err(flaw) = read {
            problems.push(problem(*table, *key, flaw));
        }
    }
    let mut place = place(&pieces)?;
    if place.length > 0 {
        let piece = |key| pieces.get(&key).map(|piece| piece.to_vec());
        let snapshot = place.joined(place.keys().map(piece));
        let snapshot = snapshot.map_err(unreadable)?;
        // An earlier version did not note its checksum.
        place = place.again(&snapshot);
        contents.network = Some(snapshot);
    }
    let network = match contents.network {
        Some(_) => Some(contents.build(device).map_err(stored)?),
        None => None,
    };
    contents.mend(network.as_ref(), &mut problems);
    contents.step = contents.step.filter(|step| step.other.is_beside(place));
    Ok(Read {
        contents,
        network,
        place,
        problems,
    })
}

/// Where the networks are that answer.
fn place(records: &BTreeMap<u64, &[u8]>) -> Result<Place> {
    let Some(head) = records.get(&0) else {
        return match records.is_empty() {
            true => Ok(Place::NONE),
            false => Err(unreadable("its description is missing")),
        };
    };
    let short = || unreadable("its description is cut off");
    let (&layout, mut rest) = head.split_first().ok_or_else(short)?;
    match layout {
        0 => Err(unreadable("its description is something else")),
        1 => {
            let (length, _) = rest.split_first_chunk().ok_or_else(short)?;
            Ok(Place::first(u64::from_le_bytes(*length)))
        }
        LAYOUT => Place::take(&mut rest).map_err(|_| short()),
        _ => Err(StorageError::Newer.into()),
    }
}

/// Networks that lie beside those that answer.
///
/// # Errors
/// `storage/damaged`, errors of the store and of the device.
pub(super) async fn other<S: Store>(
    place: Place,
    store: &mut S,
    device: &Device,
) -> Result<Scratch> {
    let mut pieces = Vec::new();
    for key in place.keys() {
        let piece = store.read(Table::Meta, key).await?;
        let missing = piece.is_none();
        pieces.push(piece);
        if missing {
            break;
        }
    }
    let snapshot = place.joined(pieces.into_iter()).map_err(unreadable)?;
    let snapshot = Snapshot::parse(&snapshot).map_err(stored)?;
    Scratch::restore(&snapshot, device).map_err(stored)
}
