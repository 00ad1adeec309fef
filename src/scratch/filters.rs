//! Features of a small grey picture without training: random filters, pooled.
//!
//! The filters follow from a seed and from nothing else, so features of earlier pictures stay what they
//! were whatever is taught later: that is what makes the exact learner exact.

use super::random::Random;

/// How many filters; filters made from the pictures themselves were better by a point at most, and
/// would have bound everything to the pictures that came first.
const FILTERS: usize = 32;
const WIDTH: usize = 5;
/// Cells in each direction that responses are averaged over.
const CELLS: usize = 7;
/// How far a picture is moved to see what does not matter about it, in pixels.
const SHIFT: usize = 1;
const SHIFTS: usize = 2 * SHIFT + 1;
/// Features are whole multiples of `1 / UNIT`.
///
/// A response is at most 2.5 (a filter has norm 1 and mean 0, so its positive weights add up to at most
/// 2.5), its root at most 1.59, hence a feature at most 203 units and a product of two 41,209: sums of
/// 64 products are exact in `f32`, and those of more pictures than anybody can draw in `f64`. Rounding
/// moves features by less than what the ridge treats as noise; 1/64 was worse by 0.1 to 0.3 points.
const UNIT: f32 = 128.0;

/// Random filters for pictures of one size.
#[derive(Debug, Clone)]
pub(super) struct Filters {
    side: usize,
    /// `[FILTERS, WIDTH, WIDTH]`, each with mean 0 and norm 1.
    weights: Vec<[f32; WIDTH * WIDTH]>,
}

/// A picture as it is learnt: where its features are, and how small movements change them.
pub(super) struct Views {
    /// Mean of the features of the picture moved by −1, 0 and 1 pixel in both directions. `[length]`
    pub(super) mean: Vec<f32>,
    /// Features after a movement down minus those after one up, and the same for right and left. Each
    /// `[length]`.
    pub(super) movements: [Vec<f32>; 2],
}

impl Filters {
    /// The filters of a seed, for pictures of `side` × `side` pixels.
    pub(super) fn new(seed: u64, side: usize) -> Self {
        let mut random = Random::new(seed);
        let filter = |_| {
            let mut values = [0.0; WIDTH * WIDTH].map(|_: f64| f64::from(random.normal()));
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            values.iter_mut().for_each(|value| *value -= mean);
            let norm = libm::sqrt(values.iter().map(|value| value * value).sum());
            values.map(|value| (value / norm) as f32)
        };
        Self {
            side,
            weights: (0..FILTERS).map(filter).collect(),
        }
    }

    /// How many features a picture has.
    pub(super) fn length(&self) -> usize {
        FILTERS * self.cells() * self.cells()
    }

    /// Pictures smaller than the grid have a cell for each pixel.
    fn cells(&self) -> usize {
        CELLS.min(self.side)
    }

    /// What is learnt of a picture `[side, side]` with values in 0..=1. Features are the root of the mean
    /// positive response, per filter and cell, in whole numbers of `1 / UNIT`.
    pub(super) fn views(&self, picture: &[f32]) -> Views {
        let moved = self.moved(picture);
        let mean = |at| moved.iter().map(|features| features[at]).sum::<f32>() / moved.len() as f32;
        let difference = |(one, other): (usize, usize)| {
            let pairs = moved[one].iter().zip(&moved[other]);
            pairs.map(|(a, b)| a - b).collect()
        };
        Views {
            mean: (0..self.length()).map(|at| mean(at).round()).collect(),
            movements: [(7, 1), (5, 3)].map(difference),
        }
    }

    /// Features of the picture moved by −1, 0, 1 rows (outer) and columns (inner): `[SHIFTS²][length]`.
    ///
    /// The picture lies on a black ground without end, so its responses move with it: they are computed
    /// once, and cells are laid over them in nine places.
    fn moved(&self, picture: &[f32]) -> Vec<Vec<f32>> {
        let padded = self.pad(picture);
        let mut moved = vec![Vec::new(); SHIFTS * SHIFTS];
        let mut responses = vec![0.0; (self.side + 2 * SHIFT) * (self.side + 2 * SHIFT)];
        for filter in &self.weights {
            self.convolve(&padded, filter, &mut responses);
            self.pool(&responses, &mut moved);
        }
        moved
    }

    /// Black around the picture, as far as filters of moved pictures reach.
    fn pad(&self, picture: &[f32]) -> Vec<f32> {
        let margin = SHIFT + WIDTH / 2;
        let width = self.side + 2 * margin;
        let mut padded = vec![0.0; width * width];
        let rows = padded[margin * width..].chunks_exact_mut(width);
        for (row, pixels) in rows.zip(picture.chunks_exact(self.side)) {
            row[margin..][..self.side].copy_from_slice(pixels);
        }
        padded
    }

    /// Positive responses, `[side + 2 SHIFT, side + 2 SHIFT]`.
    fn convolve(&self, padded: &[f32], filter: &[f32; WIDTH * WIDTH], responses: &mut [f32]) {
        let size = self.side + 2 * SHIFT;
        let width = size + WIDTH - 1;
        for (y, row) in responses.chunks_exact_mut(size).enumerate() {
            row.fill(0.0);
            for (dy, taps) in filter.chunks_exact(WIDTH).enumerate() {
                let pixels = &padded[(y + dy) * width..][..width];
                for (dx, tap) in taps.iter().enumerate() {
                    for (response, pixel) in row.iter_mut().zip(&pixels[dx..]) {
                        *response += tap * pixel;
                    }
                }
            }
            row.iter_mut()
                .for_each(|response| *response = response.max(0.0));
        }
    }

    /// Averages responses over the cells of each moved picture: first along rows, then down.
    fn pool(&self, responses: &[f32], moved: &mut [Vec<f32>]) {
        let cells = self.cells();
        let edge = |cell: usize| cell * self.side / cells;
        let mut across = Vec::with_capacity((self.side + 2 * SHIFT) * SHIFTS * cells);
        for row in responses.chunks_exact(self.side + 2 * SHIFT) {
            for right in 0..SHIFTS {
                // Moving the picture right moves the cells left over its responses.
                let start = 2 * SHIFT - right;
                let sum = |cell| row[start + edge(cell)..start + edge(cell + 1)].iter().sum();
                across.extend((0..cells).map(sum).map(|sum: f32| sum));
            }
        }
        for (place, features) in moved.iter_mut().enumerate() {
            let (start, right) = (2 * SHIFT - place / SHIFTS, place % SHIFTS);
            for i in 0..cells {
                for j in 0..cells {
                    let rows = start + edge(i)..start + edge(i + 1);
                    let count = rows.len() * (edge(j + 1) - edge(j));
                    let sum: f32 = rows
                        .map(|row| across[(row * SHIFTS + right) * cells + j])
                        .sum();
                    features.push(((sum / count as f32).sqrt() * UNIT).round());
                }
            }
        }
    }
}
