//! Records in one file that a person takes along. All numbers little endian:
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 8 | what kind of learner wrote it |
//! | 8 | 4 | version |
//! | 12 | | what that kind puts first |
//! | | | records: table (1), key (8), length (4), payload |
//! | end − 32 | 32 | SHA-256 of everything before |

use sha2::{Digest, Sha256};

use super::Table;
use crate::error::ImportError;
use crate::{Error, Result};

/// Bytes of the checksum at the end.
const DIGEST: usize = 32;

/// A kind of file: who writes and reads it.
pub(crate) struct Kind {
    magic: [u8; 8],
    /// The version this program writes.
    version: u32,
}

/// What a photo learner exports. Version 1 had no content keys in its lessons, 2 neither origins nor
/// what was accepted.
pub(crate) const PHOTOS: Kind = Kind {
    magic: *b"KEEPSAKE",
    version: 3,
};
/// What a scratch learner exports.
pub(crate) const DRAWINGS: Kind = Kind {
    magic: *b"KEEPDRAW",
    version: 1,
};

/// How much of a file is put together before it is handed on, in bytes.
const PIECE: usize = 4 << 20;

/// A file being written, which is handed on in pieces: nobody holds the whole of it for that.
pub(crate) struct Writer<Sink> {
    sink: Sink,
    digest: Sha256,
    piece: Vec<u8>,
}

impl<Sink: FnMut(&[u8]) -> Result<()>> Writer<Sink> {
    /// A file of this kind that begins with `first`, and goes to `sink`.
    pub fn new(kind: &Kind, first: &[u8], sink: Sink) -> Self {
        let piece = [&kind.magic[..], &kind.version.to_le_bytes(), first].concat();
        let digest = Sha256::new();
        Writer {
            sink,
            digest,
            piece,
        }
    }

    /// # Errors
    /// The sink's.
    pub fn record(&mut self, table: Table, key: u64, payload: &[u8]) -> Result<()> {
        self.piece.push(table as u8);
        self.piece.extend_from_slice(&key.to_le_bytes());
        // Nothing that a learner holds comes near 4 GB: it would not fit a WebAssembly memory.
        let length = payload.len() as u32;
        self.piece.extend_from_slice(&length.to_le_bytes());
        self.piece.extend_from_slice(payload);
        match self.piece.len() < PIECE {
            true => Ok(()),
            false => self.hand_on(),
        }
    }

    fn hand_on(&mut self) -> Result<()> {
        self.digest.update(&self.piece);
        (self.sink)(&self.piece)?;
        self.piece.clear();
        Ok(())
    }

    /// # Errors
    /// The sink's.
    pub fn finish(mut self) -> Result<()> {
        self.hand_on()?;
        (self.sink)(&self.digest.finalize())
    }
}

/// What a file of this kind holds between its version and its checksum, which was checked.
///
/// # Errors
/// `import/foreign`, `import/other-learner`, `import/newer`, `import/damaged`.
pub(crate) fn content<'a>(kind: &Kind, bytes: &'a [u8]) -> Result<&'a [u8]> {
    let Some(rest) = bytes.strip_prefix(&kind.magic) else {
        let other = [PHOTOS, DRAWINGS];
        let other = other.iter().any(|other| bytes.starts_with(&other.magic));
        return Err(match other {
            true => ImportError::OtherLearner.into(),
            false => ImportError::Foreign.into(),
        });
    };
    let (version, _) = rest
        .split_first_chunk()
        .ok_or_else(|| damaged("it is cut off"))?;
    // Before the checksum, which a newer version may make in another way.
    if u32::from_le_bytes(*version) > kind.version {
        return Err(ImportError::Newer.into());
    }
    let (content, digest) = bytes
        .split_last_chunk::<DIGEST>()
        .ok_or_else(|| damaged("it is cut off"))?;
    if Sha256::digest(content)[..] != digest[..] {
        return Err(damaged("it is cut off or was altered"));
    }
    Ok(content.get(kind.magic.len() + 4..).unwrap_or_default())
}

/// The first record, which leaves `rest`; `None` where it is cut off or of no table.
pub(crate) fn record<'a>(rest: &mut &'a [u8]) -> Option<(Table, u64, &'a [u8])> {
    let (&table, after) = rest.split_first()?;
    let (key, after) = after.split_first_chunk()?;
    let (length, after) = after.split_first_chunk()?;
    let (payload, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some((
        Table::from_number(table)?,
        u64::from_le_bytes(*key),
        payload,
    ))
}

/// The refusal of a file, with what is wrong with it.
pub(crate) fn damaged(flaw: impl Into<String>) -> Error {
    ImportError::Damaged(flaw.into()).into()
}
