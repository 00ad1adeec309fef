//! A component's values, and how three of them become the square.
//!
//! The planes are resized as they are stored, each with its own density, and only what comes out is
//! turned into RGB. The filter is the one of [`super::super::resize`], antialiased cubic of a = -0.5,
//! here with weights of 14 bits and no rounding between resize and colour.

use std::ops::Range;

use crate::photo::resize::cubic;

/// Values of one component: of the square, and of a little around it.
pub(super) struct Plane {
    values: Vec<u8>,
    /// Values in a row.
    stride: usize,
    /// Values a side that a block becomes.
    pub points: usize,
    across: Axis,
    down: Axis,
}

/// How a plane lies to the picture along one of its sides.
struct Axis {
    /// Values per pixel of the picture.
    density: f64,
    /// Which value of the whole picture is the plane's first.
    first: usize,
    /// How many values are of the picture: encoders make up what lies past its edge.
    length: usize,
}

impl Plane {
    /// A plane of `blocks` (across, down) of `points` a side for each MCU, which has `mcu` pixels;
    /// for those in `columns` and `rows`, of a picture of `size` pixels.
    pub fn new(
        size: (usize, usize),
        mcu: (usize, usize),
        blocks: (usize, usize),
        points: usize,
        columns: &Range<usize>,
        rows: &Range<usize>,
    ) -> Plane {
        let axis = |size: usize, mcu: usize, blocks: usize, range: &Range<usize>| {
            let values = blocks * points;
            let density = values as f64 / mcu as f64;
            let first = range.start * values;
            let whole = (size as f64 * density).ceil() as usize;
            Axis {
                density,
                first,
                length: (whole - first).min(range.len() * values),
            }
        };
        let stride = columns.len() * blocks.0 * points;
        Plane {
            // With padding, so that the last values can be read as one of several.
            values: vec![128; stride * rows.len() * blocks.1 * points + LANES],
            stride,
            points,
            across: axis(size.0, mcu.0, blocks.0, columns),
            down: axis(size.1, mcu.1, blocks.1, rows),
        }
    }

    /// Puts a block's values in their place.
    #[inline(always)]
    pub fn put<const N: usize>(
        &mut self,
        (x, y): (usize, usize),
        values: [[u8; N]; N],
    ) -> Option<()> {
        let mut at = y * N * self.stride + x * N;
        for row in values {
            *self.values.get_mut(at..)?.first_chunk_mut()? = row;
            at += self.stride;
        }
        Some(())
    }

    /// Where the values lie that are nearest to each of `count` (across, down) pixels, one for `scale`
    /// pixels of the picture: a place is the sum of its column's and its row's.
    pub fn places(&self, (across, down): (usize, usize), scale: usize) -> (Vec<usize>, Vec<usize>) {
        let along = |axis: &Axis, count: usize, step: usize| {
            let place = |i| ((i as f64 + 0.5) * scale as f64 * axis.density) as usize * step;
            (0..count).map(place).collect()
        };
        (
            along(&self.across, across, 1),
            along(&self.down, down, self.stride),
        )
    }

    /// The values from such a place on.
    pub fn from(&self, place: usize) -> &[u8] {
        self.values.get(place..).unwrap_or_default()
    }

    /// The part from `left`, `top` on of `from` pixels a side at `side` × `side` values, which have 6
    /// fractional bits.
    fn resize(&self, (left, top, from): (usize, usize, usize), side: usize) -> Vec<i16> {
        let across = Filter::new(&self.across, left, from, side);
        let down = Filter::new(&self.down, top, from, side);
        // Past the end filters look at nothing, but they do look.
        let mut row = vec![0; self.stride.next_multiple_of(LANES) + across.taps];
        let mut out = Vec::with_capacity(side * side);
        for (start, weights) in down.each() {
            self.column(start, weights, &mut row);
            for (start, weights) in across.each() {
                out.push(dot(&row[start..start + weights.len()], weights));
            }
        }
        out
    }

    /// One row of bytes from several, weighted, from `start` on.
    fn column(&self, start: usize, weights: &[i16], out: &mut [i16]) {
        let rows = &self.values[start * self.stride..];
        let (out, _) = out.as_chunks_mut::<LANES>();
        let chunks = self.stride.div_ceil(LANES);
        for (chunk, out) in out.iter_mut().take(chunks).enumerate() {
            // As many sums as stay in registers, with a half of what is rounded away later.
            let mut sums = [1 << 13; LANES];
            let mut at = chunk * LANES;
            for &weight in weights {
                // The last row's end has padding behind it; rows past the last weigh nothing.
                let Some(values) = rows.get(at..).and_then(<[u8]>::first_chunk::<LANES>) else {
                    break;
                };
                for (sum, &value) in sums.iter_mut().zip(values) {
                    *sum += i32::from(i16::from(value)) * i32::from(weight);
                }
                at += self.stride;
            }
            *out = sums.map(|sum| (sum >> 14).clamp(0, 255) as i16);
        }
    }
}

