//! The head is a function of the set of lessons: whatever happened on the way, equal sets answer
//! equally, bit for bit in Gram form and within 1e-3 in statistics form.

use std::sync::{Arc, LazyLock};

use half::f16;
use keepsake::head::cholesky::Cholesky;
use keepsake::head::linear::Class;
use keepsake::head::solve::{Pull, System, factor};
use keepsake::head::{
    Classifier, Feature, Head, KEPT_FROM, LENGTH, LeftOut, Linear, Settings, Solved, Statistics,
};
use keepsake::labels::LabelId;
use proptest::prelude::*;

/// Pseudo-random numbers between −1 and 1 (xorshift), a different sequence for each seed.
fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    std::iter::from_fn(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Some((state >> 11) as f64 / (1u64 << 52) as f64 - 1.0)
    })
}

/// Twelve photos; few, so that the same one is taught twice and under different labels too.
static PHOTOS: LazyLock<Vec<Arc<Feature>>> = LazyLock::new(|| {
    let bytes = |seed| {
        noise(seed)
            .take(LENGTH)
            .flat_map(|v| f16::from_f64(v * 0.05).to_le_bytes())
            .collect::<Vec<_>>()
    };
    (1..=12)
        .map(|seed| Arc::new(Feature::from_bytes(&bytes(seed)).expect("a feature's bytes")))
        .collect()
});

/// Vectors of a small dimension for the statistics form.
static VECTORS: LazyLock<Vec<Vec<f64>>> = LazyLock::new(|| {
    let unit = |v: Vec<f64>| {
        let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        v.into_iter().map(|x| x / length).collect()
    };
    (1..=12)
        .map(|seed| unit(noise(seed).take(24).collect()))
        .collect()
});

/// One thing a person does. Lessons are named by their place among those there are (modulo).
#[derive(Debug, Clone)]
enum Act {
    Teach(usize, u32),
    Unteach(usize),
    Correct(usize, u32),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => (0..12usize, 0..4u32).prop_map(|(photo, label)| Act::Teach(photo, label)),
        1 => (0..100usize).prop_map(Act::Unteach),
        1 => (0..100usize, 0..4u32).prop_map(|(lesson, label)| Act::Correct(lesson, label)),
    ];
    prop::collection::vec(act, 1..30)
}

/// A lesson: id, photo, label.
type Lesson = (u64, usize, u32);

/// The lessons there are after the acts, told to `watch` one change at a time: (photo, old label,
/// new label) with the lesson's id.
fn perform(
    acts: &[Act],
    mut watch: impl FnMut(u64, usize, Option<u32>, Option<u32>),
) -> Vec<Lesson> {
    let mut lessons: Vec<Lesson> = Vec::new();
    for (id, act) in (0..).zip(acts) {
        let place =
            |at: usize, lessons: &[Lesson]| (!lessons.is_empty()).then(|| at % lessons.len());
        match *act {
            Act::Teach(photo, label) => {
                watch(id, photo, None, Some(label));
                lessons.push((id, photo, label));
            }
            Act::Unteach(at) => {
                let Some(at) = place(at, &lessons) else {
                    continue;
                };
                let (id, photo, label) = lessons.remove(at);
                watch(id, photo, Some(label), None);
            }
            Act::Correct(at, label) => {
                let Some(at) = place(at, &lessons) else {
                    continue;
                };
                let (id, photo, old) = lessons[at];
                watch(id, photo, Some(old), Some(label));
                lessons[at].2 = label;
            }
        }
    }
    lessons
}

/// The head after the acts, and its lessons.
fn lived(acts: &[Act]) -> (Head, Vec<Lesson>) {
    let mut head = Head::new();
    let lessons = perform(acts, |id, photo, old, new| match (old, new) {
        (None, Some(label)) => head.insert(id, PHOTOS[photo].clone(), LabelId(label)),
        (_, Some(label)) => assert!(head.relabel(id, LabelId(label))),
        (_, None) => assert!(head.remove(id)),
    });
    (head, lessons)
}

/// A head taught these lessons and nothing else, in this order.
fn taught(lessons: &[Lesson]) -> Head {
    taught_to(Head::new(), lessons)
}

