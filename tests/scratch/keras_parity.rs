//! The article's networks against Keras, to its own rounding: forward, Adam's steps, widening.
//! Tolerances are those of the reference files.

use crate::files::{Golden, distance};
use burn::tensor::{Tensor, activation};
use keepsake::device;
use keepsake::scratch::adam::{Adam, AdamConfig};
use keepsake::scratch::cgan::{Gan, GanConfig};
use keepsake::scratch::network::{Network, NetworkConfig, article_layers};
use keepsake::scratch::random::Random;
use keepsake::scratch::tensors::tensor;
use keepsake::scratch::train::step;
use keepsake::scratch::widen::widen_network;
use pollster::block_on;

const LAYERS: [&str; 4] = ["conv.kernel", "conv.bias", "dense.kernel", "dense.bias"];

/// One array as a matrix of its last dimension; a vector is one row.
fn matrix(golden: &Golden, key: &str) -> Tensor<2> {
    let (values, last) = (golden.floats(key), *golden.shape(key).last().unwrap());
    let rows = values.len() / last;
    tensor(values, [rows, last], &device::cpu())
}

/// One array with a row for each picture.
fn rows(golden: &Golden, key: &str) -> Tensor<2> {
    let (values, count) = (golden.floats(key), golden.shape(key)[0]);
    let pixels = values.len() / count;
    tensor(values, [count, pixels], &device::cpu())
}

fn values(tensor: &Tensor<2>) -> Vec<f32> {
    tensor.to_data().try_into_vec().unwrap()
}

#[track_caller]
fn check(golden: &Golden, key: &str, found: &Tensor<2>, tolerance: f64) {
    check_values(golden, key, &values(found), tolerance);
}

#[track_caller]
fn check_values(golden: &Golden, key: &str, found: &[f32], tolerance: f64) {
    assert!(found.iter().all(|value| value.is_finite()), "{key}");
    let off = distance(
        found.iter().map(|&value| f64::from(value)),
        &golden.doubles(key),
    );
    assert!(off <= tolerance, "{key} is off by {off}");
}

/// The network that the reference holds under `prefix`. A convolution's kernel `[2, 2, 1, 64]` is the
/// same numbers as our `[4, 64]`.
fn network(golden: &Golden, prefix: &str, side: usize, outputs: usize) -> Network {
    let config = NetworkConfig {
        side,
        layers: article_layers(),
        outputs,
    };
    let parameters: Vec<Tensor<2>> = LAYERS
        .iter()
        .map(|layer| matrix(golden, &format!("{prefix}.{layer}")))
        .collect();
    let shapes: Vec<[usize; 2]> = parameters.iter().map(Tensor::dims).collect();
    assert_eq!(config.shapes().unwrap(), shapes);
    Network { config, parameters }
}

fn targets(labels: &[usize], outputs: usize) -> Tensor<2> {
    let row = |&label: &usize| (0..outputs).map(move |at| f32::from(u8::from(at == label)));
    let values: Vec<f32> = labels.iter().flat_map(row).collect();
    tensor(values, [labels.len(), outputs], &device::cpu())
}

/// One step; returns the loss before it.
fn train(network: &mut Network, adam: &mut Adam, pictures: Tensor<2>, labels: &[usize]) -> f32 {
    let targets = targets(labels, 3);
    block_on(step(network, adam, pictures, targets, &mut Random::new(0))).unwrap()
}

fn check_weights(golden: &Golden, prefix: &str, network: &Network, tolerance: f64) {
    for (layer, parameter) in LAYERS.iter().zip(&network.parameters) {
        check(golden, &format!("{prefix}.{layer}"), parameter, tolerance);
    }
}

#[test]
fn a_forward_pass_is_keras_s() {
    let golden = Golden::open("tutorial");
    for (case, side, pictures) in [("s12.init", 12, "s12.x"), ("s28", 28, "s28.x")] {
        let logits = network(&golden, case, side, 3).logits(rows(&golden, pictures));
        check(&golden, &format!("{case}.logits"), &logits, 5e-6);
        check(
            &golden,
            &format!("{case}.probs"),
            &activation::softmax(logits, 1),
            5e-6,
        );
    }
}

