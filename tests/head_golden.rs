//! The head against numbers of an independent implementation (numpy, float64), in both of its forms.
//!
//! `photo_head.safetensors`: thirteen lessons of four labels and eight test photos, from the
//! backbone's raw outputs to probabilities. `head.safetensors`: the one-block case, d = 32, ν = 1000,
//! κ = 4, with every quantity on the way.

use std::path::Path;
use std::sync::Arc;

use keepsake::backbone::Outputs;
use keepsake::head::{BlockWeights, Classifier, Feature, Head, Prior, geometric_mean};
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
