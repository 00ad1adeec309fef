//! A picture's pixels become a [`Sketch`], exactly as the article's OpenCV makes them: the whole picture
//! resized (bilinear, without antialiasing, its proportions not kept), grey, divided by 255.
//!
//! OpenCV computes this in integers, weights in 1/2048 and with bits dropped on the way; so do we, and
//! the bytes are the same. Source: OpenCV, `modules/imgproc/src/resize.cpp` and `color_rgb.dispatch.cpp`.

use super::Sketch;
use crate::photo::Pixels;

/// The two source pixels of an output pixel, and their weights in 1/2048.
struct Taps {
    at: [usize; 2],
    weights: [i32; 2],
}

/// The whole picture as a sketch of `side` × `side` pixels. Black is 0 and white is 1.
pub fn sketch(pixels: Pixels, side: usize) -> Sketch {
    let columns: Vec<Taps> = (0..side)
        .map(|out| taps(out, pixels.width(), side))
        .collect();
    let mut values = Vec::with_capacity(side * side);
    for out in 0..side {
        let rows = taps(out, pixels.height(), side);
        for column in &columns {
            let channel = |channel: usize| {
                let sum = |row: usize| {
                    let at = |column: usize| i32::from(pixels.at(column, row)[channel]);
                    at(column.at[0]) * column.weights[0] + at(column.at[1]) * column.weights[1]
                };
                let half = |tap: usize| (rows.weights[tap] * (sum(rows.at[tap]) >> 4)) >> 16;
                (half(0) + half(1) + 2) >> 2
            };
            values.push(grey([channel(0), channel(1), channel(2)]) as f32 / 255.0);
        }
    }
    Sketch { side, values }
}

/// Red, green and blue as one grey level.
fn grey([red, green, blue]: [i32; 3]) -> i32 {
    (9798 * red + 19235 * green + 3735 * blue + (1 << 14)) >> 15
}

/// Half-pixel centres; at the borders the border's pixel alone.
fn taps(out: usize, source: usize, side: usize) -> Taps {
    let centre = ((out as f64 + 0.5) * (source as f64 / side as f64) - 0.5) as f32;
    let below = centre.floor();
    let last = source - 1;
    let inside = below >= 0.0 && (below as usize) < last;
    let fraction = if inside { centre - below } else { 0.0 };
    // `as` saturates below 0.
    let first = (below as usize).min(last);
    let weight = |share: f32| (share * 2048.0).round_ties_even() as i32;
    Taps {
        at: [first, (first + 1).min(last)],
        weights: [weight(1.0 - fraction), weight(fraction)],
    }
}
