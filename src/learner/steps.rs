//! The last steps of undo as the store keeps them, so that they outlive a reload. Each is written in the
//! transaction of its action, and goes in that of its undo: state and steps are always of one moment.
//!
//! | key in Meta | payload |
//! |---|---|
//! | 2 | number of the newest record of a step (8 bytes) |
//! | 2³² + number | number (8), length of the name (4, the highest bit set in a record that belongs to the step of the one before), the name (UTF-8), then what takes the action back: table (1), key (8), length (4) or 2³² − 1 for what is to go, payload as in `records` |
//!
//! Mostly a step is one record. An import comes in portions, each of which adds a record of its own, with
//! the name that the whole step has by then: nothing is written twice.
//!
//! Records are numbered without a gap. What is older than one that is missing or unreadable would lead
//! into a state that never was, and is not offered; neither is a step of which a part is.

use std::collections::{BTreeMap, VecDeque};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::album::PhotoId;
use super::change::Change;
use super::history::Entry;
use super::origin::Origin;
use super::records::{self, META_KEY, Meta};
use super::state::LessonId;
use crate::labels::{LabelEntry, LabelId};
use crate::store::payload::{Unreadable, split, take};
use crate::store::{Table, Write};

/// How many steps the store keeps.
const MOST: usize = 50;
/// How heavy (see [`Change::weight`]) they may be together: all are read at opening. One that is heavier
/// alone, such as the removal of a thousand photos, can be taken back until the learner is closed.
const HEAVIEST: usize = 32 << 20;

/// Where [`Table::Meta`] has the number of the newest step.
pub(super) const NEWEST_KEY: u64 = 2;
/// Where it has the steps: from here on, by their numbers.
const STEPS_KEY: u64 = 1 << 32;
/// In place of a length: this record is to go.
const GONE: u32 = u32::MAX;
/// In the length of a name: this record belongs to the step of the one before.
const JOINED: u32 = 1 << 31;

/// The number of the step's record under this key, if it is one.
pub(super) fn number(key: u64) -> Option<u64> {
    let number = key.checked_sub(STEPS_KEY);
    number.filter(|number| (1..STEPS_KEY).contains(number))
}

/// Which steps the store has.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// The number of the newest record, whether the store has it or not. The first is 1.
    newest: u64,
    /// The newest steps, the newest last: those that the store has.
    steps: VecDeque<Stored>,
}

/// A step that the store has.
#[derive(Debug, Clone, Copy, Default)]
struct Stored {
    records: u64,
    weight: usize,
}

impl Kept {
    fn numbers(&self) -> RangeInclusive<u64> {
        let records: u64 = self.steps.iter().map(|step| step.records).sum();
        self.newest + 1 - records..=self.newest
    }

    /// A new step; returns its record, if it is to be stored.
    pub fn push(&mut self, words: &str, change: &Change) -> Option<Write> {
        self.steps.push_back(Stored::default());
        self.record(0, words, change)
    }

    /// More of the newest step, which has this name by now; returns a record of what is new, if the
    /// store has the rest.
    pub fn join(&mut self, words: &str, change: &Change) -> Option<Write> {
        self.record(JOINED, words, change)
    }

    fn record(&mut self, flag: u32, words: &str, change: &Change) -> Option<Write> {
        self.newest += 1;
        let step = self.steps.back_mut()?;
        step.records += 1;
        step.weight += change.weight();
        let weight = |steps: &VecDeque<Stored>| steps.iter().map(|step| step.weight).sum::<usize>();
        while self.steps.len() > MOST || weight(&self.steps) > HEAVIEST {
            self.steps.pop_front();
        }
        if self.steps.is_empty() {
            return None;
        }
        Some(Write::Put {
            table: Table::Meta,
            key: STEPS_KEY + self.newest,
            bytes: to_bytes(self.newest, flag, words, change),
        })
    }

    /// The newest step is no more.
    pub fn pop(&mut self) {
        let records = self.steps.pop_back().map_or(1, |step| step.records);
        self.newest = self.newest.saturating_sub(records);
    }

    /// None is to be stored, which makes room.
    pub fn clear(&mut self) {
        self.steps.clear();
    }

    /// What the store has to do, beside storing a new step, to have these in place of those before.
    pub fn writes(&self, before: &Kept) -> Vec<Write> {
        let now = self.numbers();
        let gone = before.numbers().filter(|number| !now.contains(number));
        let gone = gone.map(|number| Write::Delete {
            table: Table::Meta,
            key: STEPS_KEY + number,
        });
        let newest = Write::Put {
            table: Table::Meta,
            key: NEWEST_KEY,
            bytes: self.newest.to_le_bytes().to_vec(),
        };
        gone.chain([newest]).collect()
    }
}

/// What was found in a store.
#[derive(Default)]
pub(super) struct Found {
    /// The number of the newest record.
    newest: Option<u64>,
    /// Records by number; `None` for one that cannot be read.
    records: BTreeMap<u64, Option<Box<Part>>>,
}

/// A step, or more of the one before.
#[derive(Clone)]
struct Part {
    joined: bool,
    words: String,
    change: Change,
}

impl Found {
    pub fn newest(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        let bytes = bytes.try_into().map_err(|_| "it is no number")?;
        let newest = u64::from_le_bytes(bytes);
        self.newest = Some(newest).filter(|newest| *newest < STEPS_KEY - 1);
        self.newest.map(drop).ok_or("its number is out of range")
    }