fn taught_to(mut head: Head, lessons: &[Lesson]) -> Head {
    for &(id, photo, label) in lessons {
        head.insert(id, PHOTOS[photo].clone(), LabelId(label));
    }
    head
}

/// Bits of everything a classifier says of the photos.
fn answers(classifier: &Classifier) -> (Vec<LabelId>, Vec<u32>, Vec<u32>) {
    let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect();
    (
        classifier.labels().to_vec(),
        bits(classifier.logits_many(&PHOTOS)),
        bits(classifier.predict_many(&PHOTOS)),
    )
}

/// Left-out scores without ids, sorted: what equal sets have in common.
fn left_out(head: &mut Head) -> Vec<(LabelId, Option<Vec<u32>>)> {
    let bits = |left: LeftOut| {
        (
            left.label,
            left.logits
                .map(|l| l.into_iter().map(f32::to_bits).collect()),
        )
    };
    let mut result: Vec<_> = head.leave_one_out().into_iter().map(bits).collect();
    result.sort();
    result
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_history_any_order_any_ids(acts in acts(), seed in 0..u64::MAX) {
        let (mut head, mut lessons) = lived(&acts);
        prop_assert_eq!(head.len(), lessons.len());
        let mut keys = noise(seed);
        lessons.sort_by_cached_key(|_| keys.next().map(f64::to_bits));
        for (new_id, lesson) in lessons.iter_mut().enumerate() {
            lesson.0 = 1000 - new_id as u64;
        }
        let mut fresh = taught(&lessons);
        prop_assert_eq!(answers(&head.solve().unwrap()), answers(&fresh.solve().unwrap()));
        prop_assert_eq!(left_out(&mut head), left_out(&mut fresh));
    }

    #[test]
    fn many_at_once_is_one_by_one(acts in acts()) {
        let (mut head, lessons) = lived(&acts);
        let mut bulk = Head::new();
        bulk.extend(lessons.iter().map(|&(id, photo, label)| (id, PHOTOS[photo].clone(), LabelId(label))));
        prop_assert_eq!(answers(&head.solve().unwrap()), answers(&bulk.solve().unwrap()));
    }

    #[test]
    fn taking_back_restores(acts in acts(), photo in 0..12usize, label in 0..5u32) {
        let (mut head, _) = lived(&acts);
        let before = answers(&head.solve().unwrap());
        head.insert(9999, PHOTOS[photo].clone(), LabelId(label));
        prop_assert!(head.remove(9999));
        prop_assert!(!head.remove(9999));
        prop_assert_eq!(before, answers(&head.solve().unwrap()));
    }

    #[test]
    fn label_ids_do_not_matter(acts in acts()) {
        let (mut head, lessons) = lived(&acts);
        // Two labels that were taught exactly the same differ by nothing but their ids.
        let taught_to = |label: u32| {
            let mut photos: Vec<_> = lessons.iter().filter(|l| l.2 == label).map(|l| l.1).collect();
            photos.sort_unstable();
            photos
        };
        let mut kinds: Vec<_> = (0..4).map(taught_to).filter(|photos| !photos.is_empty()).collect();
        kinds.sort();
        prop_assume!(kinds.windows(2).all(|pair| pair[0] != pair[1]));
        let renamed: Vec<Lesson> = lessons.iter().map(|&(id, photo, label)| (id, photo, 7 - label)).collect();
        let (ours, theirs) = (head.solve().unwrap(), taught(&renamed).solve().unwrap());
        for photo in PHOTOS.iter() {
            let (ours, mut theirs) = (ours.logits(photo), theirs.logits(photo));
            theirs.reverse();
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn two_learners_merged_are_one(acts in acts(), split in 0..30usize) {
        let (mut head, lessons) = lived(&acts);
        let (first, second) = lessons.split_at(split.min(lessons.len()));
        let mut merged = taught(second);
        merged.extend(first.iter().map(|&(id, photo, label)| (id, PHOTOS[photo].clone(), LabelId(label))));
        prop_assert_eq!(answers(&head.solve().unwrap()), answers(&merged.solve().unwrap()));
    }

    /// A head that keeps its factor, and is asked after every act, answers as one that was taught just
    /// what is left.
    #[test]
    fn a_kept_factor_is_that_of_the_lessons(acts in acts()) {
        let mut head = Head::keeping_from(1);
        let mut lessons = Vec::new();
        for count in 1..=acts.len() {
            let mut last = None;
            lessons = perform(&acts[..count], |id, photo, old, new| last = Some((id, photo, old, new)));
            match last {
                Some((id, photo, None, Some(label))) => head.insert(id, PHOTOS[photo].clone(), LabelId(label)),
                Some((id, _, Some(_), Some(label))) => { head.relabel(id, LabelId(label)); }
                Some((id, _, _, None)) => { head.remove(id); }
                None => (),
            }
            head.solve().unwrap();
        }
        let mut fresh = taught_to(Head::keeping_from(1), &lessons);
        let (ours, theirs) = (head.solve().unwrap(), fresh.solve().unwrap());
        prop_assert_eq!(ours.labels(), theirs.labels());
        for photo in PHOTOS.iter() {
            for (ours, fresh) in ours.logits(photo).into_iter().zip(theirs.logits(photo)) {
                prop_assert!((ours - fresh).abs() <= 1e-5 * (1.0 + fresh.abs()), "{} {}", ours, fresh);
            }
        }
        for (ours, fresh) in head.leave_one_out().into_iter().zip(fresh.leave_one_out()) {
            prop_assert_eq!((ours.lesson, ours.label), (fresh.lesson, fresh.label));
            let pairs = ours.logits.iter().flatten().zip(fresh.logits.iter().flatten());
            for (ours, fresh) in pairs {
                prop_assert!((ours - fresh).abs() <= 1e-5 * (1.0 + fresh.abs()), "{} {}", ours, fresh);
            }
        }
    }

    #[test]
    fn statistics_after_any_history(acts in acts()) {
        let mut statistics = Statistics::new(24, SETTINGS);
        let lessons = perform(&acts, |_, photo, old, new| {
            let x = &VECTORS[photo];
            match (old.map(LabelId), new.map(LabelId)) {
                (None, Some(label)) => statistics.add(label, x),
                (Some(from), Some(to)) => statistics.relabel(x, from, to),
                (Some(label), None) => statistics.remove(label, x),
                (None, None) => Ok(()),
            }.expect("a vector that was added");
        });
        prop_assert_eq!(statistics.len(), lessons.len());
        close(&statistics.solve(), &lessons)?;
    }

    #[test]
    fn merged_statistics_are_one(acts in acts(), split in 0..30usize) {
        let lessons = perform(&acts, |_, _, _, _| ());
        let (first, second) = lessons.split_at(split.min(lessons.len()));
        let of = |lessons: &[Lesson]| {
            let mut statistics = Statistics::new(24, SETTINGS);
            lessons.iter().for_each(|&(_, photo, label)| statistics.add(LabelId(label), &VECTORS[photo]).expect("24 numbers"));
            statistics
        };
        let mut merged = of(first);
        merged.merge(&of(second)).expect("same settings");
        close(&merged.solve(), &lessons)?;
        merged.merge_labels(LabelId(3), LabelId(1));
        let joined: Vec<Lesson> = lessons.iter().map(|&(id, photo, label)| (id, photo, if label == 3 { 1 } else { label })).collect();
        close(&merged.solve(), &joined)?;
    }

    #[test]
    fn leave_one_out_is_taking_back(acts in acts()) {
        let mut lessons = perform(&acts, |_, _, _, _| ());
        lessons.sort_by_key(|lesson| lesson.2);
        let Some(system) = Posed::new(&lessons) else { return Ok(()) };
        let all: Vec<usize> = (0..lessons.len()).collect();
        let scores = system.system().leave_one_out(&all);
        for (i, (lesson, row)) in lessons.iter().zip(scores).enumerate() {
            let others: Vec<Lesson> = lessons.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, l)| *l).collect();
            if !others.iter().any(|other| other.2 == lesson.2) {
                prop_assert!(row.iter().all(|score| score.is_nan()));
                continue;
            }
            for (&ours, theirs) in row.iter().zip(gram(&others, lesson.1)) {
                prop_assert!((ours - theirs).abs() < 1e-9 * (1.0 + theirs.abs()), "{} {}", ours, theirs);
            }
        }
    }

    /// Means that are drawn elsewhere: as by inverting the metric itself.
    #[test]
    fn drawn_means_are_those_of_the_dense_form(acts in acts(), drawn in prop::collection::vec((0..4usize, 0..12usize, 1..20u32), 0..6)) {
        let mut lessons = perform(&acts, |_, _, _, _| ());
        lessons.sort_by_key(|lesson| lesson.2);
        let Some(posed) = Posed::new(&lessons) else { return Ok(()) };
        let labels = posed.counts.len();
        let drawn: Vec<(usize, usize, f64)> = drawn.into_iter().map(|(label, photo, weight)| (label % labels, photo, f64::from(weight))).collect();
        let pull = |at: usize| {
            let (label, photo, weight) = drawn[at];
            let with = |other: &usize| dot(&VECTORS[photo], &VECTORS[*other]);
            Pull {
                label,
                weight,
                with_lessons: lessons.iter().map(|lesson| with(&lesson.1)).collect(),
                with_pulls: drawn[..=at].iter().map(|(_, photo, _)| with(photo)).collect(),
            }
        };
        let pulls: Vec<Pull> = (0..drawn.len()).map(pull).collect();
        let solution = posed.system().solve_with(&pulls);
        let points: Vec<usize> = lessons.iter().map(|lesson| lesson.1).chain(drawn.iter().map(|(_, photo, _)| *photo)).collect();

        let dense = dense(&lessons, &posed, &drawn);
        for x in VECTORS.iter() {
            let products: Vec<f64> = points.iter().map(|&point| dot(&VECTORS[point], x)).collect();
            let rows = solution.coefficients.chunks_exact(points.len()).zip(&solution.bias);
            for ((row, bias), theirs) in rows.zip(dense.logits(x)) {
                let ours = dot(row, &products) + bias;
                prop_assert!((ours - theirs).abs() < 1e-8 * (1.0 + theirs.abs()), "{} {}", ours, theirs);
            }
        }
    }

    /// What was seen is a set, too, and leaves nothing behind.
    #[test]
    fn what_was_seen_has_no_order_and_is_taken_back(acts in acts(), seen in prop::collection::vec(0..12usize, 1..12)) {
        let (mut head, _) = lived(&acts);
        let alone = answers(&head.solve().unwrap());
        let mut photos: Vec<&Feature> = seen.iter().map(|&at| &*PHOTOS[at]).collect();
        head.set_seen(LabelId(1), &photos);
        head.set_seen(LabelId(2), &photos[..1]);
        let Solved { classifier, alone: before, .. } = head.solve_in_full().unwrap();
        if let Some(before) = before {
            prop_assert_eq!(answers(&before), alone.clone());
        }
        photos.reverse();
        head.set_seen(LabelId(2), &photos[photos.len() - 1..]);
        head.set_seen(LabelId(1), &photos);
        prop_assert_eq!(answers(&head.solve().unwrap()), answers(&classifier));
        head.set_seen(LabelId(1), &[]);
        head.set_seen(LabelId(2), &[]);
        prop_assert_eq!(answers(&head.solve().unwrap()), alone);
    }
}

