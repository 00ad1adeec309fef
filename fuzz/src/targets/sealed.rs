//! Checksums made right again.

use keepsake::store::format::HEADER;
use sha2::{Digest, Sha256};

/// The SHA-256 at the end of a file.
pub fn digest(bytes: &mut Vec<u8>) {
    bytes.truncate(bytes.len().saturating_sub(32));
    let digest = Sha256::digest(&*bytes);
    bytes.extend_from_slice(&digest);
}

/// The two checksums of every frame of a journal.
pub fn frames(bytes: &mut [u8]) {
    let starts: Vec<usize> = (0..bytes.len().saturating_sub(HEADER - 1))
        .filter(|&at| bytes[at..].starts_with(b"KEEP"))
        .collect();
    for at in starts {
        let length = number(&bytes[at + 16..]) as usize;
        let payload = bytes.get(at + HEADER..).and_then(|rest| rest.get(..length));
        if let Some(payload) = payload {
            let sum = crc32fast::hash(payload);
            bytes[at + 20..at + 24].copy_from_slice(&sum.to_le_bytes());
        }
        let sum = crc32fast::hash(&bytes[at..at + 24]);
        bytes[at + 24..at + 28].copy_from_slice(&sum.to_le_bytes());
    }
}

/// Length and checksum of a drawing learner's snapshot.
#[cfg(feature = "burn")]
pub fn snapshot(bytes: &mut [u8]) {
    if bytes.len() < 20 {
        return;
    }
    let (header, body) = bytes.split_at_mut(20);
    header[8..16].copy_from_slice(&(body.len() as u64).to_le_bytes());
    header[16..].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
}

/// The snapshot inside a file of drawings, and the file's own digest.
#[cfg(feature = "burn")]
pub fn drawings(bytes: &mut Vec<u8>) {
    let end = bytes.len().saturating_sub(32);
    let mut at = 12;
    // A record: table, key, length, payload.
    while at + 13 <= end {
        let length = number(&bytes[at + 9..]) as usize;
        let payload = at + 13;
        let Some(next) = payload.checked_add(length).filter(|&next| next <= end) else {
            break;
        };
        if bytes[payload..].starts_with(b"KSCR") {
            snapshot(&mut bytes[payload..next]);
        }
        at = next;
    }
    digest(bytes);
}

/// The checksum of every chunk of a PNG.
pub fn png(bytes: &mut [u8]) {
    if !bytes.starts_with(b"\x89PNG") {
        return;
    }
    let mut at = 8;
    while let Some(field) = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
        let length = u32::from_be_bytes(*field) as usize;
        let Some(end) = (at + 8)
            .checked_add(length)
            .filter(|end| end + 4 <= bytes.len())
        else {
            break;
        };
        let sum = crc32fast::hash(&bytes[at + 4..end]);
        bytes[end..end + 4].copy_from_slice(&sum.to_be_bytes());
        at = end + 4;
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes
        .first_chunk()
        .map_or(0, |field| u32::from_le_bytes(*field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use keepsake::store::Table;
    use keepsake::store::format;

    #[test]
    fn what_is_sealed_is_whole() {
        let mut frame = format::encode(Table::Labels, 3, b"content");
        frame[HEADER + 2] ^= 1;
        assert!(format::decode(Table::Labels, 3, &frame).is_err());
        frames(&mut frame);
        assert!(format::decode(Table::Labels, 3, &frame).is_ok());
    }
}