#[test]
fn five_steps_of_training_are_keras_s() {
    let golden = Golden::open("tutorial");
    for case in ["s12.one", "s12.eight"] {
        let mut network = network(&golden, "s12.init", 12, 3);
        let mut adam = Adam::new(AdamConfig::KERAS, &network.parameters);
        let labels = golden.indices(&format!("{case}.y"));
        let mut losses = Vec::new();
        for step_number in 1..=5 {
            let pictures = rows(&golden, &format!("{case}.x"));
            let loss = train(&mut network, &mut adam, pictures, &labels);
            losses.push(loss);
            if step_number == 1 {
                check_weights(&golden, &format!("{case}.after1"), &network, 2e-6);
                for (layer, moments) in LAYERS.iter().zip(&adam.moments) {
                    check(
                        &golden,
                        &format!("{case}.after1.adam_m.{layer}"),
                        &moments.first,
                        1e-7,
                    );
                    check(
                        &golden,
                        &format!("{case}.after1.adam_v.{layer}"),
                        &moments.second,
                        1e-7,
                    );
                }
            }
            if step_number == 1 || step_number == 5 {
                let logits = network.logits(rows(&golden, "s12.x"));
                let probabilities = activation::softmax(logits, 1);
                check(
                    &golden,
                    &format!("{case}.after{step_number}.probs"),
                    &probabilities,
                    2e-5,
                );
            }
        }
        check_weights(&golden, &format!("{case}.after5"), &network, 1e-5);
        check_values(&golden, &format!("{case}.losses"), &losses, 2e-5);
    }
}

#[test]
fn widening_keeps_what_the_old_labels_were() {
    let golden = Golden::open("tutorial");
    let pictures = rows(&golden, "widen.x");
    let mut network = network(&golden, "widen.old", 12, 2);
    let before = values(&network.logits(pictures.clone()));
    check_values(&golden, "widen.old.logits", &before, 5e-6);

    let mut adam = Adam::new(AdamConfig::KERAS, &network.parameters);
    widen_network(&mut network, &mut adam, &mut Random::new(5));
    let after = values(&network.logits(pictures));
    let old: Vec<f32> = after.chunks(3).flat_map(|row| row[..2].to_vec()).collect();
    assert_eq!(old, before);
}

#[test]
fn a_widened_network_trains_as_keras_s() {
    let golden = Golden::open("tutorial");
    let mut network = network(&golden, "widen.new", 12, 3);
    let pictures = rows(&golden, "widen.x");
    check(
        &golden,
        "widen.new.logits",
        &network.logits(pictures.clone()),
        5e-6,
    );

    let mut adam = Adam::new(AdamConfig::KERAS, &network.parameters);
    let labels = golden.indices("widen.train.y");
    let first = pictures.slice([0..1, 0..144]);
    let loss = train(&mut network, &mut adam, first, &labels);
    check_values(&golden, "widen.train.loss", &[loss], 2e-5);
    check_weights(&golden, "widen.train", &network, 2e-6);
}

/// Names of the generator's parameters, then of the discriminator's, in our order.
fn gan_names() -> [Vec<String>; 2] {
    let parts = |layer: usize, kinds: &[&str]| -> Vec<String> {
        kinds
            .iter()
            .map(|kind| kind.replace('#', &layer.to_string()))
            .collect()
    };
    let hidden = ["dense#.kernel", "dense#.bias", "bn#.gamma", "bn#.beta"];
    let table = ["embed.table".to_owned()];
    let generator = (0..3)
        .flat_map(|layer| parts(layer, &hidden))
        .chain(parts(3, &hidden[..2]));
    let discriminator = (0..4).flat_map(|layer| parts(layer, &hidden[..2]));
    [
        table.iter().cloned().chain(generator).collect(),
        table.iter().cloned().chain(discriminator).collect(),
    ]
}

fn gan(golden: &Golden) -> Gan {
    let cpu = device::cpu();
    let config = GanConfig {
        pixels: 36,
        latent: 8,
        generator: vec![16, 24, 32],
        discriminator: vec![20, 18, 14],
        dropout: 0.0,
        labels: 3,
    };
    let mut gan = config.init(&mut Random::new(0), &cpu);
    let [generator, discriminator] = gan_names();
    for (parameter, name) in gan.generator.iter_mut().zip(generator) {
        let stored = matrix(golden, &format!("g.init.{name}"));
        assert_eq!(parameter.dims(), stored.dims(), "{name}");
        *parameter = stored;
    }
    for (parameter, name) in gan.discriminator.iter_mut().zip(discriminator) {
        let stored = matrix(golden, &format!("d.init.{name}"));
        assert_eq!(parameter.dims(), stored.dims(), "{name}");
        *parameter = stored;
    }
    for (layer, moving) in gan.moving.iter_mut().enumerate() {
        *moving = ["moving_mean", "moving_var"]
            .map(|statistic| matrix(golden, &format!("g.init.bn{layer}.{statistic}")));
    }
    gan
}

