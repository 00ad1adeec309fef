//! A convolution of 3 × 3 pixels, its bias, ReLU and a pool of 2 × 2, in one pass on the CPU: forwards,
//! and backwards through the places that the pool chose.
//!
//! As operations on whole tensors these move several times as many numbers as they compute with. Here
//! the four sums of a pool stay in registers, and of each four only the chosen one is followed back, and
//! that only where ReLU let it through: a fifth of the products.
//!
//! Values lie as `[pictures, rows, columns, channels]`. Inputs have a border of one pixel of zeros around.

/// Filters whose sums are made at once: with the four pixels of a pool as many as registers hold.
const TOGETHER: usize = 8;
/// Side of the kernel.
const KERNEL: usize = 3;
/// In `chosen`: ReLU let nothing through.
const NONE: u8 = 4;

/// Sizes of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// Side of its input in pixels, without the border.
    pub side: usize,
    pub channels: usize,
    /// A multiple of [`TOGETHER`].
    pub filters: usize,
}

/// Kernels as the passes read them.
#[derive(Debug)]
pub(super) struct Kernels {
    /// `[filters / TOGETHER, 3 · 3 · channels]` of `TOGETHER` filters.
    forwards: Vec<[f32; TOGETHER]>,
    /// `[filters, 3 · 3 · channels]`
    backwards: Vec<f32>,
}

/// Gradients of a block's kernel (`[3 · 3 · channels, filters]`), bias (`[filters]`) and, where it was
/// asked for, input with its border.
pub(super) struct Gradients {
    pub kernel: Vec<f32>,
    pub bias: Vec<f32>,
    pub input: Option<Vec<f32>>,
}

impl Block {
    /// Side of its output in pixels. A row and a column left over at the bottom and right are dropped.
    pub fn pooled(&self) -> usize {
        self.side / 2
    }

    /// Values of one picture's input, with its border.
    pub fn bordered(&self) -> usize {
        (self.side + 2) * (self.side + 2) * self.channels
    }

    /// Values under one kernel.
    fn under(&self) -> usize {
        KERNEL * KERNEL * self.channels
    }

    /// Of a kernel `[3 · 3 · channels, filters]`.
    pub fn kernels(&self, kernel: &[f32]) -> Kernels {
        let (under, filters) = (self.under(), self.filters);
        let forwards = (0..filters / TOGETHER).flat_map(|group| {
            kernel
                .chunks_exact(filters)
                .map(move |row| std::array::from_fn(|filter| row[group * TOGETHER + filter]))
        });
        let backwards = (0..filters)
            .flat_map(|filter| (0..under).map(move |place| kernel[place * filters + filter]));
        Kernels {
            forwards: forwards.collect(),
            backwards: backwards.collect(),
        }
    }

    /// Writes the output, with `margin` pixels of border that are left as they are, and returns which of
    /// the four places of each pool was chosen, `[pictures, pooled, pooled, filters]`.
    pub fn forwards(
        &self,
        input: &[f32],
        kernels: &Kernels,
        bias: &[f32],
        margin: usize,
        output: &mut [f32],
    ) -> Vec<u8> {
        let (pooled, filters) = (self.pooled(), self.filters);
        let wide = (pooled + 2 * margin) * filters;
        let pictures = input.chunks_exact(self.bordered());
        let mut chosen = Vec::with_capacity(pictures.len() * pooled * pooled * filters);
        let outputs = output.chunks_exact_mut((pooled + 2 * margin) * wide);
        for (input, output) in pictures.zip(outputs) {
            for row in 0..pooled {
                let output = &mut output[(row + margin) * wide + margin * filters..];
                let cells = output.chunks_exact_mut(filters).take(pooled);
                for (column, cell) in cells.enumerate() {
                    let groups = kernels.forwards.chunks_exact(self.under());
                    let parts = cell
                        .chunks_exact_mut(TOGETHER)
                        .zip(bias.chunks_exact(TOGETHER));
                    for (kernel, (cell, bias)) in groups.zip(parts) {
                        let sums = self.sums(input, row, column, kernel);
                        for (filter, (value, bias)) in cell.iter_mut().zip(bias).enumerate() {
                            let (place, largest) = largest(&sums, filter);
                            *value = (largest + bias).max(0.0);
                            chosen.push(if *value > 0.0 { place } else { NONE });
                        }
                    }
                }
            }
        }
        chosen
    }

