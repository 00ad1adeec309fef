//! TIFF: the colour types that photos and scans have, in 1, 8 and 16 bits.

use std::io::Cursor;

use image::ColorType;
use image::metadata::Orientation;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType as Stored, TiffError};

use crate::Error;

/// A file whose first directory has been read.
pub struct TiffFile<'a> {
    decoder: Decoder<Cursor<&'a [u8]>>,
    stored: Stored,
    pub size: (u32, u32),
    pub color: ColorType,
}

impl From<TiffError> for Error {
    fn from(error: TiffError) -> Self {
        match error {
            TiffError::UnsupportedError(_) => Error::Unsupported,
            TiffError::IoError(_) => Error::CutOff,
            _ => Error::Broken,
        }
    }
}

impl<'a> TiffFile<'a> {
    pub fn open(bytes: &'a [u8], memory: u64) -> Result<Self, Error> {
        let memory = usize::try_from(memory).unwrap_or(usize::MAX);
        let mut limits = Limits::default();
        limits.decoding_buffer_size = memory;
        limits.intermediate_buffer_size = memory;
        let mut decoder = Decoder::new(Cursor::new(bytes))?.with_limits(limits);
        let stored = decoder.colortype()?;
        let color = match stored {
            Stored::Gray(1 | 8) => ColorType::L8,
            Stored::Gray(16) => ColorType::L16,
            Stored::GrayA(8) => ColorType::La8,
            Stored::GrayA(16) => ColorType::La16,
            Stored::RGB(8) | Stored::CMYK(8) => ColorType::Rgb8,
            Stored::RGB(16) => ColorType::Rgb16,
            Stored::RGBA(8) => ColorType::Rgba8,
            Stored::RGBA(16) => ColorType::Rgba16,
            _ => return Err(Error::Unsupported),
        };
        let size = decoder.dimensions()?;
        Ok(Self {
            decoder,
            stored,
            size,
            color,
        })
    }

    pub fn orientation(&mut self) -> Option<Orientation> {
        let value = self.decoder.find_tag(Tag::Orientation).ok()??;
        Orientation::from_exif(u8::try_from(value.into_u16().ok()?).ok()?)
    }

    /// `[height, width, colour]`, if all of it was there.
    pub fn pixels(mut self) -> Result<Vec<u8>, Error> {
        let mut values = DecodingResult::U8(Vec::new());
        let layout = self.decoder.read_image_to_buffer(&mut values)?;
        if layout.planes > 1 {
            return Err(Error::Unsupported);
        }
        match (values, self.stored) {
            (DecodingResult::U8(bits), Stored::Gray(1)) => Ok(self.expand(&bits)),
            (DecodingResult::U8(cmyk), Stored::CMYK(8)) => Ok(to_rgb(&cmyk)),
            (DecodingResult::U8(bytes), _) => Ok(bytes),
            (DecodingResult::U16(words), _) => {
                Ok(words.into_iter().flat_map(u16::to_ne_bytes).collect())
            }
            _ => Err(Error::Unsupported),
        }
    }

    /// Rows of bits, padded to bytes, the highest first; a bit becomes a byte of 0 or 255.
    fn expand(&self, bits: &[u8]) -> Vec<u8> {
        let width = self.size.0 as usize;
        let rows = bits.chunks_exact(width.div_ceil(8).max(1));
        let bit = |row: &[u8], x: usize| {
            if row[x / 8] >> (7 - x % 8) & 1 == 1 {
                255
            } else {
                0
            }
        };
        rows.flat_map(|row| (0..width).map(move |x| bit(row, x)))
            .collect()
    }
}

/// Cyan, magenta, yellow and black of 0 to 255 without a colour profile, as `image` does it.
fn to_rgb(cmyk: &[u8]) -> Vec<u8> {
    let (pixels, _) = cmyk.as_chunks::<4>();
    let light =
        |ink: u8, black: u8| (f32::from(255 - ink) * (1.0 - f32::from(black) / 255.0)) as u8;
    pixels
        .iter()
        .flat_map(|&[c, m, y, k]| [c, m, y].map(|ink| light(ink, k)))
        .collect()
}
