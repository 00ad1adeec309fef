//! What the EXIF of a PNG or a WebP says of its picture, found without decoding, and what to show to a
//! browser instead.
//!
//! Chromium and Firefox turn a PNG by it, WebKit does not, and none turns a WebP. So none is shown it, and
//! the picture is turned by us, as it is natively. A JPEG all of them turn.

use std::io::{Read, Seek};
use std::ops::Range;

use keepsake_codecs::Orientation;

use super::Format;
use super::chunks::{self, Chunk, part};
use super::orient::Turn;

/// More of a block of EXIF than this, in bytes, is not read: the orientation stands in its first directory.
const ENOUGH: u64 = 65_536;

/// How a picture is to be turned, and what of its file says so.
#[derive(Debug)]
pub struct Exif {
    /// How to turn the picture upright.
    pub turn: Turn,
    /// Bytes of the file…
    pub place: Range<u64>,
    /// …in whose place these say nothing of it any more.
    pub instead: &'static [u8],
}

/// Looks for EXIF before the picture of a PNG, and anywhere in a WebP.
pub fn exif<F: Read + Seek>(format: Format, file: &mut F) -> Option<Exif> {
    let (data, place, instead): (_, _, &[u8]) = match format {
        Format::Png => {
            let chunk = png(file)?;
            (chunk.data, chunk.whole, b"")
        }
        Format::WebP => {
            let data = webp(file)?.data;
            // Where TIFF begins with its order of bytes. What else the file says of its chunks stays true.
            (data.clone(), data.start..data.start + 2, b"\0\0")
        }
        _ => return None,
    };
    let length = (data.end - data.start).min(ENOUGH);
    let data = part(file, data.start, length)?;
    // Of one that is cut off nothing is believed.
    let whole = data.len() as u64 == length;
    let turn = Turn::from(Orientation::from_exif_chunk(&data).filter(|_| whole)?);
    Some(Exif {
        turn,
        place,
        instead,
    })
}

fn png<F: Read + Seek>(file: &mut F) -> Option<Chunk> {
    chunks::png(file)
        .take_while(|chunk| &chunk.kind != b"IDAT")
        .find(|chunk| &chunk.kind == b"eXIf")
}

fn webp<F: Read + Seek>(file: &mut F) -> Option<Chunk> {
    /// In the flags of the first chunk.
    const HAS_EXIF: u8 = 0x08;
    let first = chunks::webp(file).next()?;
    let flags = *part(file, first.data.start, 1)?.first()?;
    if &first.kind != b"VP8X" || flags & HAS_EXIF == 0 {
        return None;
    }
    chunks::webp(file).find(|chunk| &chunk.kind == b"EXIF")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::{Limits, decode};

    fn file(name: &str) -> Vec<u8> {
        std::fs::read(format!("../tests/reference/formats/{name}")).unwrap()
    }

    fn exif_of(format: Format, bytes: &[u8]) -> Option<Exif> {
        exif(format, &mut std::io::Cursor::new(bytes))
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
            let (start, end) = (place.start as usize, place.end as usize);
            let shown = [&bytes[..start], instead, &bytes[end..]].concat();
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
