//! The chunks of a PNG and of a WebP, one after the other: where each lies, without its data.
//!
//! Sources: PNG (W3C), clause 5; RFC 9649.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use super::field;

/// One chunk, in bytes of the file.
pub(super) struct Chunk {
    pub kind: [u8; 4],
    pub data: Range<u64>,
    /// With its header, its checksum and its padding.
    pub whole: Range<u64>,
}

/// After the signature: length, kind, data, checksum.
pub(super) fn png<F: Read + Seek>(file: &mut F) -> impl Iterator<Item = Chunk> {
    chunks(file, 8, |header, at| {
        let data = data(u32::from_be_bytes(field(header, 0)?), at);
        Some(Chunk {
            kind: field(header, 4)?,
            whole: at..data.end + 4,
            data,
        })
    })
}

/// After "RIFF", a length and "WEBP": kind, length, data, padded to even.
pub(super) fn webp<F: Read + Seek>(file: &mut F) -> impl Iterator<Item = Chunk> {
    chunks(file, 12, |header, at| {
        let data = data(u32::from_le_bytes(field(header, 4)?), at);
        Some(Chunk {
            kind: field(header, 0)?,
            whole: at..data.end + data.end % 2,
            data,
        })
    })
}

/// What follows a header of 8 bytes.
fn data(length: u32, at: u64) -> Range<u64> {
    at + 8..at + 8 + u64::from(length)
}

fn chunks<F: Read + Seek>(
    file: &mut F,
    first: u64,
    chunk: impl Fn(&[u8], u64) -> Option<Chunk>,
) -> impl Iterator<Item = Chunk> {
    let mut at = first;
    std::iter::from_fn(move || {
        let chunk = chunk(&part(file, at, 8)?, at)?;
        at = chunk.whole.end;
        Some(chunk)
    })
}

/// So many bytes from `at` on, or as many as there are.
pub(super) fn part<F: Read + Seek>(file: &mut F, at: u64, length: u64) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
