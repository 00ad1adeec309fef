//! Turns a picture upright by its EXIF orientation.
//!
//! What is learnt from is the centred square, so only that is cut out and turned, both in place: a
//! photo of 60 megapixels needs no second copy.

use keepsake_codecs::Orientation;

/// The eight orientations: mirror along the diagonal first, then left-right, then top-bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turn {
    transpose: bool,
    left_right: bool,
    top_bottom: bool,
}

impl From<Orientation> for Turn {
    fn from(orientation: Orientation) -> Self {
        let (transpose, left_right, top_bottom) = match orientation {
            Orientation::NoTransforms => (false, false, false),
            Orientation::FlipHorizontal => (false, true, false),
            Orientation::Rotate180 => (false, true, true),
            Orientation::FlipVertical => (false, false, true),
            Orientation::Rotate90FlipH => (true, false, false),
            Orientation::Rotate90 => (true, true, false),
            Orientation::Rotate270FlipH => (true, true, true),
            Orientation::Rotate270 => (true, false, true),
        };
        Self {
            transpose,
            left_right,
            top_bottom,
        }
    }
}

impl Turn {
    /// Width and height once upright.
    pub fn upright(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.transpose {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Left and top of the centred square in the stored picture.
    ///
    /// *Centred* is meant upright, `left = (w - s) / 2` rounded down: where an odd number of
    /// columns is left over and the turn mirrors them, the larger margin changes sides.
    pub fn corner(self, (width, height): (usize, usize)) -> (usize, usize) {
        let side = width.min(height);
        let offset = |length: usize, mirrored: bool| {
            let spare = length - side;
            if mirrored {
                spare - spare / 2
            } else {
                spare / 2
            }
        };
        // After a transposition the upright left-right axis is the stored top-bottom one.
        let (x_mirrored, y_mirrored) = if self.transpose {
            (self.top_bottom, self.left_right)
        } else {
            (self.left_right, self.top_bottom)
        };
        (offset(width, x_mirrored), offset(height, y_mirrored))
    }

    /// The places of stored columns and rows, as the columns and rows of the upright picture.
    pub(super) fn axes<T>(self, columns: Vec<T>, rows: Vec<T>) -> (Vec<T>, Vec<T>) {
        let (mut across, mut down) = match self.transpose {
            true => (rows, columns),
            false => (columns, rows),
        };
        if self.left_right {
            across.reverse();
        }
        if self.top_bottom {
            down.reverse();
        }
        (across, down)
    }

    /// Cuts the centred square out of stored pixels, `[height, width, pixel]` bytes, and returns
    /// its side; `pixels` becomes `[side, side, pixel]`, not yet turned.
    pub(super) fn cut_square(
        self,
        pixels: &mut Vec<u8>,
        (width, height): (usize, usize),
        pixel: usize,
    ) -> usize {
        let side = width.min(height);
        let (left, top) = self.corner((width, height));
        for row in 0..side {
            let from = ((top + row) * width + left) * pixel;
            pixels.copy_within(from..from + side * pixel, row * side * pixel);
        }
        pixels.truncate(side * side * pixel);
        side
    }

    /// Turns a square `[side, side, BYTES]` upright.
    pub fn apply<const BYTES: usize>(self, square: &mut [u8], side: usize) {
        let (pixels, _) = square.as_chunks_mut::<BYTES>();
        if self.transpose {
            for y in 0..side {
                for x in 0..y {
                    pixels.swap(y * side + x, x * side + y);
                }
            }
        }
        if self.left_right {
            pixels.chunks_exact_mut(side).for_each(<[_]>::reverse);
        }
        if self.top_bottom {
            for y in 0..side / 2 {
                let (above, below) = pixels.split_at_mut((side - 1 - y) * side);
                above[y * side..][..side].swap_with_slice(&mut below[..side]);
            }
        }
    }
}
