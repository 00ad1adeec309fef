//! What the EXIF of a PNG or a WebP says of its picture, found without decoding, and what to show to a
//! browser instead.
//!
//! Chromium and Firefox turn a PNG by it, WebKit does not, and none turns a WebP. So none is shown it, and
//! the picture is turned by us, as it is natively. A JPEG all of them turn.

use std::ops::Range;

use keepsake_codecs::Orientation;

use super::Format;
use super::orient::Turn;

/// More of a block of EXIF than this, in bytes, is not read: the orientation stands in its first directory.
const ENOUGH: usize = 65_536;

/// How a picture is to be turned, and what of its file says so.
#[derive(Debug)]
pub(crate) struct Exif {
    /// How to turn the picture upright.
    pub(crate) turn: Turn,
    /// Bytes of the file…
    pub(crate) place: Range<usize>,
    /// …in whose place these say nothing of it any more.
    pub(crate) instead: &'static [u8],
}

/// Looks for EXIF before the picture of a PNG, and anywhere in a WebP. `read` gives bytes of the file,
/// `None` where it has not all of them.
pub(crate) fn exif(format: Format, read: impl Fn(Range<usize>) -> Option<Vec<u8>>) -> Option<Exif> {
    let (data, place, instead): (_, _, &[u8]) = match format {
        Format::Png => {
            let (data, chunk) = png(&read)?;
            (data, chunk, b"")
        }
        Format::WebP => {
            let data = webp(&read)?;
            // Where TIFF begins with its order of bytes. What else the file says of its chunks stays true.
            (data.clone(), data.start..data.start + 2, b"\0\0")
        }
        _ => return None,
    };
    let data = read(data.start..data.end.min(data.start + ENOUGH))?;
    let turn = Turn::from(Orientation::from_exif_chunk(&data)?);
    Some(Exif {
        turn,
        place,
        instead,
    })
}

/// Where EXIF lies, and its whole chunk.
fn png(read: &impl Fn(Range<usize>) -> Option<Vec<u8>>) -> Option<(Range<usize>, Range<usize>)> {
    // After the signature.
    let mut at: usize = 8;
    loop {
        let head = read(at..at.checked_add(8)?)?;
        let (length, kind) = head.split_first_chunk()?;
        let start = at + 8;
        let end = start.checked_add(u32::from_be_bytes(*length) as usize)?;
        // A checksum follows.
        let next = end.checked_add(4)?;
        match kind {
            b"eXIf" => return Some((start..end, at..next)),
            b"IDAT" => return None,
            _ => at = next,
        }
    }
}

/// Where EXIF lies.
fn webp(read: &impl Fn(Range<usize>) -> Option<Vec<u8>>) -> Option<Range<usize>> {
    /// In the flags of the first chunk.
    const HAS_EXIF: u8 = 0x08;
    // After "RIFF", a length, "WEBP".
    let mut at: usize = 12;
    let extended = read(at..at + 9)?;
    if !extended.starts_with(b"VP8X") || extended[8] & HAS_EXIF == 0 {
        return None;
    }
    loop {
        let head = read(at..at.checked_add(8)?)?;
        let (kind, length) = head.split_first_chunk::<4>()?;
        let start = at + 8;
        let end = start.checked_add(u32::from_le_bytes(length.try_into().ok()?) as usize)?;
        if kind == b"EXIF" {
            return Some(start..end);
        }
        at = end.checked_add(end % 2)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::{Limits, decode};

    fn file(name: &str) -> Vec<u8> {
        std::fs::read(format!("tests/reference/formats/{name}")).unwrap()
    }

    fn exif_of(format: Format, bytes: &[u8]) -> Option<Exif> {
        exif(format, |range| bytes.get(range).map(<[u8]>::to_vec))
    }

    #[test]
    fn what_is_shown_instead_is_the_same_picture_as_it_is_stored() {
        for (format, name) in [(Format::Png, "turned.png"), (Format::WebP, "turned.webp")] {
            let bytes = file(name);
            let Exif {
                turn,
                place,
                instead,
            } = exif_of(format, &bytes).unwrap();
            assert_eq!(turn, Turn::from(Orientation::Rotate90), "{name}");
            let shown = [&bytes[..place.start], instead, &bytes[place.end..]].concat();
            assert!(exif_of(format, &shown).is_none());
            let [before, after] =
                [bytes, shown].map(|bytes| decode(&bytes, &Limits::default()).unwrap());
            assert_eq!((before.width, before.height), (21, 33), "{name}");
            assert_eq!((after.width, after.height), (33, 21), "{name}");
        }
    }

    #[test]
    fn of_a_file_without_it_or_cut_off_in_it_nothing_is_found() {
        for (format, name) in [
            (Format::Png, "palette.png"),
            (Format::WebP, "lossy.webp"),
            (Format::WebP, "lossy-alpha.webp"),
            (Format::WebP, "animated.webp"),
            (Format::Jpeg, "turned.jpg"),
        ] {
            assert!(exif_of(format, &file(name)).is_none(), "{name}");
        }
        for (format, name) in [(Format::Png, "turned.png"), (Format::WebP, "turned.webp")] {
            let bytes = file(name);
            let orientation = b"\x01\x12\0\x03";
            let at = bytes.windows(4).position(|it| it == orientation);
            for end in 0..at.unwrap() + 4 {
                assert!(exif_of(format, &bytes[..end]).is_none(), "{name}: {end}");
            }
        }
    }
}
