//! The head against numbers of an independent implementation (numpy, float64), in both of its forms.
//!
//! `photo_head.safetensors`: thirteen lessons of four labels and eight test photos, from the
//! backbone's raw outputs to probabilities. `head.safetensors`: the one-block case, d = 32, ν = 1000,
//! κ = 4, with every quantity on the way.

use std::path::Path;
use std::sync::Arc;

use keepsake::backbone::Outputs;
use keepsake::head::solve::System;
use keepsake::head::{
    BlockWeights, Classifier, Feature, Head, Linear, Prior, Settings, Statistics, geometric_mean,
    sharpness,
};
use keepsake::labels::LabelId;
use safetensors::SafeTensors;

/// The arrays of one file.
struct Golden(Vec<u8>);

impl Golden {
    fn open(name: &str) -> Self {
        Self(
            std::fs::read(
                Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("tests/reference")
                    .join(name),
            )
            .expect("golden file"),
        )
    }

    fn f32(&self, key: &str) -> Vec<f32> {
        let file = SafeTensors::deserialize(&self.0).expect("safetensors");
        let bytes = file
            .tensor(key)
            .unwrap_or_else(|_| panic!("no array {key}"))
            .data();
        bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&b| f32::from_le_bytes(b))
            .collect()
    }

    fn f64(&self, key: &str) -> Vec<f64> {
        self.f32(key).into_iter().map(f64::from).collect()
    }

    fn usize(&self, key: &str) -> Vec<usize> {
        let file = SafeTensors::deserialize(&self.0).expect("safetensors");
        let bytes = file
            .tensor(key)
            .unwrap_or_else(|_| panic!("no array {key}"))
            .data();
        bytes
            .as_chunks::<8>()
            .0
            .iter()
            .map(|&b| usize::try_from(i64::from_le_bytes(b)).expect("non-negative"))
            .collect()
    }
}

/// Largest absolute difference.
fn distance(ours: impl IntoIterator<Item = f64>, golden: &[f64]) -> f64 {
    let ours: Vec<f64> = ours.into_iter().collect();
    assert_eq!(ours.len(), golden.len());
    ours.iter()
        .zip(golden)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max)
}

/// Largest difference of scores, relative to 1 + |score|.
fn score_distance(ours: &[f32], golden: &[f64]) -> f64 {
    assert_eq!(ours.len(), golden.len());
    ours.iter()
        .zip(golden)
        .map(|(&a, b)| (f64::from(a) - b).abs() / (1.0 + b.abs()))
        .fold(0.0, f64::max)
}

mod photos {
    use super::*;

    const STAGES: [&str; 5] = [
        "stage7_mean",
        "stage6_mean",
        "stage5_mean",
        "stage6_max",
        "stage5_max",
    ];

    fn outputs(golden: &Golden, set: &str) -> Vec<Outputs> {
        let split = |name: &str, photos: usize| -> Vec<Vec<f32>> {
            let flat = golden.f32(&format!("{set}.{name}"));
            flat.chunks_exact(flat.len() / photos)
                .map(<[f32]>::to_vec)
                .collect()
        };
        let photos = golden.f32(&format!("{set}.features")).len() / 1280;
        let (features, logits) = (split("features", photos), split("class_logits", photos));
        let stages = STAGES.map(|stage| split(stage, photos));
        (0..photos)
            .map(|i| Outputs {
                features: features[i].clone(),
                logits: logits[i].clone(),
                stages: stages.each_ref().map(|s| s[i].clone()),
            })
            .collect()
    }

    fn prior(golden: &Golden) -> Prior {
        let mut bytes = Prior::embedded().to_bytes()[..8].to_vec();
        let stages = |what: &str| {
            STAGES
                .iter()
                .flat_map(|stage| golden.f32(&format!("prior.{stage}.{what}")))
                .collect::<Vec<_>>()
        };
        let values = [
            golden.f32("prior.mu0"),
            golden.f32("prior.nu0"),
            stages("mean"),
            stages("sd"),
        ]
        .concat();
        bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
        Prior::parse(&bytes).expect("golden prior")
    }

    /// How features are made from raw outputs: as stored, or before the rounding to half precision.
    type Make = fn(&Outputs, &Prior) -> keepsake::Result<Feature>;

    struct Photos {
        golden: Golden,
        lessons: Vec<Arc<Feature>>,
        labels: Vec<usize>,
        test: Vec<Feature>,
    }

