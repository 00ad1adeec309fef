//! The network against onnxruntime's numbers for the same weights: three photos, every block.

use crate::files;
use crate::files::{Golden, cosine};
use keepsake::backbone::cpu::reference::{Map, Reference};
use keepsake::backbone::{Input, Outputs};
use keepsake::photo::{self, Limits};

const PHOTOS: [&str; 3] = ["chelsea", "coffee", "rocket"];

/// The exact pixels that the stored numbers were made from.
fn inputs(golden: &Golden) -> Vec<Input> {
    let bytes = golden.bytes("input.rgb_u8");
    let photos = bytes.chunks_exact(224 * 224 * 3);
    photos
        .map(|rgb| Input {
            rgb: rgb.to_vec(),
            side: 224,
        })
        .collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

fn top5(logits: &[f32]) -> Vec<i64> {
    let mut order: Vec<i64> = (0..logits.len() as i64).collect();
    order.sort_by(|&a, &b| logits[b as usize].total_cmp(&logits[a as usize]));
    order.truncate(5);
    order
}

fn run_all(reference: &Reference, inputs: &[Input]) -> Vec<Outputs> {
    inputs
        .iter()
        .map(|input| reference.run(input).unwrap())
        .collect()
}

#[test]
fn features_and_logits_are_onnxruntime_s() {
    let golden = Golden::open("backbone");
    let outputs = run_all(&Reference::new(files::float_weights()), &inputs(&golden));
    let features = golden.floats("features");
    let logits = golden.floats("logits");
    let classes = golden.integers("top5.indices");
    for (photo, output) in outputs.iter().enumerate() {
        let expected = &features[photo * 1280..][..1280];
        assert!(largest_difference(&output.features, expected) < 1e-4);
        let expected = &logits[photo * 1000..][..1000];
        assert!(largest_difference(&output.logits, expected) < 1e-4);
        assert_eq!(top5(&output.logits), classes[photo * 5..][..5]);
    }
}

#[test]
fn mid_level_pools_are_onnxruntime_s() {
    let outputs = run_all(
        &Reference::new(files::float_weights()),
        &inputs(&Golden::open("backbone")),
    );
    let golden = Golden::open("photo_head");
    let keys = [
        "stage7_mean",
        "stage6_mean",
        "stage5_mean",
        "stage6_max",
        "stage5_max",
    ];
    for (stage, key) in keys.iter().enumerate() {
        let stored = golden.floats(&format!("backbone.{key}"));
        let largest = stored
            .iter()
            .fold(0.0f32, |largest, value| largest.max(value.abs()));
        let ours: Vec<f32> = outputs
            .iter()
            .flat_map(|o| o.stages[stage].clone())
            .collect();
        assert!(largest_difference(&ours, &stored) < 1e-3 * largest, "{key}");
    }
}

#[test]
fn every_block_is_onnxruntime_s() {
    let golden = Golden::open("backbone");
    let reference = Reference::new(files::float_weights());
    let mut blocks = 0;
    let check = |name: &str, map: &Map| {
        let stored = |what: &str| golden.floats(&format!("stage.{name}.{what}"));
        let shape = golden.integers(&format!("stage.{name}.shape_chw"));
        assert_eq!(
            shape,
            [map.channels, map.side, map.side].map(|n| n as i64),
            "{name}"
        );
        let mean: f64 =
            map.values.iter().map(|&v| f64::from(v)).sum::<f64>() / map.values.len() as f64;
        assert!(
            (mean as f32 - stored("mean")[0]).abs() < 1e-4,
            "{name}: mean"
        );
        let largest = map.values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        assert!((largest - stored("max")[0]).abs() < 1e-3, "{name}: max");
        let first: Vec<f32> = map
            .values
            .iter()
            .step_by(map.channels)
            .take(8)
            .copied()
            .collect();
        assert!(
            largest_difference(&first, &stored("nchw_first8")) < 1e-3,
            "{name}: first row"
        );
        let centre = (map.side / 2 * map.side + map.side / 2) * map.channels;
        let centre = &map.values[centre..centre + 8];
        let expected = stored("centre_pixel_first8_channels");
        assert!(
            largest_difference(centre, &expected) < 1e-3,
            "{name}: centre"
        );
    };
    reference
        .run_observed(&inputs(&golden)[0], |name, map| {
            check(name, map);
            blocks += 1;
        })
        .unwrap();
    assert_eq!(blocks, 18, "stem, 16 blocks, head");
}

#[test]
fn one_byte_per_weight_keeps_the_features() {
    let golden = Golden::open("backbone");
    let outputs = run_all(
        &Reference::new(files::shipped_weights().to_floats()),
        &inputs(&golden),
    );
    let stored = golden.floats("features");
    let cosines: Vec<f64> = outputs
        .iter()
        .zip(stored.chunks_exact(1280))
        .map(|(output, stored)| cosine(&output.features, stored))
        .collect();
    assert!(cosines.iter().all(|&cosine| cosine >= 0.998), "{cosines:?}");
}

#[test]
fn a_png_through_our_decoder_and_resizer_gives_the_same_features() {
    let golden = Golden::open("backbone");
    let reference = Reference::new(files::float_weights());
    for (name, stored) in PHOTOS
        .iter()
        .zip(golden.floats("features").chunks_exact(1280))
    {
        let png = std::fs::read(format!("tests/reference/images/{name}.png")).unwrap();
        let picture = photo::decode(&png, &Limits::default()).unwrap();
        let input = photo::to_input(picture.pixels().unwrap(), 224);
        let features = reference.run(&input).unwrap().features;
        assert!(cosine(&features, stored) >= 0.999, "{name}");
    }
}

#[test]
fn an_input_of_another_size_is_refused() {
    let reference = Reference::new(files::shipped_weights().to_floats());
    for (length, side) in [(240 * 240 * 3, 240), (224 * 224 * 3 - 1, 224), (0, 0)] {
        assert!(
            reference
                .run(&Input {
                    rgb: vec![0; length],
                    side
                })
                .is_err()
        );
    }
}
