//! The first convolution: 3×3, stride 2, from RGB bytes.
//!
//! The image is kept as padded rows of i16 in the order of the bytes, so one kernel row reads 9 values
//! side by side: 5 pairs, the tenth value having weight zero. Nothing is copied into columns first.

use super::aligned::Aligned;
use super::planes::Padded;
use super::simd::*;
use super::tile::*;

/// Values of one kernel row that are read: 3 pixels × 3 colours and one that counts nothing.
pub(super) const ROW: usize = 10;

/// The first convolution with packed weights.
pub(super) struct Stem {
    /// `[outputs / 8][3 rows][5 pairs][8 outputs][2]`.
    pub weights: Aligned<i16>,
    /// `[outputs]`: start values of the sums.
    pub bias: Aligned<i32>,
    /// `[outputs]`: what brings the sums to `scales::CLAMPED`.
    pub factors: Aligned<f32>,
}

/// The image as the stem reads it: `pixel − 127` in rows with zeros around them.
pub(super) struct Image {
    values: Aligned<i16>,
    side: usize,
    /// Zero pixels before each row and column.
    before: usize,
    /// From one row to the next, in i16.
    stride: usize,
}

impl Image {
    /// A place for images of `side` × `side` pixels with (before, after) zero pixels around.
    pub fn new(side: usize, (before, after): (usize, usize)) -> Self {
        let padded = before + side + after;
        let stride = (padded * 3 + ROW - 9).next_multiple_of(8);
        Self {
            values: Aligned::zeros(padded * stride),
            side,
            before,
            stride,
        }
    }

    /// Width and height in pixels, without the zeros.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Takes over the pixels of `rgb`, `[side, side, 3]`.
    pub fn set(&mut self, rgb: &[u8]) {
        assert_eq!(rgb.len(), self.side * self.side * 3);
        let width = self.side * 3;
        for (row, bytes) in rgb.chunks_exact(width).enumerate() {
            let start = (self.before + row) * self.stride + self.before * 3;
            centre(bytes, &mut self.values[start..start + width]);
        }
    }
}

/// Subtracts 127, which training took as the middle grey.
#[inline(never)]
fn centre(bytes: &[u8], values: &mut [i16]) {
    let (bytes, last_bytes) = bytes.as_chunks::<8>();
    let (values, last_values) = values.as_chunks_mut::<8>();
    let grey = i16x8_splat(127);
    for (bytes, values) in bytes.iter().zip(values) {
        // SAFETY: 8 bytes in, 8 values out.
        unsafe {
            store(
                values.as_mut_ptr(),
                i16x8_sub(i16x8_load_extend_u8x8(bytes.as_ptr()), grey),
            )
        }
    }
    for (&byte, value) in last_bytes.iter().zip(last_values) {
        *value = i16::from(byte) - 127;
    }
}

impl Stem {
    /// ReLU6 of outputs `8·group..`, of as many output rows from `first` on as `output` has.
    pub fn run(&self, group: usize, image: &Image, first: usize, output: &mut Padded) {
        let size = 3 * ROW * 8;
        let weights = self.weights[group * size..][..size].as_ptr();
        let bias = self.bias[group * 8..][..8].as_ptr();
        let factors = self.factors[group * 8..][..8].as_ptr();
        for row in 0..output.band_rows() {
            let values = output.row(row);
            let columns = values.len() / 8;
            // The last value the last column reads from its first kernel row.
            let end = columns.saturating_sub(1) * 6 + ROW;
            assert!(end <= image.stride);
            let start =
                image.values[(first + row) * 2 * image.stride..][..3 * image.stride].as_ptr();
            let values = values.as_mut_ptr();
            let mut column = 0;
            for (size, count) in split(columns) {
                if count == 0 {
                    continue;
                }
                let steps = Steps {
                    input: image.stride,
                    weights: 80,
                    pairs: 15,
                    pixels: size,
                };
                // SAFETY: three image rows are there and hold what the last column reads; weights and
                // bias were sliced to what a tile reads; the tiles add up to the columns of `values`.
                unsafe {
                    let input = start.add(column * 6);
                    let output = values.add(column * 8);
                    let epilogue = RescaleClamp { factors, output };
                    match size {
                        5 => stem5(input, weights, bias, &steps, count, epilogue),
                        4 => stem4(input, weights, bias, &steps, count, epilogue),
                        _ => stem1(input, weights, bias, &steps, count, epilogue),
                    }
                }
                column += size * count;
            }
        }
    }
}