    fn photos(make: Make) -> Photos {
        let golden = Golden::open("photo_head.safetensors");
        let prior = prior(&golden);
        let features = |set: &str| {
            outputs(&golden, set)
                .iter()
                .map(|o| make(o, &prior).expect("complete outputs"))
                .collect::<Vec<_>>()
        };
        let lessons = features("lessons").into_iter().map(Arc::new).collect();
        let test = features("test");
        Photos {
            lessons,
            labels: golden.usize("lessons.label"),
            test,
            golden,
        }
    }

    impl Photos {
        fn head(&self) -> Head {
            let mut head = Head::new();
            for (i, (lesson, &label)) in self.lessons.iter().zip(&self.labels).enumerate() {
                head.insert(i as u64, lesson.clone(), LabelId(label as u32));
            }
            head
        }

        /// Differences of scores, probabilities and leave-one-out scores.
        fn compare(&self, case: &str, head: &Head) -> [f64; 3] {
            let classifier: Classifier = head.solve();
            let golden = |name: &str| self.golden.f64(&format!("{case}.{name}"));
            let logits =
                score_distance(&classifier.logits_many(&self.test), &golden("test_logits"));
            let predicted = classifier
                .predict_many(&self.test)
                .into_iter()
                .map(f64::from);
            let probabilities = distance(predicted, &golden("test_probs"));
            assert!((f64::from(classifier.beta()) - golden("beta")[0]).abs() < 1e-6);

            let left_out = golden("leave_one_out_logits");
            let left_out = left_out.chunks_exact(classifier.labels().len());
            let mut worst = 0.0f64;
            assert_eq!(head.leave_one_out().len(), left_out.len());
            for (ours, golden) in head.leave_one_out().iter().zip(left_out) {
                match &ours.logits {
                    Some(logits) => worst = worst.max(score_distance(logits, golden)),
                    None => assert!(
                        golden.iter().all(|v| v.is_nan()),
                        "the only lesson of its label"
                    ),
                }
            }
            [logits, probabilities, worst]
        }

        /// The three cases: as taught, after taking back two lessons, after correcting one.
        fn cases(&self) -> [[f64; 3]; 3] {
            let mut removed = self.head();
            for lesson in self.golden.usize("removed.indices") {
                assert!(removed.remove(lesson as u64));
            }
            // Lessons keep their order in the golden rows, so ids ascend in the same order.
            let mut corrected = self.head();
            let (lesson, label) = (
                self.golden.usize("corrected.index")[0],
                self.golden.usize("corrected.label")[0],
            );
            assert!(corrected.relabel(lesson as u64, LabelId(label as u32)));
            [
                ("head", self.head()),
                ("removed", removed),
                ("corrected", corrected),
            ]
            .map(|(case, head)| self.compare(case, &head))
        }
    }

    #[test]
    fn kernel_matches() {
        let photos = photos(Feature::unrounded);
        let mean_count = geometric_mean(&[5, 4, 3, 1]);
        assert!((mean_count - photos.golden.f64("head.n_bar")[0]).abs() < 1e-6);
        let weights = BlockWeights::for_mean_count(mean_count);
        assert!((weights.0[2] - photos.golden.f64("head.w_s")[0]).abs() < 1e-6);
        let vectors: Vec<_> = photos.lessons.iter().map(|f| weights.apply(f)).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let among = vectors
            .iter()
            .flat_map(|a| vectors.iter().map(|b| dot(a, b)));
        assert!(distance(among, &photos.golden.f64("head.kernel_lessons")) < 1e-5);
        let test: Vec<_> = photos.test.iter().map(|f| weights.apply(f)).collect();
        let across = test.iter().flat_map(|a| vectors.iter().map(|b| dot(a, b)));
        assert!(distance(across, &photos.golden.f64("head.kernel_test")) < 1e-5);
    }

    #[test]
    fn scores_probabilities_and_leave_one_out_match() {
        for [logits, probabilities, left_out] in photos(Feature::unrounded).cases() {
            println!(
                "unrounded: logits {logits:.1e}, probabilities {probabilities:.1e}, leave-one-out {left_out:.1e}"
            );
            assert!(logits < 1e-3 && probabilities < 1e-4 && left_out < 1e-3);
        }
    }

    /// Sums of the lessons' vectors, no lesson kept: the answers of the Gram form.
    #[test]
    fn statistics_agree() {
        let photos = photos(Feature::new);
        let weights = BlockWeights::for_mean_count(geometric_mean(&[5, 4, 3, 1]));
        let mut statistics = Statistics::new(3208, Settings::default());
        for (lesson, &label) in photos.lessons.iter().zip(&photos.labels) {
            statistics
                .add(LabelId(label as u32), &weights.apply(lesson))
                .expect("3208 numbers");
        }
        let linear = statistics.solve();
        let ours: Vec<f64> = photos
            .test
            .iter()
            .flat_map(|photo| linear.logits(&weights.apply(photo)))
            .collect();
        let distance = score_distance(&photos.head().solve().logits_many(&photos.test), &ours);
        println!("statistics and Gram form: {distance:.1e}");
        assert!(distance < 1e-3);
    }

