//! When a photo was taken: EXIF's `DateTimeOriginal`, from wherever a format keeps its EXIF.
//!
//! ```text
//! JPEG: segment APP1   PNG: chunk eXIf   WebP: chunk EXIF   HEIC, AVIF: item Exif   TIFF, many raw files: itself
//!                                     └──► directory ──► Exif directory ──► DateTimeOriginal
//! ```
//!
//! Only headers are read on the way there: of a photo of 10 MB a few kilobytes.
//! Sources: CIPA DC-008 (EXIF), ISO/IEC 14496-12 (boxes and items).

use std::io::{Read, Seek};

use super::chunks::{self, Chunk};
use super::{Format, field, tiff};

/// The longest EXIF, and the longest list of a HEIC's items, that is read, in bytes. A JPEG's has 64 KB.
const LONGEST: u64 = 1 << 20;
/// More parts than this before the EXIF are no camera's.
const MOST_PARTS: usize = 10_000;
const APP1: u8 = 0xe1;
/// Before the TIFF in a JPEG's segment; some put it before a WebP's, too.
const NAME: &[u8] = b"Exif\0\0";

/// When a photo was taken by the camera's own clock, in milliseconds since 1970 as if that clock showed UTC.
/// `None` where the file does not say, or what it says is no date.
pub fn taken<F: Read + Seek>(format: Format, file: &mut F) -> Option<i64> {
    let exif = match format {
        Format::Jpeg => in_jpeg(file)?,
        Format::Png => in_png(file)?,
        Format::WebP => in_webp(file)?,
        Format::Heic | Format::Avif => in_items(file)?,
        Format::Tiff => part(file, 0, LONGEST)?,
        _ => return None,
    };
    moment(tiff::original_time(
        exif.strip_prefix(NAME).unwrap_or(&exif),
    )?)
}

/// So many bytes from `at` on, or as many as there are and an EXIF may have.
fn part<F: Read + Seek>(file: &mut F, at: u64, length: u64) -> Option<Vec<u8>> {
    chunks::part(file, at, length.min(LONGEST))
}

fn in_jpeg<F: Read + Seek>(file: &mut F) -> Option<Vec<u8>> {
    let mut at = 2;
    for _ in 0..MOST_PARTS {
        let header = part(file, at, 10)?;
        let [0xff, marker] = field(&header, 0)? else {
            return None;
        };
        match marker {
            // Fill bytes may stand before a marker.
            0xff => at += 1,
            0xd8..=0xda => return None,
            _ => {
                let length = u64::from(u16::from_be_bytes(field(&header, 2)?));
                if marker == APP1 && header.get(4..) == Some(NAME) {
                    return part(file, at + 4, length.checked_sub(2)?);
                }
                at += 2 + length;
            }
        }
    }
    None
}

fn in_png<F: Read + Seek>(file: &mut F) -> Option<Vec<u8>> {
    let exif = chunks::png(file)
        .take(MOST_PARTS)
        .take_while(|chunk| &chunk.kind != b"IEND")
        .find(|chunk| &chunk.kind == b"eXIf");
    data(file, exif?)
}

fn in_webp<F: Read + Seek>(file: &mut F) -> Option<Vec<u8>> {
    let exif = chunks::webp(file)
        .take(MOST_PARTS)
        .find(|chunk| &chunk.kind == b"EXIF");
    data(file, exif?)
}

fn data<F: Read + Seek>(file: &mut F, chunk: Chunk) -> Option<Vec<u8>> {
    part(file, chunk.data.start, chunk.data.end - chunk.data.start)
}

/// A box of ISO media among others: what it is, and what is in it.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(field(rest, 0)?) as usize;
        let kind = field(rest, 4)?;
        let inside = rest.get(8..length)?;
        rest = &rest[length..];
        Some((kind, inside))
    })
}

/// The item of kind `Exif`, where the list of items says it lies.
fn in_items<F: Read + Seek>(file: &mut F) -> Option<Vec<u8>> {
    let meta = meta(file)?;
    // After version and flags.
    let lists = || boxes(meta.get(4..).unwrap_or_default());
    let list = |kind: &[u8; 4]| lists().find(|(name, _)| name == kind);
    let item = exif_item(list(b"iinf")?.1)?;
    let (offset, length) = extent(list(b"iloc")?.1, item)?;
    let bytes = part(file, offset, length)?;
    // It begins with how far the TIFF is from here.
    let skip = u32::from_be_bytes(field(&bytes, 0)?) as usize;
    Some(bytes.get(4 + skip..)?.to_vec())
}

