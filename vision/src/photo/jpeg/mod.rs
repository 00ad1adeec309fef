//! JPEG at a fraction of its size: from the file to the network's input without the whole picture.
//!
//! ```text
//! file ──► pieces ──► header ──► entropy ──► bits ──► block ──► inverse ──► planes ──► resize, colour
//!          64 KB      tables     unstuffed            low       1, 2, 4     Y Cb Cr    the square, upright
//!                                                     frequencies  a side   reduced
//! ```
//!
//! A photo of 12 megapixels becomes 224 × 224 values, so most of what a decoder does would be thrown
//! away. Here every Huffman code is read, since each says where the next one begins, but only the
//! coefficients of low frequencies are kept, and blocks outside of the centred square not at all: the
//! inverse transform of 2 × 2 coefficients *is* the block at a quarter of its size. The planes are
//! resized as they are stored, and only the small square is turned into RGB.
//!
//! Baseline and sequential files of 8 bits, grey or YCbCr, with any usual subsampling and restart
//! markers. Of everything else, of small pictures, and of whatever is broken, [`reduced`] says `None`:
//! a whole decoder has the last word there.
//!
//! | file | holds |
//! |---|---|
//! | `structure` | the file's segments: its size, whether it is whole |
//! | `pieces`, `header` | the file a piece at a time; what stands before the picture's data |
//! | `entropy`, `bits`, `huffman`, `block` | the data without stuffing; its bits; their codes; 64 coefficients |
//! | `inverse` | coefficients → values |
//! | `scan` | all blocks → planes |
//! | `plane` | planes → the square: resize, colour, orientation |
//! | `draft` | planes → the whole photo, for somebody who waits for it |
//!
//! Source: ITU-T T.81. The reduced transforms are libjpeg's idea (`jidctred.c`).

mod bits;
mod block;
mod draft;
mod entropy;
mod header;
mod huffman;
mod inverse;
mod pieces;
mod plane;
mod scan;
mod structure;

pub use draft::{Draft, draft};
pub(super) use structure::{is_progressive, is_whole, size};

use std::io::Read;

use super::Limits;
use super::colour::Colours;
use super::orient::Turn;
use plane::Plane;
use scan::Area;

/// A photo's centred square and a little around it, at a fraction of its size.
pub struct Reduced {
    /// Width of the whole photo in pixels, upright.
    pub width: u32,
    /// Height of the whole photo in pixels, upright.
    pub height: u32,
    /// Y, Cb and Cr, or grey.
    planes: Vec<Plane>,
    /// As stored, in pixels of the whole photo: left, top and side.
    square: (usize, usize, usize),
    colours: Colours,
    turn: Turn,
}

impl Reduced {
    /// The centred square, upright, at `side` × `side` pixels: `[side, side, 3]` bytes of sRGB.
    pub fn square(&self, side: usize) -> Vec<u8> {
        let mut rgb = plane::square(&self.planes, self.square, side);
        self.colours.to_srgb(&mut rgb, 3);
        self.turn.apply::<3>(&mut rgb, side);
        rgb
    }
}

/// Reads a photo at the smallest of 1/8, 1/4 and 1/2 of its size at which the centred square still
/// has `least` values a side. `None` where that is not for this decoder: it is smaller than twice
/// that, larger than `limits` allow, of a kind not known here, or not whole.
pub fn reduced(file: &mut dyn Read, least: usize, limits: &Limits) -> Option<Reduced> {
    let mut pieces = pieces::Pieces::new(file);
    let header = header::read(&mut pieces)?;
    let (width, height) = header.frame.size;
    limits.check_size(width as u32, height as u32).ok()?;
    let side = width.min(height);
    if side <= 2 * least {
        return None;
    }
    let scale = [8, 4, 2].into_iter().find(|scale| side / scale >= least)?;
    let colours = Colours::of_profile(&header.profile)?;
    let turn = Turn::from(header.orientation);
    let (left, top) = turn.corner((width, height));
    let area = Area {
        left,
        top,
        width: side,
        height: side,
    };
    let planes = scan::read(&header, pieces, scale, area)?;
    let (width, height) = turn.upright((width as u32, height as u32));
    Some(Reduced {
        width,
        height,
        planes,
        square: (left, top, side),
        colours,
        turn,
    })
}
