use super::*;
use crate::Error;
use proptest::prelude::*;
use std::sync::LazyLock;

/// A network of the right shape with arbitrary values.
fn sample() -> Weights {
    let spec = Spec::lite0();
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 24
    };
    let layers = spec
        .network()
        .layers()
        .map(|layer| QuantisedLayer {
            kernel: (0..layer.kernel_len())
                .map(|_| (next() % 255) as i8)
                .map(|q| q.max(-127))
                .collect(),
            scales: (0..layer.outputs).map(|_| 0.001 + next() as f32).collect(),
            bias: (0..layer.outputs).map(|_| next() as f32 - 128.0).collect(),
        })
        .collect();
    Weights::new(spec, layers).unwrap()
}

static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| sample().to_bytes());

/// The bytes with a SHA-256 that matches them, so that what lies behind it is reached.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let content = bytes.len().saturating_sub(HASH);
    let hash = Sha256::digest(&bytes[..content]);
    bytes.truncate(content);
    bytes.extend_from_slice(&hash);
    bytes
}

#[test]
fn a_file_reads_back_as_it_was_written() {
    let weights = sample();
    let read = Weights::parse(&weights.to_bytes()).unwrap();
    assert_eq!(read, weights);
    assert_eq!(
        Weights::parse_verified(&weights.to_bytes()).unwrap(),
        weights
    );
}

#[test]
fn floats_are_steps_times_the_scale_of_the_output_channel() {
    let layer = QuantisedLayer {
        kernel: vec![1, -2, 3, 127],
        scales: vec![0.5, 2.0],
        bias: vec![7.0, 8.0],
    };
    let floats = layer.to_floats();
    assert_eq!(floats.kernel, [0.5, -4.0, 1.5, 254.0]);
    assert_eq!(floats.bias, [7.0, 8.0]);
}

#[test]
fn a_file_of_another_kind_version_or_size_is_named_as_such() {
    let edited = |at: usize, value: u8| {
        let mut bytes = BYTES.clone();
        bytes[at] = value;
        Weights::parse(&resealed(bytes))
    };
    for result in [edited(0, b'k'), edited(8, 2), edited(20, b'9')] {
        assert!(matches!(
            result,
            Err(Error::Weights(WeightsError::Format(_)))
        ));
    }
}

#[test]
fn values_no_network_can_have_are_refused() {
    let first_scale = 8 + 4 + 4 + "lite0".len();
    let first_kernel = first_scale + 2 * 4 * 32;
    let mut infinite = BYTES.clone();
    infinite[first_scale..first_scale + 4].copy_from_slice(&f32::INFINITY.to_le_bytes());
    let mut lopsided = BYTES.clone();
    lopsided[first_kernel] = 0x80;
    for bytes in [infinite, lopsided] {
        assert_eq!(
            Weights::parse(&resealed(bytes)),
            Err(WeightsError::Damaged.into())
        );
    }
}

#[test]
fn layers_of_another_shape_are_refused() {
    let mut layers = sample().layers().to_vec();
    layers[3].bias.pop();
    assert!(Weights::new(Spec::lite0(), layers.clone()).is_err());
    layers.pop();
    assert!(Weights::new(Spec::lite0(), layers).is_err());
    assert!(FloatWeights::new(Spec::lite1(), sample().to_floats().layers().to_vec()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
        prop_assert!(Weights::parse(&bytes).is_err());
        // Past the magic number, too.
        let mut tagged = MAGIC.to_vec();
        tagged.extend_from_slice(&VERSION.to_le_bytes());
        tagged.extend_from_slice(&bytes);
        prop_assert!(Weights::parse(&resealed(tagged)).is_err());
    }

    #[test]
    fn a_cut_or_flipped_file_is_refused(
        cut in 0usize..BYTES.len(), at in 0usize..BYTES.len(), bit in 0u32..8,
    ) {
        prop_assert!(Weights::parse(&BYTES[..cut]).is_err());
        prop_assert!(Weights::parse(&resealed(BYTES[..cut].to_vec())).is_err());
        let mut flipped = BYTES.clone();
        flipped[at] ^= 1 << bit;
        prop_assert!(Weights::parse(&flipped).is_err());
    }
}