    /// The same with features as they are stored. Half precision moves kernels by up to 5e-5 and
    /// scores by up to half a hundredth of 1 + |score|, far less than a photo's recompression does.
    #[test]
    fn half_precision_hardly_matters() {
        for [logits, probabilities, left_out] in photos(Feature::new).cases() {
            println!(
                "half precision: logits {logits:.1e}, probabilities {probabilities:.1e}, leave-one-out {left_out:.1e}"
            );
            assert!(logits < 1e-2 && probabilities < 1e-3 && left_out < 1e-2);
        }
    }
}

mod one_block {
    use super::*;

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
        let labels = golden.usize("y").into_iter().map(|y| LabelId(y as u32));
        vectors(&golden.f64("f")).into_iter().zip(labels).collect()
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
        let mut sorted: Vec<_> = lessons.iter().collect();
        sorted.sort_by_key(|(_, label)| *label);
        let mut labels: Vec<LabelId> = sorted.iter().map(|(_, label)| *label).collect();
        labels.dedup();
        let counts: Vec<usize> = labels
            .iter()
            .map(|l| lessons.iter().filter(|(_, label)| label == l).count())
            .collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let kernel = sorted
            .iter()
            .flat_map(|(a, _)| sorted.iter().map(move |(b, _)| dot(a, b)))
            .collect();
        let beta = sharpness(geometric_mean(&counts));
        let solution = System::new(kernel, counts, settings).solve();
        let mut weights = Vec::new();
        for row in solution.coefficients.chunks_exact(sorted.len()) {
            let weight = |k: usize| {
                row.iter()
                    .zip(&sorted)
                    .map(|(c, (x, _))| c * x[k])
                    .sum::<f64>()
            };
            weights.extend((0..DIMENSION).map(weight));
        }
        Linear {
            labels,
            weights,
            bias: solution.bias,
            beta,
        }
    }

    /// Everything of one case within `tolerance` of the largest entry (what float32 storage leaves).
    fn check(golden: &Golden, case: &str, ours: &Linear, tolerance: f64) {
        let relative = |name: &str, values: &[f64]| {
            let golden = golden.f64(&format!("{case}.{name}"));
            let largest = golden.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
            let distance = distance(values.iter().copied(), &golden) / largest;
            println!("{case}.{name}: {distance:.1e}");
            assert!(
                distance < tolerance,
                "{case}.{name} differs by {distance:e}"
            );
        };
        let test = vectors(&golden.f64("test.f"));
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
        let golden = Golden::open("head.safetensors");
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
        let golden = Golden::open("head.safetensors");
        let mut lessons = lessons(&golden);
        let mut statistics = statistics(SETTINGS, &lessons);
        let mut indices = golden.usize("removed.indices");
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
        let golden = Golden::open("head.safetensors");
        let lessons = lessons(&golden);
        let mut merged = statistics(SETTINGS, lessons.iter().step_by(2));
        merged
            .merge(&statistics(SETTINGS, lessons.iter().skip(1).step_by(2)))
            .expect("same settings");
        check(&golden, "merged", &merged.solve(), TOLERANCE);
    }

    #[test]
    fn a_fifth_label_with_one_lesson() {
        let golden = Golden::open("head.safetensors");
        let mut lessons = lessons(&golden);
        lessons.push((vectors(&golden.f64("fifth.f")).remove(0), LabelId(4)));
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
        let golden = Golden::open("head.safetensors");
        let lessons = lessons(&golden);
        let settings = Settings {
            nu: golden.f64("lownu.nu")[0],
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
        let golden = Golden::open("head.safetensors");
        let lessons = lessons(&golden);
        let mut statistics = statistics(SETTINGS, &lessons);
        let stranger = vec![100.0; DIMENSION];
        assert!(statistics.remove(LabelId(3), &stranger).is_err());
        assert!(statistics.remove(LabelId(0), &stranger).is_err()); // has one lesson
        assert!(statistics.remove(LabelId(9), &stranger).is_err());
        assert!(statistics.add(LabelId(0), &[1.0]).is_err());
        check(&golden, "base", &statistics.solve(), TOLERANCE);
    }
}
