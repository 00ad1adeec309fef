//! The network's file, which is fetched.

use keepsake::backbone::Input;
use keepsake::backbone::cpu::CpuBackbone;
use keepsake::backbone::table::Spec;
use keepsake::backbone::weights::{QuantisedLayer, Weights};

use super::{Target, sealed};

/// A network; one that is let in looks at a picture.
pub const WEIGHTS: Target = Target {
    name: "weights",
    read,
    seal: sealed::digest,
    seeds: networks,
    folders: &[],
    words: &[
        b"KEEPSAKE\x01\0\0\0",
        b"\x05\0\0\0lite0",
        b"\x05\0\0\0lite1",
        b"\0\0\xc0\x7f",
        b"\xff\xff\x7f\x7f",
    ],
    longest: 8 << 20,
};

/// A whole network of simple numbers, and its beginning.
fn networks() -> Vec<Vec<u8>> {
    let spec = Spec::lite0();
    let network = spec.network();
    let layer = |layer: &keepsake::backbone::table::Layer| QuantisedLayer {
        kernel: (0..layer.kernel_len())
            .map(|at| (at % 7) as i8 - 3)
            .collect(),
        scales: vec![0.01; layer.outputs],
        bias: vec![0.1; layer.outputs],
    };
    let weights = Weights::new(spec, network.layers().map(layer).collect());
    let whole = weights
        .map(|weights| weights.to_bytes())
        .unwrap_or_default();
    let beginning = whole.get(..600).unwrap_or_default().to_vec();
    vec![whole, beginning]
}

fn read(bytes: &[u8]) -> String {
    let unchecked = Weights::parse_verified(bytes).map(drop);
    let weights = match Weights::parse(bytes) {
        Ok(weights) => weights,
        Err(error) => return format!("{error} {}", unchecked.is_ok()),
    };
    assert!(unchecked.is_ok(), "whole, and refused without its checksum");
    let mut network = match CpuBackbone::new(&weights) {
        Ok(network) => network,
        Err(error) => return error.to_string(),
    };
    let side = network.side();
    let rgb = (0..side * side * 3)
        .map(|at| (at * 31 % 251) as u8)
        .collect();
    match network.run(&Input { rgb, side }) {
        Ok(outputs) => {
            let finite = outputs.to_row().iter().all(|value| value.is_finite());
            format!("{} {finite}", weights.spec().name)
        }
        Err(error) => error.to_string(),
    }
}
