//! The whole photo at a fraction of its size, for somebody who waits for it.
//!
//! It is shown for the moment that a whole decoder takes, so each pixel is the nearest value of every
//! plane. At 1/8 and 1/4 the planes of most photos are equally dense, and nothing is lost by that.

use std::io::Read;
use std::ops::Range;

use super::plane::{Plane, to_rgb};
use super::scan::Area;
use super::{header, pieces, scan};
use crate::photo::Limits;
use crate::photo::colour::Colours;
use crate::photo::orient::Turn;

/// Most pixels of it: planes of 24 MB at the very most, in a memory that never shrinks.
const MOST: usize = 8 << 20;

/// A whole photo, upright, at 1/8, 1/4 or 1/2 of its size.
pub struct Draft {
    /// Width in pixels: what is left over by the division is not shown.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    parts: Vec<Part>,
    colours: Colours,
}

/// One of Y, Cb and Cr, or grey; where the values of each upright column and row lie in it.
struct Part {
    plane: Plane,
    across: Vec<usize>,
    down: Vec<usize>,
}

impl Draft {
    /// Some of its rows: `[rows, width, 4]` bytes of sRGB, nothing of it transparent.
    pub fn rows(&self, rows: Range<usize>) -> Vec<u8> {
        let mut rgba = vec![255; rows.len() * self.width * 4];
        let mut lines: Vec<_> = self.parts.iter().map(|_| vec![0; self.width]).collect();
        for (row, out) in rows.zip(rgba.chunks_exact_mut(self.width * 4)) {
            for (part, line) in self.parts.iter().zip(&mut lines) {
                part.read(row, line);
            }
            let (pixels, _) = out.as_chunks_mut::<4>();
            match &lines[..] {
                [y, cb, cr] => {
                    for (((pixel, &y), &cb), &cr) in pixels.iter_mut().zip(y).zip(cb).zip(cr) {
                        let [r, g, b] = to_rgb(y << 6, cb << 6, cr << 6);
                        *pixel = [r, g, b, 255];
                    }
                }
                _ => {
                    for (pixel, &grey) in pixels.iter_mut().zip(lines.iter().flatten()) {
                        *pixel = [grey as u8, grey as u8, grey as u8, 255];
                    }
                }
            }
        }
        self.colours.to_srgb(&mut rgba, 4);
        rgba
    }
}

impl Part {
    /// The values of an upright row.
    fn read(&self, row: usize, line: &mut [i16]) {
        let values = self.plane.from(self.down[row]);
        for (value, &column) in line.iter_mut().zip(&self.across) {
            *value = values.get(column).copied().map_or(0, i16::from);
        }
    }
}

/// Reads a whole photo at the smallest of 1/8, 1/4 and 1/2 of its size at which it is still `width`
/// pixels wide, or at the largest there is room for. `None` where that is not for this decoder, as
/// [`super::reduced`] says it.
pub fn draft(file: &mut dyn Read, width: u32, limits: &Limits) -> Option<Draft> {
    let mut pieces = pieces::Pieces::new(file);
    let header = header::read(&mut pieces)?;
    let size = header.frame.size;
    limits.check_size(size.0 as u32, size.1 as u32).ok()?;
    let colours = Colours::of_profile(&header.profile)?;
    let turn = Turn::from(header.orientation);
    let (across, _) = turn.upright((size.0 as u32, size.1 as u32));
    let fits = |scale| (size.0 / scale) * (size.1 / scale) <= MOST;
    let enough = |scale| across / scale >= width;
    let scale = match () {
        () if enough(8) => 8,
        () if enough(4) || !fits(2) => 4,
        () => 2,
    };
    let area = Area {
        left: 0,
        top: 0,
        width: size.0,
        height: size.1,
    };
    let stored = (size.0 / scale, size.1 / scale);
    // A line of pixels is soon decoded by anybody.
    (stored.0 > 0 && stored.1 > 0).then_some(())?;
    let planes = scan::read(&header, pieces, scale, area)?;
    let parts = planes.into_iter().map(|plane| {
        let (columns, rows) = plane.places(stored, scale);
        let (across, down) = turn.axes(columns, rows);
        Part {
            plane,
            across,
            down,
        }
    });
    let (width, height) = turn.upright((stored.0 as u32, stored.1 as u32));
    Some(Draft {
        width: width as usize,
        height: height as usize,
        parts: parts.collect(),
        colours,
    })
}
