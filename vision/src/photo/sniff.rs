//! What a file is, from its first bytes alone: nothing is decoded and nothing is allocated.
//!
//! A file's name and media type are not asked: a text file may be called `.jpg`.

use super::{jpeg, tiff, webp};
use crate::error::PhotoError;

/// A kind of picture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// ISO/IEC 10918.
    Jpeg,
    /// W3C PNG, ISO/IEC 15948.
    Png,
    /// RFC 9649.
    WebP,
    /// GIF87a, GIF89a.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF 6.0 and BigTIFF; many cameras' raw files begin the same way.
    Tiff,
    /// The Quite OK Image format.
    Qoi,
    /// HEIF with HEVC inside (phones): only some browsers decode it.
    Heic,
    /// HEIF with AV1 inside: only browsers decode it.
    Avif,
    /// ISO/IEC 18181: only some browsers decode it.
    JpegXl,
    /// Canon's raw file: no decoder here.
    CanonRaw,
}

impl Format {
    /// The name people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Format::Jpeg => "JPEG",
            Format::Png => "PNG",
            Format::WebP => "WebP",
            Format::Gif => "GIF",
            Format::Bmp => "BMP",
            Format::Tiff => "TIFF",
            Format::Qoi => "QOI",
            Format::Heic => "HEIC",
            Format::Avif => "AVIF",
            Format::JpegXl => "JPEG XL",
            Format::CanonRaw => "Canon raw",
        }
    }

    /// Whether every browser decodes it: where one refuses such a file, the file is broken.
    pub fn in_every_browser(self) -> bool {
        matches!(
            self,
            Format::Jpeg | Format::Png | Format::WebP | Format::Gif | Format::Bmp
        )
    }
}

/// What the first bytes of a file tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The kind of file.
    pub format: Format,
    /// Width and height in pixels as stored, before EXIF turns the picture. `None` where these
    /// bytes do not reach far enough, or the format hides it.
    pub size: Option<(u32, u32)>,
}

/// Reads the header in `start`, the first bytes of a file (64 KB find the size in nearly all).
///
/// # Errors
/// [`PhotoError::Empty`]; [`PhotoError::NotAPhoto`] for kinds of file known to be something else;
/// [`PhotoError::NotAnImage`] for anything unknown.
pub fn sniff(start: &[u8]) -> Result<Header, PhotoError> {
    if start.is_empty() {
        return Err(PhotoError::Empty);
    }
    let header = |format, size| Ok(Header { format, size });
    match start {
        [0xff, 0xd8, 0xff, ..] => header(Format::Jpeg, jpeg::size(start)),
        [0x89, b'P', b'N', b'G', ..] => header(Format::Png, pair(be32(start, 16), be32(start, 20))),
        [b'G', b'I', b'F', b'8', ..] => header(Format::Gif, pair(le16(start, 6), le16(start, 8))),
        [b'q', b'o', b'i', b'f', ..] => header(Format::Qoi, pair(be32(start, 4), be32(start, 8))),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => header(Format::WebP, webp::size(start)),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => {
            header(Format::Tiff, tiff::size(start))
        }
        [b'B', b'M', ..] if is_bmp(start) => header(Format::Bmp, bmp_size(start)),
        [0xff, 0x0a, ..] => header(Format::JpegXl, None),
        [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => header(Format::JpegXl, None),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => iso_media(start),
        _ => Err(other_file(start)),
    }
}

/// A file that begins like none of our formats, named where people would know it.
fn other_file(start: &[u8]) -> PhotoError {
    // The byte-order mark and white space that may precede a text's first sign.
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let text = text.trim_ascii_start();
    let head = &text[..text.len().min(1024)];
    if start.starts_with(b"%PDF") {
        PhotoError::NotAPhoto("a PDF document")
    } else if head.starts_with(b"<svg")
        || head.starts_with(b"<?xml") && head.windows(4).any(|w| w == b"<svg")
    {
        PhotoError::NotAPhoto("an SVG drawing")
    } else if start.starts_with(b"\x1a\x45\xdf\xa3")
        || start.starts_with(b"RIFF") && start.get(8..12) == Some(b"AVI ")
        || start.starts_with(b"\0\0\x01\xba")
    {
        PhotoError::NotAPhoto("a video")
    } else {
        PhotoError::NotAnImage
    }
}

/// ISO base media (`ftyp`): HEIC and AVIF stills, Canon's raw files, and videos.
fn iso_media(start: &[u8]) -> Result<Header, PhotoError> {
    // The box lists a major brand, a version, then compatible brands, four bytes each.
    let end = be32(start, 0).map_or(0, |n| n as usize).min(start.len());
    let brands = || {
        let listed = start.get(16..end).unwrap_or_default();
        start.get(8..12).into_iter().chain(listed.chunks_exact(4))
    };
    let any = |names: &[&[u8; 4]]| brands().any(|b| names.iter().any(|n| b == *n));
    let format = if any(&[b"avif", b"avis"]) {
        Format::Avif
    } else if any(&[
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
    ]) {
        Format::Heic
    } else if any(&[b"crx "]) {
        Format::CanonRaw
    } else {
        return Err(PhotoError::NotAPhoto("a video"));
    };
    Ok(Header {
        format,
        size: heif_size(start),
    })
}

/// The largest `ispe` (image spatial extents) property: thumbnails and tiles have smaller ones.
fn heif_size(start: &[u8]) -> Option<(u32, u32)> {
    let extents = start.windows(4).enumerate().filter(|(_, w)| w == b"ispe");
    extents
        .filter_map(|(at, _)| pair(be32(start, at + 8), be32(start, at + 12)))
        .max_by_key(|&(w, h)| u64::from(w) * u64::from(h))
}

/// "BM" alone also begins many texts: the header's own length must be one that exists.
fn is_bmp(start: &[u8]) -> bool {
    matches!(
        le32(start, 14),
        Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124)
    )
}

