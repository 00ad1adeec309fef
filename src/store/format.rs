//! The bytes of one record, so that damage is told from data.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 4 | `KEEP` |
//! | 4 | 1 | format version |
//! | 5 | 1 | kind: 1 put, 2 delete, 3 clear, 4 commit |
//! | 6 | 1 | table (0 where the kind has none) |
//! | 7 | 1 | 0 |
//! | 8 | 8 | key, little endian as all numbers |
//! | 16 | 4 | length of the payload |
//! | 20 | 4 | CRC-32 of the payload |
//! | 24 | 4 | CRC-32 of the 24 bytes before |
//! | 28 | | the payload |
//!
//! Two checksums, because a header that is whole says which record a damaged payload belonged to, and
//! where the next one begins. A database keeps *put* frames only, a journal keeps all kinds. CRC-32
//! finds every single flipped bit and every burst of up to 32; it guards against accidents, not
//! against forgery.
//!
//! The first eight bytes and the place of the header's checksum stay the same in every version, so an
//! older program can say "newer" rather than "damaged".

use super::checksum::crc32;
use super::{Damaged, MAX_KEY, Record, Table};

/// The version this program writes.
pub const VERSION: u8 = 1;
/// The largest payload, 64 MiB: far above any record of ours, far below what would fill a memory.
pub const MAX_PAYLOAD: usize = 64 << 20;
/// Length of a frame's header in bytes.
pub const HEADER: usize = 28;
pub(super) const MAGIC: [u8; 4] = *b"KEEP";

/// What is wrong with bytes that should be a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The header is not one of ours, or was altered.
    #[error("its header is damaged")]
    Header,
    /// The header is whole, the payload was altered.
    #[error("its content is damaged")]
    Payload,
    /// The bytes end before the record does.
    #[error("it is cut off")]
    CutOff,
    /// Bytes follow the record's end.
    #[error("something follows its end")]
    TooLong,
    /// A whole record, found where another one belongs.
    #[error("it is in another record's place")]
    Misplaced,
    /// A whole header of a version this program does not know.
    #[error("it was written by a newer version")]
    Newer,
    /// Nothing is left of it but that it is not there.
    #[error("it is missing")]
    Missing,
    /// The last transaction was still being written when the program or the device stopped. It had
    /// not been acknowledged, and none of it was kept.
    #[error("it was being written when everything stopped")]
    Unfinished,
}

/// What a frame does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Put(Table),
    Delete(Table),
    Clear,
    /// Ends a transaction in a journal.
    Commit,
}

/// A whole header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub kind: Kind,
    pub key: u64,
    pub length: usize,
    payload_crc: u32,
}

impl Header {
    /// Reads the header at the beginning of `bytes`.
    pub fn parse(bytes: &[u8]) -> Result<Header, Flaw> {
        let Some((header, _)) = bytes.split_first_chunk::<HEADER>() else {
            return Err(Flaw::CutOff);
        };
        if header[..4] != MAGIC || u32_at(header, 24) != crc32(&header[..24]) {
            return Err(Flaw::Header);
        }
        if header[4] > VERSION {
            return Err(Flaw::Newer);
        }
        let kind = match (header[5], Table::from_number(header[6]), header[6]) {
            (1, Some(table), _) => Kind::Put(table),
            (2, Some(table), _) => Kind::Delete(table),
            (3, _, 0) => Kind::Clear,
            (4, _, 0) => Kind::Commit,
            _ => return Err(Flaw::Header),
        };
        let key = u64::from(u32_at(header, 8)) | u64::from(u32_at(header, 12)) << 32;
        let length = u32_at(header, 16) as usize;
        let longest = if matches!(kind, Kind::Put(_)) {
            MAX_PAYLOAD
        } else {
            0
        };
        if header[4] == 0 || header[7] != 0 || key > MAX_KEY || length > longest {
            return Err(Flaw::Header);
        }
        Ok(Header {
            kind,
            key,
            length,
            payload_crc: u32_at(header, 20),
        })
    }

    /// The payload behind this header at the beginning of `bytes`, checked.
    pub fn payload<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8], Flaw> {
        let payload = bytes
            .get(HEADER..HEADER + self.length)
            .ok_or(Flaw::CutOff)?;
        if crc32(payload) != self.payload_crc {
            return Err(Flaw::Payload);
        }
        Ok(payload)
    }
}

fn u32_at(header: &[u8; HEADER], at: usize) -> u32 {
    u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
}

