//! Whether a file holds its whole picture, told without decoding it.
//!
//! Decoders differ where a file is cut off: some refuse it, some fill the rest with grey, some draw
//! nothing and say nothing, and half a picture would be learnt from. So no decoder is asked, ours or
//! a browser's.
//!
//! What counts is the picture, not the file: bytes after its end, or an end of the file that is
//! missing where nothing of the picture is, do no harm. A JPEG alone must have its end marker, since
//! nothing else in it tells that its last rows are there.

use super::{Format, field, jpeg, tiff, webp};

/// Whether the picture (of an animation: its first frame) is there to its last byte. Formats whose
/// structure is not known here, or whose decoders notice by themselves, count as whole.
pub fn is_whole(format: Format, bytes: &[u8]) -> bool {
    match format {
        Format::Jpeg => jpeg::is_whole(bytes),
        Format::Png => png(bytes).is_some(),
        Format::Gif => gif(bytes).is_some(),
        Format::Bmp => bmp(bytes).is_some_and(|end| end <= bytes.len() as u64),
        Format::WebP => webp::is_whole(bytes),
        Format::Tiff => tiff::is_plausible(bytes),
        _ => true,
    }
}

/// Whether the last bytes of a file alone show that it is whole, as those of nearly every JPEG and
/// PNG do. If not, [`is_whole`] tells.
pub fn ends_whole(format: Format, end: &[u8]) -> bool {
    match format {
        Format::Jpeg => end.ends_with(b"\xff\xd9"),
        Format::Png => end.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82"),
        _ => false,
    }
}

/// Walks the chunks to the one after the picture's data: that it begins shows that they are there.
fn png(bytes: &[u8]) -> Option<()> {
    let mut at: usize = 8;
    let mut in_picture = false;
    loop {
        let length = u32::from_be_bytes(field(bytes, at)?);
        let kind: [u8; 4] = field(bytes, at + 4)?;
        match &kind {
            b"IDAT" => in_picture = true,
            b"IEND" => return in_picture.then_some(()),
            _ if in_picture => return Some(()),
            _ => (),
        }
        // The length and the kind before the data, a checksum after them.
        at = at.checked_add(12)?.checked_add(length as usize)?;
    }
}

/// Walks the blocks to the end of the first frame's data.
fn gif(bytes: &[u8]) -> Option<()> {
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    };
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        match bytes.get(at)? {
            // An extension: its kind, then sub-blocks.
            0x21 => at = sub_blocks(bytes, at + 2)?,
            // A frame: its place, a table of colours, the size of the first codes, sub-blocks.
            0x2c => {
                let flags = *bytes.get(at + 9)?;
                return sub_blocks(bytes, at + 11 + table(flags)).map(|_| ());
            }
            _ => return None,
        }
    }
}

/// Where a sequence of sub-blocks ends, each of which begins with its length; one of none is last.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// Where the last row's last pixel ends. The padding after it is left out by some writers.
fn bmp(bytes: &[u8]) -> Option<u64> {
    let word = |at| field(bytes, at).map(u32::from_le_bytes);
    let half = |at| field(bytes, at).map(u16::from_le_bytes);
    let start = u64::from(word(10)?);
    let (width, height, depth, compression) = if word(14)? == 12 {
        (u32::from(half(18)?), u32::from(half(20)?), half(24)?, 0)
    } else {
        // Signed: rows of a negative height run from the top.
        let side = |at| Some(word(at)?.cast_signed().unsigned_abs());
        (side(18)?, side(22)?, half(28)?, word(30)?)
    };
    let length = match compression {
        // Plain pixels, with or without masks for their colours.
        0 | 3 | 6 => {
            let row = (u64::from(width) * u64::from(depth)).div_ceil(8);
            let rows = u64::from(height.saturating_sub(1));
            let before = row.next_multiple_of(4).saturating_mul(rows);
            before.saturating_add(row)
        }
        // Run lengths, whose size the header tells, or says nothing.
        _ => u64::from(word(34)?),
    };
    Some(start.saturating_add(length))
}