fn bmp_size(start: &[u8]) -> Option<(u32, u32)> {
    if le32(start, 14)? == 12 {
        return pair(le16(start, 18), le16(start, 20));
    }
    // Both are signed; a negative height means that rows run from the top.
    let side = |at| Some(le32(start, at)?.cast_signed().unsigned_abs());
    pair(side(18), side(22))
}

fn pair(width: Option<u32>, height: Option<u32>) -> Option<(u32, u32)> {
    Some((width?, height?))
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_be_bytes)
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(|b| u32::from(u16::from_le_bytes(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_not_a_photo() {
        let refused = |bytes: &[u8]| sniff(bytes).unwrap_err();
        assert_eq!(refused(b""), PhotoError::Empty);
        assert_eq!(refused(b"Dear diary"), PhotoError::NotAnImage);
        assert_eq!(
            refused(b"BMW are cars, and this is a text"),
            PhotoError::NotAnImage
        );
        assert_eq!(
            refused(b"%PDF-1.7"),
            PhotoError::NotAPhoto("a PDF document")
        );
        let svg = PhotoError::NotAPhoto("an SVG drawing");
        assert_eq!(refused(b"\xef\xbb\xbf\n<svg xmlns"), svg);
        assert_eq!(refused(b"<?xml version='1.0'?><!-- --><svg>"), svg);
        let video = PhotoError::NotAPhoto("a video");
        assert_eq!(refused(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"), video);
        assert_eq!(refused(b"\0\0\0\x14ftypqt  \0\0\0\0qt  "), video);
        assert_eq!(refused(b"\x1a\x45\xdf\xa3webm"), video);
    }

    #[test]
    fn finds_stills_among_iso_media() {
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x14ispe\0\0\0\0\0\0\x02\0\0\0\x02\0\
            \0\0\0\x14ispe\0\0\0\0\0\0\x0f\xc0\0\0\x0b\xd0";
        assert_eq!(
            sniff(heic).unwrap(),
            Header {
                format: Format::Heic,
                size: Some((4032, 3024))
            }
        );
        let avif = b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf";
        assert_eq!(sniff(avif).unwrap().format, Format::Avif);
        assert_eq!(
            sniff(b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom")
                .unwrap()
                .format,
            Format::CanonRaw
        );
    }
}