/// What the list of items is in: one of the first boxes of the file.
fn meta<F: Read + Seek>(file: &mut F) -> Option<Vec<u8>> {
    let mut at = 0;
    for _ in 0..MOST_PARTS {
        let header = part(file, at, 8)?;
        let length = u64::from(u32::from_be_bytes(field(&header, 0)?));
        // One that is longer than 4 GB, or goes up to the file's end, comes after the list.
        let inside = length.checked_sub(8)?;
        if &field(&header, 4)? == b"meta" {
            return part(file, at + 8, inside);
        }
        at += length;
    }
    None
}

fn exif_item(list: &[u8]) -> Option<u32> {
    // Version and flags, then how many: two bytes, or four.
    let entries = list.get(if list.first()? == &0 { 6 } else { 8 }..)?;
    boxes(entries).find_map(|(kind, entry)| {
        let (id, name) = match entry.first()? {
            2 => (u32::from(u16::from_be_bytes(field(entry, 4)?)), 8),
            3 => (u32::from_be_bytes(field(entry, 4)?), 10),
            _ => return None,
        };
        (&kind == b"infe" && &field(entry, name)? == b"Exif").then_some(id)
    })
}

/// Where an item lies in the file: offset and length of its first piece.
fn extent(list: &[u8], wanted: u32) -> Option<(u64, u64)> {
    let mut fields = Fields { bytes: list, at: 4 };
    let version = *list.first()?;
    let sizes = fields.number(2)?;
    let size = |shift: u32| (sizes >> shift & 15) as usize;
    let (offset_size, length_size, base_size) = (size(12), size(8), size(4));
    let index_size = if version == 0 { 0 } else { size(0) };
    let wide = if version < 2 { 2 } else { 4 };
    let items = fields.number(wide)?;
    for _ in 0..items.min(MOST_PARTS as u64) {
        let id = fields.number(wide)?;
        let method = if version == 0 {
            0
        } else {
            fields.number(2)? & 15
        };
        // Of which file: always this one.
        fields.number(2)?;
        let base = fields.number(base_size)?;
        let extents = fields.number(2)?;
        for extent in 0..extents {
            fields.number(index_size)?;
            let offset = fields.number(offset_size)?;
            let length = fields.number(length_size)?;
            if id == u64::from(wanted) && extent == 0 {
                return (method == 0).then_some((base.checked_add(offset)?, length));
            }
        }
    }
    None
}

/// Numbers of some bytes, one after the other.
struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Fields<'_> {
    fn number(&mut self, length: usize) -> Option<u64> {
        let end = self.at.checked_add(length)?;
        let field = self.bytes.get(self.at..end)?;
        self.at = end;
        let append = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        (length <= 8).then(|| field.iter().fold(0, append))
    }
}

