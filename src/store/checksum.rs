//! CRC-32, the one of PNG and ZIP: what each record is checked with.
//!
//! Eight bytes at a time, by eight tables. These are computed when they are first needed: they look like
//! noise, which nothing compresses, and every visit would download them.

use std::sync::OnceLock;

/// What a byte does to the checksum, by how many bytes follow it.
type Tables = [[u32; 256]; 8];

/// The polynomial, lowest power first.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// The CRC-32 of `bytes`.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    static TABLES: OnceLock<Box<Tables>> = OnceLock::new();
    let tables = TABLES.get_or_init(tables);
    let at = |table: usize, byte: u8| tables[table][usize::from(byte)];
    let (eights, rest) = bytes.as_chunks::<8>();
    let crc = eights.iter().fold(!0u32, |crc, &[a, b, c, d, e, f, g, h]| {
        let [a, b, c, d] = (crc ^ u32::from_le_bytes([a, b, c, d])).to_le_bytes();
        at(7, a) ^ at(6, b) ^ at(5, c) ^ at(4, d) ^ at(3, e) ^ at(2, f) ^ at(1, g) ^ at(0, h)
    });
    let one = |crc: u32, byte: &u8| at(0, crc as u8 ^ byte) ^ (crc >> 8);
    !rest.iter().fold(crc, one)
}

fn tables() -> Box<Tables> {
    let mut tables = Box::new([[0u32; 256]; 8]);
    for byte in 0..=255u8 {
        let mut crc = u32::from(byte);
        for table in &mut *tables {
            for _ in 0..8 {
                crc = (crc >> 1) ^ ((crc & 1) * POLYNOMIAL);
            }
            table[usize::from(byte)] = crc;
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_checksums() {
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    proptest! {
        #[test]
        fn as_another_computes_it(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(crc32(&bytes), crc32fast::hash(&bytes));
        }
    }
}
