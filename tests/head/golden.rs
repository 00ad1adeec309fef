//! The head against numbers of an independent implementation (numpy, float64): thirteen lessons of four
//! labels and eight test photos, from the backbone's raw outputs to probabilities.

use std::sync::Arc;

use crate::files::{Golden, distance};
use keepsake::backbone::Outputs;
use keepsake::head::{
    BlockWeights, Classifier, Feature, Head, Prior, Settings, Statistics, geometric_mean,
};
use keepsake::labels::LabelId;

/// Largest difference of scores, relative to 1 + |score|.
fn score_distance(ours: &[f32], golden: &[f64]) -> f64 {
    assert_eq!(ours.len(), golden.len());
    ours.iter()
        .zip(golden)
        .map(|(&a, b)| (f64::from(a) - b).abs() / (1.0 + b.abs()))
        .fold(0.0, f64::max)
}

const STAGES: [&str; 5] = [
    "stage7_mean",
    "stage6_mean",
    "stage5_mean",
    "stage6_max",
    "stage5_max",
];

fn outputs(golden: &Golden, set: &str) -> Vec<Outputs> {
    let split = |name: &str, photos: usize| -> Vec<Vec<f32>> {
        let flat = golden.floats(&format!("{set}.{name}"));
        flat.chunks_exact(flat.len() / photos)
            .map(<[f32]>::to_vec)
            .collect()
    };
    let photos = golden.floats(&format!("{set}.features")).len() / 1280;
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
            .flat_map(|stage| golden.floats(&format!("prior.{stage}.{what}")))
            .collect::<Vec<_>>()
    };
    let values = [
        golden.floats("prior.mu0"),
        golden.floats("prior.nu0"),
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
    let golden = Golden::open("photo_head");
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
        labels: golden.indices("lessons.label"),
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
    fn compare(&self, case: &str, head: &mut Head) -> [f64; 3] {
        let classifier: Classifier = head.solve().unwrap();
        let golden = |name: &str| self.golden.doubles(&format!("{case}.{name}"));
        let logits = score_distance(&classifier.logits_many(&self.test), &golden("test_logits"));
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
        for lesson in self.golden.indices("removed.indices") {
            assert!(removed.remove(lesson as u64));
        }
        // Lessons keep their order in the golden rows, so ids ascend in the same order.
        let mut corrected = self.head();
        let (lesson, label) = (
            self.golden.indices("corrected.index")[0],
            self.golden.indices("corrected.label")[0],
        );
        assert!(corrected.relabel(lesson as u64, LabelId(label as u32)));
        [
            ("head", self.head()),
            ("removed", removed),
            ("corrected", corrected),
        ]
        .map(|(case, mut head)| self.compare(case, &mut head))
    }
}

#[test]
fn kernel_matches() {
    let photos = photos(Feature::unrounded);
    let mean_count = geometric_mean(&[5, 4, 3, 1]);
    assert!((mean_count - photos.golden.doubles("head.n_bar")[0]).abs() < 1e-6);
    let weights = BlockWeights::for_mean_count(mean_count);
    assert!((weights.0[2] - photos.golden.doubles("head.w_s")[0]).abs() < 1e-6);
    let vectors: Vec<_> = photos.lessons.iter().map(|f| weights.apply(f)).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let among = vectors
        .iter()
        .flat_map(|a| vectors.iter().map(|b| dot(a, b)));
    assert!(distance(among, &photos.golden.doubles("head.kernel_lessons")) < 1e-5);
    let test: Vec<_> = photos.test.iter().map(|f| weights.apply(f)).collect();
    let across = test.iter().flat_map(|a| vectors.iter().map(|b| dot(a, b)));
    assert!(distance(across, &photos.golden.doubles("head.kernel_test")) < 1e-5);
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
    let distance = score_distance(
        &photos.head().solve().unwrap().logits_many(&photos.test),
        &ours,
    );
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
