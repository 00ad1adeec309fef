//! Decodes a picture file within limits: the path for native programs, and for files that a
//! browser's own decoder refuses.

use keepsake_codecs::{ColorType, Decoder, Error, ImageFormat};

use super::orient::Turn;
use super::resize::{Channels, Pixels};
use super::{Format, Limits, is_whole, jpeg, sniff};
use crate::error::{PhotoError, RequestError};

/// The upright centred square of a photo, at full resolution. The rest is never used and would
/// only take memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width of the whole photo in pixels, upright.
    pub width: u32,
    /// Height of the whole photo in pixels, upright.
    pub height: u32,
    /// `[side, side, 3]` bytes of the square, rows first; `side` is the smaller of the two.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// The square, for [`super::to_input`] and [`super::thumbnail`].
    ///
    /// # Errors
    /// [`RequestError::Invalid`] if the public fields were changed so that they no longer fit.
    pub fn pixels(&self) -> Result<Pixels<'_>, RequestError> {
        let side = self.width.min(self.height);
        Pixels::new(side, side, Channels::Rgb, &self.rgb)
    }
}

/// Decodes `bytes`: upright by its EXIF orientation, transparent parts on white, the first frame
/// of an animation. The header is checked against `limits` before anything is allocated.
///
/// # Errors
/// Every variant of [`PhotoError`], under `photo/…` codes.
pub fn decode(bytes: &[u8], limits: &Limits) -> crate::Result<Picture> {
    Ok(decode_photo(bytes, limits)?)
}

fn decode_photo(bytes: &[u8], limits: &Limits) -> Result<Picture, PhotoError> {
    limits.check_bytes(bytes.len() as u64)?;
    let header = sniff(bytes)?;
    limits.check_header(&header)?;
    let format = decoder_of(header.format).ok_or(PhotoError::Unsupported(header.format.name()))?;
    if !is_whole(header.format, bytes) {
        return Err(PhotoError::incomplete());
    }
    let failed = |error| refusal(error, header.format);

    let mut decoder = Decoder::open(bytes, format, limits.memory).map_err(failed)?;
    let size = decoder.size();
    limits.check_size(size.0, size.1)?;
    let color = decoder.color();
    let (per_pixel, copies) = cost(header.format, color, bytes);
    // A WebP's frames may claim to be larger than the canvas, and are allocated before that shows.
    let largest = header
        .size
        .map_or(size, |(w, h)| (w.max(size.0), h.max(size.1)));
    limits.check_memory(largest, per_pixel, copies * bytes.len() as u64)?;

    let turn = Turn::from(decoder.orientation());
    let mut pixels = decoder.pixels().map_err(failed)?;
    let side = turn.cut_square(
        &mut pixels,
        (size.0 as usize, size.1 as usize),
        usize::from(color.bytes_per_pixel()),
    );
    let mut rgb = to_rgb(pixels, color).ok_or(PhotoError::Unsupported(header.format.name()))?;
    turn.apply::<3>(&mut rgb, side);
    let (width, height) = turn.upright(size);
    Ok(Picture { width, height, rgb })
}

/// Whether there is a decoder for the format here. In WebAssembly there is none for most of what
/// every browser decodes ([`Format::in_every_browser`]).
pub fn can_decode(format: Format) -> bool {
    decoder_of(format).is_some()
}

/// The decoder of a format, where there is one here.
fn decoder_of(format: Format) -> Option<ImageFormat> {
    let format = match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::WebP => ImageFormat::WebP,
        Format::Gif => ImageFormat::Gif,
        Format::Bmp => ImageFormat::Bmp,
        Format::Tiff => ImageFormat::Tiff,
        Format::Qoi => ImageFormat::Qoi,
        Format::Heic | Format::Avif | Format::JpegXl | Format::CanonRaw => return None,
    };
    keepsake_codecs::knows(format).then_some(format)
}

