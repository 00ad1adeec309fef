//! Lite1 and Lite2 through the same kernels: other widths (15, 8, 65, 33, 17, 9 pixels, which no tile
//! divides), odd padding, other channel counts.

use crate::files::cosine;
use keepsake::backbone::cpu::CpuBackbone;
use keepsake::backbone::cpu::reference::Reference;
use keepsake::backbone::table::{Kind, Layer, Spec};
use keepsake::backbone::weights::{QuantisedLayer, Weights};
use keepsake::backbone::{FEATURES, Input};

/// Knuth's MMIX generator, its upper bits as −1..1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// Weights that keep values near 1 from layer to layer, as training does.
fn random_layer(layer: &Layer, random: &mut Random) -> QuantisedLayer {
    let inputs = match layer.kind {
        Kind::Depthwise => layer.kernel * layer.kernel,
        Kind::Convolution | Kind::Matrix => layer.kernel * layer.kernel * layer.inputs,
    };
    let kernel = (0..layer.kernel_len())
        .map(|_| (random.next() * 127.0) as i8)
        .collect();
    let size = 2.0 / (inputs as f32).sqrt() / 127.0;
    let scales = (0..layer.outputs)
        .map(|_| size * (1.0 + 0.5 * random.next()))
        .collect();
    let bias = (0..layer.outputs).map(|_| random.next()).collect();
    QuantisedLayer {
        kernel,
        scales,
        bias,
    }
}

fn agrees_with_the_reference(spec: Spec) {
    let mut random = Random(7);
    let layers = spec
        .network()
        .layers()
        .map(|layer| random_layer(layer, &mut random))
        .collect();
    let weights = Weights::new(spec, layers).unwrap();
    let rgb = (0..spec.side * spec.side * 3)
        .map(|_| (random.next() * 128.0 + 128.0) as u8)
        .collect();
    let input = Input {
        rgb,
        side: spec.side,
    };
    let ours = CpuBackbone::new(&weights).unwrap().run(&input).unwrap();
    let theirs = Reference::new(weights.to_floats()).run(&input).unwrap();
    assert_eq!(ours.features.len(), FEATURES);
    assert!(cosine(&ours.features, &theirs.features) > 0.9995);
    assert!(cosine(&ours.logits, &theirs.logits) > 0.999);
    for (ours, theirs) in ours.stages.iter().zip(&theirs.stages) {
        assert_eq!(ours.len(), theirs.len());
        assert!(cosine(ours, theirs) > 0.999, "{}", cosine(ours, theirs));
    }
}

#[test]
fn lite1_agrees_with_the_reference() {
    agrees_with_the_reference(Spec::lite1());
}

#[test]
fn lite2_agrees_with_the_reference() {
    agrees_with_the_reference(Spec::lite2());
}

#[test]
fn weights_too_large_for_the_integers_are_refused() {
    let mut random = Random(7);
    let spec = Spec::lite0();
    let network = spec.network();
    let mut layers: Vec<_> = network
        .layers()
        .map(|layer| random_layer(layer, &mut random))
        .collect();
    let head = layers.len() - 2;
    layers[head].scales[5] = 1.0;
    let weights = Weights::new(spec, layers).unwrap();
    assert_eq!(
        CpuBackbone::new(&weights).err().unwrap().code(),
        "weights/format"
    );
}
