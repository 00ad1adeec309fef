//! Which device computes must not be seen in an answer: 100 photos, the same lessons, the CPU's kernels
//! against the network in burn.

use crate::files;
use std::sync::Arc;

use keepsake::backbone::burn::BurnBackbone;
use keepsake::backbone::cpu::CpuBackbone;
use keepsake::backbone::{Backbone, Input};
use keepsake::device;
use keepsake::head::{Feature, Head, Prior};
use keepsake::labels::LabelId;
use pollster::block_on;

/// Lessons per label.
const SHOTS: usize = 5;

fn features(backbone: &mut impl Backbone, inputs: &[Input]) -> Vec<Feature> {
    let batches = inputs.chunks(10);
    let outputs = batches.flat_map(|batch| block_on(backbone.outputs(batch)).unwrap());
    outputs
        .map(|outputs| Feature::new(&outputs, Prior::embedded()).unwrap())
        .collect()
}

/// Teaches the first features, as many as there are labels; probabilities of all others, one row each.
fn answers(features: Vec<Feature>, labels: &[u32]) -> (usize, Vec<f32>) {
    let mut features = features.into_iter();
    let mut head = Head::new();
    for (lesson, (feature, &label)) in features.by_ref().zip(labels).enumerate() {
        head.insert(lesson as u64, Arc::new(feature), LabelId(label));
        if lesson + 1 == labels.len() {
            break;
        }
    }
    let classifier = head.solve().unwrap();
    let rest: Vec<Feature> = features.collect();
    let probabilities = classifier.predict_many(&rest);
    (classifier.labels().len(), probabilities)
}

#[test]
fn a_hundred_photos_are_sorted_alike() {
    let Some(folder) = files::photos("clothing/train") else {
        return;
    };
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    names.sort_by_key(|entry| entry.as_ref().unwrap().file_name());
    let (mut inputs, mut labels, mut asked) = (Vec::new(), Vec::new(), Vec::new());
    for (label, entry) in names.into_iter().enumerate() {
        let photos = files::inputs(&entry.unwrap().path(), 224);
        for (at, (_, input)) in photos.into_iter().take(SHOTS + 10).enumerate() {
            if at < SHOTS {
                labels.push(label as u32 + 1);
                inputs.push(input);
            } else {
                asked.push(input);
            }
        }
    }
    asked.truncate(100);
    assert_eq!(asked.len(), 100);
    inputs.append(&mut asked);

    let weights = files::shipped_weights();
    let mut cpu = CpuBackbone::new(&weights).unwrap();
    let mut burn = BurnBackbone::new(&weights, &device::cpu()).unwrap();
    let (width, on_cpu) = answers(features(&mut cpu, &inputs), &labels);
    let (_, on_burn) = answers(features(&mut burn, &inputs), &labels);

    let likeliest = |row: &[f32]| (0..width).max_by(|&a, &b| row[a].total_cmp(&row[b]));
    let rows = on_cpu.chunks(width).zip(on_burn.chunks(width));
    let same = rows.filter(|(a, b)| likeliest(a) == likeliest(b)).count();
    let pairs = on_cpu.iter().zip(&on_burn);
    let most = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("{same} of 100 photos under the same label; probabilities differ by at most {most}");
    assert!(same >= 99, "{same} of 100");
    assert!(most <= 0.02, "{most}");
}
