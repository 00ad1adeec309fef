//! The readers of foreign bytes.
//!
//! Each is called as the page calls it, and then used: what was let in must be answered from, exported
//! and read back. What must hold then is asserted, so that it counts as a panic where it does not.

use keepsake::store::{MAX_KEY, Table, Write};

mod photos;
mod sealed;
mod stored;
mod weights;

#[cfg(feature = "burn")]
mod drawings;
mod files;

/// One reader of foreign bytes.
pub struct Target {
    /// Its name, which is also that of its folder in `corpus/`.
    pub name: &'static str,
    /// Reads an input; what came of it in words, a line for each thing.
    pub read: fn(&[u8]) -> String,
    /// Makes the checksums of an input right, which a forger can, too.
    pub seal: fn(&mut Vec<u8>),
    /// Inputs that are made when they are needed: too large to be kept, or quickly made.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Folders with inputs that are the tests', beside this crate.
    pub folders: &'static [&'static str],
    /// Parts that mean something to the reader.
    pub words: &'static [&'static [u8]],
    /// The longest input in bytes.
    pub longest: usize,
}

/// Every target. Those of drawings need burn.
pub const TARGETS: &[Target] = &[
    photos::HEADER,
    photos::PHOTO,
    photos::JPEG,
    files::PHOTOS_FILE,
    stored::RECORDS,
    stored::JOURNAL,
    weights::WEIGHTS,
    #[cfg(feature = "burn")]
    drawings::DRAWINGS_FILE,
    #[cfg(feature = "burn")]
    drawings::DRAWINGS_RECORDS,
    #[cfg(feature = "burn")]
    drawings::SNAPSHOT,
];

fn no_seeds() -> Vec<Vec<u8>> {
    Vec::new()
}

fn as_it_is(_: &mut Vec<u8>) {}

/// A record for a store: of some table, under a key that it takes.
fn put(table: u8, key: u64, payload: &[u8]) -> Write {
    Write::Put {
        table: Table::ALL[usize::from(table.wrapping_sub(1)) % Table::ALL.len()],
        key: key.min(MAX_KEY),
        bytes: payload.to_vec(),
    }
}

/// The size of a number as a word, since numbers do not count as outcomes.
fn size(number: usize) -> String {
    let bits = usize::BITS - number.leading_zeros();
    "i".repeat(bits.div_ceil(2) as usize)
}