/// Values that are weighted at once.
const LANES: usize = 16;

/// A value with 6 fractional bits from bytes times weights of 14.
#[inline(always)]
fn dot(values: &[i16], weights: &[i16]) -> i16 {
    let (values, _) = values.as_chunks::<8>();
    let (weights, _) = weights.as_chunks::<8>();
    let mut sum = 1 << 7;
    for (values, weights) in values.iter().zip(weights) {
        for (&value, &weight) in values.iter().zip(weights) {
            sum += i32::from(value) * i32::from(weight);
        }
    }
    (sum >> 8).clamp(0, 255 << 6) as i16
}

/// Which values along an axis make each of `side` new ones, and their weights, of 14 bits.
struct Filter {
    starts: Vec<usize>,
    /// Weights for each new value: a multiple of 8, the last ones 0.
    taps: usize,
    weights: Vec<i16>,
}

impl Filter {
    /// For `from` pixels from `first` on.
    fn new(axis: &Axis, first: usize, from: usize, side: usize) -> Filter {
        const ONE: i32 = 1 << 14;
        let begin = first as f64 * axis.density - axis.first as f64;
        let end = begin + from as f64 * axis.density;
        let scale = (end - begin) / side as f64;
        let widening = scale.max(1.0);
        let support = 2.0 * widening;
        // Values outside of the square are not asked.
        let lowest = (begin + 1e-6).max(0.0) as usize;
        let highest = ((end - 1e-6).ceil() as usize).min(axis.length);
        let taps = ((2.0 * support).ceil() as usize + 2).next_multiple_of(8);
        let mut filter = Filter {
            starts: Vec::with_capacity(side),
            taps,
            weights: vec![0; side * taps],
        };
        for (out, weights) in filter.weights.chunks_exact_mut(taps).enumerate() {
            let centre = begin + (out as f64 + 0.5) * scale;
            let start = ((centre - support + 0.5).max(0.0) as usize).max(lowest);
            let end = ((centre + support + 0.5) as usize)
                .min(highest)
                .max(start + 1);
            let exact = |x: usize| cubic((x as f64 - centre + 0.5) / widening);
            let sum: f64 = (start..end).map(exact).sum();
            let mut rest = ONE;
            for (weight, x) in weights.iter_mut().zip(start..end) {
                *weight = (exact(x) / sum * f64::from(ONE)).round() as i16;
                rest -= i32::from(*weight);
            }
            // Rounded weights add up to one all the same.
            weights[(end - start) / 2] += rest as i16;
            filter.starts.push(start);
        }
        filter
    }

    fn each(&self) -> impl Iterator<Item = (usize, &[i16])> {
        self.starts
            .iter()
            .copied()
            .zip(self.weights.chunks_exact(self.taps))
    }
}

/// The square (left, top and side in the picture's pixels) at `side` × `side`, as RGB.
pub(super) fn square(planes: &[Plane], square: (usize, usize, usize), side: usize) -> Vec<u8> {
    let resized: Vec<Vec<i16>> = planes
        .iter()
        .map(|plane| plane.resize(square, side))
        .collect();
    let mut rgb = Vec::with_capacity(side * side * 3);
    match &resized[..] {
        [y, cb, cr] => {
            for ((&y, &cb), &cr) in y.iter().zip(cb).zip(cr) {
                rgb.extend(to_rgb(y, cb, cr));
            }
        }
        _ => {
            for &y in resized.iter().flatten() {
                rgb.extend([((i32::from(y) + 32) >> 6) as u8; 3]);
            }
        }
    }
    rgb
}

/// JFIF's formulae with factors of 16 bits; values have 6 fractional bits.
pub(super) fn to_rgb(y: i16, cb: i16, cr: i16) -> [u8; 3] {
    const MIDDLE: i32 = 128 << 6;
    let (y, cb, cr) = (i32::from(y), i32::from(cb) - MIDDLE, i32::from(cr) - MIDDLE);
    let y = (y << 16) + (1 << 21);
    let byte = |value: i32| (value >> 22).clamp(0, 255) as u8;
    [
        byte(y + 91_881 * cr),
        byte(y - 22_554 * cb - 46_802 * cr),
        byte(y + 116_130 * cb),
    ]
}
