//! Both forms of the head against numpy (float64) in the one-block case, d = 32, ν = 1000, κ = 4:
//! weights, biases, scores and probabilities as taught, after taking back, merging, a new label, and
//! under a weak prior.

use crate::files::{Golden, distance};
use keepsake::head::solve::{System, factor};
use keepsake::head::{Linear, Settings, Statistics, geometric_mean, sharpness};
use keepsake::labels::LabelId;

const DIMENSION: usize = 32;
const SETTINGS: Settings = Settings {
    nu: 1000.0,
    tau: 1.0 / DIMENSION as f64,
    kappa: 4.0,
};

/// `√f`, to unit length: rows of `[n, 32]`.
fn vectors(f: &[f64]) -> Vec<Vec<f64>> {
    let unit = |row: &[f64]| {
        let length = row.iter().sum::<f64>().sqrt();
        row.iter().map(|f| f.sqrt() / length).collect()
    };
    f.chunks_exact(DIMENSION).map(unit).collect()
}

/// The lessons `x`, `label` in the order of the file.
fn lessons(golden: &Golden) -> Vec<(Vec<f64>, LabelId)> {
    let labels = golden.indices("y").into_iter().map(|y| LabelId(y as u32));
    vectors(&golden.doubles("f"))
        .into_iter()
        .zip(labels)
        .collect()
}

fn statistics<'a>(
    settings: Settings,
    lessons: impl IntoIterator<Item = &'a (Vec<f64>, LabelId)>,
) -> Statistics {
    let mut statistics = Statistics::new(DIMENSION, settings);
    for (x, label) in lessons {
        statistics.add(*label, x).expect("32 numbers");
    }
    statistics
}

/// The same classifier through the Gram form.
fn gram(settings: Settings, lessons: &[(Vec<f64>, LabelId)]) -> Linear {
    let mut ids: Vec<LabelId> = lessons.iter().map(|(_, label)| *label).collect();
    ids.sort_unstable();
    ids.dedup();
    let place = |label: &LabelId| ids.iter().position(|id| id == label).unwrap();
    let labels: Vec<usize> = lessons.iter().map(|(_, label)| place(label)).collect();
    let count = |at| labels.iter().filter(|&&label| label == at).count();
    let counts: Vec<usize> = (0..ids.len()).map(count).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let rows = lessons.iter().enumerate();
    let kernel = rows.map(|(i, (a, _))| lessons[..=i].iter().map(|(b, _)| dot(a, b)).collect());
    let factor = factor(kernel.collect(), settings).unwrap();
    let beta = sharpness(geometric_mean(&counts));
    let system = System::new(&factor, &labels, &counts, settings).unwrap();
    let solution = system.solve();
    let mut weights = Vec::new();
    for row in solution.coefficients.chunks_exact(lessons.len()) {
        let weight = |k: usize| {
            row.iter()
                .zip(lessons)
                .map(|(c, (x, _))| c * x[k])
                .sum::<f64>()
        };
        weights.extend((0..DIMENSION).map(weight));
    }
    Linear {
        labels: ids,
        weights,
        bias: solution.bias,
        beta,
    }
}

/// Everything of one case within `tolerance` of the largest entry (what float32 storage leaves).
fn check(golden: &Golden, case: &str, ours: &Linear, tolerance: f64) {
    let relative = |name: &str, values: &[f64]| {
        let golden = golden.doubles(&format!("{case}.{name}"));
        let largest = golden.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let distance = distance(values.iter().copied(), &golden) / largest;
        println!("{case}.{name}: {distance:.1e}");
        assert!(
            distance < tolerance,
            "{case}.{name} differs by {distance:e}"
        );
    };
    let test = vectors(&golden.doubles("test.f"));
    relative("W", &ours.weights);
    relative("b", &ours.bias);
    relative("beta", &[ours.beta]);
    relative(
        "test.logits",
        &test.iter().flat_map(|x| ours.logits(x)).collect::<Vec<_>>(),
    );
    relative(
        "test.probs",
        &test
            .iter()
            .flat_map(|x| ours.predict(x))
            .collect::<Vec<_>>(),
    );
}

const TOLERANCE: f64 = 1e-7;

#[test]
fn all_lessons() {
    let golden = Golden::open("head");
    let lessons = lessons(&golden);
    check(
        &golden,
        "base",
        &statistics(SETTINGS, &lessons).solve(),
        TOLERANCE,
    );
    check(&golden, "base", &gram(SETTINGS, &lessons), TOLERANCE);
}

#[test]
fn two_taken_back() {
    let golden = Golden::open("head");
    let mut lessons = lessons(&golden);
    let mut statistics = statistics(SETTINGS, &lessons);
    let mut indices = golden.indices("removed.indices");
    indices.sort_unstable();
    for index in indices.into_iter().rev() {
        let (x, label) = lessons.remove(index);
        statistics.remove(label, &x).expect("was added");
    }
    check(&golden, "removed", &statistics.solve(), TOLERANCE);
    check(&golden, "removed", &gram(SETTINGS, &lessons), TOLERANCE);
}

#[test]
fn two_halves_merged() {
    let golden = Golden::open("head");
    let lessons = lessons(&golden);
    let mut merged = statistics(SETTINGS, lessons.iter().step_by(2));
    merged
        .merge(&statistics(SETTINGS, lessons.iter().skip(1).step_by(2)))
        .expect("same settings");
    check(&golden, "merged", &merged.solve(), TOLERANCE);
}

#[test]
fn a_fifth_label_with_one_lesson() {
    let golden = Golden::open("head");
    let mut lessons = lessons(&golden);
    lessons.push((vectors(&golden.doubles("fifth.f")).remove(0), LabelId(4)));
    check(
        &golden,
        "fifth",
        &statistics(SETTINGS, &lessons).solve(),
        TOLERANCE,
    );
    check(&golden, "fifth", &gram(SETTINGS, &lessons), TOLERANCE);
}

/// With ν = 2 the scatter dominates Σ: a slip in it would show plainly.
#[test]
fn a_weak_prior() {
    let golden = Golden::open("head");
    let lessons = lessons(&golden);
    let settings = Settings {
        nu: golden.doubles("lownu.nu")[0],
        ..SETTINGS
    };
    check(
        &golden,
        "lownu",
        &statistics(settings, &lessons).solve(),
        TOLERANCE,
    );
    check(&golden, "lownu", &gram(settings, &lessons), TOLERANCE);
}

#[test]
fn what_was_not_added_cannot_be_taken_back() {
    let golden = Golden::open("head");
    let lessons = lessons(&golden);
    let mut statistics = statistics(SETTINGS, &lessons);
    let stranger = vec![100.0; DIMENSION];
    assert!(statistics.remove(LabelId(3), &stranger).is_err());
    assert!(statistics.remove(LabelId(0), &stranger).is_err()); // has one lesson
    assert!(statistics.remove(LabelId(9), &stranger).is_err());
    assert!(statistics.add(LabelId(0), &[1.0]).is_err());
    check(&golden, "base", &statistics.solve(), TOLERANCE);
}
