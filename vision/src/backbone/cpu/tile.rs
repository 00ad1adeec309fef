//! The register tile at the heart of every dense convolution: a few pixels × 8 outputs.
//!
//! Each step takes a *pair* of input channels of a pixel as one 32-bit splat, multiplies it with the
//! same pair's weights of 8 outputs (two vectors of `[4 outputs][2 inputs]`), and adds neighbours with
//! `i32x4_dot_i16x8`: 16 multiply-adds in four instructions. Five pixels use 10 vectors for sums, 2
//! for weights, 1 for the pair and 1 for the product: 14 of the 15 that V8 can give us.
//!
//! Four rules keep the hot loop free of spills and address arithmetic, in wasm most of all. They look
//! odd and are measured (breaking one costs 10 to 40 %):
//!
//! 1. *An exit after every step.* Without it LLVM's wasm back end regroups the unrolled sums by
//!    accumulator, V8 keeps that order, and registers spill. It also makes any number of pairs work.
//! 2. *Pointer steps are read from memory, volatile*, once per unrolled group, or loop strength
//!    reduction replaces the constant offsets of the loads by additions.
//! 3. *The number of pairs is read volatile too*, or LLVM sees a constant and drops the exits.
//! 4. *Every sum is a variable of its own* (hence macros): arrays may stay in memory. And a tile loop
//!    is a function that is never inlined, so the browser's compiler optimises it early.

use super::simd::*;

/// Distances and counts a tile reads afresh from memory (rules 2 and 3).
pub(super) struct Steps {
    /// From one unrolled group of input pairs to the next, in i16.
    pub input: usize,
    /// From one unrolled group of weights to the next, in i16.
    pub weights: usize,
    /// Number of input pairs, at least 1.
    pub pairs: usize,
    /// Pixels of a tile, by which the tile loop advances.
    pub pixels: usize,
}

/// Reads a number such that the compiler cannot know it.
#[inline(always)]
pub(super) fn opaque(number: &usize) -> usize {
    // SAFETY: a reference is valid for reading.
    unsafe { std::ptr::from_ref(number).read_volatile() }
}

/// What becomes of a tile's sums.
pub(super) trait Epilogue {
    /// Takes the sums of outputs 0 to 3 and 4 to 7 of a pixel of the current tile.
    ///
    /// # Safety
    /// The destination must hold that pixel.
    unsafe fn finish(&mut self, pixel: usize, low: V128, high: V128);

    /// Goes on by so many pixels.
    ///
    /// # Safety
    /// The destination must hold these pixels and one more.
    unsafe fn advance(&mut self, pixels: usize);
}

/// ReLU6 of sums that carry `SHIFT` extra bits and are scaled by `scales::CLAMPED`: narrowing clamps
/// at 6.
#[inline(always)]
fn relu6<const SHIFT: i32>(low: V128, high: V128) -> V128 {
    let narrowed = i16x8_narrow_i32x4(i32x4_shr::<SHIFT>(low), i32x4_shr::<SHIFT>(high));
    i16x8_max(narrowed, i16x8_splat(0))
}

/// Sums times factors, rounded to nearest and saturated to i16.
///
/// # Safety
/// There must be eight factors.
#[inline(always)]
unsafe fn rescale(low: V128, high: V128, factors: *const f32) -> V128 {
    let (first, second) = unsafe { (load(factors), load(factors.add(4))) };
    let low = i32x4_nearest_f32x4(f32x4_mul(f32x4_convert_i32x4(low), first));
    let high = i32x4_nearest_f32x4(f32x4_mul(f32x4_convert_i32x4(high), second));
    i16x8_narrow_i32x4(low, high)
}

/// Every output times its own factor, then ReLU6, pixel after pixel.
pub(super) struct RescaleClamp {
    /// Eight factors.
    pub factors: *const f32,
    pub output: *mut i16,
}

impl Epilogue for RescaleClamp {
    #[inline(always)]
    unsafe fn finish(&mut self, pixel: usize, low: V128, high: V128) {
        unsafe {
            let scaled = i16x8_max(rescale(low, high, self.factors), i16x8_splat(0));
            store(self.output.add(pixel * 8), scaled);
        }
    }

    #[inline(always)]
    unsafe fn advance(&mut self, pixels: usize) {
        self.output = unsafe { self.output.add(pixels * 8) };
    }
}

/// ReLU6, each pixel to its place in a padded buffer.
pub(super) struct ClampScatter<const SHIFT: i32> {
    pub output: *mut i16,
    /// Per pixel, the offset of its place in i16.
    pub offsets: *const u32,
}

impl<const SHIFT: i32> Epilogue for ClampScatter<SHIFT> {
    #[inline(always)]
    unsafe fn finish(&mut self, pixel: usize, low: V128, high: V128) {
        unsafe {
            let place = self.output.add(*self.offsets.add(pixel) as usize);
            store(place, relu6::<SHIFT>(low, high));
        }
    }

    #[inline(always)]
    unsafe fn advance(&mut self, pixels: usize) {
        self.offsets = unsafe { self.offsets.add(pixels) };
    }
}

