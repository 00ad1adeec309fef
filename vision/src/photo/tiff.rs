//! The first directory of a TIFF file, read without decoding: its size, whether the decoder may be
//! trusted with it, and, in the Exif directory that it names, when the photo was taken.

/// Entries of one tag that a decoder reads as numbers: none has more in a real file (a row of
/// tiles or strips each). The `tiff` crate allocates 32 bytes for each before it reads the first.
const MOST_VALUES: u64 = 1 << 20;
/// Tags from here on (XMP, colour profile, camera makers' own) are not read by the decoder.
const FIRST_METADATA_TAG: u16 = 700;
const IMAGE_WIDTH: u16 = 256;
const IMAGE_LENGTH: u16 = 257;
const EXIF_DIRECTORY: u16 = 0x8769;
const DATE_TIME_ORIGINAL: u16 = 0x9003;
const ASCII: u16 = 2;

/// Width and height in pixels, if the directory lies in `start`.
pub(super) fn size(start: &[u8]) -> Option<(u32, u32)> {
    let file = File::new(start)?;
    let side = |tag| {
        let mut entries = file.entries()?;
        file.number(&entries.find(|e| e.tag == tag)?)
    };
    Some((side(IMAGE_WIDTH)?, side(IMAGE_LENGTH)?))
}

/// Whether the directory is there, and what it promises could lie in a file of this length.
pub(super) fn is_plausible(bytes: &[u8]) -> bool {
    let plausible = |entry: Entry| {
        let length = entry.count.saturating_mul(entry.value_length());
        entry.tag >= FIRST_METADATA_TAG
            || entry.count <= MOST_VALUES && length <= bytes.len() as u64
    };
    File::new(bytes)
        .and_then(|file| {
            file.entries()?
                .try_fold((), |(), e| plausible(e).then_some(()))
        })
        .is_some()
}

/// The text of `DateTimeOriginal`: "2024:08:14 17:03:59" and a zero.
pub(super) fn original_time(bytes: &[u8]) -> Option<&[u8]> {
    let file = File::new(bytes)?;
    let exif = file.entries()?.find(|e| e.tag == EXIF_DIRECTORY)?;
    let mut entries = file.directory(file.number(&exif)? as usize)?;
    let time = entries.find(|e| e.tag == DATE_TIME_ORIGINAL && e.kind == ASCII)?;
    // Longer than a field, so its place is in there.
    let at = usize::try_from(file.unsigned(time.value_at, file.word())?).ok()?;
    let length = usize::try_from(time.count).ok()?;
    bytes.get(at..at.checked_add(length)?)
}

/// A file whose header has been read: byte order, 32-bit TIFF or 64-bit BigTIFF.
#[derive(Clone, Copy)]
struct File<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    big_tiff: bool,
}

struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// Where the value, or its offset, is.
    value_at: usize,
}

impl Entry {
    /// Bytes of one value; kinds that do not exist are refused by the decoder.
    fn value_length(&self) -> u64 {
        match self.kind {
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16..=18 => 8,
            _ => 1,
        }
    }
}

impl<'a> File<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let big_endian = bytes.first()? == &b'M';
        let file = Self {
            bytes,
            big_endian,
            big_tiff: false,
        };
        Some(Self {
            big_tiff: file.unsigned(2, 2)? == 43,
            ..file
        })
    }

    /// Bytes of an offset, and of a count of values.
    fn word(self) -> usize {
        if self.big_tiff { 8 } else { 4 }
    }

    /// Those of the first directory.
    fn entries(self) -> Option<impl Iterator<Item = Entry>> {
        let first = self.unsigned(self.word(), self.word())?;
        self.directory(usize::try_from(first).ok()?)
    }

    fn directory(self, directory: usize) -> Option<impl Iterator<Item = Entry>> {
        let word = self.word();
        let count_length = if self.big_tiff { 8 } else { 2 };
        let entries = self.unsigned(directory, count_length)?;
        let first = directory.checked_add(count_length)?;
        Some((0..entries).map_while(move |entry| {
            let step = 4 + 2 * word;
            let at = first.checked_add(usize::try_from(entry).ok()?.checked_mul(step)?)?;
            Some(Entry {
                tag: self.unsigned(at, 2)? as u16,
                kind: self.unsigned(at.checked_add(2)?, 2)? as u16,
                count: self.unsigned(at.checked_add(4)?, word)?,
                value_at: at.checked_add(4 + word)?,
            })
        }))
    }

    /// The single number that an entry holds.
    fn number(&self, entry: &Entry) -> Option<u32> {
        let length = match entry.kind {
            3 => 2,
            4 | 13 => 4,
            16 | 18 if self.big_tiff => 8,
            _ => return None,
        };
        self.unsigned(entry.value_at, length)?.try_into().ok()
    }

    fn unsigned(&self, at: usize, length: usize) -> Option<u64> {
        let field = self.bytes.get(at..at.checked_add(length)?)?;
        let append = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.big_endian {
            field.iter().fold(0, append)
        } else {
            field.iter().rev().fold(0, append)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
        [
            &tag.to_be_bytes()[..],
            &kind.to_be_bytes(),
            &count.to_be_bytes(),
            &value.to_be_bytes(),
        ]
        .concat()
    }

    fn file(entries: &[Vec<u8>]) -> Vec<u8> {
        let count = (entries.len() as u16).to_be_bytes();
        [
            b"MM\0\x2a\0\0\0\x08",
            &count[..],
            &entries.concat(),
            &[0; 4],
        ]
        .concat()
    }

    #[test]
    fn size_is_in_the_first_directory() {
        // A SHORT lies in the first two bytes of its field.
        let both = file(&[entry(256, 3, 1, 640 << 16), entry(257, 4, 1, 480)]);
        assert_eq!(size(&both), Some((640, 480)));
        assert!(is_plausible(&both));
        let big = [
            b"II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0".as_slice(),
            b"\0\x01\x03\0\x01\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0",
            b"\x01\x01\x10\0\x01\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0",
        ]
        .concat();
        assert_eq!(size(&big), Some((7, 5)));
        assert_eq!(size(&big[..50]), None);
    }

    #[test]
    fn more_values_than_the_file_could_hold_are_not_believed() {
        assert!(!is_plausible(&file(&[entry(273, 4, 1_000_000, 8)])));
        assert!(is_plausible(&file(&[entry(34675, 7, 1_000_000, 8)])));
        let long = [file(&[entry(273, 1, 2_000_000, 8)]), vec![0; 3_000_000]].concat();
        assert!(!is_plausible(&long));
    }
}