/// Most memory that decoding and conversion hold at once, as measured: bytes per pixel, and copies
/// of the file.
fn cost(format: Format, color: ColorType, bytes: &[u8]) -> (u64, u64) {
    let stored = u64::from(color.bytes_per_pixel());
    let converted = if color == ColorType::Rgb8 { 0 } else { 3 };
    match format {
        // The decoder copies the file. A progressive one keeps a 16-bit coefficient per value, of
        // which CMYK has four per pixel.
        Format::Jpeg if jpeg::is_progressive(bytes) => (stored + 8, 2),
        Format::Jpeg => (stored + converted, 2),
        // The decoder fills a buffer of its own first; CMYK has four values where RGB has three.
        Format::Tiff => (2 * stored + stored.div_ceil(3), 1),
        // Luma, chroma and alpha of a frame, the frame as RGBA, the canvas.
        Format::WebP => (11, 1),
        Format::Gif => (2 * stored, 1),
        _ => (stored + converted, 1),
    }
}

/// Bytes of any colour type as RGB, transparent parts on white. `None` for a type not known here.
fn to_rgb(pixels: Vec<u8>, color: ColorType) -> Option<Vec<u8>> {
    let grey = |[v]: [u8; 1]| [v; 3];
    let grey_alpha = |[v, a]: [u8; 2]| [on_white(v, a); 3];
    let rgb = |pixel: [u8; 3]| pixel;
    let rgb_alpha = |[r, g, b, a]: [u8; 4]| [on_white(r, a), on_white(g, a), on_white(b, a)];
    Some(match color {
        ColorType::Rgb8 => pixels,
        ColorType::L8 => convert(&pixels, byte, grey),
        ColorType::La8 => convert(&pixels, byte, grey_alpha),
        ColorType::Rgba8 => convert(&pixels, byte, rgb_alpha),
        ColorType::L16 => convert(&pixels, word, grey),
        ColorType::La16 => convert(&pixels, word, grey_alpha),
        ColorType::Rgb16 => convert(&pixels, word, rgb),
        ColorType::Rgba16 => convert(&pixels, word, rgb_alpha),
        _ => return None,
    })
}

/// Reads `C` values of `N` bytes per pixel, brings each to a byte, and those to RGB.
fn convert<const N: usize, const C: usize>(
    pixels: &[u8],
    value: fn([u8; N]) -> u8,
    pixel: impl Fn([u8; C]) -> [u8; 3],
) -> Vec<u8> {
    let (values, _) = pixels.as_chunks::<N>();
    let (pixels, _) = values.as_chunks::<C>();
    pixels
        .iter()
        .flat_map(|values| pixel(values.map(value)))
        .collect()
}

fn byte([v]: [u8; 1]) -> u8 {
    v
}

/// 65535 becomes 255, rounded; `image` hands 16-bit values over in the machine's own order.
fn word(v: [u8; 2]) -> u8 {
    ((u32::from(u16::from_ne_bytes(v)) + 128) / 257) as u8
}

fn on_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// A decoder's error as a reason for the person.
fn refusal(error: Error, format: Format) -> PhotoError {
    match error {
        Error::Unsupported => PhotoError::Unsupported(format.name()),
        Error::CutOff => PhotoError::Damaged("it ends too early".into()),
        Error::Broken => PhotoError::Damaged("its content is broken".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_type_comes_out_the_same() {
        let words = |v: &[u16]| v.iter().flat_map(|v| v.to_ne_bytes()).collect::<Vec<_>>();
        let rgb = |bytes: Vec<u8>, color| to_rgb(bytes, color).unwrap();
        assert_eq!(rgb(vec![7], ColorType::L8), [7; 3]);
        assert_eq!(
            rgb(vec![0, 0, 9, 255], ColorType::La8),
            [255, 255, 255, 9, 9, 9]
        );
        assert_eq!(rgb(vec![1, 2, 3], ColorType::Rgb8), [1, 2, 3]);
        assert_eq!(rgb(vec![255, 0, 0, 128], ColorType::Rgba8), [255, 127, 127]);
        assert_eq!(rgb(words(&[65535]), ColorType::L16), [255; 3]);
        assert_eq!(rgb(words(&[257, 0xffff]), ColorType::La16), [1; 3]);
        assert_eq!(rgb(words(&[0, 257, 514]), ColorType::Rgb16), [0, 1, 2]);
        assert_eq!(rgb(words(&[5, 5, 5, 0]), ColorType::Rgba16), [255; 3]);
    }
}
