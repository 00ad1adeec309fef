//! The last lesson, as the store keeps it so that it can be taken back, after a reload, too.
//!
//! Networks that were trained cannot forget one lesson, so those of before stay stored beside those that
//! answer: there is room for two snapshots, and a lesson writes where the older one was. To take it back
//! is to say that the other one counts.
//!
//! | of | bytes |
//! |---|---|
//! | a place | length of the snapshot (8), slot (1), its CRC-32 (4) |
//! | the step | 0, so that it is never taken for a description (1), whether it was taken back (1), the place of the other networks, label id (4), its count there (8), whether the label is there only with this lesson (1); where it was taken back, such a label's entry |

use super::MOST_TAUGHT;
use super::records::{PIECE, put};
use crate::labels::{LAST_ID, LabelEntry, LabelId};
use crate::store::checksum::crc32;
use crate::store::payload::{Unreadable, take};
use crate::store::{Table, Write};

/// Where [`Table::Meta`] has the step.
pub(super) const STEP_KEY: u64 = 2 << 32;

/// Where a snapshot lies, cut into pieces, and how to know that it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    slot: u8,
    /// In bytes; 0 where there are no networks.
    pub length: u64,
    /// `None` in a collection that an earlier version wrote.
    crc: Option<u32>,
}

impl Place {
    /// Of no networks; the first ones get the first slot.
    pub const NONE: Place = Place {
        slot: 1,
        length: 0,
        crc: None,
    };

    /// As the first layout had it.
    pub fn first(length: u64) -> Place {
        Place {
            slot: 0,
            length,
            crc: None,
        }
    }

    fn of(slot: u8, snapshot: &[u8]) -> Place {
        Place {
            slot,
            length: snapshot.len() as u64,
            crc: Some(crc32(snapshot)),
        }
    }

    /// For a snapshot that leaves this one as it is.
    pub fn beside(self, snapshot: &[u8]) -> Place {
        Place::of(1 - self.slot, snapshot)
    }

    /// For a snapshot that takes the place of this one.
    pub fn again(self, snapshot: &[u8]) -> Place {
        Place::of(self.slot, snapshot)
    }

    /// Whether both can be stored at once.
    pub fn is_beside(self, other: Place) -> bool {
        self.slot != other.slot
    }

    /// The keys of its pieces.
    pub fn keys(self) -> impl Iterator<Item = u64> {
        let before = u64::from(self.slot) << 32;
        (1..=self.length.div_ceil(PIECE as u64)).map(move |piece| before + piece)
    }

    /// Stores a snapshot here. Pieces of an earlier, longer one stay behind: the length says how many count.
    pub fn pieces(self, snapshot: &[u8]) -> Vec<Write> {
        let pieces = self.keys().zip(snapshot.chunks(PIECE));
        let put = |(key, piece): (u64, &[u8])| put(Table::Meta, key, piece.to_vec());
        pieces.map(put).collect()
    }

    /// Puts the pieces together, however they are read.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn joined(
        self,
        pieces: impl Iterator<Item = Option<Vec<u8>>>,
    ) -> Result<Vec<u8>, Unreadable> {
        let mut snapshot = Vec::new();
        for piece in pieces {
            snapshot.extend(piece.ok_or("a part of its networks is missing")?);
        }
        if snapshot.len() as u64 != self.length {
            return Err("its networks are cut off");
        }
        match self.crc {
            Some(crc) if crc != crc32(&snapshot) => Err("its networks are other ones"),
            _ => Ok(snapshot),
        }
    }

    pub fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.length.to_le_bytes().to_vec();
        bytes.push(self.slot);
        bytes.extend_from_slice(&self.crc.unwrap_or_default().to_le_bytes());
        bytes
    }

    pub fn take(rest: &mut &[u8]) -> Result<Place, Unreadable> {
        let length = u64::from_le_bytes(*take(rest)?);
        let [slot] = *take(rest)?;
        let crc = u32::from_le_bytes(*take(rest)?);
        match slot {
            0 | 1 => Ok(Place {
                slot,
                length,
                crc: (length > 0).then_some(crc),
            }),
            _ => Err("it is too short"),
        }
    }
}

/// The last lesson, done or taken back, and what there is on its other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// It was taken back, and can be done again.
    pub undone: bool,
    /// The other networks.
    pub other: Place,
    /// The label that was taught.
    pub label: LabelId,
    /// How many pictures it was taught with, there; 0 for none.
    pub count: u64,
    /// Whether the label came with this lesson and goes with it.
    pub made: bool,
    /// That label, while it is gone.
    pub entry: Option<LabelEntry>,
}

impl Step {
    pub fn write(&self) -> Write {
        let mut bytes = vec![0, u8::from(self.undone)];
        bytes.extend_from_slice(&self.other.to_bytes());
        bytes.extend_from_slice(&self.label.0.to_le_bytes());
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.push(u8::from(self.made));
        bytes.extend(self.entry.iter().flat_map(LabelEntry::to_bytes));
        put(Table::Meta, STEP_KEY, bytes)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Step, Unreadable> {
        let mut rest = bytes.strip_prefix(&[0]).ok_or("it is no lesson")?;
        let mut step = Step {
            undone: *take(&mut rest)? == [1],
            other: Place::take(&mut rest)?,
            label: LabelId(u32::from_le_bytes(*take(&mut rest)?)),
            count: u64::from_le_bytes(*take(&mut rest)?),
            made: *take(&mut rest)? == [1],
            entry: None,
        };
        if step.label.0 > LAST_ID || step.count > MOST_TAUGHT {
            return Err("its numbers are out of range");
        }
        if step.undone && step.made {
            step.entry = Some(LabelEntry::from_bytes(rest)?);
        } else if !rest.is_empty() {
            return Err("it is too long");
        }
        Ok(step)
    }
}