/// No activation; every output times its own factor, rounded to nearest, plus the residual if there
/// is one.
pub(super) struct Rescale<const RESIDUAL: bool> {
    /// Eight factors.
    pub factors: *const f32,
    pub output: *mut i16,
    /// Where the residual is read, if there is one.
    pub residual: *const i16,
}

impl<const RESIDUAL: bool> Epilogue for Rescale<RESIDUAL> {
    #[inline(always)]
    unsafe fn finish(&mut self, pixel: usize, low: V128, high: V128) {
        unsafe {
            let mut result = rescale(low, high, self.factors);
            if RESIDUAL {
                result = i16x8_add_sat(result, load(self.residual.add(pixel * 8)));
            }
            store(self.output.add(pixel * 8), result);
        }
    }

    #[inline(always)]
    unsafe fn advance(&mut self, pixels: usize) {
        unsafe {
            self.output = self.output.add(pixels * 8);
            if RESIDUAL {
                self.residual = self.residual.add(pixels * 8);
            }
        }
    }
}

/// Defines a loop over tiles.
///
/// `name, i16 between pixels, [unrolled pairs], [(pixel, sums of outputs 0 to 3, of 4 to 7)]`
///
/// # Safety
/// Of the function defined: `tiles` ≥ 1; `input` must hold all pixels of all tiles with all their
/// pairs, `weights` 16 values for each pair, `bias` 8 values, and the epilogue all pixels.
macro_rules! tile {
    ($name:ident, $stride:literal, [$($pair:literal)+], $sums:tt) => {
        #[inline(never)]
        pub(super) unsafe fn $name<E: Epilogue>(
            mut input: *const i16,
            weights: *const i16,
            bias: *const i32,
            steps: &Steps,
            mut tiles: usize,
            mut epilogue: E,
        ) {
            unsafe {
                loop {
                    let (low, high) = (load(bias), load(bias.add(4)));
                    tile!(@start low high $sums);
                    let (mut x, mut w) = (input, weights);
                    let mut pairs = opaque(&steps.pairs);
                    loop {
                        $(
                            tile!(@step x, w, $stride, $pair, $sums);
                            pairs -= 1;
                            if pairs == 0 {
                                break;
                            }
                        )+
                        x = x.add(opaque(&steps.input));
                        w = w.add(opaque(&steps.weights));
                    }
                    tile!(@finish epilogue $sums);
                    tiles -= 1;
                    if tiles == 0 {
                        break;
                    }
                    let pixels = opaque(&steps.pixels);
                    input = input.add(pixels * $stride);
                    epilogue.advance(pixels);
                }
            }
        }
    };
    (@start $first:ident $second:ident [$(($pixel:literal, $low:ident, $high:ident))+]) => {
        $( let (mut $low, mut $high) = ($first, $second); )+
    };
    (@step $x:ident, $w:ident, $stride:literal, $pair:literal,
        [$(($pixel:literal, $low:ident, $high:ident))+]) => {
        let first = load($w.add($pair * 16));
        let second = load($w.add($pair * 16 + 8));
        $(
            let x = load32_splat($x.add($pixel * $stride + $pair * 2));
            $low = i32x4_add($low, i32x4_dot_i16x8(x, first));
            $high = i32x4_add($high, i32x4_dot_i16x8(x, second));
        )+
    };
    (@finish $epilogue:ident [$(($pixel:literal, $low:ident, $high:ident))+]) => {
        $( $epilogue.finish($pixel, $low, $high); )+
    };
}

// 1×1 convolutions: pixels of 8 channels, 4 pairs.
tile!(pointwise5, 8, [0 1 2 3], [(0, a0, b0) (1, a1, b1) (2, a2, b2) (3, a3, b3) (4, a4, b4)]);
tile!(pointwise4, 8, [0 1 2 3], [(0, a0, b0) (1, a1, b1) (2, a2, b2) (3, a3, b3)]);
tile!(pointwise1, 8, [0 1 2 3], [(0, a0, b0)]);

// The stem: two RGB pixels from one output pixel to the next, 5 pairs of a kernel row.
tile!(stem5, 6, [0 1 2 3 4], [(0, a0, b0) (1, a1, b1) (2, a2, b2) (3, a3, b3) (4, a4, b4)]);
tile!(stem4, 6, [0 1 2 3 4], [(0, a0, b0) (1, a1, b1) (2, a2, b2) (3, a3, b3)]);
tile!(stem1, 6, [0 1 2 3 4], [(0, a0, b0)]);

/// How many tiles of five and of four pixels, and single pixels, make exactly `pixels`.
///
/// From 12 on nothing is left for slow single pixels.
pub(super) fn split(pixels: usize) -> [(usize, usize); 3] {
    let fours = (5 - pixels % 5) % 5;
    if fours * 4 <= pixels {
        [(5, (pixels - fours * 4) / 5), (4, fours), (1, 0)]
    } else {
        [(5, pixels / 5), (4, 0), (1, pixels % 5)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_pixel_once() {
        for pixels in 0..400 {
            let parts = split(pixels);
            assert_eq!(
                parts
                    .iter()
                    .map(|(size, count)| size * count)
                    .sum::<usize>(),
                pixels
            );
            assert!(pixels < 12 || parts[2].1 == 0, "{pixels}");
        }
    }
}
