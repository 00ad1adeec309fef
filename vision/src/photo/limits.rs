//! How large a picture may be before it is refused.

use super::sniff::Header;
use crate::error::PhotoError;

/// The largest picture that is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of a file.
    pub bytes: u64,
    /// Most pixels, by the file's own header. Holds for every decoder, the browser's too.
    pub pixels: u64,
    /// Most bytes of memory that [`super::decode`] may use at once, the file itself included.
    pub memory: u64,
}

impl Default for Limits {
    /// 100 MB and 100 megapixels: what the largest cameras write.
    ///
    /// Our own decoder stops earlier, at 200 MB of memory: about 60 megapixels of a JPEG, 17 of a
    /// progressive one. In the browser it runs only where the browser's decoder fails, in a wasm
    /// heap that never shrinks again, beside the network's weights; with them it stays below 300 MB.
    fn default() -> Self {
        Self {
            bytes: 100_000_000,
            pixels: 100_000_000,
            memory: 200_000_000,
        }
    }
}

impl Limits {
    /// Refuses a file by its length.
    ///
    /// # Errors
    /// [`PhotoError::Empty`], [`PhotoError::TooManyBytes`].
    pub fn check_bytes(&self, bytes: u64) -> Result<(), PhotoError> {
        match bytes {
            0 => Err(PhotoError::Empty),
            n if n > self.bytes => Err(PhotoError::TooManyBytes {
                megabytes: n.div_ceil(1_000_000),
                limit: self.bytes / 1_000_000,
            }),
            _ => Ok(()),
        }
    }

    /// Refuses a picture by its header. A size that the header's first bytes do not tell passes:
    /// it is checked again when a decoder knows it.
    ///
    /// # Errors
    /// As [`Limits::check_size`].
    pub fn check_header(&self, header: &Header) -> Result<(), PhotoError> {
        match header.size {
            Some((width, height)) => self.check_size(width, height),
            None => Ok(()),
        }
    }

    /// Refuses a picture by its size in pixels.
    ///
    /// # Errors
    /// [`PhotoError::TooManyPixels`], or [`PhotoError::Damaged`] where a side is 0.
    pub fn check_size(&self, width: u32, height: u32) -> Result<(), PhotoError> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 {
            return Err(PhotoError::Damaged("it has no pixels".into()));
        }
        if pixels > self.pixels {
            return Err(PhotoError::TooManyPixels {
                width,
                height,
                limit: self.pixels / 1_000_000,
            });
        }
        Ok(())
    }

    /// Refuses a picture that [`super::decode`] would need too much memory for.
    pub(super) fn check_memory(
        &self,
        (width, height): (u32, u32),
        bytes_per_pixel: u64,
        file_copies: u64,
    ) -> Result<(), PhotoError> {
        let pixels = u64::from(width) * u64::from(height);
        let left = self.memory.saturating_sub(file_copies);
        if pixels.saturating_mul(bytes_per_pixel) > left {
            return Err(PhotoError::TooManyPixels {
                width,
                height,
                limit: left / bytes_per_pixel / 1_000_000,
            });
        }
        Ok(())
    }
}