/// Appends one frame to `out`. The caller has checked key and length ([`super::Write`]).
pub(super) fn append(out: &mut Vec<u8>, kind: Kind, key: u64, payload: &[u8]) {
    let (number, table) = match kind {
        Kind::Put(table) => (1, table as u8),
        Kind::Delete(table) => (2, table as u8),
        Kind::Clear => (3, 0),
        Kind::Commit => (4, 0),
    };
    let start = out.len();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&[VERSION, number, table, 0]);
    out.extend_from_slice(&key.to_le_bytes());
    out.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    out.extend_from_slice(&crc32(payload).to_le_bytes());
    let crc = crc32(&out[start..]);
    out.extend_from_slice(&crc.to_le_bytes());
    out.extend_from_slice(payload);
}

/// The frame that stores `payload` under a key.
pub fn encode(table: Table, key: u64, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + payload.len());
    append(&mut out, Kind::Put(table), key, payload);
    out
}

/// Reads the one record that `bytes` are, found in a database under this table and key.
///
/// # Errors
/// What is wrong with it, and nothing of its content.
pub fn decode(table: Table, key: u64, bytes: &[u8]) -> Result<Record, Damaged> {
    let whole = || {
        let header = Header::parse(bytes)?;
        let payload = header.payload(bytes)?;
        if bytes.len() != HEADER + header.length {
            return Err(Flaw::TooLong);
        }
        if header.kind != Kind::Put(table) || header.key != key {
            return Err(Flaw::Misplaced);
        }
        Ok((table, key, payload.to_vec()))
    };
    whole().map_err(|flaw| Damaged {
        place: Some((table, key)),
        flaw,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table() -> impl Strategy<Value = Table> {
        proptest::sample::select(&Table::ALL[..])
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(table in table(), key in 0..=MAX_KEY, payload: Vec<u8>) {
            let bytes = encode(table, key, &payload);
            prop_assert_eq!(decode(table, key, &bytes), Ok((table, key, payload)));
        }

        #[test]
        fn every_prefix_and_every_extension_is_damage(table in table(), key in 0..=MAX_KEY, payload: Vec<u8>) {
            let mut bytes = encode(table, key, &payload);
            for end in 0..bytes.len() {
                prop_assert!(decode(table, key, &bytes[..end]).is_err());
            }
            bytes.push(0);
            prop_assert_eq!(decode(table, key, &bytes).unwrap_err().flaw, Flaw::TooLong);
        }

        #[test]
        fn every_flipped_bit_is_damage(table in table(), key in 0..=MAX_KEY, payload in proptest::collection::vec(any::<u8>(), 0..100)) {
            let bytes = encode(table, key, &payload);
            for bit in 0..bytes.len() * 8 {
                let mut flipped = bytes.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                prop_assert!(decode(table, key, &flipped).is_err(), "bit {}", bit);
            }
        }

        #[test]
        fn any_bytes_at_all_are_safe(bytes: Vec<u8>) {
            prop_assert!(decode(Table::Meta, 0, &bytes).is_err());
        }
    }

    /// The layout is on people's disks: a change of these bytes needs a new [`VERSION`].
    #[test]
    fn the_layout_stays() {
        let bytes = encode(Table::Lessons, 0x0102_0304_0506, b"abc");
        assert_eq!(
            bytes[..24],
            [
                b'K', b'E', b'E', b'P', 1, 1, 3, 0, // magic, version, kind, table, 0
                6, 5, 4, 3, 2, 1, 0, 0, // key
                3, 0, 0, 0, 0xc2, 0x41, 0x24, 0x35, // length, CRC-32 of "abc" = 0x352441c2
            ]
        );
        assert_eq!(bytes[28..], *b"abc");
    }

    #[test]
    fn a_record_in_anothers_place_is_refused() {
        let bytes = encode(Table::Lessons, 7, b"seven");
        for (table, key) in [(Table::Lessons, 8), (Table::Photos, 7)] {
            let damaged = decode(table, key, &bytes).unwrap_err();
            assert_eq!(
                damaged,
                Damaged {
                    place: Some((table, key)),
                    flaw: Flaw::Misplaced
                }
            );
        }
    }

    #[test]
    fn a_newer_version_is_told_from_damage() {
        let mut bytes = encode(Table::Lessons, 7, b"seven");
        bytes[4] = VERSION + 1;
        assert_eq!(
            Header::parse(&bytes),
            Err(Flaw::Header),
            "its checksum is wrong: damage"
        );
        let crc = crc32(&bytes[..24]);
        bytes[24..28].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(Header::parse(&bytes), Err(Flaw::Newer));
    }
}
