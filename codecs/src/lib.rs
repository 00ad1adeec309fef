//! The one place where the decoders of the crates `image` and `tiff` are compiled, so that they can
//! be compiled for size.
//!
//! They are generic over their reader: every crate that calls them compiles them anew, with its own
//! optimisation. Cargo sets that per crate, and `keepsake` itself needs speed; these decoders run,
//! in a browser, only where the browser's own refuses a photo. So nothing here is generic, and the
//! profiles in the workspace's `Cargo.toml` name this crate.
#![deny(missing_docs)]

mod tiff_file;

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
#[cfg(not(feature = "complete"))]
use image::codecs::qoi::QoiDecoder;
use image::{ExtendedColorType, ImageDecoder, ImageError, Limits};

pub use image::metadata::Orientation;
pub use image::{ColorType, ImageFormat};
use tiff_file::TiffFile;

/// Why a picture could not be decoded.
#[derive(Debug)]
pub enum Error {
    /// The decoder does not know this format, or this corner of it.
    Unsupported,
    /// The file ends too early.
    CutOff,
    /// The content is broken. In which way, is nothing that a person could mend; and every word that a
    /// decoder has for it would be downloaded.
    Broken,
}

impl From<ImageError> for Error {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Unsupported(_) => Error::Unsupported,
            ImageError::IoError(_) => Error::CutOff,
            _ => Error::Broken,
        }
    }
}

/// Whether pictures of a format can be decoded; the feature `complete` decides for most.
pub fn knows(format: ImageFormat) -> bool {
    match format {
        ImageFormat::Tiff | ImageFormat::Qoi => true,
        _ => cfg!(feature = "complete") && format.reading_enabled(),
    }
}

/// A picture file whose header has been read.
pub struct Decoder<'a>(Kind<'a>);

enum Kind<'a> {
    Image(Box<dyn ImageDecoder + 'a>),
    /// Through `image` the decoder would bring a second JPEG decoder with it.
    Tiff(Box<TiffFile<'a>>),
}

impl<'a> Decoder<'a> {
    /// Reads the header. The decoder's own buffers take no more than `memory` bytes, where it counts
    /// them.
    ///
    /// # Errors
    /// The decoder's.
    pub fn open(bytes: &'a [u8], format: ImageFormat, memory: u64) -> Result<Self, Error> {
        if format == ImageFormat::Tiff {
            return Ok(Self(Kind::Tiff(Box::new(TiffFile::open(bytes, memory)?))));
        }
        let mut limits = Limits::default();
        limits.max_alloc = Some(memory);
        Ok(Self(Kind::Image(decoder(
            Cursor::new(bytes),
            format,
            limits,
        )?)))
    }

    /// Width and height in pixels, as stored.
    pub fn size(&self) -> (u32, u32) {
        match &self.0 {
            Kind::Image(decoder) => decoder.dimensions(),
            Kind::Tiff(file) => file.size,
        }
    }

    /// What a pixel is.
    pub fn color(&self) -> ColorType {
        match &self.0 {
            Kind::Image(decoder) => decoder.color_type(),
            Kind::Tiff(file) => file.color,
        }
    }

    /// How to turn the picture upright; as it lies, where its metadata cannot be read.
    pub fn orientation(&mut self) -> Orientation {
        let orientation = match &mut self.0 {
            Kind::Image(decoder) => decoder.orientation().ok(),
            Kind::Tiff(file) => file.orientation(),
        };
        orientation.unwrap_or(Orientation::NoTransforms)
    }

    /// The pixels as stored, `[height, width, colour]`; values of more than a byte are in the
    /// machine's order.
    ///
    /// # Errors
    /// The decoder's.
    pub fn pixels(self) -> Result<Vec<u8>, Error> {
        let (width, height) = self.size();
        let pixel = usize::from(self.color().bytes_per_pixel());
        let length = width as usize * height as usize * pixel;
        match self.0 {
            Kind::Image(decoder) => {
                let mut pixels = vec![0; length];
                decoder.read_image_boxed(&mut pixels)?;
                Ok(pixels)
            }
            Kind::Tiff(file) => {
                let pixels = file.pixels()?;
                match pixels.len() == length {
                    true => Ok(pixels),
                    false => Err(Error::CutOff),
                }
            }
        }
    }
}

#[cfg(feature = "complete")]
fn decoder<'a>(
    file: Cursor<&'a [u8]>,
    format: ImageFormat,
    limits: Limits,
) -> Result<Box<dyn ImageDecoder + 'a>, Error> {
    let mut reader = image::ImageReader::with_format(file, format);
    reader.limits(limits);
    Ok(Box::new(reader.into_decoder()?))
}

/// By name, not through the reader that knows every format: that would bring the JPEG decoder along,
/// which comes with the encoder.
#[cfg(not(feature = "complete"))]
fn decoder<'a>(
    file: Cursor<&'a [u8]>,
    format: ImageFormat,
    limits: Limits,
) -> Result<Box<dyn ImageDecoder + 'a>, Error> {
    let mut decoder = match format {
        ImageFormat::Qoi => QoiDecoder::new(file)?,
        _ => return Err(Error::Unsupported),
    };
    decoder.set_limits(limits)?;
    Ok(Box::new(decoder))
}

/// `rgb`, `[height, width, 3]`, as a JPEG file.
///
/// # Errors
/// The encoder's, where a side is 0 or more than 65,535.
pub fn encode_jpeg(rgb: &[u8], width: u32, height: u32, quality: u8) -> Result<Vec<u8>, Error> {
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
    encoder.encode(rgb, width, height, ExtendedColorType::Rgb8)?;
    Ok(jpeg)
}