/// “2024:08:14 17:03:59” in milliseconds since 1970. Cameras that were never set write zeros or spaces.
fn moment(text: &[u8]) -> Option<i64> {
    let digits = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        let append = |number: i64, digit: &u8| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + i64::from(digit - b'0'))
        };
        digits.iter().try_fold(0, append)
    };
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let is_date = year > 0 && (1..=longest).contains(&day);
    // A leap second is one.
    let is_time = hour < 24 && minute < 60 && second <= 60;
    if !is_date || !is_time {
        return None;
    }
    // Days by Howard Hinnant's `days_from_civil`: the year begins in March, so that leap days come last.
    let (years, months) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = years * 365 + years / 4 - years / 100 + years / 400;
    let days = days + (153 * months + 2) / 5 + day - 1 - 719_468;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const TIME: &[u8] = b"2024:08:14 17:03:59\0";
    const MILLISECONDS: i64 = 1_723_655_039_000;

    /// A TIFF whose Exif directory has the time, little endian.
    fn exif() -> Vec<u8> {
        let entry = |tag: u16, kind: u16, count: u32, value: u32| {
            let head = [tag.to_le_bytes(), kind.to_le_bytes()].concat();
            [&head[..], &count.to_le_bytes(), &value.to_le_bytes()].concat()
        };
        [
            b"II*\0\x08\0\0\0\x01\0".to_vec(),
            entry(0x8769, 4, 1, 26),
            vec![0; 4],
            b"\x01\0".to_vec(),
            entry(0x9003, 2, 20, 44),
            vec![0; 4],
            TIME.to_vec(),
        ]
        .concat()
    }

    fn sized(kind: &[u8; 4], inside: &[u8]) -> Vec<u8> {
        let length = (8 + inside.len() as u32).to_be_bytes();
        [&length[..], kind, inside].concat()
    }

    fn jpeg() -> Vec<u8> {
        let segment = [NAME, &exif()].concat();
        let length = (2 + segment.len() as u16).to_be_bytes();
        let before = b"\xff\xd8\xff\xe0\0\x04JF\xff\xff\xe1\0\x08XMP: \0".as_slice();
        [before, b"\xff\xe1", &length, &segment, b"\xff\xda\0\x02"].concat()
    }

    fn png() -> Vec<u8> {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            let length = (data.len() as u32).to_be_bytes();
            [&length[..], kind, data, &[0; 4]].concat()
        };
        let parts = [chunk(b"IHDR", &[0; 13]), chunk(b"IDAT", &[0; 99])].concat();
        [&b"\x89PNG\r\n\x1a\n"[..], &parts, &chunk(b"eXIf", &exif())].concat()
    }

    fn webp() -> Vec<u8> {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            let length = (data.len() as u32).to_le_bytes();
            [kind, &length[..], data, &vec![0; data.len() & 1]].concat()
        };
        let picture = chunk(b"VP8 ", &[0; 33]);
        [&b"RIFF\0\0\0\0WEBP"[..], &picture, &chunk(b"EXIF", &exif())].concat()
    }

    fn heic() -> Vec<u8> {
        let item = |id: u8, kind: &[u8; 4]| {
            sized(
                b"infe",
                &[&[2, 0, 0, 0, 0, id, 0, 0], &kind[..], &[0]].concat(),
            )
        };
        let items = [item(1, b"hvc1"), item(2, b"Exif")].concat();
        let iinf = sized(b"iinf", &[&[0, 0, 0, 0, 0, 2], &items[..]].concat());
        let data = [&[0, 0, 0, 6], NAME, &exif()].concat();
        let places = |at: u32| {
            let place = |id: u8, at: u32, length: u32| {
                [
                    &[0, id, 0, 0, 0, 0, 0, 1][..],
                    &at.to_be_bytes(),
                    &length.to_be_bytes(),
                ]
                .concat()
            };
            let both = [place(1, at, 3), place(2, at + 3, data.len() as u32)].concat();
            sized(b"iloc", &[&[1, 0, 0, 0, 0x44, 0, 0, 2], &both[..]].concat())
        };
        let start = |at| {
            let meta = sized(b"meta", &[&[0; 4], &iinf[..], &places(at)].concat());
            [sized(b"ftyp", b"heic\0\0\0\0"), meta].concat()
        };
        let at = start(0).len() as u32 + 8;
        [start(at), sized(b"mdat", &[&[1, 2, 3], &data[..]].concat())].concat()
    }

    fn files() -> [(Format, Vec<u8>); 5] {
        [
            (Format::Jpeg, jpeg()),
            (Format::Png, png()),
            (Format::WebP, webp()),
            (Format::Heic, heic()),
            (Format::Tiff, exif()),
        ]
    }

    #[test]
    fn the_time_is_found_in_every_format_that_has_exif() {
        for (format, file) in files() {
            assert_eq!(
                taken(format, &mut Cursor::new(file)),
                Some(MILLISECONDS),
                "{format:?}"
            );
        }
    }

    #[test]
    fn a_file_that_is_cut_off_anywhere_tells_nothing() {
        for (format, file) in files() {
            let last = file.windows(TIME.len()).position(|text| text == TIME);
            let last = last.expect("it is there") + 18;
            for cut in 0..=last {
                assert_eq!(
                    taken(format, &mut Cursor::new(&file[..cut])),
                    None,
                    "{format:?}, {cut} bytes"
                );
            }
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        assert_eq!(moment(b"1970:01:01 00:00:00"), Some(0));
        assert_eq!(moment(b"1969:12:31 23:59:59"), Some(-1000));
        assert_eq!(moment(b"2000:02:29 00:00:00"), Some(951_782_400_000));
        assert_eq!(moment(b"2024-08-14T17:03:59"), Some(MILLISECONDS));
        for text in [
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "1900:02:29 00:00:00",
            "2024:13:01 00:00:00",
            "2024:04:31 00:00:00",
            "2024:04:30 24:00:00",
            "2024:04:30 23:60:00",
            "2024:04:3",
            "+024:04:30 23:00:00",
        ] {
            assert_eq!(moment(text.as_bytes()), None, "{text}");
        }
    }
}
