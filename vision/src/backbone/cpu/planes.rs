//! Feature maps in memory: `[channels / 8][pixel][8]`, i16.
//!
//! Every channel count of the network is a multiple of 8. In this layout a convolution reads a pixel's
//! channels at constant offsets from one pointer, steps by a whole plane every 8 channels, and writes
//! 8 outputs in one go.

use super::aligned::Aligned;

/// Some pixels, in all channels, of a feature map.
#[derive(Clone, Copy)]
pub(super) struct Planes<'a> {
    values: &'a [i16],
    /// Pixels of a whole plane.
    plane: usize,
    first: usize,
    count: usize,
}

impl<'a> Planes<'a> {
    /// All pixels of the map that lies at the start of `values`, in planes of `plane` pixels.
    pub fn new(values: &'a [i16], plane: usize) -> Self {
        Self {
            values,
            plane,
            first: 0,
            count: plane,
        }
    }

    /// The pixels `first..first + count` of every plane.
    pub fn window(self, first: usize, count: usize) -> Self {
        assert!(first + count <= self.plane);
        Self {
            first: self.first + first,
            count,
            ..self
        }
    }

    /// How many pixels.
    pub fn count(&self) -> usize {
        self.count
    }

    /// From one group of 8 channels to the next, in i16.
    pub fn stride(&self) -> usize {
        self.plane * 8
    }

    /// The first pixel of the first 8 channels. All pixels of `channels` channels can be read from it.
    pub fn pointer(&self, channels: usize) -> *const i16 {
        assert!(channels.div_ceil(8) * self.stride() <= self.values.len());
        self.values[self.first * 8..].as_ptr()
    }

    /// The pixels of one group of 8 channels, `[pixel][8]`.
    pub fn group(&self, group: usize) -> &'a [i16] {
        &self.values[group * self.stride()..][self.first * 8..][..self.count * 8]
    }
}

/// Eight channels of a band of rows with zeros around them: what a depthwise convolution reads.
pub(super) struct Padded {
    values: Aligned<i16>,
    /// Per pixel of the band, the offset of its place in `values`, in i16.
    offsets: Vec<u32>,
    /// Of a padded row, in pixels.
    width: usize,
    rows: usize,
    inner: Inner,
}

/// Where the band lies within its borders.
#[derive(Clone, Copy, Default)]
pub(super) struct Inner {
    /// Zero rows above.
    pub above: usize,
    /// Zero columns to the left.
    pub left: usize,
    /// Rows of the band.
    pub rows: usize,
    /// Columns of the band.
    pub columns: usize,
}

impl Padded {
    /// Space for `values` i16.
    pub fn with_capacity(values: usize) -> Self {
        let (values, inner) = (Aligned::zeros(values), Inner::default());
        Self {
            values,
            offsets: Vec::new(),
            width: 0,
            rows: 0,
            inner,
        }
    }

    /// Makes it `rows` × `width` pixels, all zero, with the band at `inner`.
    pub fn shape(&mut self, rows: usize, width: usize, inner: Inner) {
        assert!(inner.above + inner.rows <= rows && inner.left + inner.columns <= width);
        (self.rows, self.width, self.inner) = (rows, width, inner);
        self.values[..rows * width * 8].fill(0);
        self.offsets.clear();
        for row in 0..inner.rows {
            let start = (inner.above + row) * width + inner.left;
            self.offsets
                .extend((start..start + inner.columns).map(|pixel| (pixel * 8) as u32));
        }
    }

    /// Makes it one row of so many pixels, all of them the band's.
    pub fn shape_without_border(&mut self, pixels: usize) {
        let inner = Inner {
            rows: 1,
            columns: pixels,
            ..Inner::default()
        };
        self.shape(1, pixels, inner);
    }

    /// Of a padded row, in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Padded rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Rows of the band itself.
    pub fn band_rows(&self) -> usize {
        self.inner.rows
    }

    /// All `rows × width` pixels, `[row][column][8]`.
    pub fn values(&self) -> &[i16] {
        &self.values[..self.rows * self.width * 8]
    }

    /// The start of the buffer, and per pixel of the band the offset from it of 8 values of its own.
    pub fn places(&mut self) -> (*mut i16, &[u32]) {
        (self.values.as_mut_ptr(), &self.offsets)
    }

    /// The pixels of one row of the band, `[column][8]`.
    pub fn row(&mut self, row: usize) -> &mut [i16] {
        assert!(row < self.inner.rows);
        let start = (self.inner.above + row) * self.width + self.inner.left;
        &mut self.values[start * 8..][..self.inner.columns * 8]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_lies_within_zeros() {
        let mut padded = Padded::with_capacity(4 * 5 * 8);
        padded.values.fill(9);
        padded.shape(
            4,
            5,
            Inner {
                above: 1,
                left: 2,
                rows: 2,
                columns: 3,
            },
        );
        padded.row(0).fill(1);
        padded.row(1).fill(2);
        let expected = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 2, 2, 2, 0, 0, 0, 0, 0];
        assert!(
            padded
                .values()
                .chunks(8)
                .zip(expected)
                .all(|(pixel, value)| pixel == [value; 8])
        );
        assert_eq!(padded.places().1, &[56, 64, 72, 96, 104, 112]);
    }
}