/// The classifier by its formulae, with the metric inverted as a whole. `drawn`: label, photo, weight.
fn dense(lessons: &[Lesson], posed: &Posed, drawn: &[(usize, usize, f64)]) -> Linear {
    let width = VECTORS[0].len();
    let mean = |label: usize, also: &[(usize, usize, f64)]| {
        let own = lessons.iter().zip(&posed.labels);
        let own = own
            .filter(|(_, of)| **of == label)
            .map(|(lesson, _)| (lesson.1, 1.0));
        let also = also.iter().filter(|(of, ..)| *of == label);
        let parts: Vec<_> = own
            .chain(also.map(|&(_, photo, weight)| (photo, weight)))
            .collect();
        let mass: f64 = parts.iter().map(|(_, weight)| weight).sum();
        let value = |d: usize| {
            parts
                .iter()
                .map(|&(photo, weight)| weight * VECTORS[photo][d] / mass)
                .sum()
        };
        (0..width).map(value).collect::<Vec<f64>>()
    };
    let means: Vec<Vec<f64>> = (0..posed.counts.len())
        .map(|label| mean(label, &[]))
        .collect();
    let deviation = |(lesson, &of): (&Lesson, &usize)| -> Vec<f64> {
        VECTORS[lesson.1]
            .iter()
            .zip(&means[of])
            .map(|(x, mean)| x - mean)
            .collect()
    };
    let deviations: Vec<Vec<f64>> = lessons.iter().zip(&posed.labels).map(deviation).collect();
    let entry = |i: usize, j: usize| {
        let scatter: f64 = deviations.iter().map(|it| it[i] * it[j]).sum();
        scatter + if i == j { SETTINGS.ridge() } else { 0.0 }
    };
    let rows = (0..width).map(|i| (0..=i).map(|j| entry(i, j)).collect());
    let metric = Cholesky::new(rows.collect()).unwrap();
    let class = |(label, &count): (usize, &usize)| Class {
        label: LabelId(label as u32),
        count,
        mean: mean(label, drawn),
    };
    let classes: Vec<Class> = posed.counts.iter().enumerate().map(class).collect();
    Linear::discriminants(&classes, SETTINGS.kappa, 1.0, |x| {
        let mut sides = vec![x.to_vec()];
        metric.solve(&mut sides);
        let scale = lessons.len() as f64 + SETTINGS.nu;
        sides[0].iter().map(|value| value * scale).collect()
    })
}

