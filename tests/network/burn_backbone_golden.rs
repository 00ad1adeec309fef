//! The network in burn against onnxruntime's numbers, and against the CPU kernels' answers.
//!
//! A browser loads the shipped weights only, of which onnxruntime has no numbers: for those, what flex
//! computes is left in `test-results/burn`, and the browser tests compare WebGPU with it.

use crate::files;
use crate::files::Golden;
use keepsake::backbone::burn::BurnBackbone;
use keepsake::backbone::cpu::CpuBackbone;
use keepsake::backbone::cpu::reference::Reference;
use keepsake::backbone::{Backbone, Input, Outputs};
use keepsake::device;
use pollster::block_on;

fn inputs(golden: &Golden) -> Vec<Input> {
    let bytes = golden.bytes("input.rgb_u8");
    let photos = bytes.chunks_exact(224 * 224 * 3);
    let input = |rgb: &[u8]| Input {
        rgb: rgb.to_vec(),
        side: 224,
    };
    photos.map(input).collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn features_logits_and_pools_are_onnxruntime_s() {
    let golden = Golden::open("backbone");
    let weights = files::float_weights();
    let mut burn = BurnBackbone::from_floats(&weights, &device::cpu()).unwrap();
    let outputs = block_on(burn.outputs(&inputs(&golden))).unwrap();

    let features = golden.floats("features");
    let logits = golden.floats("logits");
    assert_eq!(outputs.len(), 3);
    for (photo, output) in outputs.iter().enumerate() {
        let difference = largest_difference(&output.features, &features[photo * 1280..][..1280]);
        assert!(difference < 1e-3, "features differ by {difference}");
        let difference = largest_difference(&output.logits, &logits[photo * 1000..][..1000]);
        assert!(difference < 1e-3, "logits differ by {difference}");
    }
    // The pools, which are not in that file, against the reference that is tested with them.
    let reference = Reference::new(weights);
    for (input, output) in inputs(&golden).iter().zip(&outputs) {
        let expected = reference.run(input).unwrap();
        for (stage, expected) in output.stages.iter().zip(&expected.stages) {
            let scale = expected.iter().fold(1.0, |most: f32, v| most.max(v.abs()));
            assert!(largest_difference(stage, expected) < 1e-4 * scale);
        }
    }
}

#[test]
fn a_batch_answers_as_its_photos_do_alone() {
    let inputs = inputs(&Golden::open("backbone"));
    let weights = files::shipped_weights();
    let mut burn = BurnBackbone::new(&weights, &device::cpu()).unwrap();
    let together = block_on(burn.outputs(&inputs)).unwrap();
    for (input, expected) in inputs.iter().zip(&together) {
        let alone = block_on(burn.outputs(std::slice::from_ref(input))).unwrap();
        assert!(largest_difference(&alone[0].to_row(), &expected.to_row()) < 1e-4);
    }
    assert_eq!(block_on(burn.outputs(&[])).unwrap(), Vec::<Outputs>::new());
}

#[test]
fn the_shipped_weights_give_what_the_cpu_kernels_give() {
    let inputs = inputs(&Golden::open("backbone"));
    let weights = files::shipped_weights();
    let mut burn = BurnBackbone::new(&weights, &device::cpu()).unwrap();
    let mut cpu = CpuBackbone::new(&weights).unwrap();
    let on_burn = block_on(burn.outputs(&inputs)).unwrap();
    let on_cpu = block_on(cpu.outputs(&inputs)).unwrap();
    for (burn, cpu) in on_burn.iter().zip(&on_cpu) {
        let cosine = files::cosine(&burn.features, &cpu.features);
        assert!(cosine > 0.9999, "{cosine}");
    }

    let rows = on_burn.iter().flat_map(Outputs::to_row);
    let rows: Vec<u8> = rows.flat_map(f32::to_le_bytes).collect();
    let rgb: Vec<u8> = inputs.into_iter().flat_map(|input| input.rgb).collect();
    std::fs::create_dir_all("test-results/burn").unwrap();
    std::fs::write("test-results/burn/inputs.rgb", rgb).unwrap();
    std::fs::write("test-results/burn/outputs.f32", rows).unwrap();
}

#[test]
fn half_a_photo_is_refused() {
    let burn = BurnBackbone::new(&files::shipped_weights(), &device::cpu()).unwrap();
    let error = block_on(burn.run(&[0; 224 * 224 * 3 + 1])).unwrap_err();
    assert_eq!(error.code(), "request/invalid");
}
