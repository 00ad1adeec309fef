//! Shrinks the centred square to the network's input, exactly as Pillow's bicubic does.
//!
//! The network was measured with Pillow's inputs, so its arithmetic is followed to the bit: an
//! antialiased cubic of `a = -0.5`, weights as integers of 22 fractional bits, columns first, then
//! rows, and a rounding to bytes after each. Integers make it the same on every machine, and in
//! wasm. (`fast_image_resize` does rows first for bytes, with weights of 16 bits.)
//!
//! Source: Pillow, `src/libImaging/Resample.c`.

use crate::backbone::Input;
use crate::error::RequestError;

/// How many bytes one pixel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, and a fourth byte that is not looked at: a canvas drawn on white.
    Rgba,
}

/// Borrowed pixels, rows first.
#[derive(Debug, Clone, Copy)]
pub struct Pixels<'a> {
    width: usize,
    height: usize,
    channels: Channels,
    bytes: &'a [u8],
}

impl<'a> Pixels<'a> {
    /// `bytes` as `[height, width, 3 or 4]`.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] where a side is 0 or the length does not fit.
    pub fn new(
        width: u32,
        height: u32,
        channels: Channels,
        bytes: &'a [u8],
    ) -> Result<Self, RequestError> {
        let pixel = match channels {
            Channels::Rgb => 3,
            Channels::Rgba => 4,
        };
        let expected = (u64::from(width) * u64::from(height)).saturating_mul(pixel);
        if expected == 0 || expected != bytes.len() as u64 {
            return Err(RequestError::Invalid(format!(
                "{width} × {height} pixels take {expected} bytes, but there are {}.",
                bytes.len()
            )));
        }
        Ok(Self {
            width: width as usize,
            height: height as usize,
            channels,
            bytes,
        })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Red, green and blue of a pixel. Panics outside, as a slice does.
    pub fn at(&self, column: usize, row: usize) -> [u8; 3] {
        let channels = match self.channels {
            Channels::Rgb => 3,
            Channels::Rgba => 4,
        };
        let at = (row * self.width + column) * channels;
        [self.bytes[at], self.bytes[at + 1], self.bytes[at + 2]]
    }

    /// Side of the centred square in pixels.
    pub fn side(&self) -> u32 {
        self.width.min(self.height) as u32
    }
}

/// The full centred square (`left = (w - s) / 2`, rounded down) at the network's resolution.
pub fn to_input(pixels: Pixels, side: usize) -> Input {
    Input {
        rgb: resize_square(pixels, side),
        side,
    }
}

/// The full centred square at `side` × `side` pixels, RGB.
pub fn resize_square(pixels: Pixels, side: usize) -> Vec<u8> {
    match pixels.channels {
        Channels::Rgb => resize::<3>(pixels, side),
        Channels::Rgba => resize::<4>(pixels, side),
    }
}

fn resize<const C: usize>(pixels: Pixels, side: usize) -> Vec<u8> {
    let source = pixels.width.min(pixels.height);
    let (left, top) = ((pixels.width - source) / 2, (pixels.height - source) / 2);
    let rows = pixels
        .bytes
        .chunks_exact(pixels.width * C)
        .skip(top)
        .take(source);
    let rows = rows.map(|row| &row.as_chunks::<C>().0[left..left + source]);
    if source == side {
        return rows.flatten().flat_map(|p| [p[0], p[1], p[2]]).collect();
    }
    let windows = windows(source, side);
    let mut narrow = Vec::with_capacity(source * side * 3);
    for row in rows {
        shrink_row(row, &windows, &mut narrow);
    }
    let mut small = Vec::with_capacity(side * side * 3);
    let mut sums = vec![0; side * 3];
    for window in &windows {
        shrink_column(&narrow, window, &mut sums, &mut small);
    }
    small
}

/// One output pixel of each window over the row.
fn shrink_row<const C: usize>(row: &[[u8; C]], windows: &[Window], out: &mut Vec<u8>) {
    for window in windows {
        let mut sum = [HALF; C];
        for (pixel, &weight) in row[window.start..].iter().zip(&window.weights) {
            for (sum, &value) in sum.iter_mut().zip(pixel) {
                *sum += i32::from(value) * weight;
            }
        }
        out.extend([to_byte(sum[0]), to_byte(sum[1]), to_byte(sum[2])]);
    }
}

/// One output row: the window's rows of `narrow`, weighted and added.
fn shrink_column(narrow: &[u8], window: &Window, sums: &mut [i32], out: &mut Vec<u8>) {
    sums.fill(HALF);
    let rows = narrow.chunks_exact(sums.len()).skip(window.start);
    for (row, &weight) in rows.zip(&window.weights) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += i32::from(value) * weight;
        }
    }
    out.extend(sums.iter().map(|&sum| to_byte(sum)));
}