/// A weak prior, so that the scatter matters.
const SETTINGS: Settings = Settings {
    nu: 2.0,
    tau: 1.0 / 24.0,
    kappa: 2.0,
};

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What the Gram system of lessons is made of.
struct Posed {
    factor: Cholesky,
    labels: Vec<usize>,
    counts: Vec<usize>,
}

impl Posed {
    /// Labels in the order of their ids; `None` of no lessons.
    fn new(lessons: &[Lesson]) -> Option<Self> {
        let mut ids: Vec<u32> = lessons.iter().map(|lesson| lesson.2).collect();
        ids.sort_unstable();
        ids.dedup();
        let place = |lesson: &Lesson| ids.iter().position(|&id| id == lesson.2).unwrap();
        let labels: Vec<usize> = lessons.iter().map(place).collect();
        let count = |at| labels.iter().filter(|&&label| label == at).count();
        let product = |a: &Lesson, b: &Lesson| dot(&VECTORS[a.1], &VECTORS[b.1]);
        let row = |i: usize| {
            let earlier = lessons[..=i].iter();
            earlier.map(|b| product(&lessons[i], b)).collect()
        };
        let kernel = (0..lessons.len()).map(row).collect();
        let counts = (0..ids.len()).map(count).collect();
        (!lessons.is_empty()).then(|| Self {
            factor: factor(kernel, SETTINGS).unwrap(),
            labels,
            counts,
        })
    }