    pub fn step(&mut self, number: u64, bytes: &[u8]) -> Result<(), Unreadable> {
        let part = from_bytes(number, bytes);
        let flaw = part.as_ref().err().copied();
        self.records.insert(number, part.ok().map(Box::new));
        flaw.map_or(Ok(()), Err)
    }

    /// There is a step's record with this number that cannot be read.
    pub fn unreadable(&mut self, number: u64) {
        self.records.insert(number, None);
    }

    /// The steps that lead back from the present state, oldest first, and what is to be written to have
    /// only them.
    pub fn finish(mut self) -> (VecDeque<Entry>, Kept, Vec<Write>) {
        let highest = self.records.keys().last().copied().unwrap_or_default();
        let mut kept = Kept {
            newest: self.newest.unwrap_or(highest),
            ..Kept::default()
        };
        let mut entries = VecDeque::new();
        // Where it is not known which is the newest, none leads back from here.
        let mut number = self.newest.unwrap_or_default();
        while let Some((entry, stored)) = self.step_up_to(number) {
            for number in number + 1 - stored.records..=number {
                self.records.remove(&number);
            }
            number -= stored.records;
            entries.push_front(entry);
            kept.steps.push_front(stored);
        }
        let useless = self.records.keys().map(|number| Write::Delete {
            table: Table::Meta,
            key: STEPS_KEY + number,
        });
        (entries, kept, useless.collect())
    }

    /// The step whose last record has this number, if all of it can be read.
    fn step_up_to(&self, newest: u64) -> Option<(Entry, Stored)> {
        let mut parts = Vec::new();
        loop {
            let number = newest.checked_sub(parts.len() as u64)?;
            let part = self.records.get(&number)?.as_deref()?;
            parts.push(part);
            if !part.joined {
                break;
            }
        }
        let words = parts.first()?.words.clone();
        let mut change = Change::default();
        for part in parts.iter().rev() {
            change.join(part.change.clone());
        }
        let stored = Stored {
            records: parts.len() as u64,
            weight: change.weight(),
        };
        let change = Arc::new(change);
        Some((Entry { words, change }, stored))
    }
}

fn to_bytes(number: u64, flag: u32, words: &str, change: &Change) -> Vec<u8> {
    let mut bytes = number.to_le_bytes().to_vec();
    bytes.extend_from_slice(&(words.len() as u32 | flag).to_le_bytes());
    bytes.extend_from_slice(words.as_bytes());
    for write in records::writes(change) {
        let (table, key, payload) = match write {
            Write::Put { table, key, bytes } => (table, key, Some(bytes)),
            Write::Delete { table, key } => (table, key, None),
            Write::Clear => continue, // no change has it
        };
        bytes.push(table as u8);
        bytes.extend_from_slice(&key.to_le_bytes());
        let length = payload
            .as_ref()
            .map_or(GONE, |payload| payload.len() as u32);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend(payload.unwrap_or_default());
    }
    bytes
}

fn from_bytes(number: u64, bytes: &[u8]) -> Result<Part, Unreadable> {
    let mut rest = bytes;
    if u64::from_le_bytes(*take(&mut rest)?) != number {
        return Err("it is another step");
    }
    let length = u32::from_le_bytes(*take(&mut rest)?);
    let words = split(&mut rest, length & !JOINED)?;
    let words = std::str::from_utf8(words).map_err(|_| "its name is not text")?;
    let mut change = Change::default();
    while !rest.is_empty() {
        let [table] = *take(&mut rest)?;
        let table = Table::from_number(table).ok_or("it is of no table")?;
        let key = u64::from_le_bytes(*take(&mut rest)?);
        let payload = payload(&mut rest)?;
        add(&mut change, table, key, payload)?;
    }
    Ok(Part {
        joined: length & JOINED != 0,
        words: words.to_owned(),
        change,
    })
}

/// A length and as many bytes; `None` for what is to go.
fn payload<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a [u8]>, Unreadable> {
    let length = u32::from_le_bytes(*take(rest)?);
    match length {
        GONE => Ok(None),
        length => split(rest, length).map(Some),
    }
}

fn add(
    change: &mut Change,
    table: Table,
    key: u64,
    payload: Option<&[u8]>,
) -> Result<(), Unreadable> {
    match table {
        Table::Meta if key == META_KEY => {
            let meta = payload.map(Meta::from_bytes).transpose()?;
            change.backbone = meta.map(|meta| meta.backbone);
        }
        Table::Meta => return Err("it holds what no action changes"),
        Table::Labels => {
            let id = u32::try_from(key).map_err(|_| "it has no number a label can have")?;
            let entry = payload.map(LabelEntry::from_bytes).transpose()?;
            change.labels.push((LabelId(id), entry));
        }
        Table::Lessons => {
            let lesson = payload.map(records::lesson_from_bytes).transpose()?;
            change.lessons.push((LessonId(key), lesson));
        }
        Table::Photos => {
            let photo = payload.map(records::photo_from_bytes).transpose()?;
            change.photos.push((PhotoId(key), photo.map(Arc::new)));
        }
        Table::Thumbnails => {
            let picture = payload.map(<[u8]>::to_vec);
            change.thumbnails.push((PhotoId(key), picture));
        }
        Table::Origins => {
            let origin = payload.map(Origin::from_bytes).transpose()?;
            change.origins.push((PhotoId(key), origin.map(Arc::new)));
        }
        Table::Accepted => {
            let label = payload.map(records::accepted_from_bytes).transpose()?;
            change.accepted.push((PhotoId(key), label));
        }
    }
    Ok(())
}
