//! The chunks of a WebP file, read without decoding: its size, and whether each chunk is whole.
//!
//! The `image-webp` crate allocates what a chunk's header promises, up to 4 GB, and what a frame's
//! own header promises whatever the canvas is. Source: RFC 9649.

/// The largest width and height in pixels of the canvas and of all frames that begin in `start`.
pub(super) fn size(start: &[u8]) -> Option<(u32, u32)> {
    let sizes = Chunks::new(start).filter_map(|chunk| chunk.size(start));
    sizes.reduce(|(w, h), (width, height)| (w.max(width), h.max(height)))
}

/// Whether there is a picture, and every chunk ends within the file. What follows after the length
/// that the file's header tells is none of it.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let length = bytes.get(4..8).and_then(|field| field.try_into().ok());
    let length = length.map_or(0, u32::from_le_bytes) as usize;
    let inside = &bytes[..bytes.len().min(length.saturating_add(8))];
    let mut pictures = 0;
    for chunk in Chunks::new(inside) {
        if chunk.end > bytes.len() {
            return false;
        }
        pictures += usize::from(matches!(&chunk.kind, b"VP8 " | b"VP8L"));
    }
    pictures > 0
}

struct Chunk {
    kind: [u8; 4],
    payload: usize,
    end: usize,
}

impl Chunk {
    fn size(&self, bytes: &[u8]) -> Option<(u32, u32)> {
        let field = |at: usize, length: usize| {
            let at = self.payload + at;
            let field = bytes.get(at..at + length)?;
            Some(
                field
                    .iter()
                    .rev()
                    .fold(0, |number, &byte| number << 8 | u32::from(byte)),
            )
        };
        match &self.kind {
            b"VP8X" => Some((field(4, 3)? + 1, field(7, 3)? + 1)),
            // Lossless: 14 bits of width - 1, then 14 of height - 1, after one signature byte.
            b"VP8L" => {
                let bits = field(1, 4)?;
                Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
            }
            // Lossy: 14 bits each; the two above them are a scale for display.
            b"VP8 " => Some((field(6, 2)? & 0x3fff, field(8, 2)? & 0x3fff)),
            _ => None,
        }
    }
}

/// Chunk after chunk, those inside an animation's frames too.
struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Chunks<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        // "RIFF", a length, "WEBP".
        Self { bytes, at: 12 }
    }
}

impl Iterator for Chunks<'_> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        let header = self.bytes.get(self.at..self.at.checked_add(8)?)?;
        let kind = [header[0], header[1], header[2], header[3]];
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
        let payload = self.at + 8;
        let end = payload.saturating_add(length as usize);
        // A frame of an animation: 16 bytes of its own, then chunks. All others are padded to even.
        self.at = match &kind {
            b"ANMF" => payload + 16,
            _ => end.saturating_add(end % 2),
        };
        Some(Chunk { kind, payload, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A canvas of 3 × 2, and in an animation's frame a lossless picture of 300 × 1.
    const ANIMATED: &[u8] = b"RIFF\x3c\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x02\0\0\x01\0\0\
        ANMF\x1e\0\0\0................VP8L\x05\0\0\0\x2f\x2b\x01\0\0\0";

    #[test]
    fn size_is_the_largest_that_any_header_claims() {
        assert_eq!(size(ANIMATED), Some((300, 2)));
        assert_eq!(size(&ANIMATED[..40]), Some((3, 2)));
        assert_eq!(size(&ANIMATED[..29]), None);
    }

    #[test]
    fn a_chunk_that_goes_on_after_the_file_is_noticed() {
        assert!(is_whole(ANIMATED));
        for cut in [14, 29, 45, ANIMATED.len() - 2] {
            assert!(!is_whole(&ANIMATED[..cut]), "whole after {cut} bytes");
        }
    }
}