    fn system(&self) -> System<'_> {
        System::new(&self.factor, &self.labels, &self.counts, SETTINGS).unwrap()
    }
}

/// Scores of a photo by the Gram form.
fn gram(lessons: &[Lesson], photo: usize) -> Vec<f64> {
    let Some(posed) = Posed::new(lessons) else {
        return Vec::new();
    };
    let solution = posed.system().solve();
    let products: Vec<f64> = lessons
        .iter()
        .map(|lesson| dot(&VECTORS[lesson.1], &VECTORS[photo]))
        .collect();
    let rows = solution
        .coefficients
        .chunks_exact(lessons.len())
        .zip(&solution.bias);
    rows.map(|(row, bias)| dot(row, &products) + bias).collect()
}

/// Statistics and Gram form within 1e-3 on every photo.
fn close(linear: &Linear, lessons: &[Lesson]) -> Result<(), TestCaseError> {
    for (photo, x) in VECTORS.iter().enumerate() {
        let (ours, theirs) = (linear.logits(x), gram(lessons, photo));
        prop_assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(theirs) {
            prop_assert!(
                (ours - theirs).abs() < 1e-3 * (1.0 + theirs.abs()),
                "{} {}",
                ours,
                theirs
            );
        }
    }
    Ok(())
}

/// Where the head goes over to its kept factor nobody sees a jump, and back again none either: with few
/// labels, whose block weights are at their end, and with many, where they stand on a grid.
#[test]
fn many_lessons_answer_as_few_do() {
    for labels in [4, 30] {
        goes_over(labels);
    }
}