fn check_generator(golden: &Golden, prefix: &str, gan: &Gan) {
    let [names, _] = gan_names();
    for (name, parameter) in names.iter().zip(&gan.generator) {
        check(golden, &format!("{prefix}.{name}"), parameter, 2e-6);
    }
    check_moving(golden, prefix, gan);
}

fn check_moving(golden: &Golden, prefix: &str, gan: &Gan) {
    for (layer, [mean, variance]) in gan.moving.iter().enumerate() {
        check(
            golden,
            &format!("{prefix}.bn{layer}.moving_mean"),
            mean,
            2e-6,
        );
        check(
            golden,
            &format!("{prefix}.bn{layer}.moving_var"),
            variance,
            2e-6,
        );
    }
}

fn check_discriminator(golden: &Golden, prefix: &str, gan: &Gan) {
    let [_, names] = gan_names();
    for (name, parameter) in names.iter().zip(&gan.discriminator) {
        check(golden, &format!("{prefix}.{name}"), parameter, 2e-6);
    }
}

fn probabilities(gan: &Gan, pictures: Tensor<2>, labels: &[usize]) -> Tensor<2> {
    activation::sigmoid(gan.discriminate(pictures, labels))
}

#[test]
fn the_gan_s_forward_passes_are_keras_s() {
    let golden = Golden::open("cgan");
    let mut gan = gan(&golden);
    let (noise, labels) = (matrix(&golden, "noise"), golden.indices("labels"));
    let fakes = gan.generate(noise.clone(), &labels);
    check(&golden, "g.forward.inference", &fakes, 5e-6);
    let real = rows(&golden, "real");
    check(
        &golden,
        "d.forward.real",
        &probabilities(&gan, real, &labels),
        5e-6,
    );
    check(
        &golden,
        "d.forward.fake",
        &probabilities(&gan, fakes, &labels),
        5e-6,
    );

    check(
        &golden,
        "g.forward.training",
        &gan.generate_in_training(noise, &labels),
        5e-6,
    );
    check_moving(&golden, "g.forward.training", &gan);
}

#[test]
fn the_gan_s_training_and_widening_are_keras_s() {
    let golden = Golden::open("cgan");
    let mut gan = gan(&golden);
    let (noise, labels) = (matrix(&golden, "noise"), golden.indices("labels"));
    let real = rows(&golden, "real");
    let fakes = gan.generate(noise.clone(), &labels);
    let random = &mut Random::new(0);
    let loss = |loss: Tensor<1>| vec![loss.into_scalar::<f32>()];

    let found = block_on(gan.train_discriminator(real.clone(), &labels, true, random)).unwrap();
    check_values(&golden, "d.real.loss", &loss(found), 2e-6);
    check_discriminator(&golden, "d.real", &gan);
    let found = block_on(gan.train_discriminator(fakes, &labels, false, random)).unwrap();
    check_values(&golden, "d.fake.loss", &loss(found), 2e-6);
    check_discriminator(&golden, "d.fake", &gan);
    check(
        &golden,
        "d.fake.forward.real",
        &probabilities(&gan, real.clone(), &labels),
        5e-6,
    );

    let (noise2, labels2) = (
        matrix(&golden, "stack.noise"),
        golden.indices("stack.labels"),
    );
    let found = block_on(gan.train_generator(noise2, &labels2, random)).unwrap();
    check_values(&golden, "stack.loss", &loss(found), 2e-6);
    check_generator(&golden, "g.stack", &gan);
    check_discriminator(&golden, "d.fake", &gan); // frozen
    let before = gan.generate(noise.clone(), &labels);
    check(&golden, "g.stack.forward.inference", &before, 5e-6);

    gan.widen(random);
    assert_eq!(
        values(&gan.generate(noise.clone(), &labels)),
        values(&before)
    );
    check(
        &golden,
        "d.fake.forward.real",
        &probabilities(&gan, real.clone(), &labels),
        5e-6,
    );
    // The new rows are random; with the reference's, so are the pictures.
    gan.generator[0] = matrix(&golden, "g.widen.embed.table");
    gan.discriminator[0] = matrix(&golden, "d.widen.embed.table");
    check(
        &golden,
        "g.widen.forward.newlabel",
        &gan.generate(noise, &[3; 6]),
        5e-6,
    );
    check(
        &golden,
        "d.widen.forward.newlabel",
        &probabilities(&gan, real, &[3; 6]),
        5e-6,
    );
}
