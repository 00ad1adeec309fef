//! Pools of block ends over the image, exact: integers up to the one division at the end.

use super::planes::Planes;
use super::scales::BLOCK;
use super::simd::*;

/// Sums over some pixels of 8 channels, `[pixel][8]`.
pub(super) fn sum(pixels: &[i16]) -> [i32; 8] {
    let mut sums = [0i32; 8];
    // SAFETY: every pixel and the sums are 8 values.
    unsafe {
        let (mut low, mut high) = (load(sums.as_ptr()), load(sums.as_ptr().add(4)));
        for pixel in pixels.as_chunks::<8>().0 {
            let pixel = load(pixel.as_ptr());
            low = i32x4_add(low, i32x4_extend_low_i16x8(pixel));
            high = i32x4_add(high, i32x4_extend_high_i16x8(pixel));
        }
        store(sums.as_mut_ptr(), low);
        store(sums.as_mut_ptr().add(4), high);
    }
    sums
}

/// Mean of each channel over the pixels of a block end, `[channels]`.
pub(super) fn mean(input: Planes, channels: usize) -> Vec<f32> {
    // Below 2²⁴ for up to 512 pixels, hence exact in f32.
    let divisor = input.count() as f32 * BLOCK;
    (0..channels / 8)
        .flat_map(|group| sum(input.group(group)).map(|sum| sum as f32 / divisor))
        .collect()
}

/// Largest value of each channel over the pixels of a block end, `[channels]`.
pub(super) fn max(input: Planes, channels: usize) -> Vec<f32> {
    (0..channels / 8)
        .flat_map(|group| {
            let mut largest = [i16::MIN; 8];
            // SAFETY: every pixel and the result are 8 values.
            unsafe {
                let pixels = input.group(group).as_chunks::<8>().0.iter();
                let all = pixels.fold(i16x8_splat(i16::MIN), |all, pixel| {
                    i16x8_max(all, load(pixel.as_ptr()))
                });
                store(largest.as_mut_ptr(), all);
            }
            largest.map(|value| f32::from(value) / BLOCK)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_are_exact() {
        // Two groups of three pixels; pixel p, channel c holds 256 · (p − c).
        let mut values = Vec::new();
        for group in 0..2 {
            for pixel in 0..3 {
                values.extend((0..8).map(|c| 256 * (pixel - (group * 8 + c))));
            }
        }
        let planes = Planes::new(&values, 3);
        let expected: Vec<f32> = (0..16).map(|c| (1 - c) as f32).collect();
        assert_eq!(mean(planes, 16), expected);
        assert_eq!(
            max(planes, 16),
            expected.iter().map(|v| v + 1.0).collect::<Vec<_>>()
        );
        assert_eq!(max(planes.window(0, 2), 16), expected);
    }
}