fn goes_over(labels: u64) {
    let photo = |seed: u64| {
        // Kinds that differ in a part of what is seen.
        let kind: Vec<f64> = noise(1000 + seed % labels).take(LENGTH).collect();
        let seen = noise(seed + 1).zip(kind);
        let bytes = seen.flat_map(|(own, kind)| f16::from_f64((own + kind) * 0.02).to_le_bytes());
        Arc::new(Feature::from_bytes(&bytes.collect::<Vec<_>>()).expect("a feature's bytes"))
    };
    let lesson = |id: u64| (id, photo(id), LabelId((id % labels) as u32));
    let last = KEPT_FROM as u64 - 1;
    let mut head = Head::new();
    let mut exact = Head::keeping_from(usize::MAX);
    head.extend((0..last).map(lesson));
    exact.extend((0..last).map(lesson));
    let asked: Vec<_> = (5000..5020).map(photo).collect();
    let answers = |head: &mut Head| {
        let classifier = head.solve().unwrap();
        (
            classifier.logits_many(&asked),
            classifier.predict_many(&asked),
        )
    };
    let below = answers(&mut head);
    assert_eq!(
        below,
        answers(&mut exact),
        "below the limit nothing is kept"
    );
    let mut worst = (0.0f32, 0.0f32);
    for id in last..last + 10 {
        let (id, feature, label) = lesson(id);
        head.insert(id, feature.clone(), label);
        exact.insert(id, feature, label);
        let (ours, exact) = (answers(&mut head), answers(&mut exact));
        for (ours, exact) in ours.0.iter().zip(&exact.0) {
            worst.0 = worst.0.max((ours - exact).abs() / (1.0 + exact.abs()));
        }
        for (ours, exact) in ours.1.iter().zip(&exact.1) {
            worst.1 = worst.1.max((ours - exact).abs());
        }
    }
    println!(
        "{labels} labels: scores differ by {:.1e}, probabilities by {:.1e}",
        worst.0, worst.1
    );
    assert!(worst.0 < 1e-3 && worst.1 < 1e-3, "{worst:?}");
    let (ours, exact) = (head.leave_one_out(), exact.leave_one_out());
    assert_eq!(ours.len(), exact.len());
    for (ours, exact) in ours.iter().zip(&exact) {
        let pairs = ours.logits.iter().flatten();
        for (ours, exact) in pairs.zip(exact.logits.iter().flatten()) {
            assert!((ours - exact).abs() < 1e-3 * (1.0 + exact.abs()));
        }
    }
    for id in (last..last + 10).rev() {
        head.remove(id);
    }
    assert_eq!(
        answers(&mut head),
        below,
        "taking back restores, to the bit"
    );
}

#[test]
fn stored_features_come_back_equal() {
    for photo in PHOTOS.iter() {
        let bytes = photo.to_bytes();
        assert_eq!(bytes.len(), 6416);
        assert_eq!(&Feature::from_bytes(&bytes).expect("own bytes"), &**photo);
        assert!(Feature::from_bytes(&bytes[1..]).is_err());
        assert!(Feature::from_bytes(&[0xFF; 6416]).is_err()); // not numbers
    }
}

#[test]
fn no_lessons_and_one_label() {
    let mut head = Head::new();
    assert!(
        head.solve().unwrap().labels().is_empty()
            && head.solve().unwrap().predict(&PHOTOS[0]).is_empty()
    );
    assert!(head.leave_one_out().is_empty());
    head.insert(1, PHOTOS[0].clone(), LabelId(5));
    assert_eq!(head.solve().unwrap().labels(), [LabelId(5)]);
    assert_eq!(head.solve().unwrap().predict(&PHOTOS[1]), [1.0]);
    assert_eq!(
        head.leave_one_out(),
        [LeftOut {
            lesson: 1,
            label: LabelId(5),
            logits: None
        }]
    );
}
