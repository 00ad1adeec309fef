//! The integer kernels: close to the network in f32, and the same bits everywhere.
//!
//! `tests/reference/digests.txt` holds a digest of the outputs of synthetic inputs. This test checks it
//! natively, the browser tests check the same file in WebAssembly.
//!
//! Photos cannot be committed: the last test leaves their inputs and digests in `test-results/kernels`,
//! where the browser tests find them.

use crate::files;
use crate::files::{Golden, cosine};
use keepsake::backbone::cpu::CpuBackbone;
use keepsake::backbone::cpu::reference::Reference;
use keepsake::backbone::{CLASSES, FEATURES, Input, Outputs, STAGE_WIDTHS};
use keepsake::photo::{self, Limits};
use sha2::{Digest, Sha256};

const SIDE: usize = 224;
const DIGESTS: &str = include_str!("../reference/digests.txt");

fn kernels() -> CpuBackbone {
    CpuBackbone::new(&files::shipped_weights()).unwrap()
}

/// An input whose value at (row, column, colour) is `value`.
fn synthetic(mut value: impl FnMut(usize, usize, usize) -> u8) -> Input {
    let mut rgb = Vec::with_capacity(SIDE * SIDE * 3);
    for row in 0..SIDE {
        for column in 0..SIDE {
            rgb.extend((0..3).map(|colour| value(row, column, colour)));
        }
    }
    Input { rgb, side: SIDE }
}

/// Bytes of a linear congruential generator (Knuth's MMIX constants), which any language can repeat.
fn noise() -> impl FnMut(usize, usize, usize) -> u8 {
    let mut state = 1u64;
    move |_, _, _| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    }
}

/// Inputs that are hard on fixed scales: extremes, edges everywhere, no structure.
fn synthetic_inputs() -> Vec<(&'static str, Input)> {
    let mut random = noise();
    vec![
        ("black", synthetic(|_, _, _| 0)),
        ("white", synthetic(|_, _, _| 255)),
        (
            "red",
            synthetic(|_, _, colour| if colour == 0 { 255 } else { 0 }),
        ),
        ("noise", synthetic(noise())),
        (
            "extremes",
            synthetic(move |r, c, k| if random(r, c, k) < 128 { 0 } else { 255 }),
        ),
        (
            "checkerboard",
            synthetic(|r, c, _| if (r / 8 + c / 8) % 2 == 0 { 0 } else { 255 }),
        ),
        (
            "stripes",
            synthetic(|_, c, _| if c % 2 == 0 { 0 } else { 255 }),
        ),
        (
            "gradient",
            synthetic(|r, c, k| (r * 3 + c * 5 + k * 7) as u8),
        ),
    ]
}

/// SHA-256 of all outputs as little-endian f32: features, logits, the five pools.
fn digest(outputs: &Outputs) -> String {
    let all = [&outputs.features, &outputs.logits]
        .into_iter()
        .chain(&outputs.stages);
    let bytes: Vec<u8> = all
        .flatten()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

fn photos() -> Vec<Input> {
    let bytes = Golden::open("backbone").bytes("input.rgb_u8");
    let photos = bytes.chunks_exact(SIDE * SIDE * 3);
    photos
        .map(|rgb| Input {
            rgb: rgb.to_vec(),
            side: SIDE,
        })
        .collect()
}

#[test]
fn integers_are_close_to_floats_with_the_same_weights() {
    let mut kernels = kernels();
    let reference = Reference::new(files::shipped_weights().to_floats());
    let inputs = photos()
        .into_iter()
        .map(|input| ("photo", input))
        .chain(synthetic_inputs());
    for (name, input) in inputs {
        let (ours, theirs) = (kernels.run(&input).unwrap(), reference.run(&input).unwrap());
        let difference = largest_difference(&ours.features, &theirs.features);
        let angle = cosine(&ours.features, &theirs.features);
        let logits = largest_difference(&ours.logits, &theirs.logits);
        println!("{name}: cosine {angle:.6}, features {difference:.4}, logits {logits:.4}");
        assert!(angle >= 0.9999, "{name}: cosine {angle}");
        assert!(difference < 0.06, "{name}: features differ by {difference}");
        assert!(logits < 0.2, "{name}: logits differ by {logits}");
        for (index, (ours, theirs)) in ours.stages.iter().zip(&theirs.stages).enumerate() {
            let largest = theirs
                .iter()
                .fold(0.0f32, |largest, value| largest.max(value.abs()));
            let difference = largest_difference(ours, theirs);
            assert!(
                difference < 0.02 * largest,
                "{name}: pool {index} differs by {difference}"
            );
        }
    }
}

#[test]
fn outputs_have_their_lengths() {
    let outputs = kernels().run(&synthetic(|_, _, _| 127)).unwrap();
    assert_eq!(outputs.features.len(), FEATURES);
    assert_eq!(outputs.logits.len(), CLASSES);
    assert_eq!(outputs.stages.each_ref().map(Vec::len), STAGE_WIDTHS);
}

#[test]
fn nothing_is_left_from_the_photo_before() {
    let mut kernels = kernels();
    let inputs = synthetic_inputs();
    let first = kernels.run(&inputs[0].1).unwrap();
    kernels.run(&inputs[3].1).unwrap();
    assert_eq!(kernels.run(&inputs[0].1).unwrap(), first);
}

#[test]
fn inputs_of_another_size_are_refused() {
    let mut kernels = kernels();
    for (side, length) in [
        (240, 240 * 240 * 3),
        (224, 224 * 224 * 3 - 1),
        (224, 0),
        (0, 0),
    ] {
        let error = kernels
            .run(&Input {
                rgb: vec![0; length],
                side,
            })
            .unwrap_err();
        assert_eq!(error.code(), "request/invalid");
    }
}

#[test]
fn synthetic_inputs_give_the_committed_bits() {
    let mut kernels = kernels();
    let lines: Vec<String> = synthetic_inputs()
        .iter()
        .map(|(name, input)| format!("{name} {}", digest(&kernels.run(input).unwrap())))
        .collect();
    let committed: Vec<&str> = DIGESTS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert_eq!(lines, committed);
}

#[test]
fn photos_give_the_same_bits_twice_and_leave_them_for_the_browser() {
    let Some(folder) = files::photos("imagenet-sample") else {
        return;
    };
    let mut kernels = (kernels(), kernels());
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    let (mut inputs, mut digests) = (Vec::new(), String::new());
    for path in paths {
        let picture = photo::decode(&std::fs::read(&path).unwrap(), &Limits::default()).unwrap();
        let input = photo::to_input(picture.pixels().unwrap(), SIDE);
        let bits = digest(&kernels.0.run(&input).unwrap());
        assert_eq!(bits, digest(&kernels.1.run(&input).unwrap()));
        digests += &format!("{} {bits}\n", path.file_name().unwrap().display());
        inputs.extend(input.rgb);
    }
    std::fs::create_dir_all("test-results/kernels").unwrap();
    std::fs::write("test-results/kernels/photos.rgb", inputs).unwrap();
    std::fs::write("test-results/kernels/digests.txt", digests).unwrap();
}