/// Fractional bits of a weight: a byte times weights that sum to at most 1.25 in absolute value
/// stays within 32 bits.
const PRECISION: u32 = 32 - 8 - 2;
const HALF: i32 = 1 << (PRECISION - 1);

fn to_byte(sum: i32) -> u8 {
    (sum >> PRECISION).clamp(0, 255) as u8
}

/// The source pixels that make one output pixel, and their weights (sum: 2²²).
struct Window {
    start: usize,
    weights: Vec<i32>,
}

fn windows(source: usize, side: usize) -> Vec<Window> {
    let scale = source as f64 / side as f64;
    // Antialiasing: the filter widens with the reduction. It never narrows.
    let filter_scale = scale.max(1.0);
    let support = 2.0 * filter_scale;
    let window = |out: usize| {
        let centre = (out as f64 + 0.5) * scale;
        // Truncation towards zero, as in C; `as` saturates below 0.
        let start = (centre - support + 0.5) as usize;
        let end = ((centre + support + 0.5) as usize).min(source);
        let at = |x: usize| cubic((x as f64 - centre + 0.5) * (1.0 / filter_scale));
        let sum: f64 = (start..end).map(at).sum();
        let one = f64::from(1 << PRECISION);
        let weights = (start..end).map(|x| {
            let weight = at(x) / sum * one;
            (weight + 0.5_f64.copysign(weight)) as i32
        });
        Window {
            start,
            weights: weights.collect(),
        }
    };
    (0..side).map(window).collect()
}

/// Keys' cubic convolution with a = -0.5 (Catmull-Rom).
pub(super) fn cubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    match x.abs() {
        x if x < 1.0 => ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0,
        x if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * A,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_colour_stays() {
        for (width, height) in [(1, 1), (3, 2), (500, 224), (1000, 1007)] {
            let bytes = [17, 200, 255].repeat((width * height) as usize);
            let pixels = Pixels::new(width, height, Channels::Rgb, &bytes).unwrap();
            assert_eq!(to_input(pixels, 224).rgb, [17, 200, 255].repeat(224 * 224));
        }
    }

    #[test]
    fn the_square_is_centred_and_rounded_down() {
        // Columns 0..5 of a 5 × 2 picture: the square of side 2 begins at (5 - 2) / 2 = 1.
        let row = [0, 10, 20, 30, 40].map(|v| [v; 3]);
        let bytes = [row, row].as_flattened().as_flattened().to_vec();
        let pixels = Pixels::new(5, 2, Channels::Rgb, &bytes).unwrap();
        assert_eq!(
            resize_square(pixels, 2),
            [[10; 3], [20; 3], [10; 3], [20; 3]].as_flattened()
        );
    }

    #[test]
    fn a_fourth_byte_is_not_looked_at() {
        let rgb: Vec<u8> = (0..300 * 300 * 3)
            .map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        let rgba: Vec<u8> = rgb
            .chunks(3)
            .flat_map(|p| [p[0], p[1], p[2], p[0] ^ p[1]])
            .collect();
        let three = Pixels::new(300, 300, Channels::Rgb, &rgb).unwrap();
        let four = Pixels::new(300, 300, Channels::Rgba, &rgba).unwrap();
        assert_eq!(to_input(three, 224), to_input(four, 224));
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        assert!(Pixels::new(0, 5, Channels::Rgb, &[]).is_err());
        assert!(Pixels::new(2, 2, Channels::Rgb, &[0; 13]).is_err());
        assert!(Pixels::new(u32::MAX, u32::MAX, Channels::Rgba, &[0; 16]).is_err());
    }
}
