//! Whole numbers kept in `f64`, as few bytes each as the largest needs.

/// Bytes of the numbers (little endian, two's complement), and how many each takes (1 to 8).
pub(super) fn pack(values: impl Iterator<Item = f64> + Clone) -> (Vec<u8>, usize) {
    let largest = values
        .clone()
        .fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let width = (1..8)
        .find(|width| largest < f64::from(1u32 << 7) * 256f64.powi(width - 1))
        .unwrap_or(8) as usize;
    let mut bytes = Vec::new();
    for value in values {
        bytes.extend_from_slice(&(value as i64).to_le_bytes()[..width]);
    }
    (bytes, width)
}

/// The numbers that [`pack`] wrote: `count` of them, of equal width.
pub(super) fn unpack(bytes: &[u8], count: usize) -> impl Iterator<Item = f64> {
    let width = (bytes.len() / count.max(1)).clamp(1, 8);
    bytes.chunks_exact(width).take(count).map(move |chunk| {
        let mut all = [0; 8];
        all[8 - width..].copy_from_slice(chunk);
        // The number's sign is the sign of its highest byte: shifting down brings it along.
        (i64::from_le_bytes(all) >> (8 * (8 - width))) as f64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_at_every_width() {
        for (largest, wanted) in [
            (0.0, 1),
            (127.0, 1),
            (128.0, 2),
            (32_767.0, 2),
            (1e7, 4),
            (2e13, 6),
        ] {
            let values = [0.0, 1.0, -1.0, largest, -largest];
            let (bytes, width) = pack(values.into_iter());
            assert_eq!(width, wanted, "{largest}");
            assert_eq!(unpack(&bytes, values.len()).collect::<Vec<_>>(), values);
        }
    }
}