    /// Sums of some filters at the four pixels of a pool.
    #[inline(always)]
    fn sums(
        &self,
        input: &[f32],
        row: usize,
        column: usize,
        kernel: &[[f32; TOGETHER]],
    ) -> [[f32; TOGETHER]; 4] {
        let run = KERNEL * self.channels;
        let mut sums = [[0.0; TOGETHER]; 4];
        for (below, kernel) in kernel.chunks_exact(run).enumerate() {
            let values: [&[f32]; 4] = std::array::from_fn(|place| {
                let start = self.start(row, column, place, below);
                &input[start..start + run]
            });
            for (at, weights) in kernel.iter().enumerate() {
                for (sums, values) in sums.iter_mut().zip(values) {
                    let value = values[at];
                    for (sum, weight) in sums.iter_mut().zip(weights) {
                        *sum += value * weight;
                    }
                }
            }
        }
        sums
    }

    /// Where, in a picture's input, a row under the kernel begins: at one of the four places of a pool,
    /// `below` rows down. The row is contiguous.
    #[inline(always)]
    fn start(&self, row: usize, column: usize, place: usize, below: usize) -> usize {
        let (y, x) = (2 * row + place / 2 + below, 2 * column + place % 2);
        (y * (self.side + 2) + x) * self.channels
    }

    /// From the gradient of the output (`[pictures, pooled, pooled, filters]` with `margin` pixels of
    /// border) and what [`Block::forwards`] was given and chose.
    pub fn backwards(
        &self,
        output: &[f32],
        margin: usize,
        chosen: &[u8],
        input: &[f32],
        kernels: &Kernels,
        for_input: bool,
    ) -> Gradients {
        let (pooled, filters, under) = (self.pooled(), self.filters, self.under());
        let run = KERNEL * self.channels;
        let wide = (pooled + 2 * margin) * filters;
        let mut kernel = vec![0.0; filters * under];
        let mut bias = vec![0.0; filters];
        let mut before = vec![0.0; if for_input { input.len() } else { 0 }];
        let bordered = self.bordered();
        for (picture, chosen) in chosen.chunks_exact(pooled * pooled * filters).enumerate() {
            let output = &output[picture * (pooled + 2 * margin) * wide..];
            let input = &input[picture * bordered..][..bordered];
            for (cell, chosen) in chosen.chunks_exact(filters).enumerate() {
                let (row, column) = (cell / pooled, cell % pooled);
                let output = &output[(row + margin) * wide + (column + margin) * filters..];
                for (filter, (&gradient, &place)) in output.iter().zip(chosen).enumerate() {
                    if place == NONE || gradient == 0.0 {
                        continue;
                    }
                    bias[filter] += gradient;
                    let place = usize::from(place);
                    for below in 0..KERNEL {
                        let start = self.start(row, column, place, below);
                        let at = filter * under + below * run;
                        add(
                            &mut kernel[at..at + run],
                            gradient,
                            &input[start..start + run],
                        );
                        if for_input {
                            let start = picture * bordered + start;
                            let weights = &kernels.backwards[at..at + run];
                            add(&mut before[start..start + run], gradient, weights);
                        }
                    }
                }
            }
        }
        let rows = (0..under).flat_map(|at| (0..filters).map(move |filter| (filter, at)));
        Gradients {
            kernel: rows
                .map(|(filter, at)| kernel[filter * under + at])
                .collect(),
            bias,
            input: for_input.then_some(before),
        }
    }
}

#[inline(always)]
fn add(sums: &mut [f32], factor: f32, values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

/// The first of the largest of four sums, and its place.
#[inline(always)]
fn largest(sums: &[[f32; TOGETHER]; 4], filter: usize) -> (u8, f32) {
    let mut best = (0, sums[0][filter]);
    for (place, sums) in (1..).zip(&sums[1..]) {
        if sums[filter] > best.1 {
            best = (place, sums[filter]);
        }
    }
    best
}
