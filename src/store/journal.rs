//! The bytes of an append-only journal: what they hold, and what they hold no longer.
//!
//! A journal is a row of frames ([`format`](super::format)). A transaction is its puts, deletes and
//! clears, and then one *commit* frame, which is written only after the others are on disk. So
//!
//! * frames without a commit behind them were never acknowledged: none of them counts;
//! * a damaged frame with a commit behind it was once whole: it is set aside, its neighbours count.
//!
//! The key of a commit is the number of frames in the journal up to and including itself, by which
//! frames that are gone without a trace are noticed.

use std::collections::BTreeMap;
use std::ops::Range;

use super::format::{self, Flaw, HEADER, Header, Kind, MAGIC};
use super::{Damaged, MAX_KEY, Table, Write};

/// Where the frame of one record is, and what is wrong with it, if anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub bytes: Range<u64>,
    pub flaw: Option<Flaw>,
}

/// What one frame does to the index.
enum Step {
    Put((Table, u64), Slot),
    Delete((Table, u64)),
    Clear,
    /// Bytes in which no header was found.
    Gap(Range<u64>),
}

/// The index of a journal: what is in it, by place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Journal {
    /// The last frame of every record that is there.
    pub slots: BTreeMap<(Table, u64), Slot>,
    /// Bytes in which no header was found: whose they were is not known.
    pub gaps: Vec<Range<u64>>,
    /// Whether frames are gone without a trace.
    missing: bool,
    /// Number of frames up to the last commit.
    frames: u64,
    /// Where the last commit ends: what follows does not count, and the next transaction begins here.
    pub end: u64,
    /// Bytes that a compacted journal would have, without its commit.
    pub live: u64,
}

impl Journal {
    /// Reads a whole journal.
    ///
    /// # Errors
    /// [`Flaw::Newer`], and no other: everything else is found out and set aside.
    pub fn scan(bytes: &[u8]) -> Result<Journal, Flaw> {
        let mut journal = Journal::default();
        let mut steps = Vec::new();
        let (mut at, mut seen, mut damaged) = (0, 0, false);
        while at < bytes.len() {
            let rest = &bytes[at..];
            let end;
            match Header::parse(rest) {
                Err(Flaw::Newer) => return Err(Flaw::Newer),
                Err(_) => {
                    end = next_header(bytes, at + 1);
                    damaged = true;
                    steps.push(Step::Gap(at as u64..end as u64));
                }
                Ok(header) => {
                    end = bytes.len().min(at + HEADER + header.length);
                    seen += 1;
                    let place = |table| (table, header.key);
                    match header.kind {
                        Kind::Put(table) => {
                            let flaw = header.payload(rest).err();
                            let bytes = at as u64..end as u64;
                            steps.push(Step::Put(place(table), Slot { bytes, flaw }));
                        }
                        Kind::Delete(table) => steps.push(Step::Delete(place(table))),
                        Kind::Clear => steps.push(Step::Clear),
                        Kind::Commit => {
                            journal.missing |= !damaged && seen != header.key;
                            journal.apply(steps.drain(..));
                            (seen, damaged) = (header.key, false);
                            (journal.frames, journal.end) = (seen, end as u64);
                        }
                    }
                }
            }
            at = end;
        }
        Ok(journal)
    }

    /// The bytes of one more transaction: its steps, and the commit that is written after them.
    pub fn encode(&self, writes: &[Write]) -> (Vec<u8>, Vec<u8>) {
        let (mut steps, mut commit) = (Vec::new(), Vec::new());
        for write in writes {
            match write {
                Write::Put { table, key, bytes } => {
                    format::append(&mut steps, Kind::Put(*table), *key, bytes);
                }
                Write::Delete { table, key } => {
                    format::append(&mut steps, Kind::Delete(*table), *key, &[]);
                }
                Write::Clear => format::append(&mut steps, Kind::Clear, 0, &[]),
            }
        }
        let frames = self.frames_after(writes);
        format::append(&mut commit, Kind::Commit, frames, &[]);
        (steps, commit)
    }

    /// Number of frames up to the commit of one more transaction. A damaged journal may claim any
    /// number; a commit whose own could not be read again would lose what it acknowledges.
    fn frames_after(&self, writes: &[Write]) -> u64 {
        (self.frames + writes.len() as u64 + 1).min(MAX_KEY)
    }

    /// Takes a transaction that is now on disk into the index.
    pub fn committed(&mut self, writes: &[Write]) {
        let mut at = self.end;
        for write in writes {
            let start = at;
            at += HEADER as u64;
            let step = match write {
                Write::Put { table, key, bytes } => {
                    at += bytes.len() as u64;
                    Step::Put(
                        (*table, *key),
                        Slot {
                            bytes: start..at,
                            flaw: None,
                        },
                    )
                }
                Write::Delete { table, key } => Step::Delete((*table, *key)),
                Write::Clear => Step::Clear,
            };
            self.apply([step]);
        }
        self.frames = self.frames_after(writes);
        self.end = at + HEADER as u64;
    }

    fn apply(&mut self, steps: impl IntoIterator<Item = Step>) {
        let length = |bytes: &Range<u64>| bytes.end - bytes.start;
        for step in steps {
            match step {
                Step::Put(place, slot) => {
                    self.live += length(&slot.bytes);
                    if let Some(old) = self.slots.insert(place, slot) {
                        self.live -= length(&old.bytes);
                    }
                }
                Step::Delete(place) => {
                    if let Some(old) = self.slots.remove(&place) {
                        self.live -= length(&old.bytes);
                    }
                }
                Step::Clear => {
                    self.slots.clear();
                    self.gaps.clear();
                    self.live = 0;
                }
                Step::Gap(bytes) => {
                    self.live += length(&bytes);
                    self.gaps.push(bytes);
                }
            }
        }
    }

    /// What cannot be read. `length` is that of the whole journal, with what follows the last commit.
    pub fn damaged(&self, length: u64) -> Vec<Damaged> {
        let known = self.slots.iter().filter_map(|(place, slot)| {
            slot.flaw.map(|flaw| Damaged {
                place: Some(*place),
                flaw,
            })
        });
        let unknown = |flaw| Damaged { place: None, flaw };
        known
            .chain(self.gaps.iter().map(|_| unknown(Flaw::Header)))
            .chain(self.missing.then(|| unknown(Flaw::Missing)))
            .chain((length > self.end).then(|| unknown(Flaw::Unfinished)))
            .collect()
    }
}

/// Where the next whole header begins, at `from` or later; the end of the bytes if there is none.
fn next_header(bytes: &[u8], from: usize) -> usize {
    let found = (from..bytes.len()).find(|&at| {
        bytes[at..].starts_with(&MAGIC)
            && matches!(Header::parse(&bytes[at..]), Ok(_) | Err(Flaw::Newer))
    });
    found.unwrap_or(bytes.len())
}
