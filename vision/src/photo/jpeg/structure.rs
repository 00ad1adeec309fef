//! The segments of a JPEG file, read without decoding it: its size, and whether it is whole.
//!
//! Decoders fill the missing part of a cut-off JPEG with grey and say nothing, so a photo of which
//! half is grey would be learnt from. Only the end-of-image marker tells.

/// Width and height in pixels from the frame header, if `start` reaches that far.
pub(in crate::photo) fn size(start: &[u8]) -> Option<(u32, u32)> {
    frame(start).map(|f| f.size)
}

/// Whether the frame is progressive: its decoder keeps all coefficients of the picture at once.
pub(in crate::photo) fn is_progressive(bytes: &[u8]) -> bool {
    frame(bytes).is_some_and(|f| f.marker == SOF_PROGRESSIVE)
}

/// Whether the picture's own end-of-image marker is there. A thumbnail inside a metadata segment
/// has one too, and files may go on after theirs (motion photos): neither counts.
pub(in crate::photo) fn is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        match marker(bytes, at) {
            Some((END_OF_IMAGE, _)) => return true,
            // Compressed data follow the scan's header, up to a marker that is no restart.
            Some((START_OF_SCAN, payload)) => {
                let Some(end) = segment_end(bytes, payload) else {
                    return false;
                };
                let Some(next) = scan_end(bytes, end) else {
                    return false;
                };
                at = next;
            }
            Some((_, payload)) => {
                let Some(end) = segment_end(bytes, payload) else {
                    return false;
                };
                at = end;
            }
            None => return false,
        }
    }
}

const SOF_PROGRESSIVE: u8 = 0xc2;
const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

struct Frame {
    marker: u8,
    size: (u32, u32),
}

fn frame(bytes: &[u8]) -> Option<Frame> {
    let mut at = 2;
    loop {
        let (kind, payload) = marker(bytes, at)?;
        match kind {
            // C4, C8 and CC lie among the frame headers but are tables and an extension.
            0xc0..=0xcf if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => {
                let field = bytes.get(payload + 3..payload + 7)?;
                let side = |at: usize| u32::from(u16::from_be_bytes([field[at], field[at + 1]]));
                return Some(Frame {
                    marker: kind,
                    size: (side(2), side(0)),
                });
            }
            START_OF_SCAN | END_OF_IMAGE => return None,
            _ => at = segment_end(bytes, payload)?,
        }
    }
}

/// The marker at or after `at` and where its payload begins. Decoders skip stray bytes before a
/// marker, so this does too. Markers without a payload (restarts, TEM, a second SOI) are passed.
fn marker(bytes: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += bytes.get(at..)?.iter().position(|&b| b == 0xff)?;
        at += bytes[at..].iter().position(|&b| b != 0xff)?;
        match bytes[at] {
            0x00 | 0x01 | 0xd0..=0xd8 => at += 1,
            kind => return Some((kind, at + 1)),
        }
    }
}

/// Where a segment ends whose two bytes of length are at `payload`.
fn segment_end(bytes: &[u8], payload: usize) -> Option<usize> {
    let length = bytes.get(payload..payload + 2)?;
    let end = payload + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
    (end <= bytes.len()).then_some(end)
}

/// Where the compressed data from `at` on end: at a marker that is neither a stuffed zero nor a
/// restart.
fn scan_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|&b| b == 0xff)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SOI, a metadata segment holding a whole thumbnail, a frame of 3 × 2, one scan.
    const SMALL: &[u8] =
        b"\xff\xd8\xff\xe1\0\x06\xff\xd8\xff\xd9\xff\xc2\0\x09\x08\0\x02\0\x03\x01\0\
        \xff\xda\0\x02\x12\xff\x00\x34\xff\xd3\x56\xff\xd9";

    #[test]
    fn size_is_in_the_frame_header() {
        assert_eq!(size(SMALL), Some((3, 2)));
        assert!(is_progressive(SMALL));
        assert_eq!(size(&SMALL[..16]), None);
    }

    #[test]
    fn only_the_picture_s_own_end_makes_it_whole() {
        assert!(is_whole(SMALL));
        assert!(is_whole(&[SMALL, b"trailing video"].concat()));
        for cut in 0..SMALL.len() {
            assert!(!is_whole(&SMALL[..cut]), "whole after {cut} bytes");
        }
    }
}
