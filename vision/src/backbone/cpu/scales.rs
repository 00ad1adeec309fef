//! What one unit is as an integer, layer by layer, and why nothing overflows.
//!
//! No photos are needed to choose these scales: they follow from the weights and from ReLU6.
//!
//! ```text
//! pixels − 127 ─► stem ────► depthwise ─► project ─► block end ─► expand ─► depthwise ─► … ─► head
//!   128/unit      CLAMPED     sₖ/unit                BLOCK/unit   CLAMPED     sₖ/unit        CLAMPED
//! ```
//!
//! * **Pixels** are used as the network was trained, `(v − 127) / 128`: the integer `v − 127` is 128
//!   per unit and exact.
//! * **Outputs of a ReLU6** (stem, expansion, head) use all of i16: [`CLAMPED`] maps 6 to 32,767, so
//!   the saturating narrowing to i16 *is* the clamp at 6, and only `max(0)` is left to do.
//! * **Expansions and the head** all have one scale, a power of two above their output's: weights
//!   carry [`EXPAND_SHIFT`] bits more than the result, which is rounded by adding half before the
//!   shift. The i32 sum holds |outputs| below 384; real ones stay below 31.
//! * **Depthwise outputs** have a scale per channel, see [`depthwise`].
//! * **Block ends** (projections and residual sums) have no activation that would bound them.
//!   [`BLOCK`] = 256 per unit holds ±128; the largest on photos is 75. Beyond, they saturate.
//! * **Stem and project** have a scale per output that makes its largest weight 32,767
//!   ([`full_range`]); the i32 sum is brought to the output's scale in f32, where every step is exactly
//!   rounded. For the stem, whose weights differ a hundredfold between outputs, this matters: on a plain
//!   black photo one common scale let features drift from f32's by 0.18 instead of 0.05. The i32 sums
//!   of a projection may wrap on the way; only the final value must fit, and it does up to ±128.

/// Block ends: integers per unit.
pub(super) const BLOCK: f32 = 256.0;
/// Outputs of a ReLU6: integers per unit, 6 being the largest i16.
pub(super) const CLAMPED: f32 = 32_767.0 / 6.0;
/// Pixels: integers per unit.
pub(super) const PIXEL: f32 = 128.0;
/// Bits to drop from the sums of an expansion or the head.
pub(super) const EXPAND_SHIFT: i32 = 10;
/// Bits to drop from the sums of a depthwise convolution.
pub(super) const DEPTHWISE_SHIFT: i32 = 15;

/// Integers per unit of weight in an expansion or the head (21,845: weights up to 1.5 fit in i16).
pub(super) fn expand_weight() -> f32 {
    CLAMPED / BLOCK * (1 << EXPAND_SHIFT) as f32
}

/// A bias as the start value of an i32 sum that is later shifted right by `shift` bits: with the
/// `scale` of the shifted result, and half of its unit for rounding.
pub(super) fn shifted_bias(bias: f32, scale: f32, shift: i32) -> i32 {
    let unit = f64::from(1 << shift);
    (f64::from(bias) * f64::from(scale) * unit).round_ties_even() as i32 + (1 << (shift - 1))
}

/// Integers per unit of one depthwise channel's output, from its weights and bias.
///
/// Inputs lie in 0..=6, so the output cannot leave −N..=P, where P and N are the bias and six times
/// the weights, summed over the positive and over the negative ones. The scale makes the larger of P
/// and N at most 32,740 (a little below i16's end, for the rounded weights), so no output leaves
/// i16, and is at most [`CLAMPED`]. It also bounds each weight: |w|·6 ≤ P or N, so
/// `w · scale / CLAMPED · 2¹⁵` fits in i16, and the i32 sum of 2¹⁵ times the output cannot overflow.
///
/// `positive` and `negative` are the sums of the positive and of the negative weights' magnitudes.
pub(super) fn depthwise(positive: f32, negative: f32, bias: f32) -> f32 {
    let above = 6.0 * positive + if bias > 0.0 { bias } else { 0.0 };
    let below = 6.0 * negative - if bias < 0.0 { bias } else { 0.0 };
    let largest = if above > below { above } else { below };
    let scale = 32_740.0 / largest;
    // Also where nothing is added up and the quotient is infinite.
    if scale < CLAMPED { scale } else { CLAMPED }
}

/// Integers per unit of weight in a depthwise channel of this output scale.
pub(super) fn depthwise_weight(scale: f32) -> f32 {
    scale / CLAMPED * (1 << DEPTHWISE_SHIFT) as f32
}

/// The factor that makes an output's largest weight fill i16. At most 2²³, so that an output whose
/// weights are all next to zero keeps a bias that fits in i32.
pub(super) fn full_range(largest: f32) -> f32 {
    (32_767.0 / largest).min(8_388_608.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_depthwise_sum_leaves_its_range(
            weights in prop::collection::vec(-20f32..20.0, 25),
            bias in -50f32..50.0,
            bits in prop::collection::vec(any::<bool>(), 25),
        ) {
            let sum = |sign: f32| weights.iter().map(|w| (w * sign).max(0.0)).sum::<f32>();
            let scale = depthwise(sum(1.0), sum(-1.0), bias);
            prop_assert!(scale <= CLAMPED && 6.0 * scale <= 32_767.0);
            let unit = depthwise_weight(scale);
            let integers = weights.iter().map(|w| (w * unit).round_ties_even());
            prop_assert!(integers.clone().all(|i| i.abs() <= 32_767.0));
            let integers: Vec<i16> = integers.map(|i| i as i16).collect();
            // The worst inputs are 0 and the largest i16, in some combination.
            let sum = integers.iter().zip(&bits).map(|(&w, &b)| i64::from(w) * if b { 32_767 } else { 0 });
            let total = i64::from(shifted_bias(bias, scale, DEPTHWISE_SHIFT)) + sum.sum::<i64>();
            prop_assert!(i32::try_from(total).is_ok());
            prop_assert!(i16::try_from(total >> DEPTHWISE_SHIFT).is_ok());
            for (&w, i) in weights.iter().zip(integers) {
                let back = f32::from(i) * CLAMPED / scale / 32_768.0;
                prop_assert!((back - w).abs() <= 0.51 * CLAMPED / scale / 32_768.0);
            }
        }
    }

    #[test]
    fn a_bias_is_rounded_to_the_middle_of_its_unit() {
        assert_eq!(shifted_bias(0.0, CLAMPED, 10), 512);
        assert_eq!(shifted_bias(1.0, 256.0, 5) >> 5, 256);
        assert_eq!(shifted_bias(-1.0, 256.0, 5) >> 5, -256);
    }
}
