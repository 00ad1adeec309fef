//! The small picture a page shows, where the browser's canvas cannot make it.

use super::resize::{Pixels, resize_square};
use crate::{Error, Result};

/// Width and height of a thumbnail in pixels; smaller photos keep their own size.
pub const THUMBNAIL_SIDE: u32 = 320;

/// The centred square as a JPEG file of at most [`THUMBNAIL_SIDE`] pixels, quality 80.
///
/// # Errors
/// [`Error::Compute`] if the encoder fails.
pub fn thumbnail(pixels: Pixels) -> Result<Vec<u8>> {
    let side = pixels.side().min(THUMBNAIL_SIDE);
    let rgb = resize_square(pixels, side as usize);
    keepsake_codecs::encode_jpeg(&rgb, side, side, 80)
        .map_err(|error| Error::Compute(format!("{error:?}")))
}
